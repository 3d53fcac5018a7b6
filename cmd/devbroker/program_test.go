//go:build acceptance

package main_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// devbroker is the built program with its own store. Fetched programs come from the user's cache.
type devbroker struct {
	t     *testing.T
	path  string
	state string
}

func build(t *testing.T) devbroker {
	t.Helper()
	dir := t.TempDir()
	d := devbroker{t: t, path: filepath.Join(dir, "devbroker"), state: filepath.Join(dir, "state")}
	if out, err := exec.Command("go", "build", "-o", d.path, ".").CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	t.Cleanup(func() {
		d.run("down", "--all")
		d.nothingLeft()
	})
	return d
}

type result struct {
	code        int
	out, errOut string
}

func (d devbroker) command(args ...string) *exec.Cmd {
	ctx, cancel := context.WithTimeout(context.Background(), 15*time.Minute)
	d.t.Cleanup(cancel)
	cmd := exec.CommandContext(ctx, d.path, args...)
	cmd.Env = append(os.Environ(), "DEVBROKER_STATE="+d.state)
	return cmd
}

func (d devbroker) run(args ...string) result {
	d.t.Helper()
	var out, errOut bytes.Buffer
	cmd := d.command(args...)
	cmd.Stdout, cmd.Stderr = &out, &errOut
	_ = cmd.Run()
	return result{code: cmd.ProcessState.ExitCode(), out: out.String(), errOut: errOut.String()}
}

// ok runs devbroker, which must succeed, and returns its stdout.
func (d devbroker) ok(args ...string) string {
	d.t.Helper()
	r := d.run(args...)
	if r.code != 0 {
		d.t.Fatalf("devbroker %s: exit %d\n%s%s", strings.Join(args, " "), r.code, r.out, r.errOut)
	}
	return r.out
}

type facts struct {
	Name, State  string
	Index, PID   int
	AMQPPort     int `json:"amqp_port"`
	URL, Version string
}

func (d devbroker) status(name string) []facts {
	d.t.Helper()
	var all []facts
	if err := json.Unmarshal([]byte(d.ok("status", name, "-o", "json")), &all); err != nil {
		d.t.Fatal(err)
	}
	return all
}

// nothingLeft checks that no process, mount or file of the store is left.
func (d devbroker) nothingLeft() {
	d.t.Helper()
	if left, _ := os.ReadDir(d.state); len(left) > 0 {
		d.t.Errorf("files left: %v", left)
	}
	if mounts, _ := os.ReadFile("/proc/mounts"); bytes.Contains(mounts, []byte(d.state)) {
		d.t.Error("a mount is left")
	}
	environs, _ := filepath.Glob("/proc/[0-9]*/environ")
	for _, path := range environs {
		if text, err := os.ReadFile(path); err == nil && bytes.Contains(text, []byte("DEVBROKER_PROCESS="+d.state)) {
			d.t.Errorf("a process is left: %s", path)
		}
	}
}

// release is the release of the node under test: DEVBROKER_TEST_RELEASE, or the installed one.
func release() string {
	if r := os.Getenv("DEVBROKER_TEST_RELEASE"); r != "" {
		return r
	}
	return "installed"
}

// declare declares a durable classic queue.
func (d devbroker) declare(name, queue string) {
	d.t.Helper()
	d.ok("ctl", name, "--", "rabbitmqctl", "-q", "eval",
		fmt.Sprintf(`rabbit_amqqueue:declare(rabbit_misc:r(<<"/">>,queue,<<"%s">>),true,false,[],none,<<"guest">>), ok.`,
			queue))
}
