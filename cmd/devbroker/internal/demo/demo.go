// Package demo shows the use of rabbitctl on a real broker. All output that it shows comes from the programs.
package demo

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
	"time"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
)

// Demo is one run of the demo.
type Demo struct {
	// Devbroker and Rabbitctl are the paths of the programs.
	Devbroker, Rabbitctl string
	// Release is the broker's release; "" is the installed one.
	Release string
	Out     io.Writer
	Err     io.Writer

	name string
	env  []string
}

// The queues of the demo, and the connection name of its publisher.
const (
	queue     = "demo.orders"
	work      = "demo.work"
	dead      = "demo.dead"
	publisher = "orders-publisher"
)

// Run starts the broker and runs the demo. It fails when a command has an unexpected exit code or the publisher does
// not publish. Afterwards the broker is still running with a disk limit of 50 MB, the default, and the queues are
// removed.
func (d *Demo) Run(ctx context.Context) (err error) {
	d.name = "demo"
	up := []string{"up", "--name", d.name}
	if d.Release != "" {
		up = append(up, "--release", d.Release)
	}
	d.say("A real RabbitMQ node on loopback, fetched and started if needed.")
	if err := d.run(ctx, d.Devbroker, up, 0); err != nil {
		return err
	}
	reach, err := exec.CommandContext(ctx, d.Devbroker, "env", d.name).Output()
	if err != nil {
		return fail.New(fail.Unavailable, "cannot get the broker's address from devbroker: %w", err)
	}
	d.env = append(os.Environ(), strings.Fields(string(reach))...)
	// Clean up after an interrupted run.
	d.quietly(ctx, d.Rabbitctl, "delete_queue", queue, work, dead, "--if-exists", "--yes")
	defer func() {
		// This runs even after Ctrl-C: the demo must not leave a broker with blocked publishers behind.
		after := context.WithoutCancel(ctx)
		d.quietly(after, d.Rabbitctl, "set_disk_free_limit", "50MB")
		d.quietly(after, d.Rabbitctl, "delete_queue", queue, work, dead, "--if-exists", "--yes")
	}()
	if err := d.declare(ctx); err != nil {
		return err
	}
	if err := d.bury(ctx); err != nil {
		return err
	}
	if err := d.block(ctx); err != nil {
		return err
	}
	d.say("The broker keeps running. Have a look around:")
	fmt.Fprintf(d.Out, "  export $(bin/devbroker env %s)\n  bin/rabbitctl help\n  bin/devbroker down %s\n",
		d.name, d.name)
	return nil
}

// declare shows what happens when a queue is declared again, and that list_queues counts new messages at once.
func (d *Demo) declare(ctx context.Context) error {
	d.say("Declare a queue. Declare it again: nothing changes. Declare it with other properties: nothing changes, and rabbitctl says so.")
	steps := []step{
		{d.rabbitctl("declare_queue", queue), 0},
		{d.rabbitctl("declare_queue", queue), 0},
		{d.rabbitctl("declare_queue", queue, "--message-ttl", "10m"), 4},
	}
	if err := d.steps(ctx, steps); err != nil {
		return err
	}
	d.say("Publish seven messages. The counts are right at once.")
	return d.steps(ctx, []step{
		{[]string{d.Devbroker, "publish", "--name", d.name, "--queue", queue, "--count", "7", "--confirm"}, 0},
		{d.rabbitctl("list_queues", "name", "messages"), 0},
	})
}

// bury shows how messages become dead letters, and how they are put back.
func (d *Demo) bury(ctx context.Context) error {
	d.say("A program rejects three messages. They go to a dead-letter queue.")
	if err := d.steps(ctx, []step{
		{d.rabbitctl("declare_queue", dead), 0},
		{d.rabbitctl("declare_queue", work, "--dead-letter-exchange", "", "--dead-letter-routing-key", dead), 0},
		{[]string{d.Devbroker, "publish", "--name", d.name, "--queue", work, "--count", "3", "--confirm"}, 0},
		{[]string{d.Devbroker, "consume", "--name", d.name, "--queue", work, "--count", "3", "--for", "10s", "--reject"}, 0},
	}); err != nil {
		return err
	}
	d.say("Which queue dead-lettered them, and why? Put them back: each is confirmed before it is removed.")
	return d.steps(ctx, []step{
		{d.rabbitctl("list_dead_letters", dead), 0},
		{d.rabbitctl("replay_dead_letters", dead, "--origin", work, "--reason", "rejected"), 0},
		{d.rabbitctl("peek_messages", work), 0},
	})
}

