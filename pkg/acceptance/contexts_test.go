//go:build acceptance

package acceptance

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// contexts writes a configuration file with three contexts: "old" is the broker of the oldest release, "new" that of
// the newest, and at the address of "down" nothing listens. env names the file.
func contexts(t *testing.T) (env []string, first, last *broker) {
	t.Helper()
	onEach(t, func(*testing.T, *broker) {}) // boots the brokers
	first, last = running.brokers[0], running.brokers[len(running.brokers)-1]
	closed, err := closedPort()
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "config.toml")
	text := fmt.Sprintf("[contexts.old]\nurl = %q\n[contexts.new]\nurl = %q\n"+
		"[contexts.down]\nurl = \"http://guest:guest@127.0.0.1:%d\"\n", first.URL, last.URL, closed)
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return []string{"RABBITCTL_CONFIG=" + file}, first, last
}

// TestContexts runs one command on brokers of two releases. The rows must name the context that they come from, and a
// broker that does not answer must be reported and must not hide the rows of the other one.
func TestContexts(t *testing.T) {
	env, first, last := contexts(t)
	if first == last {
		t.Skip("it takes two brokers: make test has those of 3.10 and 4.3")
	}
	vhost := first.vhost(t, "contexts")
	last.do(t, "PUT", path("vhosts", vhost), map[string]any{})
	last.ownVHost(t, vhost)
	first.declare(t, vhost, "orders", map[string]any{"x-queue-type": "classic"})
	last.declare(t, vhost, "orders", map[string]any{"x-queue-type": "quorum"})
	last.declare(t, vhost, "invoices", map[string]any{"x-queue-type": "classic"})
	do := func(line string) ran { return run(t, env, program("rabbitctl"), strings.Fields(line)...) }

	want := "context\tname\ttype\nnew\tinvoices\tclassic\nnew\torders\tquorum\nold\torders\tclassic\n"
	if got := do("list_queues name type --sort context,name --contexts old,new -p " + vhost).ok(t); got.stdout != want {
		t.Errorf("%s", got.stdout)
	}
	got := do("list_queues name type --contexts down,old -p "+vhost).exits(t, 75)
	if got.stdout != "context\tname\ttype\nold\torders\tclassic\n" || !strings.Contains(got.stderr,
		"1 of 2 contexts failed: context down: nothing listens") {
		t.Errorf("%+v", got)
	}
	for _, name := range []string{first.Version, last.Version} {
		if got := do("status --contexts old,new").ok(t); !strings.Contains(got.stdout, name) {
			t.Errorf("%s", got.stdout)
		}
	}
	do("check_alarms --contexts old,new").ok(t)
	if got := do("check_alarms --contexts old,down,new").exits(t, 3); !strings.HasPrefix(got.stdout,
		"UNKNOWN - context down: ") || !strings.Contains(got.stdout, "OK context new: ") {
		t.Errorf("%s", got.stdout)
	}
	do("list_queues --contexts old,nwe").exits(t, 64)
}
