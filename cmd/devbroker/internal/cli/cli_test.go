package cli

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"github.com/rabbitctl/rabbitctl/cmd/devbroker/internal/state"
)

// try runs devbroker in this process, with dir as its store and its home.
func try(t *testing.T, dir string, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, errOut bytes.Buffer
	e := &env{in: strings.NewReader(""), out: &out, err: &errOut, getenv: func(name string) string {
		return map[string]string{"DEVBROKER_STATE": dir, "DEVBROKER_CACHE": filepath.Join(dir, "cache"), "HOME": dir}[name]
	}}
	code = e.run(t.Context(), args)
	return code, out.String(), errOut.String()
}

func TestBadInputIsOneClearLineAndExit64(t *testing.T) {
	for _, c := range []struct {
		args string
		want string
	}{
		{"bogus", `unknown command "bogus"`},
		{"up extra", "unknown command"},
		{"up --release 3.11", "unknown release"},
		{"up --nodes 0", "--nodes takes 1 to 7"},
		{"up --nodes x", "invalid argument"},
		{"up --name A/B", "cannot be a broker's name"},
		{"up --timeout 0s", "--timeout must be above 0"},
		{"up --bogus", "unknown flag"},
		{"down --all x", "--all takes no names"},
		{"down ../x", "cannot be a broker's name"},
		{"status -o xml", "-o takes table or json"},
		{"url a/0", "the number of a node, from 1"},
		{"url a b", "accepts at most 1 arg"},
		{"url --amqp --stream", "[amqp stream]"},
		{"ctl", "requires at least 1 arg"},
		{"ctl a", "no tool given"},
		{"ctl a -- sh -c true", "is not a tool of the broker"},
		{"freeze", "accepts 1 arg"},
		{"logs a --lines -1", "--lines must not be below 0"},
		{"start a --timeout -1s", "--timeout must be above 0"},
		{"publish", "either --queue or --exchange"},
		{"publish --queue a --exchange b", "either --queue or --exchange"},
		{"publish --queue a --routing-key b", "use --routing-key only with --exchange"},
		{"publish --queue a --count 0", "--count must be above 0"},
		{"publish --queue a --rate -1", "--rate must not be below 0"},
		{"publish --queue a --size -1", "--size must not be below 0"},
		{"publish --queue a --for x", "invalid argument"},
		{"publish --queue a --property nonsense", "is not NAME=VALUE"},
		{"publish --queue a --property color=red", "unknown property"},
		{"publish --queue a --url http://x", "--url is not an address"},
		{"publish --queue a --heartbeat 10ms", "--heartbeat takes 1s or more"},
		{"consume", "--queue is needed"},
		{"consume --queue a --ack --never-ack", "were all set"},
		{"consume --queue a --reject=x", "--reject takes a number above 0"},
		{"consume --queue a --for 0s", "--for must be above 0"},
		{"consume --queue a --prefetch 70000", "--prefetch takes 0 to 65535"},
		{"consume --queue a --argument x", "is not NAME=VALUE"},
		{"connect --for 0s", "--for must be above 0"},
		{"connect --connections 0", "--connections takes 1 to 10000"},
		{"churn --rate 0", "must be above 0"},
	} {
		t.Run(c.args, func(t *testing.T) {
			dir := t.TempDir()
			code, out, errOut := try(t, dir, strings.Fields(c.args)...)
			if code != 64 || out != "" || !strings.HasPrefix(errOut, "devbroker: ") || !strings.Contains(errOut, c.want) {
				t.Errorf("exit %d, stdout %q, stderr %q", code, out, errOut)
			}
			if strings.Count(errOut, "\n") > 2 {
				t.Errorf("more than an error and a hint: %q", errOut)
			}
			if left, _ := os.ReadDir(dir); len(left) > 0 {
				t.Errorf("something was done: %v", left)
			}
		})
	}
}

func TestNoPasswordOfAnAddressIsPrinted(t *testing.T) {
	_, out, errOut := try(t, t.TempDir(), "publish", "--queue", "a", "--url", "http://u:secret%zz@h")
	if strings.Contains(out+errOut, "secret") {
		t.Errorf("printed %q", out+errOut)
	}
}

