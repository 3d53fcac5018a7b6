package config

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/steps"
)

const commented = `# My brokers.

default_context = "prod" # mind this

# The live one.
# Ask before touching.
[contexts.prod] # live
url = "https://prod" # not the old one
username = 'ops'

# rotated monthly
password_file = "~/pw"

# For play.
[contexts.stage]
host = "stage"
port = 1
`

func TestEdits(t *testing.T) {
	set := func(name string, change Change) func(string, func(string) string) error {
		return func(path string, getenv func(string) string) error {
			_, err := SetContext(t.Context(), path, name, change, getenv)
			return err
		}
	}
	remove := func(name string) func(string, func(string) string) error {
		return func(path string, getenv func(string) string) error {
			_, err := RemoveContext(t.Context(), path, name, getenv)
			return err
		}
	}
	use := func(name string) func(string, func(string) string) error {
		return func(path string, getenv func(string) string) error {
			_, err := UseContext(t.Context(), path, name, getenv)
			return err
		}
	}
	replace := func(old, new string) string { return strings.Replace(commented, old, new, 1) }
	tests := []struct {
		name   string
		before string
		edit   func(string, func(string) string) error
		want   string
	}{
		{"new file", "", set("prod", Change{Set: map[string]string{"url": "https://mq", "username": "a\"b\\\x01",
			"timeout": "5"}}),
			"[contexts.prod]\nurl = \"https://mq\"\nusername = \"a\\\"b\\\\\\u0001\"\ntimeout = \"5\"\n"},
		{"new context", commented, set("a.b c", Change{Set: map[string]string{"port": "07", "host": "x", "tls": "yes"}}),
			commented + "\n[contexts.\"a.b c\"]\nhost = \"x\"\nport = 7\ntls = true\n"},
		{"new context without keys", "", set("x", Change{}), "[contexts.x]\n"},
		{"value, comment stays", commented, set("prod", Change{Set: map[string]string{"url": "http://x"}}),
			replace(`"https://prod"`, `"http://x"`)},
		{"literal string", commented, set("prod", Change{Set: map[string]string{"username": "it's"}}),
			replace(`'ops'`, `"it's"`)},
		{"two values and a new key", commented, set("stage", Change{Set: map[string]string{"host": "s", "port": "22",
			"vhost": "/"}}),
			replace("host = \"stage\"\nport = 1\n", "host = \"s\"\nport = 22\nvhost = \"/\"\n")},
		{"new key before the next section's comment", commented, set("prod", Change{Set: map[string]string{"vhost": "v"}}),
			replace("password_file = \"~/pw\"\n", "password_file = \"~/pw\"\nvhost = \"v\"\n")},
		{"one password source for another", commented, set("prod", Change{Set: map[string]string{"password_command": "pass"},
			Unset: []string{"password_file"}}),
			replace("password_file = \"~/pw\"\n", "password_command = \"pass\"\n")},
		{"unset what is not there", commented, set("prod", Change{Unset: []string{"vhost"}}), commented},
		{"no line end at the end", "[contexts.a]\nhost = \"x\"", set("a", Change{Set: map[string]string{"port": "1"}}),
			"[contexts.a]\nhost = \"x\"\nport = 1\n"},
		{"other line ends", "[contexts.a]\r\nhost = \"x\"\r\n", set("a", Change{Set: map[string]string{"port": "1"}}),
			"[contexts.a]\r\nhost = \"x\"\r\nport = 1\r\n"},
		{"text of several lines", "[contexts.a]\npassword_command = \"\"\"a\nb\"\"\" # c\nport = 1\n",
			set("a", Change{Set: map[string]string{"password_command": "c"}}),
			"[contexts.a]\npassword_command = \"c\" # c\nport = 1\n"},
		{"inline table becomes a section", "[contexts]\na = { host = \"x\", port = 1 }\nb.host = \"y\"\n",
			set("a", Change{Set: map[string]string{"port": "2"}}),
			"[contexts]\nb.host = \"y\"\n\n[contexts.a]\nhost = \"x\"\nport = 2\n"},
		{"dotted keys become a section", "[contexts]\na.host = \"x\"\nb.host = \"y\"\na.port = 1\n",
			set("a", Change{Set: map[string]string{"vhost": "v"}, Unset: []string{"port"}}),
			"[contexts]\nb.host = \"y\"\n\n[contexts.a]\nhost = \"x\"\nvhost = \"v\"\n"},

		{"remove the default", commented, remove("prod"),
			"# My brokers.\n\n\n# For play.\n[contexts.stage]\nhost = \"stage\"\nport = 1\n"},
		{"remove the last", commented, remove("stage"), strings.Split(commented, "# For play.")[0]},
		{"remove the only one, comment of the file stays", "# file\n[contexts.a]\nhost = \"x\"\n", remove("a"), "# file\n"},
		{"remove a dotted one", "[contexts]\na.host = \"x\"\nb.host = \"y\"\na.port = 1\n", remove("a"),
			"[contexts]\nb.host = \"y\"\n"},

		{"use", commented, use("stage"), replace("default_context = \"prod\"", "default_context = \"stage\"")},
		{"use first", "# file\n\n# about a\n[contexts.a]\n", use("a"),
			"# file\n\ndefault_context = \"a\"\n\n# about a\n[contexts.a]\n"},
		{"use none", commented, use(""), replace("default_context = \"prod\" # mind this\n", "")},
		{"use one of rabbitmqadmin's", "", use("lab"), "default_context = \"lab\"\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t)
			w.file(t, ".rabbitmqadmin.conf", "[lab]\nhostname = x\n")
			path := filepath.Join(w.home, "new", "config.toml")
			if tt.before != "" {
				path = w.config(t, tt.before)
			}
			if err := tt.edit(path, w.getenv); err != nil {
				t.Fatalf("%v (%s)", err, steps.Of(err))
			}
			got, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, string(got)); diff != "" {
				t.Errorf("text (-want +got):\n%s", diff)
			}
		})
	}
}

