package config

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// adminINI is the example in the help of rabbitmqadmin 3.10, with other file names.
const adminINI = `# rabbitmqadmin.conf.example START

[host_normal]
hostname = localhost
# use 15671 for HTTPS
port = 15672
username = guest
password = guest
declare_vhost = / # Used as default for declare / delete only
vhost = /         # Used as default for declare / delete / list

[host_https]
hostname = otherhost
port = 15671
username = guest
password = gu#e %%st
ssl = True
ssl_key_file = /path/to/client_key.pem
ssl_cert_file = client_certificate.pem
request_timeout: 30
path_prefix = /mq
verbose = False

# rabbitmqadmin.conf.example END
`

// adminTOML is the example in the manual of rabbitmqadmin-ng, with more keys.
const adminTOML = `[local]
hostname = "localhost"
port = 15672
username = "lolz"
password = "lolz"
vhost = '/'

[production]
hostname = "mq"
port = 15671
username = "user"
password = "true"
tls = true
ca_certificate_bundle_path = "/path/to/ca_certificate.pem"
client_certificate_file_path = "~/client_certificate.pem"
client_private_key_file_path = "/path/to/client_key.pem"
virtual_host = "orders"
path_prefix = "/mq/api"
quiet = true
table_style = "psql"

[uri]
base_uri = "https://mq/"
hostname = "ignored"
tls = false
path_prefix = "/api"
insecure = true
retries = 3

[scheme]
scheme = "https"
tls = false
hostname = "mq"

[bare]
hostname = "mq"
port = 15671
`

func TestRabbitmqadminSections(t *testing.T) {
	type want struct {
		outcome
		VHost, CACert, Cert, Key, Timeout string
		Quiet, Insecure                   bool
		Warnings                          []string
	}
	tests := []struct {
		text, section string
		want          want
	}{
		{adminINI, "host_normal", want{outcome: outcome{URL: "http://localhost:15672", User: "guest", Password: "guest"},
			VHost: "/", Timeout: "1m0s"}},
		{adminINI, "host_https", want{outcome: outcome{URL: "https://otherhost:15671/mq", User: "guest",
			Password: "gu#e %st"},
			Cert: "HOME/client_certificate.pem", Key: "/path/to/client_key.pem", Timeout: "30s"}},
		{adminTOML, "local", want{outcome: outcome{URL: "http://localhost:15672", User: "lolz", Password: "lolz"}, VHost: "/",
			Timeout: "1m0s"}},
		{adminTOML, "production", want{outcome: outcome{URL: "https://mq:15671/mq", User: "user", Password: "true"},
			VHost:  "orders",
			CACert: "/path/to/ca_certificate.pem", Cert: "HOME/client_certificate.pem", Key: "/path/to/client_key.pem",
			Timeout: "1m0s", Quiet: true}},
		{adminTOML, "uri", want{outcome: outcome{URL: "https://mq:15671", Password: "error"}, Timeout: "1m0s",
			Warnings: []string{
				"FILE:27: insecure is ignored, as rabbitmqadmin ignores it: the broker's certificate is verified; for an unknown authority use cacert, or --insecure",
				"FILE:28: retries is unknown to rabbitctl and ignored"}}},
		{"[v1]\nhostname = mq\nssl = True\nssl_insecure = True\n", "v1", want{outcome: outcome{URL: "https://mq:15671",
			Password: "error"}, Timeout: "1m0s", Insecure: true}},
		{adminTOML, "scheme", want{outcome: outcome{URL: "https://mq:15671", Password: "error"}, Timeout: "1m0s"}},
		{adminTOML, "bare", want{outcome: outcome{URL: "https://mq:15671", Password: "error"}, Timeout: "1m0s"}},
		{"[DEFAULT]\nusername = all\nPassword: x\n\n[a]\nhostname=mq\nusername = own\nssl_disable_hostname_verification = True\nhostnam = x\ndeclare_vhost = d\n", "a",
			want{outcome: outcome{URL: "http://mq:15672", User: "own", Password: "x"}, VHost: "d", Timeout: "1m0s",
				Warnings: []string{
					"FILE:8: ssl_disable_hostname_verification is ignored: rabbitctl always verifies host names; --insecure turns all verification off",
					`FILE:9: hostnam is unknown to rabbitctl and ignored, did you mean "hostname"?`,
				}}},
	}
	for _, tt := range tests {
		t.Run(tt.section, func(t *testing.T) {
			w := newWorld(t)
			path := w.file(t, ".rabbitmqadmin.conf", tt.text)
			w.args = []string{"-c", tt.section}
			s := w.mustResolve(t)
			home := func(text string) string {
				return strings.ReplaceAll(strings.ReplaceAll(text, path, "FILE"), w.home, "HOME")
			}
			got := want{outcome: outcomeOf(s), VHost: s.VHost, CACert: home(s.CACert), Cert: home(s.Cert), Key: home(s.Key),
				Timeout: s.Timeout.String(), Quiet: s.Quiet, Insecure: s.Insecure}
			for _, line := range s.Warnings {
				got.Warnings = append(got.Warnings, home(line))
			}
			got.Origin = ""
			if diff := cmp.Diff(tt.want, got, cmp.AllowUnexported(want{})); diff != "" {
				t.Errorf("section %s (-want +got):\n%s", tt.section, diff)
			}
		})
	}
}