// block shows the checks before, during and after a disk alarm.
func (d *Demo) block(ctx context.Context) error {
	d.say("Is there enough disk?")
	if err := d.steps(ctx, []step{{d.rabbitctl("check_disk"), 0}}); err != nil {
		return err
	}
	d.say("A program publishes. Now the disk alarm goes off (the limit is raised above the free space), and publishing hangs. Why?")
	stop, err := d.publish(ctx)
	if err != nil {
		return err
	}
	defer stop()
	if err := d.steps(ctx, []step{{d.rabbitctl("set_disk_free_limit", "1000GB", "--yes"), 0},
		{d.rabbitctl("check_disk"), 2}, {d.rabbitctl("explain_blocked"), 2}}); err != nil {
		return err
	}
	stuck := d.messages(ctx)
	d.say("End the alarm: set a limit below the free space, over Erlang distribution, with the cookie of the node.")
	if err := d.steps(ctx, []step{{d.rabbitctl("explain_blocked", "--fix", "--yes"), 0},
		{d.rabbitctl("check_alarms"), 0}}); err != nil {
		return err
	}
	d.say("The blocked publisher continues. Count the messages in its queue twice:")
	for until := time.Now().Add(30 * time.Second); ; time.Sleep(200 * time.Millisecond) {
		if now := d.messages(ctx); now != "" && stuck != "" && now != stuck {
			break
		}
		if time.Now().After(until) || ctx.Err() != nil {
			return fail.New(fail.Unavailable, "the publisher does not continue: its queue still has %s messages", stuck)
		}
	}
	return d.steps(ctx, []step{{d.rabbitctl("list_queues", "name", "messages", "--match", "^"+queue+"$", "--watch", "2s",
		"--rounds", "2"), 0}})
}

// messages returns the number of messages in the publisher's queue, or "" if it cannot be read.
func (d *Demo) messages(ctx context.Context) string {
	cmd := exec.CommandContext(ctx, d.Rabbitctl, "list_queues", "messages", "--no-table-headers", "--match", "^"+queue+"$")
	cmd.Env = d.env
	out, _ := cmd.Output()
	return strings.TrimSpace(string(out))
}

// publish starts a publisher in the background, waits until its messages arrive, and returns a function that ends it.
func (d *Demo) publish(ctx context.Context) (stop func(), err error) {
	ctx, cancel := context.WithCancel(ctx)
	cmd := exec.CommandContext(ctx, d.Devbroker, "publish", "--name", d.name, "--queue", queue, "--rate", "5", "--for",
		"60s", "--connection-name", publisher)
	cmd.Stderr = d.Err
	d.prompt(append(cmd.Args, "&"))
	if err := cmd.Start(); err != nil {
		cancel()
		return nil, fail.New(fail.Unavailable, "the publisher cannot be started: %w", err)
	}
	stop = func() { cancel(); _ = cmd.Wait() }
	for until := time.Now().Add(50 * time.Second); !d.publishes(ctx); {
		if time.Now().After(until) || ctx.Err() != nil {
			stop()
			return nil, fail.New(fail.Unavailable, "the publisher does not publish")
		}
		time.Sleep(200 * time.Millisecond)
	}
	return stop, nil
}

// publishes reports whether more than the demo's seven messages have arrived.
func (d *Demo) publishes(ctx context.Context) bool {
	cmd := exec.CommandContext(ctx, d.Rabbitctl, "list_queues", "name", "--no-table-headers", "--where",
		fmt.Sprintf("name == %q && messages > 7", queue))
	cmd.Env = d.env
	out, err := cmd.Output()
	return err == nil && len(out) > 0
}

// step is a command with its expected exit code.
type step struct {
	argv []string
	code int
}

func (d *Demo) rabbitctl(args ...string) []string { return append([]string{d.Rabbitctl}, args...) }

func (d *Demo) steps(ctx context.Context, steps []step) error {
	for _, s := range steps {
		if err := d.run(ctx, s.argv[0], s.argv[1:], s.code); err != nil {
			return err
		}
	}
	return nil
}

// run shows a command, runs it, and shows its exit code if that is not 0.
func (d *Demo) run(ctx context.Context, program string, args []string, code int) error {
	d.prompt(append([]string{program}, args...))
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Stdout, cmd.Stderr, cmd.Env = d.Out, d.Err, d.env
	cmd.WaitDelay = 5 * time.Second
	err := cmd.Run()
	if ctx.Err() != nil {
		return fail.New(fail.Canceled, "interrupted")
	}
	if cmd.ProcessState == nil {
		return fail.New(fail.Unavailable, "%s cannot be run: %w", program, err).Next("make build")
	}
	got := cmd.ProcessState.ExitCode()
	if got != 0 {
		fmt.Fprintf(d.Out, "(exit %d)\n", got)
	}
	if got != code {
		return fail.New(fail.Unavailable, "the demo expected exit %d, got %d", code, got)
	}
	return nil
}

// quietly runs a command that cleans up, and ignores its errors: the next run of the demo cleans up again.
func (d *Demo) quietly(ctx context.Context, program string, args ...string) {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Env = d.env
	var lost bytes.Buffer
	cmd.Stdout, cmd.Stderr = &lost, &lost
	_ = cmd.Run()
}

func (d *Demo) say(text string) { fmt.Fprintf(d.Out, "\n# %s\n", text) }

// prompt shows a command as people type it, with the programs' names in place of their paths.
func (d *Demo) prompt(argv []string) {
	argv = slices.Clone(argv)
	switch argv[0] {
	case d.Devbroker:
		argv[0] = "devbroker"
	case d.Rabbitctl:
		argv[0] = "rabbitctl"
	}
	for i, word := range argv {
		if word == "" {
			argv[i] = "''"
		}
	}
	fmt.Fprintf(d.Out, "$ %s\n", strings.Join(argv, " "))
}