func TestEditRefusals(t *testing.T) {
	tests := []struct {
		name   string
		before string
		edit   func(string, func(string) string) error
		kind   fail.Kind
		want   string
	}{
		{"unknown key", commented, setOne("prod", "usernme", "x"), fail.Usage,
			`unknown key "usernme", did you mean "username"?`},
		{"option that belongs in no context", commented, setOne("prod", "quiet", "true"), fail.Usage, `unknown key "quiet"`},
		{"bad value", commented, setOne("prod", "tls", "maybe"), fail.Usage, `tls: "maybe" is neither true nor false`},
		{"empty value", commented, setOne("prod", "username", ""), fail.Usage, "username: needs a value"},
		{"bad port", commented, setOne("stage", "port", "5672"), fail.Usage, "port: port 5672 is the messaging port"},
		{"bad URL", commented, setOne("prod", "url", "amqp://mq"), fail.Usage, "url: amqp:// is the messaging protocol"},
		{"host beside a URL", commented, setOne("prod", "host", "mq"), fail.Usage,
			"url: the URL and host exclude each other"},
		{"second password source", commented, setOne("prod", "password", "hunter2"), fail.Usage,
			"password_file: password gives the password too"},
		{"key without certificate", commented, setOne("prod", "key", "x"), fail.Usage, "key: is a key without a certificate"},
		{"not UTF-8", commented, setOne("prod", "username", "\xff"), fail.Usage, "username: is not UTF-8"},
		{"name with a control character", commented, setOne("a\nb", "host", "x"), fail.Usage,
			`"a\nb" cannot be a context's name`},
		{"broken file", "[contexts.a\n", setOne("a", "host", "x"), fail.Config, "config.toml:1: "},
		{"contexts in one inline table", "contexts = { a = { host = \"x\" } }\n", setOne("a", "host", "y"), fail.Config,
			"contexts is an inline table"},
		{"context beside an inline table", "contexts = { a = { host = \"x\" } }\n", setOne("b", "host", "y"), fail.Config,
			"contexts is an inline table"},
		{"remove what is not there", commented, func(path string, getenv func(string) string) error {
			_, err := RemoveContext(t.Context(), path, "prid", getenv)
			return err
		}, fail.NotFound, `there is no context "prid" in `},
		{"use what is not there", commented, func(path string, getenv func(string) string) error {
			_, err := UseContext(t.Context(), path, "stag", getenv)
			return err
		}, fail.NotFound, `did you mean "stage"?`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t)
			path := w.config(t, tt.before)
			err := tt.edit(path, w.getenv)
			if fail.KindOf(err) != tt.kind || !strings.Contains(fmt.Sprint(err), tt.want) || strings.Contains(fmt.Sprint(err),
				"hunter2") {
				t.Errorf("%s: %v; want %s: %s", fail.KindOf(err), err, tt.kind, tt.want)
			}
			if got, _ := os.ReadFile(path); string(got) != tt.before {
				t.Errorf("the file changed:\n%s", got)
			}
			if left, _ := filepath.Glob(filepath.Join(filepath.Dir(path), ".config*.tmp")); len(left) > 0 {
				t.Errorf("left behind: %q", left)
			}
		})
	}
	if _, err := SetContext(t.Context(), "", "a", Change{}, func(string) string {
		return ""
	}); fail.KindOf(err) != fail.Config {
		t.Errorf("without home: %v", err)
	}
}

