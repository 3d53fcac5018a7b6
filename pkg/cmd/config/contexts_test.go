package contexts

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/cobra"

	"github.com/rabbitctl/rabbitctl/pkg/app"
	"github.com/rabbitctl/rabbitctl/pkg/config"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/internal/brokertest"
	"github.com/rabbitctl/rabbitctl/pkg/iostreams"
	"github.com/rabbitctl/rabbitctl/pkg/steps"
)

// home is a home folder, an environment, and the standard input. terminal means that a person can be asked.
type home struct {
	folder   string
	env      []string
	input    string
	terminal bool
}

// result is the result of a command line. In its texts, FILE stands for the configuration file, and ADMIN for
// rabbitmqadmin's.
type result struct{ Out, Err, Fail string }

func newHome(t *testing.T) *home { return &home{folder: t.TempDir()} }

func (h *home) file() string  { return filepath.Join(h.folder, "rabbitctl", "config.toml") }
func (h *home) admin() string { return filepath.Join(h.folder, ".rabbitmqadmin.conf") }

func (h *home) write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func (h *home) read(t *testing.T) string {
	t.Helper()
	b, err := os.ReadFile(h.file())
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	return string(b)
}

func (h *home) run(t *testing.T, words ...string) result {
	t.Helper()
	streams, out, errOut := iostreams.Test(h.input)
	if h.terminal {
		streams.InTTY, streams.OutTTY, streams.ErrTTY, streams.Width = true, true, true, 160
	}
	a := app.New(streams, append([]string{"HOME=" + h.folder, "XDG_CONFIG_HOME=" + h.folder}, h.env...), "test")
	root := &cobra.Command{
		Use: "rabbitctl", SilenceErrors: true, SilenceUsage: true,
		PersistentPreRun: func(cmd *cobra.Command, _ []string) { a.UseFlags(cmd.Context(), cmd.Flags(), true) },
	}
	config.BindFlags(root.PersistentFlags())
	if err := root.RegisterFlagCompletionFunc("context", Complete(a)); err != nil {
		t.Fatal(err)
	}
	root.AddCommand(Command(a))
	root.SetOut(out)
	root.SetErr(errOut)
	root.SetArgs(words)
	err := root.ExecuteContext(t.Context())
	names := strings.NewReplacer(h.file(), "FILE", h.admin(), "ADMIN")
	r := result{Out: names.Replace(out.String()), Err: names.Replace(errOut.String())}
	if err != nil {
		r.Fail = names.Replace(string(fail.KindOf(err)) + ": " + err.Error() + " | " + steps.Of(err))
	}
	if strings.Contains(r.Out+r.Err+r.Fail, "hunter") {
		t.Errorf("%q shows a secret: %+v", words, r)
	}
	return r
}

func (h *home) want(t *testing.T, want result, words ...string) {
	t.Helper()
	if diff := cmp.Diff(want, h.run(t, words...)); diff != "" {
		t.Errorf("%q (-want +got):\n%s", words, diff)
	}
}

const two = `default_context = "prod"

[contexts.prod]
url = "https://ops:hunter2@mq.example.com:15671"
protected = true
vhost = "orders"

[contexts.stage]
host = "stage"
username = "dev"
password_command = "cat word"
`

func (h *home) withTwo(t *testing.T) *home {
	t.Helper()
	h.write(t, h.file(), two)
	h.write(t, h.admin(), "[lab]\nhostname = lab\nusername = u\npassword = hunter4\n[stage]\nhostname = hidden\n")
	return h
}

func TestList(t *testing.T) {
	h := newHome(t).withTwo(t)
	h.want(t, result{Out: "current\tname\turl\tusername\tpassword\tprotected\tfile\n" +
		"true\tprod\thttps://mq.example.com:15671\tops\turl\ttrue\tFILE\n" +
		"false\tstage\thttp://stage:15672\tdev\tpassword_command\tfalse\tFILE\n" +
		"false\tlab\thttp://lab:15672\tu\tpassword\tfalse\tADMIN\n"}, "config", "list")
	h.want(t, result{Out: "lab\nprod\nstage\n"}, "config", "list", "name", "--no-table-headers", "--sort", "name")
	h.want(t, result{Out: "[\n{\"name\":\"prod\",\"vhost\":\"orders\",\"default\":true}\n]\n"},
		"config", "list", "name,vhost", "default", "--where", "protected", "-o", "json")
	h.want(t, result{Out: "name,current,vhost\nprod,false,orders\nstage,true,\nlab,false,\n"}, "config", "list", "name",
		"current", "vhost", "-o", "csv", "-c", "stage")
	h.terminal = true
	h.want(t, result{Out: "name   password\nprod   url\nstage  password_command\nlab    password\n"}, "config", "list",
		"name", "password")
	h.terminal = false
	if r := h.run(t, "config", "list", "nme"); !strings.HasPrefix(r.Fail,
		`usage: contexts have no column "nme", did you mean "name"?`) {
		t.Errorf("%+v", r)
	}
	h.env = []string{"RABBITCTL_FORMATTER=xml"}
	if r := h.run(t, "config", "list"); !strings.HasPrefix(r.Fail, `usage: no output format "xml"`) {
		t.Errorf("%+v", r)
	}
}

