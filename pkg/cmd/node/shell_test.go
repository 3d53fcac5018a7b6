package node_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/cmd/node"
	"github.com/rabbitctl/rabbitctl/pkg/erlang"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/internal/brokertest"
	"github.com/rabbitctl/rabbitctl/pkg/internal/cmdtest"
	"github.com/rabbitctl/rabbitctl/pkg/internal/nodetest"
)

// shellNode returns a node that evaluates expressions: "bind." binds the variable A, "bad." fails, and any other
// expression returns the variables that came with it.
func shellNode(t *testing.T) *nodetest.Node {
	t.Helper()
	code := ""
	calls := nodetest.Says(map[string]string{"erl_parse:parse_exprs/1": "{ok,[forms]}"})
	calls["erl_scan:string/1"] = func(c *nodetest.Call) erlang.Term {
		code = string(c.Args[0].(erlang.String))
		return erlang.Tuple{erlang.Atom("ok"), erlang.List{}, erlang.Int(1)}
	}
	calls["erl_eval:exprs/2"] = func(c *nodetest.Call) erlang.Term {
		if code == "bad." {
			return erlang.Atom("oops")
		}
		bound, _ := c.Args[1].(erlang.List)
		if code == "bind." {
			bound = append(bound, erlang.Tuple{erlang.Atom("A"), erlang.Int(1)})
		}
		c.Print("> " + code + "\n")
		return erlang.Tuple{erlang.Atom("value"), erlang.String(erlang.Text(bound)), bound}
	}
	calls["io_lib:format/2"] = func(c *nodetest.Call) erlang.Term { return c.Args[1].(erlang.List)[0] }
	return (&nodetest.Node{Calls: calls}).Start(t)
}

// TestRemoteShell: the shell keeps variables, accepts an expression on several lines, and ends at q().
func TestRemoteShell(t *testing.T) {
	t.Parallel()
	n := shellNode(t)
	typed := func(terminal bool, text string) cmdtest.Result {
		return cmdtest.Run{Commands: node.Commands(), Env: n.Env(t), Input: text, Terminal: terminal}.Do(t, brokertest.New(t),
			"remote_shell")
	}
	for _, c := range []struct {
		name, text, out, err string
		kind                 fail.Kind
	}{
		{"kept", "bind.\n\nlook\n at.\nq().\nmore.\n", "> bind.\n[{'A',1}]\n> look\n at.\n[{'A',1}]\n", "", ""},
		{"forgotten", "bind.\nf().\nlook.", "> bind.\n[{'A',1}]\n> look.\n[]\n", "", ""},
		{"failed", "bad.\nlook.\n", "", "the expression throws oops", fail.Unavailable},
		{"cut", "look.\nloo", "> look.\n[]\n", "does not end with a full stop", fail.Data},
	} {
		r := typed(false, c.text)
		said := r.Err
		if r.Error != nil {
			said += r.Error.Error()
		}
		if r.Out != c.out || !strings.Contains(said, c.err) || c.err == "" && said != "" || fail.KindOf(r.Error) != c.kind {
			t.Errorf("%s: %+v", c.name, r)
		}
	}
	r := typed(true, "bad.\nlook.\n")
	for _, want := range []string{"The Erlang cookie gives all rights there", "(rabbit@localhost)1> ",
		"** the expression throws oops", "(rabbit@localhost)2> "} {
		if !strings.Contains(r.Err, want) || r.Error != nil || r.Out != "> look.\n[]\n" {
			t.Errorf("at a terminal, without %q: %+v", want, r)
		}
	}
}

// TestRemoteShell_guarded: an interrupt ends the shell. A context can forbid the shell before the node is asked.
func TestRemoteShell_guarded(t *testing.T) {
	t.Parallel()
	n := shellNode(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	r := cmdtest.Run{Commands: node.Commands(), Env: n.Env(t), Input: "look.\n", Context: ctx}.Do(t, brokertest.New(t),
		"remote_shell")
	if fail.KindOf(r.Error) != fail.Canceled || r.Out != "" {
		t.Errorf("interrupted: %+v", r)
	}
	folder := t.TempDir()
	if err := os.MkdirAll(filepath.Join(folder, "rabbitctl"), 0o700); err != nil {
		t.Fatal(err)
	}
	for guard, want := range map[string]fail.Kind{"read_only": fail.Denied, "protected": fail.Usage} {
		broker := brokertest.New(t)
		config := "[contexts.prod]\nurl = \"" + broker.URL + "\"\n" + guard + " = true\n"
		if err := os.WriteFile(filepath.Join(folder, "rabbitctl", "config.toml"), []byte(config), 0o600); err != nil {
			t.Fatal(err)
		}
		asked := len(n.Asked())
		env := append(n.Env(t), "XDG_CONFIG_HOME="+folder, "RABBITCTL_CONTEXT=prod")
		r := cmdtest.Run{Commands: node.Commands(), Env: env,
			Input: "look.\n"}.Do(t, broker, "remote_shell")
		if fail.KindOf(r.Error) != want || r.Out != "" || len(n.Asked()) > asked {
			t.Errorf("%s: %+v, which is %s", guard, r, fail.KindOf(r.Error))
		}
	}
}
