// Package container runs nodes with Docker, for machines without an installed RabbitMQ and without a Debian mirror. It
// runs only single nodes, with the container's ports on loopback.
package container

import (
	"context"
	"encoding/json"
	"fmt"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/rabbitctl/rabbitctl/cmd/devbroker/internal/node"
	"github.com/rabbitctl/rabbitctl/cmd/devbroker/internal/process"
	"github.com/rabbitctl/rabbitctl/cmd/devbroker/internal/state"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
)

// ownerLabel marks containers of devbroker; its value is the broker's folder.
const ownerLabel = "rabbitctl-devbroker"

func name(b state.Broker, n state.Node) string {
	return fmt.Sprintf("devbroker-%s-%d", b.Name, n.Index)
}

// State is the state of a container. The zero State means that the container does not exist.
type State struct {
	Status   string
	PID      int
	ExitCode int
}

// Inspect reads the state of the node's container. A container of that name whose label is not this broker's folder is
// an error.
func Inspect(ctx context.Context, b state.Broker, n state.Node) (State, error) {
	out, err := docker(ctx, "inspect", "--type", "container", name(b, n))
	if err != nil {
		if strings.Contains(strings.ToLower(out), "no such") {
			return State{}, nil
		}
		return State{}, failure("inspect", out, err)
	}
	var found []struct {
		State struct {
			Status   string
			Pid      int
			ExitCode int
		}
		Config struct{ Labels map[string]string }
	}
	if err := json.Unmarshal([]byte(out), &found); err != nil || len(found) != 1 {
		return State{}, fail.New(fail.Unavailable, "docker inspect of %s cannot be read", name(b, n))
	}
	if found[0].Config.Labels[ownerLabel] != b.Dir {
		return State{}, fail.New(fail.Unavailable, "the container %s was not made by devbroker", name(b, n))
	}
	s := found[0].State
	return State{Status: s.Status, PID: s.Pid, ExitCode: s.ExitCode}, nil
}

// Start creates the container if there is none, and starts it.
func Start(ctx context.Context, b state.Broker, n state.Node) error {
	s, err := Inspect(ctx, b, n)
	if err != nil {
		return err
	}
	if s == (State{}) {
		if out, err := docker(ctx, createArgs(b, n)...); err != nil {
			return failure("create", out, err)
		}
		for to, text := range map[string]string{"conf.d/90-devbroker.conf": config,
			"enabled_plugins": node.EnabledPlugins()} {
			// The files are copied and not mounted, because an engine in a virtual machine may not see our folders.
			// They are readable, because another user runs the node.
			from := filepath.Join(b.NodeDir(n), "conf", "container-"+filepath.Base(to))
			if err := process.WriteFile(from, []byte(text), 0o644); err != nil {
				return err
			}
			if out, err := docker(ctx, "cp", from, name(b, n)+":/etc/rabbitmq/"+to); err != nil {
				return failure("cp", out, err)
			}
		}
	}
	if out, err := docker(ctx, "start", name(b, n)); err != nil {
		return failure("start", out, err)
	}
	return nil
}

// config allows the default user to log in from outside the container; the ports are published on loopback only.
const config = "loopback_users = none\nlog.console = true\nlog.console.level = info\n"

func createArgs(b state.Broker, n state.Node) []string {
	args := []string{"create", "--name", name(b, n), "--hostname", "localhost", "--label", ownerLabel + "=" + b.Dir, "-e",
		"RABBITMQ_NODENAME=" + n.Node}
	for _, p := range []struct{ outside, inside int }{
		{n.Ports.AMQP, 5672}, {n.Ports.Management, 15672}, {n.Ports.Prometheus, 15692}, {n.Ports.Stream, 5552},
	} {
		args = append(args, "-p", fmt.Sprintf("127.0.0.1:%d:%d", p.outside, p.inside))
	}
	return append(args, b.Image)
}

// Do runs a docker command whose only argument is the container.
func Do(b state.Broker, n state.Node, verb string) error {
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	if out, err := docker(ctx, verb, name(b, n)); err != nil {
		return failure(verb, out, err)
	}
	return nil
}

// Stop stops the node, at once if grace is 0. A missing container is not an error.
func Stop(ctx context.Context, b state.Broker, n state.Node, grace time.Duration) error {
	s, err := Inspect(ctx, b, n)
	if err != nil || s == (State{}) {
		return err
	}
	if out, err := docker(ctx, "stop", "-t", strconv.Itoa(int(grace.Seconds())), name(b, n)); err != nil {
		return failure("stop", out, err)
	}
	return nil
}

// Remove removes the container and its data. A missing container is not an error.
func Remove(ctx context.Context, b state.Broker, n state.Node) error {
	s, err := Inspect(ctx, b, n)
	if err != nil || s == (State{}) {
		return err
	}
	if out, err := docker(ctx, "rm", "-f", "-v", name(b, n)); err != nil {
		return failure("rm", out, err)
	}
	return nil
}

// Log returns the output of the node since the given time.
func Log(b state.Broker, n state.Node, since time.Time) string {
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	out, _ := docker(ctx, "logs", "--since", since.UTC().Format(time.RFC3339), name(b, n))
	return out
}

// LogArgv returns the command that prints the last lines of the node's log, or the whole log if lines is 0.
func LogArgv(b state.Broker, n state.Node, lines int, follow bool) ([]string, error) {
	args := []string{"logs"}
	if follow {
		args = append(args, "--follow")
	}
	if lines > 0 {
		args = append(args, "--tail", strconv.Itoa(lines))
	}
	return argv(append(args, name(b, n))...)
}

// ToolArgv is the command that runs one of the node's tools in the container.
func ToolArgv(b state.Broker, n state.Node, command []string) ([]string, error) {
	if _, err := node.ToolArgv(b, command[0], nil); err != nil {
		return nil, err
	}
	return argv(append([]string{"exec", "-i", "-e", "LANG=C.UTF-8", "-e", "LC_ALL=C.UTF-8", name(b, n)}, command...)...)
}

// argv returns the command line that runs docker with these arguments. It begins with an absolute path, as syscall.Exec
// needs it.
func argv(args ...string) ([]string, error) {
	path, err := exec.LookPath("docker")
	if err != nil {
		return nil, fail.New(fail.Unavailable, "docker is not in the PATH")
	}
	return append([]string{path}, args...), nil
}

func docker(ctx context.Context, args ...string) (string, error) {
	out, err := exec.CommandContext(ctx, "docker", args...).CombinedOutput()
	return string(out), err
}

func failure(verb, out string, err error) error {
	lines := strings.Split(strings.TrimSpace(out), "\n")
	return fail.New(fail.Unavailable, "docker %s: %w: %s", verb, err, lines[len(lines)-1])
}