// TestListWhereSettingsAreWrong: config list works while the settings are wrong, so that a person can repair them.
func TestListWhereSettingsAreWrong(t *testing.T) {
	h := newHome(t)
	h.want(t, result{Out: "current\tname\turl\tusername\tpassword\tprotected\tfile\n",
		Err: "note: there are no contexts; rabbitctl config set NAME url=URL username=USER creates one\n"}, "config", "list")
	h.want(t, result{Out: "[]\n"}, "config", "list", "-q", "-o", "json")
	h.write(t, h.file(), "default_context = \"gone\"\n[contexts.a]\nurl = \"amqp://hunter2@mq\"\n")
	h.want(t, result{Out: "name\turl\tusername\na\t\t\n",
		Err: "warning: FILE:3: url: amqp:// is the messaging protocol, not the management API\n" +
			"warning: this command line uses context gone, which does not exist\n"}, "config", "list", "name", "url", "username")
	h.withTwo(t).env = []string{"RABBITCTL_CONTEXT=stage", "RABBITCTL_URL=http://mq"}
	h.want(t, result{Out: "name\nstage\n"}, "config", "list", "name", "--where", "current")
	h.write(t, h.file(), "[contexts.a\n")
	if r := h.run(t, "config", "list"); !strings.HasPrefix(r.Fail, "config: FILE:1: ") {
		t.Errorf("%+v", r)
	}
}

func TestShow(t *testing.T) {
	h := newHome(t).withTwo(t)
	h.env = []string{"RABBITCTL_FORMATTER=tsv"}
	h.want(t, result{Out: `option	value	origin
url	https://mq.example.com:15671	context prod in FILE
host	mq.example.com	context prod in FILE
port	15671	context prod in FILE
tls	true	context prod in FILE
path-prefix		context prod in FILE
username	ops	context prod in FILE
password	(hidden)	context prod in FILE
context	prod	default_context in FILE
vhost	x	flag --vhost
formatter	tsv	RABBITCTL_FORMATTER
protected	true	context prod in FILE
`}, "config", "show", "--set", "-p", "x")
	h.env = []string{"RABBITCTL_URL=http://u@other", "RABBITCTL_USER=x"}
	r := h.run(t, "config", "show", "-c", "stage", "-o", "jsonl")
	for _, want := range []string{`{"option":"url","value":"http://stage:15672","origin":"context stage in FILE"}`,
		`{"option":"cacert","value":null,"origin":null}`, `{"option":"timeout","value":"1m0s","origin":"default"}`} {
		if !strings.Contains(r.Out, want+"\n") {
			t.Errorf("lacks %s:\n%s", want, r.Out)
		}
	}
	if want := "warning: RABBITCTL_USER is not a variable of rabbitctl, did you mean RABBITCTL_USERNAME?\n"; r.Err != want || r.Fail != "" {
		t.Errorf("stderr %q, %s", r.Err, r.Fail)
	}
	h.env, h.input = nil, "hunter5\n"
	r = h.run(t, "config", "show", "--password-stdin", "--set", "-c", "stage")
	if !strings.Contains(r.Out, "password\t(hidden)\tflag --password-stdin\n") {
		t.Errorf("%+v", r)
	}
	h.env = []string{"RABBITCTL_CONTEXT=stage", "RABBITCTL_URL=http://mq"}
	h.want(t, result{Fail: "config: RABBITCTL_CONTEXT and RABBITCTL_URL contradict each other: context stage is http://stage:15672, " +
		"not http://mq | unset one of them, or name the broker with --context or --url"}, "config", "show")
}

func TestPath(t *testing.T) {
	h := newHome(t)
	h.want(t, result{Out: "FILE\n"}, "config", "path")
	h.want(t, result{Out: "/x/y.toml\n"}, "config", "path", "--config", "/x/y.toml")
	h.write(t, h.file(), "broken")
	h.want(t, result{Out: "FILE\n"}, "config", "path")
	h.env = []string{"HOME=", "XDG_CONFIG_HOME="}
	h.want(t, result{Fail: "config: there is no home folder for the configuration file | set HOME, or name a file with --config"}, "config", "path")
}