func setOne(name, key, text string) func(string, func(string) string) error {
	return func(path string, getenv func(string) string) error {
		_, err := SetContext(context.Background(), path, name, Change{Set: map[string]string{key: text}}, getenv)
		return err
	}
}

func TestWriting(t *testing.T) {
	w := newWorld(t)
	real := w.file(t, "dotfiles/real.toml", "[contexts.a]\npassword = \"x\"\n")
	if err := os.Chmod(real, 0o644); err != nil {
		t.Fatal(err)
	}
	folder := filepath.Join(w.home, "a", "b")
	link := filepath.Join(w.home, "link.toml")
	if err := os.Symlink("dotfiles/real.toml", link); err != nil {
		t.Fatal(err)
	}
	for _, step := range []struct {
		key, text string
		want      Edit
	}{{"host", "mq", Created}, {"port", "1", Changed}, {"port", "01", Unchanged}, {"host", "mq", Unchanged}} {
		if did, err := SetContext(t.Context(), link, "b", Change{Set: map[string]string{step.key: step.text}},
			w.getenv); err != nil || did != step.want {
			t.Fatalf("%s=%s: %s, %v", step.key, step.text, did, err)
		}
	}
	if target, err := os.Readlink(link); err != nil || target != "dotfiles/real.toml" {
		t.Errorf("the link is %q, %v", target, err)
	}
	if info, err := os.Stat(real); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	path := filepath.Join(folder, "config.toml")
	if _, err := SetContext(t.Context(), path, "b", Change{}, w.getenv); err != nil {
		t.Fatal(err)
	}
	for _, made := range []string{filepath.Dir(folder), folder} {
		if info, err := os.Stat(made); err != nil || info.Mode().Perm() != 0o700 {
			t.Errorf("%s: mode %v, %v", made, info.Mode(), err)
		}
	}
	if wasDefault, err := RemoveContext(t.Context(), link, "a", w.getenv); err != nil || wasDefault {
		t.Errorf("removed, was default %v, %v", wasDefault, err)
	}
	for _, want := range []Edit{Changed, Unchanged} {
		if did, err := UseContext(t.Context(), link, "b", w.getenv); err != nil || did != want {
			t.Fatalf("%s, %v; want %s", did, err, want)
		}
	}
	if wasDefault, err := RemoveContext(t.Context(), link, "b", w.getenv); err != nil || !wasDefault {
		t.Errorf("removed, was default %v, %v", wasDefault, err)
	}
	if _, err := SetContext(t.Context(), os.DevNull, "a", Change{}, w.getenv); fail.KindOf(err) != fail.Config {
		t.Errorf("a device as file: %v", err)
	}
	loop := filepath.Join(w.home, "loop")
	if err := os.Symlink("loop", loop); err != nil {
		t.Fatal(err)
	}
	if _, err := SetContext(t.Context(), loop, "a", Change{}, w.getenv); fail.KindOf(err) != fail.Config {
		t.Errorf("a loop of links: %v", err)
	}
}

