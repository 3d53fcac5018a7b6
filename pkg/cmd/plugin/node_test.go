package plugin_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/cmd/plugin"
	"github.com/rabbitctl/rabbitctl/pkg/erlang"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/internal/brokertest"
	"github.com/rabbitctl/rabbitctl/pkg/internal/cmdtest"
	"github.com/rabbitctl/rabbitctl/pkg/internal/golden"
	"github.com/rabbitctl/rabbitctl/pkg/internal/nodetest"
)

type said struct {
	line, out, err string
	kind           fail.Kind
}

// heard runs each command line against the node. Its output and its messages must contain the expected texts, and its
// error must be of the expected kind. It must send nothing to the management API.
func heard(t *testing.T, n *nodetest.Node, all ...said) {
	t.Helper()
	for _, c := range all {
		r := cmdtest.Run{Commands: plugin.Commands(), Env: n.Env(t)}.Do(t, brokertest.New(t), strings.Fields(c.line)...)
		text := r.Err
		if r.Error != nil {
			text += r.Error.Error()
		}
		if !strings.Contains(r.Out, c.out) || !strings.Contains(text, c.err) || fail.KindOf(r.Error) != c.kind {
			t.Errorf("%s: %q %q %v", c.line, r.Out, r.Err, r.Error)
		}
		if len(r.Requests) > 0 {
			t.Errorf("%s sent over HTTP: %q", c.line, r.Requests)
		}
	}
}

func TestInstalled(t *testing.T) {
	t.Parallel()
	p := &nodetest.Plugins{Enabled: []string{"rabbitmq_management", "gone"}, Running: []string{"agent", "library",
		"rabbitmq_management"}}
	n := (&nodetest.Node{Calls: p.Calls()}).Start(t)
	r := cmdtest.Run{Commands: plugin.Commands(), Env: n.Env(t)}.Do(t, brokertest.New(t), "list_installed_plugins")
	golden.Check(t, "distant/list_installed_plugins", "$ rabbitctl list_installed_plugins\n"+r.Golden(brokertest.New(t)))
	heard(t, n, said{"list_installed_plugins name needs --match shovel_",
		"rabbitmq_shovel_management\t[rabbitmq_management, rabbitmq_shovel]\n", "", ""},
		said{"plugin_directories", "enabled_plugins_file\t/etc/enabled_plugins\n", "", ""})
}

func TestPluginChanges(t *testing.T) {
	t.Parallel()
	p := &nodetest.Plugins{Enabled: []string{"rabbitmq_management"}, Running: []string{"agent", "library",
		"rabbitmq_management"}}
	n := (&nodetest.Node{Calls: p.Calls()}).Start(t)
	file := func(want string) {
		t.Helper()
		if got := strings.Join(p.Enabled, " "); got != want {
			t.Errorf("the file has %q, want %q", got, want)
		}
	}
	heard(t, n,
		said{"enable_plugins", "", "no plugin is named", fail.Usage},
		said{"enable_plugins A-B", "", `"A-B" is not the name of a plugin`, fail.Usage},
		said{"enable_plugins rabbitmq_shovl", "", "not installed: rabbitmq_shovl", fail.NotFound},
		said{"enable_plugins rabbitmq_management agent", "unchanged\n", "", ""},
		said{"enable_plugins rabbitmq_shovel --dry-run", "rabbitmq_shovel\tstarted\n", "would enable rabbitmq_shovel on", ""})
	file("rabbitmq_management")
	heard(t, n,
		said{"enable_plugins rabbitmq_shovel_management",
			"rabbitmq_shovel\tstarted\nrabbitmq_shovel_management\tstarted\n", "", ""},
		said{"disable_plugins rabbitmq_shovel", "", "there is no terminal to ask at", fail.Usage},
		said{"disable_plugins --all rabbitmq_shovel", "", "exclude each other", fail.Usage},
		said{"disable_plugins rabbitmq_management --dry-run", "rabbitmq_management\tstopped\n",
			"the node then has no management API", ""})
	file("rabbitmq_management rabbitmq_shovel_management")
	heard(t, n, said{"disable_plugins rabbitmq_shovel --yes",
		"changed\nname\tthen\nrabbitmq_shovel\tstopped\nrabbitmq_shovel_management\tstopped\n", "", ""})
	file("rabbitmq_management")
	heard(t, n, said{"set_plugins", "", "no plugin is named", fail.Usage},
		said{"set_plugins rabbitmq_shovel --yes", "agent\tstopped\n", "", ""})
	file("rabbitmq_shovel")
	heard(t, n, said{"disable_plugins --all --yes", "rabbitmq_shovel\tstopped\n", "", ""})
	file("")
}