func TestSet(t *testing.T) {
	h := newHome(t)
	h.want(t, result{Out: "created\n",
		Err: "note: --context prod uses it; rabbitctl config use prod makes it the default\n"},
		"config", "set", "prod", "url=https://mq", "username=ops", "cacert=~/ca.pem")
	h.want(t, result{Out: "changed\n"}, "config", "set", "prod", "password_command=cat word", "protected=yes")
	h.want(t, result{Out: "unchanged\n"}, "config", "set", "prod", "protected=on", "vhost=")
	h.input = "hunter2\nrest"
	h.want(t, result{Out: "changed\n", Err: "note: password_command was removed: password replaces it\n"}, "config", "set",
		"prod", "--password-stdin")
	const file = "[contexts.prod]\nurl = \"https://mq\"\nusername = \"ops\"\ncacert = \"~/ca.pem\"\n"
	if diff := cmp.Diff(file+"protected = true\npassword = \"hunter2\"\n", h.read(t)); diff != "" {
		t.Errorf("file (-want +got):\n%s", diff)
	}
	if info, err := os.Stat(h.file()); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	h.want(t, result{Out: "{\n  \"outcome\": \"changed\",\n  \"context\": \"prod\",\n  \"file\": \"FILE\"\n}\n"},
		"config", "set", "prod", "password=", "protected=", "-o", "json")
	if diff := cmp.Diff(file, h.read(t)); diff != "" {
		t.Errorf("file (-want +got):\n%s", diff)
	}
	h.terminal, h.input = true, "hunter6\n"
	h.want(t, result{Out: "changed\n", Err: "Password to store in context prod: \n"}, "config", "set", "prod",
		"--password-prompt")
	if !strings.HasSuffix(h.read(t), "password = \"hunter6\"\n") {
		t.Errorf("file:\n%s", h.read(t))
	}
	h.terminal = false
	h.write(t, h.admin(), "[lab]\nhostname = lab\n")
	h.want(t, result{Out: "created\n", Err: "note: the new context hides context lab of ADMIN\n" +
		"note: --context lab uses it; rabbitctl config use lab makes it the default\n"}, "config", "set", "lab", "host=lab",
		"port=1")
	h.want(t, result{Out: "changed\n",
		Err: "note: host was removed: url replaces it\nnote: port was removed: url replaces it\n"},
		"config", "set", "lab", "url=http://lab2")
	h.want(t, result{Out: "created\n"}, "config", "set", "new", "host=lab", "-q")
}

func TestSetRefusals(t *testing.T) {
	h := newHome(t).withTwo(t)
	for _, tt := range []struct {
		words []string
		want  string
	}{
		{[]string{}, "usage: NAME is missing | usage: rabbitctl config set NAME KEY=VALUE ... [flags]"},
		{[]string{"password=hunter2"}, "usage: NAME is missing before password= | "},
		{[]string{"x"}, "usage: no change given for context x | usage: "},
		{[]string{"x", "usernme=y"}, `usage: unknown key "usernme", did you mean "username"? | keys: url host `},
		{[]string{"x", "password=hunter2"},
			"usage: password: a password on the command line can be read by every user of this machine | use --password-prompt, "},
		{[]string{"x", "url=http://a:hunter2@b"}, "usage: url: a password on the command line can be read"},
		{[]string{"x", "host=a", "--tls"}, "usage: --tls does not change the context | write tls=VALUE, without the dashes"},
		{[]string{"x", "host=a", "--timeout", "1"},
			"usage: --timeout does not change the context | write timeout=1, without the dashes"},
		{[]string{"x", "--password-file", "y"},
			"usage: --password-file does not change the context | write password_file=y, without the dashes"},
		{[]string{"x", "host=a", "-o", "xml"}, `usage: no output format "xml"`},
		{[]string{"x", "--password-prompt"},
			"usage: --password-prompt cannot ask: there is no terminal | --password-stdin reads the password from standard input"},
		{[]string{"x", "--password-prompt", "--password-stdin"},
			"usage: --password-prompt and --password-stdin exclude each other"},
		{[]string{"x", "--password-stdin"}, "data: cannot read the password: the first line is empty"},
		{[]string{"stage", "url=http://x", "port=1"}, "usage: url: the URL and port exclude each other"},
		{[]string{"x\n", "host=a"}, `usage: "x\n" cannot be a context's name`},
	} {
		if r := h.run(t, append([]string{"config", "set"}, tt.words...)...); !strings.HasPrefix(r.Fail, tt.want) ||
			r.Out != "" {
			t.Errorf("%q: %+v, want %s", tt.words, r, tt.want)
		}
	}
	h.terminal, h.input = true, "hunter2\n"
	h.want(t, result{Fail: "usage: standard input is a terminal, which would show the password | --password-prompt asks without showing it"},
		"config", "set", "x", "--password-stdin")
	if h.read(t) != two {
		t.Errorf("the file changed:\n%s", h.read(t))
	}
}