// TestNothingToWrite: an edit without changes does not write the file, and does not create it.
func TestNothingToWrite(t *testing.T) {
	w := newWorld(t)
	path := w.config(t, commented)
	before, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if did, err := SetContext(t.Context(), path, "prod", Change{Set: map[string]string{"username": "ops"},
		Unset: []string{"vhost"}}, w.getenv); err != nil || did != Unchanged {
		t.Errorf("%s, %v", did, err)
	}
	if after, err := os.Stat(path); err != nil || !os.SameFile(before, after) {
		t.Errorf("the file was replaced: %v", err)
	}
	missing := filepath.Join(w.home, "missing.toml")
	if did, err := UseContext(t.Context(), missing, "", w.getenv); err != nil || did != Unchanged {
		t.Errorf("%s, %v", did, err)
	}
	if _, err := os.Stat(missing); err == nil {
		t.Error("a file was made")
	}
}

func TestParseAssignment(t *testing.T) {
	tests := []struct{ text, want, hint string }{
		{"url=https://ops@mq/x?", "url: a password on the command line can be read", "--password-prompt"},
		{"url=https://ops:hunter2@mq", "url: a password on the command line can be read", "username=USER"},
		{"password=hunter2", "password: a password on the command line can be read", "password_file=FILE"},
		{"https://ops:hunter2@mq", `unknown key "…@mq"`, "keys: url host "},
		{"usernme=x", `unknown key "usernme", did you mean "username"?`, ""},
		{"quiet=true", `unknown key "quiet"`, ""},
		{"username", "username: needs a value", "username= removes it"},
		{"host=b", "host is given twice", ""},
		{"vhost=b", "vhost is given twice", ""},
	}
	for _, tt := range tests {
		c := Change{Set: map[string]string{"host": "a"}, Unset: []string{"vhost"}}
		err := c.ParseAssignment(tt.text)
		if fail.KindOf(err) != fail.Usage || !strings.Contains(fmt.Sprint(err), tt.want) ||
			!strings.Contains(steps.Of(err), tt.hint) {
			t.Errorf("%s: %v (%s)", tt.text, err, steps.Of(err))
		}
		if strings.Contains(fmt.Sprint(err)+steps.Of(err), "hunter2") {
			t.Errorf("%s: shows the secret", tt.text)
		}
	}
	var c Change
	for _, text := range []string{"url=http://ops@mq", "vhost=a=b", "username=", "password=", "cacert=ca.pem", "cert=~/c",
		"key=/k"} {
		if err := c.ParseAssignment(text); err != nil {
			t.Errorf("%s: %v", text, err)
		}
	}
	here, err := filepath.Abs("ca.pem")
	if err != nil {
		t.Fatal(err)
	}
	want := Change{Set: map[string]string{"url": "http://ops@mq", "vhost": "a=b", "cacert": here, "cert": "~/c",
		"key": "/k"}, Unset: []string{"username", "password"}}
	if diff := cmp.Diff(want, c); diff != "" {
		t.Errorf("change (-want +got):\n%s", diff)
	}
	if err := c.SetPassword(t.Context(), strings.NewReader("x\n")); fail.KindOf(err) != fail.Usage {
		t.Errorf("set and unset: %v", err)
	}
	c = Change{}
	if err := c.SetPassword(t.Context(), strings.NewReader("\nx")); fail.KindOf(err) != fail.Data {
		t.Errorf("no password: %v", err)
	}
	if err := c.SetPassword(t.Context(), strings.NewReader("secret\nrest")); err != nil {
		t.Fatal(err)
	}
	c.Set["url"], c.Set["port"] = "http://mq", "1"
	replaced := map[string]string{"password_file": "password", "password_command": "password", "host": "url", "tls": "url",
		"path_prefix": "url"}
	if diff := cmp.Diff(replaced, c.Replace()); diff != "" {
		t.Errorf("replaced (-want +got):\n%s", diff)
	}
	want = Change{Set: map[string]string{"password": "secret", "url": "http://mq", "port": "1"},
		Unset: []string{"host", "password_command", "password_file", "path_prefix", "tls"}}
	if diff := cmp.Diff(want, c); diff != "" {
		t.Errorf("change (-want +got):\n%s", diff)
	}
}