func TestINI(t *testing.T) {
	const text = "\ufeff; comment\r\n[a b] # tail\r\nKey=1\r\n  more\r\n\r\n# between\r\n  again\r\nx : y = z\r\nempty =\r\n[a b]\r\n  k=v\r\n"
	sections, entries, bad := parseINI([]byte(text))
	if bad != nil {
		t.Fatalf("line %d %v", bad.line, bad)
	}
	if diff := cmp.Diff([]string{"a b", "a b"}, sections); diff != "" {
		t.Error(diff)
	}
	want := []iniEntry{{"a b", "key", "1\nmore\nagain", 3}, {"a b", "x", "y = z", 8}, {"a b", "empty", "", 9},
		{"a b", "k", "v", 11}}
	if diff := cmp.Diff(want, entries, cmp.AllowUnexported(iniEntry{})); diff != "" {
		t.Error(diff)
	}
}

func TestList(t *testing.T) {
	w := newWorld(t)
	w.config(t, "[contexts.zulu]\nurl = \"http://u@mq\"\nprotected = true\n[contexts.\"a.b\"]\n")
	w.file(t, ".rabbitmqadmin.conf", "[default]\nhostname = old\nusername = u\npassword = p\n[zulu]\nhostname = hidden\n")
	l, err := List(w.input(t))
	if err != nil {
		t.Fatal(err)
	}
	type row struct {
		Name, URL, User, Password string
		Protected                 bool
	}
	var got []row
	for _, c := range l.Contexts {
		e, err := c.Endpoint()
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, row{c.Name, e.String(), c.Username(), c.PasswordKey(), c.Protected()})
	}
	want := []row{{"zulu", "http://mq", "u", "", true}, {"a.b", "http://127.0.0.1:15672", "", "", false},
		{"default", "http://old:15672", "u", "password", false}}
	if diff := cmp.Diff(want, got); diff != "" || l.Default != "default" {
		t.Errorf("default %q (-want +got):\n%s", l.Default, diff)
	}
	if text, ok := l.Contexts[0].Get("url"); !ok || text != "http://u@mq" {
		t.Errorf("url is %q", text)
	}
	base, err := ReadBase(w.input(t))
	if want := (&Base{File: filepath.Join(w.home, ".config/rabbitctl/config.toml"), Timeout: time.Minute}); err != nil ||
		*base != *want {
		t.Errorf("base %+v, %v", base, err)
	}
	w.env["RABBITCTL_FORMATTER"], w.env["RABBITCTL_QUIET"], w.env["RABBITCTL_CONTEXT"] = "csv", "1", "gone"
	w.args = []string{"-o", "json", "--config", "/x", "--timeout", "5"}
	base, err = ReadBase(w.input(t))
	if want := (&Base{File: "/x", Formatter: "json", Quiet: true, Timeout: 5 * time.Second}); err != nil ||
		*base != *want {
		t.Errorf("base %+v, %v", base, err)
	}
}

