//go:build acceptance

package acceptance

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// TestScripts runs the scripts of testdata/script on every release. A script finds rabbitctl and devbroker on its PATH,
// and these variables: RABBITCTL_URL (the broker's address), BROKER (devbroker's name for it), RELEASE, NODE, VHOST
// (the script's own virtual host), VHOST_PATH (that virtual host as a part of an API path) and CLOSED (an HTTP address
// where nothing listens). The condition [release:4.3] holds if the broker has that release.
func TestScripts(t *testing.T) {
	onEach(t, func(t *testing.T, b *broker) {
		testscript.Run(t, testscript.Params{
			Dir:                 filepath.Join("testdata", "script"),
			RequireExplicitExec: true,
			RequireUniqueNames:  true,
			Setup:               func(env *testscript.Env) error { return b.setup(env) },
			Condition: func(cond string) (bool, error) {
				release, ok := strings.CutPrefix(cond, "release:")
				if !ok {
					return false, fmt.Errorf("unknown condition %q", cond)
				}
				return release == b.Release, nil
			},
			Cmds: map[string]func(*testscript.TestScript, bool, []string){
				"exits":      exits,
				"eventually": eventuallySays,
				"ctl":        b.scriptCtl,
				"api":        b.scriptAPI,
			},
		})
	})
}

func (b *broker) setup(env *testscript.Env) error {
	vhost := fmt.Sprintf("script %08x", rand.Uint32())
	for p, body := range map[string]any{
		path("vhosts", vhost): map[string]any{},
	} {
		if status, answer, err := b.request("PUT", p, body); err != nil || status >= 300 {
			return fmt.Errorf("PUT %s: %d %s %w", p, status, answer, err)
		}
	}
	env.Defer(func() {
		if status, answer, err := b.request("DELETE", path("vhosts", vhost), nil); err != nil || status >= 300 {
			fmt.Fprintf(os.Stderr, "virtual host %q stays behind: %d %s %v\n", vhost, status, answer, err)
		}
	})
	closed, err := closedPort()
	if err != nil {
		return err
	}
	for name, value := range map[string]string{
		"RABBITCTL_URL": b.URL, "BROKER": b.Name, "RELEASE": b.Release, "NODE": b.Node, "VHOST": vhost,
		"VHOST_PATH": path(vhost), "CLOSED": fmt.Sprintf("http://guest:guest@127.0.0.1:%d", closed),
		"PATH": bin + string(os.PathListSeparator) + os.Getenv("PATH"),
		"HOME": env.WorkDir, "DEVBROKER_STATE": os.Getenv("DEVBROKER_STATE"), "DEVBROKER_CACHE": os.Getenv("DEVBROKER_CACHE"),
	} {
		env.Setenv(name, value)
	}
	return nil
}

// exits runs a program and checks its exit code, for example: exits 64 rabbitctl list_queues nosuch.
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) < 2 || neg {
		ts.Fatalf("usage: exits CODE PROGRAM [ARG...]")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	var exited *exec.ExitError
	got := 0
	if err := ts.Exec(args[1], args[2:]...); errors.As(err, &exited) {
		got = exited.ExitCode()
	} else {
		ts.Check(err)
	}
	if got != want {
		ts.Fatalf("exit %d, want %d\n%s%s", got, want, ts.ReadFile("stdout"), ts.ReadFile("stderr"))
	}
}

// eventuallySays runs a program until its stdout matches, for example: eventually '^orders.7$' rabbitctl list_queues
// name messages.
func eventuallySays(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) < 2 || neg {
		ts.Fatalf("usage: eventually REGEX PROGRAM [ARG...]")
	}
	want, err := regexp.Compile("(?m)" + args[0])
	ts.Check(err)
	for deadline := time.Now().Add(patience); ; time.Sleep(300 * time.Millisecond) {
		_ = ts.Exec(args[1], args[2:]...)
		if want.MatchString(ts.ReadFile("stdout")) {
			return
		}
		if time.Now().After(deadline) {
			ts.Fatalf("waited %s in vain for %s in\n%s%s", patience, want, ts.ReadFile("stdout"), ts.ReadFile("stderr"))
		}
	}
}

// scriptCtl runs one of the release's own tools against the broker, for example: ctl rabbitmqctl -q list_vhosts.
func (b *broker) scriptCtl(ts *testscript.TestScript, neg bool, args []string) {
	err := ts.Exec("devbroker", append([]string{"ctl", b.Name, "--"}, args...)...)
	if neg == (err == nil) {
		ts.Fatalf("%q: %v\n%s%s", args, err, ts.ReadFile("stdout"), ts.ReadFile("stderr"))
	}
}

// scriptAPI sends a request without the program under test, for example: api PUT /queues$VHOST_PATH/q '{}'. A script
// can check the answer with its command stdout.
func (b *broker) scriptAPI(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) < 2 || len(args) > 3 {
		ts.Fatalf("usage: api METHOD PATH [JSON]")
	}
	var body any
	if len(args) == 3 {
		body = rawJSON(args[2])
	}
	status, answer, err := b.request(args[0], args[1], body)
	ts.Check(err)
	_, err = ts.Stdout().Write(append(bytes.TrimSpace(answer), '\n'))
	ts.Check(err)
	if neg == (status < 300) {
		ts.Fatalf("%s %s: status %d: %s", args[0], args[1], status, answer)
	}
}

type rawJSON string

func (r rawJSON) MarshalJSON() ([]byte, error) { return []byte(r), nil }