func TestUse(t *testing.T) {
	h := newHome(t).withTwo(t)
	h.want(t, result{Out: "unchanged\n"}, "config", "use", "prod")
	h.want(t, result{Out: "changed\n"}, "config", "use", "lab")
	h.env = []string{"RABBITCTL_CONTEXT=stage"}
	h.want(t, result{Out: "changed\n",
		Err: "note: RABBITCTL_CONTEXT is set and stronger than the default: context stage is used\n"}, "config", "use",
		"prod")
	h.env = nil
	h.want(t, result{Out: "changed\n"}, "config", "use", "--none")
	if want := two[strings.Index(two, "\n")+1:]; h.read(t) != want {
		t.Errorf("file:\n%s", h.read(t))
	}
	h.want(t, result{Out: "unchanged\n"}, "config", "use", "--none")
	h.want(t, result{Fail: `not_found: there is no context "prd" in FILE, did you mean "prod"? | rabbitctl config list shows the contexts`}, "config", "use", "prd")
	h.want(t, result{Fail: "usage: NAME is missing | usage: rabbitctl config use NAME [flags]"}, "config", "use")
	h.want(t, result{Fail: "usage: --none and NAME exclude each other | "}, "config", "use", "--none", "prod")
	h.want(t, result{Fail: "usage: NAME is empty | --none unsets the default"}, "config", "use", "")
}

func TestRemove(t *testing.T) {
	h := newHome(t).withTwo(t)
	h.want(t, result{Fail: "usage: confirmation needed to remove context prod, and there is no terminal to ask at | add --yes"}, "config", "remove", "prod")
	h.want(t, result{Fail: `not_found: there is no context "prid" in FILE, did you mean "prod"? | rabbitctl config list shows the contexts`},
		"config", "remove", "prid", "--yes")
	h.want(t, result{Fail: "config: context lab is in ADMIN, which rabbitctl does not change | remove the section by hand"},
		"config", "remove", "lab", "--yes")
	h.want(t, result{Fail: `usage: unexpected argument "b" | usage: rabbitctl config remove NAME [flags]`}, "config",
		"remove", "a", "b")
	h.terminal, h.input = true, "no\n"
	const question = "about to remove context prod (https://mq.example.com:15671) from FILE\nits password is in the file too, and is removed\ngo on? [y/N] "
	h.want(t, result{Err: question, Fail: "canceled: nothing was changed | "}, "config", "remove", "prod")
	if h.read(t) != two {
		t.Errorf("the file changed:\n%s", h.read(t))
	}
	h.input = "y\n"
	h.want(t, result{Out: "removed\n", Err: question + "note: it was the default context; now there is no default\n"},
		"config", "remove", "prod")
	h.terminal = false
	h.want(t, result{Out: "removed\n"}, "config", "remove", "stage", "-y")
	if strings.Contains(h.read(t), "contexts") {
		t.Errorf("file:\n%s", h.read(t))
	}
}

// TestAdminDefault: without a default of its own, rabbitctl uses the section default of ~/.rabbitmqadmin.conf.
func TestAdminDefault(t *testing.T) {
	h := newHome(t).withTwo(t)
	h.write(t, h.admin(), "[default]\nhostname = other\nusername = u\npassword = p\n")
	const section = "the section default of ~/.rabbitmqadmin.conf is the default now\n"
	h.want(t, result{Out: "changed\n"}, "config", "use", "stage")
	h.want(t, result{Out: "changed\n", Err: "note: " + section}, "config", "use", "--none")
	h.want(t, result{Out: "unchanged\n", Err: "note: " + section}, "config", "use", "--none")
	h.want(t, result{Out: "changed\n"}, "config", "use", "prod")
	h.want(t, result{Out: "removed\n", Err: "note: it was the default context; " + section}, "config", "remove", "prod",
		"--yes")
	h.want(t, result{Out: "removed\n"}, "config", "remove", "stage", "--yes")
}

