package personality_test

import (
	"archive/zip"
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/app"
	"github.com/rabbitctl/rabbitctl/pkg/cmd/queue"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/internal/brokertest"
	"github.com/rabbitctl/rabbitctl/pkg/iostreams"
	"github.com/rabbitctl/rabbitctl/pkg/personality"
)

// stoppedNode holds the paths of the files of a node that does not run. The files are on this machine.
type stoppedNode struct{ folder, file string }

func write(t *testing.T, path string, content []byte) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
}

func newStoppedNode(t *testing.T, release, enabled string) *stoppedNode {
	t.Helper()
	dir := t.TempDir()
	n := &stoppedNode{folder: filepath.Join(dir, "plugins"), file: filepath.Join(dir, "enabled_plugins")}
	write(t, n.file, []byte(enabled+"\n"))
	app := func(name, needs string) []byte {
		return []byte("{application, " + name + `, [{description, "It is 100% ` + name + `"}, {vsn, "` + release +
			"\"}, % a remark\n {applications, [kernel," + needs + "]}]}.\n")
	}
	for name, needs := range map[string]string{"rabbit": "rabbit_common", "rabbit_common": "stdlib", "library": "stdlib",
		"agent": "rabbit,library", "rabbitmq_management": "rabbit,agent", "rabbitmq_top": "rabbit,rabbitmq_management"} {
		write(t, filepath.Join(n.folder, name+"-"+release, "ebin", name+".app"), app(name, needs))
	}
	write(t, filepath.Join(n.folder, "README"), nil)
	var archive bytes.Buffer
	z := zip.NewWriter(&archive)
	f, err := z.Create("of_others-1.0/ebin/of_others.app")
	if err == nil {
		_, err = f.Write(app("of_others", "rabbit"))
	}
	if err != nil || z.Close() != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(n.folder, "of_others-1.0.ez"), archive.Bytes())
	return n
}

func (n *stoppedNode) tool(t *testing.T, words ...string) (out, errs string, err error) {
	t.Helper()
	streams, stdout, stderr := iostreams.Test("")
	a := app.New(streams, []string{brokertest.NoHome, "RABBITCTL_URL=http://127.0.0.1:1", "RABBITCTL_EPMD_PORT=1",
		"RABBITCTL_ERLANG_COOKIE=secret", "RABBITMQ_NODENAME=rabbit@localhost", "RABBITMQ_PLUGINS_DIR=" + n.folder,
		"RABBITMQ_ENABLED_PLUGINS_FILE=" + n.file, "RABBITMQ_PLUGINS_EXPAND_DIR=/data/plugins"}, "test")
	a.UseFlags(t.Context(), nil, true)
	err = personality.Run(t.Context(), a, among(queue.Commands()), "rabbitmq-plugins", words)
	return stdout.String(), stderr.String(), err
}

