//go:build acceptance

package acceptance

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"
)

// patience limits every wait of a test. It is long because machines can be slow, and no test measures anything by it.
const patience = 3 * time.Minute

// ran is the result of a program.
type ran struct {
	stdout, stderr string
	code           int
}

// lines returns the lines of stdout, without the last line end.
func (r ran) lines() []string { return splitLines(r.stdout) }

func splitLines(text string) []string {
	if text == "" {
		return nil
	}
	return strings.Split(strings.TrimSuffix(text, "\n"), "\n")
}

// ok fails the test unless the program exited with 0.
func (r ran) ok(t *testing.T) ran {
	t.Helper()
	return r.exits(t, 0)
}

// exits fails the test unless the program exited with this code.
func (r ran) exits(t *testing.T, code int) ran {
	t.Helper()
	if r.code != code {
		t.Fatalf("exit %d, want %d\nstdout:\n%s\nstderr:\n%s", r.code, code, r.stdout, r.stderr)
	}
	return r
}

// prints fails the test unless the program wrote exactly this text to stdout.
func (r ran) prints(t *testing.T, want string) ran {
	t.Helper()
	if r.stdout != want {
		t.Errorf("stdout is %q, want %q", r.stdout, want)
	}
	return r
}

// run runs a program to its end, with variables added to the environment.
func run(t *testing.T, env []string, name string, args ...string) ran {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	r, err := runIn(ctx, env, name, args...)
	if err != nil {
		t.Fatalf("%s %q: %v\n%s", name, args, err, r.stderr)
	}
	return r
}

func runIn(ctx context.Context, env []string, name string, args ...string) (ran, error) {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Env = append(os.Environ(), env...)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	err := cmd.Run()
	r := ran{stdout: out.String(), stderr: errs.String(), code: cmd.ProcessState.ExitCode()}
	var exited *exec.ExitError
	if errors.As(err, &exited) && ctx.Err() == nil {
		err = nil
	}
	return r, err
}

// rabbitctl runs the program under test against the broker, with its output in a pipe.
func (b *broker) rabbitctl(t *testing.T, args ...string) ran {
	t.Helper()
	return run(t, []string{"RABBITCTL_URL=" + b.URL}, program("rabbitctl"), args...)
}

// devbroker runs a command of devbroker against this broker, with its name as --name.
func (b *broker) devbroker(t *testing.T, command string, args ...string) ran {
	t.Helper()
	return run(t, nil, program("devbroker"), append([]string{command, "--name", b.Name}, args...)...)
}

// ctl runs one of the release's own tools against the node.
func (b *broker) ctl(t *testing.T, args ...string) ran {
	t.Helper()
	return run(t, nil, program("devbroker"), append([]string{"ctl", b.Name, "--"}, args...)...)
}

// afterwards runs one of the release's own tools against a node, even if the test's context is over. If the tool
// crashes, it runs once more: the tool of 3.10 once crashed when it disabled plugins whose client had just
// disconnected.
func afterwards(t *testing.T, target string, args ...string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	attempt := func() (ran, error) {
		return runIn(ctx, nil, program("devbroker"), append([]string{"ctl", target, "--"}, args...)...)
	}
	r, err := attempt()
	if err == nil && r.code == 70 {
		t.Logf("%s on %s crashed: %s", strings.Join(args, " "), target, r.stderr)
		r, err = attempt()
	}
	if err != nil || r.code != 0 {
		t.Errorf("%s on %s: exit %d, %v\n%s", strings.Join(args, " "), target, r.code, err, r.stderr)
	}
}

// publish publishes to a queue and waits until the broker has confirmed every message.
func (b *broker) publish(t *testing.T, vhost, queue string, args ...string) {
	t.Helper()
	b.devbroker(t, "publish", append([]string{"-p", vhost, "--queue=" + queue, "--confirm", "--confirm-timeout", "60s"},
		args...)...).ok(t)
}

// task is a program that runs beside the test. When the test ends, the program is ended, too.
type task struct {
	cmd   *exec.Cmd
	out   *lockedBuffer
	ended chan struct{}
}

// start starts a program. Both its output streams go to one buffer.
func start(t *testing.T, name string, args ...string) *task {
	t.Helper()
	k := &task{cmd: exec.Command(name, args...), out: &lockedBuffer{}, ended: make(chan struct{})}
	k.cmd.Stdout, k.cmd.Stderr = k.out, k.out
	if err := k.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		_ = k.cmd.Wait()
		close(k.ended)
	}()
	t.Cleanup(k.stop)
	return k
}

// stop asks the program to end, and kills it if it does not.
func (k *task) stop() {
	_ = k.cmd.Process.Signal(syscall.SIGTERM)
	select {
	case <-k.ended:
	case <-time.After(30 * time.Second):
		_ = k.cmd.Process.Kill()
		<-k.ended
	}
}

// says waits until the program has printed the text.
func (k *task) says(t *testing.T, text string) {
	t.Helper()
	eventually(t, func() (bool, string) {
		select {
		case <-k.ended:
			return strings.Contains(k.out.String(), text), "it has ended, and said:\n" + k.out.String()
		default:
		}
		return strings.Contains(k.out.String(), text), "it said:\n" + k.out.String()
	})
}

// startDevbroker starts one of devbroker's clients.
func (b *broker) startDevbroker(t *testing.T, command string, args ...string) *task {
	t.Helper()
	return start(t, program("devbroker"), append([]string{command, "--name", b.Name}, args...)...)
}

// eventually waits until a condition holds. If that takes too long, it fails the test with the condition's last
// message.
func eventually(t *testing.T, holds func() (bool, string)) {
	t.Helper()
	deadline := time.Now().Add(patience)
	for {
		ok, word := holds()
		if ok {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("waited %s in vain: %s", patience, word)
		}
		select {
		case <-t.Context().Done():
			t.Fatalf("the test ended while waiting: %s", word)
		case <-time.After(200 * time.Millisecond):
		}
	}
}