// TestCurrent: the current context is the one that a command would use.
func TestCurrent(t *testing.T) {
	for _, tt := range []struct {
		own  string // the default_context of our file
		env  string
		args []string
		want string
	}{
		{"", "", nil, "default"},
		{"", "RABBITCTL_URL=http://mq", nil, ""},
		{"", "", []string{"--port", "1"}, ""},
		{"", "", []string{"-c", "zulu", "--port", "1"}, "zulu"},
		{"", "RABBITCTL_CONTEXT=a", nil, "a"},
		{"", "RABBITCTL_CONTEXT=a", []string{"-c", "zulu"}, "zulu"},
		{"zulu", "", nil, "zulu"},
		{"zulu", "RABBITCTL_URL=http://mq", nil, "zulu"},
		{"zulu", "RABBITCTL_CONTEXT=default", []string{"--host", "x"}, "default"},
	} {
		w := newWorld(t)
		w.file(t, ".rabbitmqadmin.conf", "[default]\nhostname = old\n")
		text := "[contexts.zulu]\n"
		if tt.own != "" {
			text = "default_context = \"" + tt.own + "\"\n" + text
		}
		w.config(t, text)
		name, value, _ := strings.Cut(tt.env, "=")
		w.env[name], w.args = value, tt.args
		l, err := List(w.input(t))
		if err != nil || l.Current != tt.want {
			t.Errorf("%+v: %q, %v", tt, l.Current, err)
		}
		if s, err := w.resolve(t); err == nil && s.Context != tt.want {
			t.Errorf("%+v: Resolve uses %q", tt, s.Context)
		}
	}
}

// FuzzRabbitmqadmin tests both readers: no panic, no secret in an error, and every listed section can be read.
func FuzzRabbitmqadmin(f *testing.F) {
	f.Add(adminINI)
	f.Add(adminTOML)
	f.Add("[a]\nhostname = \"x\n")
	f.Add("a = {b = {c = 1}}\n[[a.b]]\n")
	f.Fuzz(func(t *testing.T, text string) {
		const secret = "hunter2hunter2"
		sections, entries, err := parseAdmin([]byte(text+"\npassword = "+secret+"\n"), "FILE")
		if err != nil {
			if strings.Contains(err.Error(), secret) {
				t.Errorf("shows the password: %v", err)
			}
			return
		}
		a := &adminConf{path: "FILE", sections: sections, entries: entries}
		for _, name := range sections {
			_, warnings, ok, err := a.context(name, func(string) string { return "" })
			if err == nil && !ok {
				t.Errorf("section %q is lost", name)
			}
			if text := strings.Join(warnings, " "); err != nil && strings.Contains(err.Error(), secret) || strings.Contains(text,
				secret) {
				t.Errorf("shows the password: %v, %s", err, text)
			}
		}
	})
}

// FuzzINI: every entry has a listed section, a key, and a line number within the text.
func FuzzINI(f *testing.F) {
	f.Add(adminINI)
	f.Add("[a]\n b = c\n  d\n")
	f.Fuzz(func(t *testing.T, text string) {
		sections, entries, bad := parseINI([]byte(text))
		lines := strings.Count(text, "\n") + 1
		if bad != nil {
			if bad.line < 1 || bad.line > lines {
				t.Errorf("line %d of %d", bad.line, lines)
			}
			return
		}
		for _, e := range entries {
			if e.line < 1 || e.line > lines || e.key == "" || !slices.Contains(sections, e.section) {
				t.Errorf("entry %+v", e)
			}
		}
	})
}

// TestRabbitmqadminUnused: if the file has no section default and no other layer names the broker, a warning says that
// its sections are not used.
func TestRabbitmqadminUnused(t *testing.T) {
	one := "has no section default, so its section host_default is not used; --context host_default uses it"
	for _, tt := range []struct {
		name, text, own string
		args            []string
		want            string
	}{
		{name: "one", text: "[host_default]\nhostname = mq\n", want: one},
		{name: "in TOML", text: "[host_default]\nhostname = \"mq\"\n", want: one},
		{name: "some", text: "[a]\nhostname = mq\n[b]\n",
			want: "has no section default, so none of it is used; --context NAME uses one of a, b"},
		{name: "a default", text: "[a]\nhostname = mq\n[default]\nhostname = mq\n"},
		{name: "named", text: "[a]\nhostname = mq\n", args: []string{"-c", "a"}},
		{name: "an endpoint", text: "[a]\nhostname = mq\n", args: []string{"--host", "mq"}},
		{name: "a default of ours", text: "[a]\nhostname = mq\n", own: "default_context = \"a\"\n"},
		{name: "empty", text: ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t)
			w.file(t, ".rabbitmqadmin.conf", tt.text)
			if tt.own != "" {
				w.config(t, tt.own)
			}
			w.args = tt.args
			got := strings.Join(w.mustResolve(t).Warnings, "\n")
			if !strings.HasSuffix(got, tt.want) || (got == "") != (tt.want == "") {
				t.Errorf("warned %q, want %q", got, tt.want)
			}
		})
	}
}