// TestPlugins_offline compares output and the file of enabled plugins with those of the tools of 4.3.6 for a node that
// does not run.
func TestPlugins_offline(t *testing.T) {
	t.Parallel()
	n := newStoppedNode(t, "4.3.6", "[rabbitmq_management]. % by hand")
	const applying = "Applying plugin configuration to rabbit@localhost...\n"
	const later = "Offline change; changes will take effect at broker restart.\n"
	configured := func(names ...string) string {
		return "The following plugins have been configured:\n  " + strings.Join(names, "\n  ") + "\n" + applying
	}
	for _, c := range []struct {
		line, out, err string
		kind           fail.Kind
		file           string
	}{
		{"directories --offline", "Listing plugin directories inferred from local environment...\nPlugin archives directory: " +
			n.folder + "\nPlugin expansion directory: /data/plugins\nEnabled plugins file: " + n.file + "\n", "", "",
			"rabbitmq_management"},
		{"directories", "", "Error: this command requires the target node to be running.", fail.Usage, "rabbitmq_management"},
		{"list --offline", "", "Invalid options for this command:\n--offline", fail.Usage, "rabbitmq_management"},
		{"list", "Listing plugins with pattern \".*\" ...\n Configured: E = explicitly enabled; e = implicitly enabled\n" +
			" | Status: rabbit@localhost is stopped; * (running) status is not available\n |/\n[e ] agent               4.3.6\n" +
			"[  ] of_others           4.3.6\n[E ] rabbitmq_management 4.3.6\n[  ] rabbitmq_top        4.3.6\n", "", "",
			"rabbitmq_management"},
		{"list -q top --formatter json", `{"format":"normal","plugins":[{"enabled":"not_enabled","name":"rabbitmq_top",` +
			`"running":false,"running_version":"","version":"4.3.6"}],"status":"offline"}` + "\n", "", "", "rabbitmq_management"},
		{"enable --offline agent", "Enabling plugins on node rabbit@localhost:\nagent\n" +
			configured("agent", "rabbitmq_management") + "Plugin configuration unchanged.\n", "", "", "rabbitmq_management"},
		{"enable --offline rabbitmq_top of_others", "Enabling plugins on node rabbit@localhost:\nrabbitmq_top\nof_others\n" +
			configured("agent", "of_others", "rabbitmq_management", "rabbitmq_top") +
			"The following plugins have been enabled:\n  of_others\n  rabbitmq_top\n\nset 4 plugins.\n" + later, "", "",
			"of_others,rabbitmq_management,rabbitmq_top"},
		{"disable -q rabbitmq_management", configured("of_others") +
			"The following plugins have been disabled:\n  agent\n  rabbitmq_management\n  rabbitmq_top\n\nset 1 plugins.\n" +
			later, "", "", "of_others"},
		{"enable --offline nonesuch -n rabbit@other", "Enabling plugins on node rabbit@other:\nnonesuch\n" +
			"WARNING - plugins currently enabled but missing: nonesuch\n\n" +
			strings.Replace(configured("of_others"), "localhost", "other", 1) + "Plugin configuration unchanged.\n", "", "",
			"nonesuch,of_others"},
		{"set --offline rabbitmq_top --formatter json", "[\n[\"agent\",\"rabbitmq_management\",\"rabbitmq_top\"]\n" +
			`,{"mode":"offline","set":["agent","rabbitmq_management","rabbitmq_top"]}` + "\n]\n", "", "", "rabbitmq_top"},
		{"disable --offline --all -q", "All plugins have been disabled.\n" + applying +
			"The following plugins have been disabled:\n  agent\n  rabbitmq_management\n  rabbitmq_top\n\nnothing to do.\n" + later,
			"", "", ""},
		{"enable --offline --online agent", "", "Cannot set both online and offline", fail.Data, ""},
		{"enable --online agent", "", "unable to perform an operation on node", fail.Unavailable, ""},
		{"enable --offline agent --plugins-dir /nowhere", "Enabling plugins on node rabbit@localhost:\nagent\n",
			"no plugin is installed in /nowhere", fail.Config, ""},
	} {
		out, errs, err := n.tool(t, strings.Fields(c.line)...)
		if fail.KindOf(err) == fail.Config {
			errs = err.Error()
		}
		if out != c.out || c.err == "" && errs != "" || !strings.Contains(errs, c.err) || fail.KindOf(err) != c.kind {
			t.Errorf("%s: %q %q %v, which is %s", c.line, out, errs, err, fail.KindOf(err))
		}
		got, err := os.ReadFile(n.file)
		if text, _, _ := strings.Cut(string(got), "."); err != nil || text != "["+c.file+"]" {
			t.Errorf("%s: %s, want [%s]", c.line, text, c.file)
		}
	}
}

// TestPlugins_offlineOlder: the tools of releases before 4.3 refuse a plugin that is not installed.
func TestPlugins_offlineOlder(t *testing.T) {
	t.Parallel()
	n := newStoppedNode(t, "3.10.8", "[].")
	out, errs, err := n.tool(t, "enable", "--offline", "nonesuch", "-q")
	if out != "" || errs != "Error:\n{:plugins_not_found, [:nonesuch]}\n" || fail.KindOf(err) != fail.Internal {
		t.Errorf("%q %q %v", out, errs, err)
	}
	out, errs, err = n.tool(t, "list", "zz")
	if !strings.Contains(out, " | Status: [failed to contact rabbit@localhost - status not shown]\n") || errs != "" || err != nil {
		t.Errorf("%q %q %v", out, errs, err)
	}
}