// TestPluginChanges_undone: the node writes its file of enabled plugins before it starts them. A plugin in that file
// that cannot start would keep the node from starting, so the change is undone.
func TestPluginChanges_undone(t *testing.T) {
	t.Parallel()
	p := &nodetest.Plugins{Enabled: []string{"agent"}, Running: []string{"agent"}, Broken: "rabbitmq_shovel"}
	n := (&nodetest.Node{Calls: p.Calls()}).Start(t)
	heard(t, n, said{"enable_plugins rabbitmq_shovel", "",
		"plugin rabbitmq_shovel does not start: its port is in use (eaddrinuse); the file of enabled plugins lists the same plugins as before", fail.Unavailable})
	if got := strings.Join(p.Enabled, " "); got != "agent" {
		t.Errorf("the file has %q", got)
	}
	if count := strings.Count(strings.Join(n.Asked(), " "), "rabbit_plugins:ensure/1"); count != 2 {
		t.Errorf("asked %q", n.Asked())
	}
	p.Broken, p.Stopped = "", true
	heard(t, n, said{"enable_plugins rabbitmq_shovel --dry-run", "rabbitmq_shovel\tenabled\n",
		"takes effect when RabbitMQ is started", ""},
		said{"enable_plugins rabbitmq_shovel", "changed\n", "takes effect when RabbitMQ is started", ""})
	if !slices.Contains(p.Enabled, "rabbitmq_shovel") {
		t.Errorf("the file has %q", p.Enabled)
	}
}

// TestPluginChanges_inFile: the commands change the file without a request to a node.
func TestPluginChanges_inFile(t *testing.T) {
	t.Parallel()
	n := (&nodetest.Node{Calls: map[string]func(*nodetest.Call) erlang.Term{}}).Start(t)
	path := filepath.Join(t.TempDir(), "enabled_plugins")
	if err := os.WriteFile(path, []byte("%% ours\n[rabbitmq_management,\n rabbitmq_shovel].\n"), 0o640); err != nil {
		t.Fatal(err)
	}
	is := func(want string) {
		t.Helper()
		if got, err := os.ReadFile(path); err != nil || string(got) != want {
			t.Errorf("%q %v, want %q", got, err, want)
		}
	}
	with := " --enabled-plugins-file " + path
	heard(t, n,
		said{"enable_plugins rabbitmq_shovel" + with, "unchanged\n", "", ""},
		said{"enable_plugins rabbitmq_stream --dry-run" + with, "rabbitmq_stream\tenabled\n",
			"would enable rabbitmq_stream in " + path, ""})
	is("%% ours\n[rabbitmq_management,\n rabbitmq_shovel].\n")
	heard(t, n, said{"enable_plugins rabbitmq_stream" + with, "changed\n",
		"a node reads the file only when it starts", ""})
	is("[rabbitmq_management,rabbitmq_shovel,rabbitmq_stream].\n")
	heard(t, n, said{"disable_plugins rabbitmq_shovel rabbitmq_stream --yes -o json" + with, `"file"`, "", ""})
	is("[rabbitmq_management].\n")
	heard(t, n, said{"set_plugins rabbitmq_top --yes" + with, "changed\n", "", ""})
	is("[rabbitmq_top].\n")
	heard(t, n, said{"disable_plugins --all --yes" + with, "changed\n", "", ""})
	is("[].\n")
	heard(t, n, said{"enable_plugins rabbitmq_top" + with + "-new", "changed\n", "", ""})
	if err := os.WriteFile(path, []byte("no list"), 0o600); err != nil {
		t.Fatal(err)
	}
	heard(t, n, said{"enable_plugins rabbitmq_top" + with, "", "is not a file of enabled plugins", fail.Data})
	is("no list")
	if len(n.Asked()) > 0 {
		t.Errorf("asked %q", n.Asked())
	}
}