func TestWhatIsNotThere(t *testing.T) {
	for _, c := range []struct {
		args string
		code int
		out  string
	}{
		{"status", 0, "NAME  NODE  VERSION  STATE  PID  AMQP  MANAGEMENT  PROMETHEUS  STREAM  DATA  LOG\n"},
		{"status -o json", 0, "[]\n"},
		{"status none", 65, ""},
		{"url", 65, ""},
		{"url none", 65, ""},
		{"ctl none -- rabbitmqctl status", 65, ""},
		{"stop none", 65, ""},
		{"start none", 65, ""},
		{"freeze none", 65, ""},
		{"logs none", 65, ""},
		{"publish --queue a", 65, ""},
		{"down", 0, ""},
		{"down none", 0, "none is down\n"},
		{"down --all", 0, ""},
	} {
		t.Run(c.args, func(t *testing.T) {
			code, out, errOut := try(t, t.TempDir(), strings.Fields(c.args)...)
			if code != c.code || out != c.out {
				t.Errorf("exit %d, stdout %q, stderr %q", code, out, errOut)
			}
		})
	}
}

// stopped writes to a new store the description of a broker that is not running, and returns the store's folder.
func stopped(t *testing.T, name string, nodes int) string {
	t.Helper()
	s := state.Store{Dir: t.TempDir()}
	if err := os.MkdirAll(s.Folder(name), 0o700); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Create(state.Broker{Name: name, Release: "3.10", Version: "3.10.8", Source: state.Installed,
		Sbin: "/none"}, nodes, func(int) bool { return true }); err != nil {
		t.Fatal(err)
	}
	return s.Dir
}

func TestAddressesAndStateOfAStoppedBroker(t *testing.T) {
	dir := stopped(t, "one", 2)
	code, first, _ := try(t, dir, "url")
	if code != 0 || !strings.HasPrefix(first, "http://guest:guest@127.0.0.1:") {
		t.Errorf("exit %d, %q", code, first)
	}
	_, second, _ := try(t, dir, "url", "one", "--node", "2")
	_, same, _ := try(t, dir, "url", "one/2")
	if second == first || second != same {
		t.Errorf("node 2: %q and %q, node 1: %q", second, same, first)
	}
	if code, _, _ := try(t, dir, "url", "one/3"); code != 65 {
		t.Errorf("node 3: exit %d", code)
	}
	if _, out, _ := try(t, dir, "status", "-o", "json"); strings.Count(out, `"state": "stopped"`) != 2 ||
		strings.Count(out, `"pid": 0`) != 2 {
		t.Errorf("status %s", out)
	}
	if code, _, _ := try(t, dir, "freeze", "one"); code != 69 {
		t.Errorf("freezing what does not run: exit %d", code)
	}
	if code, _, errOut := try(t, dir, "up", "--name", "one", "--nodes", "3"); code != 64 || !strings.Contains(errOut,
		"exists already") {
		t.Errorf("another size: exit %d, %s", code, errOut)
	}
	if code, _, errOut := try(t, dir, "up", "--name", "one", "--release", "4.0"); code != 64 || !strings.Contains(errOut,
		"exists already") {
		t.Errorf("another release: exit %d, %s", code, errOut)
	}
	if code, out, _ := try(t, dir, "down"); code != 0 || out != "one is down\n" {
		t.Errorf("down: exit %d, %q", code, out)
	}
	if left, _ := os.ReadDir(dir); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestEveryCommandHelps(t *testing.T) {
	var walk func(*cobra.Command)
	walk = func(c *cobra.Command) {
		if !c.Hidden && (c.Short == "" || c.Long == "" || c.Example == "") {
			t.Errorf("%s lacks a short text, a long one or an example", c.CommandPath())
		}
		for _, sub := range c.Commands() {
			walk(sub)
		}
	}
	walk(newRoot(&env{}))
}

func TestLastLines(t *testing.T) {
	for _, c := range []struct {
		text  string
		lines int
		want  string
	}{
		{"a\nb\nc\n", 2, "b\nc\n"}, {"a\nb\nc", 2, "b\nc"}, {"a\nb\n", 0, "a\nb\n"}, {"a\n", 5, "a\n"}, {"", 3, ""},
		{"\n\n", 1, "\n"},
	} {
		if got := string(lastLines([]byte(c.text), c.lines)); got != c.want {
			t.Errorf("%q, %d: got %q, want %q", c.text, c.lines, got, c.want)
		}
	}
}

func TestTotalMemory(t *testing.T) {
	if got := totalMemory([]byte("MemTotal:       24684084 kB\nMemFree: 1 kB\n")); got != 24684084<<10 {
		t.Errorf("got %d", got)
	}
	if got := totalMemory(nil); got != 0 {
		t.Errorf("got %d", got)
	}
}