func TestCheck(t *testing.T) {
	h := newHome(t)
	s := brokertest.New(t)
	h.write(t, h.file(), "[contexts.here]\nurl = \""+s.URL+
		"\"\nusername = \"ops\"\npassword = \"hunter2\"\n[contexts.bare]\nurl = \"http://mq.invalid:15672\"\n")
	h.env = []string{"RABBITCTL_URL=http://127.0.0.1:1"}
	s.Always("GET /api/whoami", 200, `{"name":"ops","tags":["monitoring"]}`)
	h.want(t, result{Out: "ok\n", Err: "note: " + s.URL + " accepts user ops, with tags [\"monitoring\"]\n"}, "config",
		"check", "here")
	h.want(t, result{Out: "{\n  \"outcome\": \"ok\",\n  \"url\": \"" + s.URL +
		"\",\n  \"username\": \"ops\",\n  \"tags\": [\n    \"monitoring\"\n  ]\n}\n"},
		"config", "check", "-c", "here", "-q", "-o", "json")
	if r := h.run(t, "config", "check", "bare"); !strings.HasPrefix(r.Fail, "config: no user name for ") {
		t.Errorf("%+v", r)
	}
	h.want(t, result{Fail: "usage: --context here and NAME bare are different contexts | "}, "config", "check", "bare",
		"-c", "here")
	h.want(t, result{Fail: `config: --context: there is no context "hre" in FILE, did you mean "here"? | rabbitctl config list shows the contexts`},
		"config", "check", "hre")
}

func TestAlone(t *testing.T) {
	h := newHome(t)
	r := h.run(t, "config")
	if r.Out != "" || r.Fail != "usage: usage | " || !strings.Contains(r.Err, "Available Commands:") ||
		!strings.Contains(r.Err, "  host                host name or address of the broker (default 127.0.0.1)\n") {
		t.Errorf("%+v", r)
	}
	h.want(t, result{Fail: `usage: no command "lst", did you mean "list"? | rabbitctl config has check, list, path, remove, set, show, use`},
		"config", "lst", "x")
}

func TestCompletion(t *testing.T) {
	h := newHome(t).withTwo(t)
	const prod, stage, lab = "prod\thttps://mq.example.com:15671\n", "stage\thttp://stage:15672\n",
		"lab\thttp://lab:15672\n"
	h.env = []string{"RABBITCTL_CONTEXT=gone", "RABBITCTL_PASSWORD_STDIN=1"}
	for _, tt := range []struct {
		words []string
		want  string
	}{
		{[]string{"use", ""}, prod + stage + lab + ":4\n"},
		{[]string{"use", "s"}, stage + ":4\n"},
		{[]string{"use", "prod", ""}, ":4\n"},
		{[]string{"check", "l"}, lab + ":4\n"},
		{[]string{"remove", ""}, prod + stage + ":4\n"},
		{[]string{"set", ""}, prod + stage + ":4\n"},
		{[]string{"set", "prod", "vh"}, "vhost=\tvirtual host\n:6\n"},
		{[]string{"set", "prod", "vhost=x", "vh"}, ":6\n"},
		{[]string{"set", "prod", "tls=t"}, "tls=true\n:4\n"},
		{[]string{"set", "prod", "formatter=j"}, "formatter=json\nformatter=jsonl\n:4\n"},
		{[]string{"set", "prod", "password"}, "password_file=\tfile whose first line is the password to log in with\n" +
			"password_command=\tshell command whose first line of output is the password to log in with\n:6\n"},
		{[]string{"list", "na"}, "name\tthe context's name\n:4\n"},
		{[]string{"list", "--context", "p"}, prod + ":4\n"},
		{[]string{"list", "--config", "/nonexistent", "-c", ""}, ":4\n"},
	} {
		if r := h.run(t, append([]string{"__complete", "config"}, tt.words...)...); r.Out != tt.want {
			t.Errorf("%q offers\n%swant\n%s", tt.words, r.Out, tt.want)
		}
	}
}

// TestHelp: every command has a short text, a long text and an example.
func TestHelp(t *testing.T) {
	s, _, _ := iostreams.Test("")
	root := Command(app.New(s, nil, "test"))
	for _, c := range append(root.Commands(), root) {
		if c.Short == "" || len(c.Short) > 72 || strings.HasSuffix(c.Short, ".") || c.Long == "" || c.Example == "" ||
			c.Args == nil {
			t.Errorf("%s: %q", c.CommandPath(), c.Short)
		}
		for _, line := range strings.Split(c.Long, "\n") {
			if len(line) > 160 {
				t.Errorf("%s: a long line: %s", c.CommandPath(), line)
			}
		}
	}
}