// FuzzEdit edits any file that parses. Each edit makes the wanted change and leaves the other contexts unchanged, or
// it fails with a reason and leaves the file unchanged.
func FuzzEdit(f *testing.F) {
	f.Add(commented, "prod", "username", "x")
	f.Add(twoContexts, "new", "password", "\"\\\n\t\x7f'é")
	f.Add("[contexts]\na = { host = \"x\" }\nb.host = \"y\"\n", "a", "vhost", "/")
	f.Add("contexts.a.host = \"x\"\ncontexts.b.port = 1", "b", "port", "12")
	f.Add("contexts = {a={}}", "a", "tls", "on")
	f.Add("# c\n[contexts.a]\r\n# d\r\nhost=\"\"\"\r\nx\"\"\"", "a.b", "path_prefix", "")
	f.Fuzz(func(t *testing.T, text, name, key, value string) {
		const path = "/nowhere/FILE"
		getenv := func(string) string { return "/home" }
		before, err := parseFile([]byte(text), path, getenv)
		if err != nil {
			return
		}
		others := func(file *File) map[string]map[string]string {
			m := map[string]map[string]string{}
			for _, c := range file.Contexts {
				if c.Name != name {
					m[c.Name] = map[string]string{}
					for option, v := range c.values {
						m[c.Name][option] = v.text
					}
				}
			}
			return m
		}
		check := func(what string, e *editor) {
			after, err := e.reparse(name)
			if err != nil {
				if fail.KindOf(err) == fail.Internal {
					t.Errorf("%s: %v\n%s\nbecame\n%s", what, err, text, e.text)
				}
				return
			}
			if diff := cmp.Diff(others(before), others(after)); diff != "" {
				t.Errorf("%s changed others:\n%s", what, diff)
			}
			c, ok := after.Context(name)
			switch what {
			case "set":
				got, has := c.Get(key)
				want, err := absolutePath(contextKeys()[key], normalText(contextKeys()[key], value), path, getenv)
				if err == nil && (!ok || !has || got != want) {
					t.Errorf("%s is %q, want %q in\n%s", key, got, want, e.text)
				}
			case "remove":
				if ok {
					t.Errorf("%q is still there:\n%s", name, e.text)
				}
			}
		}
		start := func() *editor {
			e, err := newEditor([]byte(text), path, getenv)
			if err != nil {
				t.Fatal(err)
			}
			return e
		}
		change := Change{Set: map[string]string{key: value}}
		if checkContextName(name) == nil && change.check() == nil {
			e := start()
			if err := e.set(name, change); err == nil {
				check("set", e)
			}
			e = start()
			if err := e.set(name, Change{Unset: []string{key}}); err == nil {
				check("unset", e)
			}
			e = start()
			e.file.DefaultContext = name
			e.text = e.withDefault(name)
			check("use", e)
		}
		if slices.ContainsFunc(before.Contexts, func(c Context) bool { return c.Name == name }) {
			e := start()
			if err := e.remove(name); err == nil {
				check("remove", e)
			}
		}
	})
}

// TestLeftovers: temporary files of a killed change can hold a password, so the next change removes them, but no other
// files.
func TestLeftovers(t *testing.T) {
	w := newWorld(t)
	path := w.config(t, commented)
	folder := filepath.Dir(path)
	for _, name := range []string{".config-1234567.toml", ".config.toml.1abz.tmp", ".config-prod.toml", ".config.toml.bak",
		"config.toml.tmp"} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(`password = "hunter2"`), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	// Nothing is written, but the leftovers are removed.
	if did, err := UseContext(t.Context(), path, "", w.getenv); err != nil {
		t.Fatalf("%s, %v", did, err)
	}
	var left []string
	entries, err := os.ReadDir(folder)
	for _, e := range entries {
		left = append(left, e.Name())
	}
	want := []string{".config-prod.toml", ".config.toml.bak", ".config.toml.lock", "config.toml", "config.toml.tmp"}
	if diff := cmp.Diff(want, left); diff != "" || err != nil {
		t.Errorf("%v\n%s", err, diff)
	}
}
