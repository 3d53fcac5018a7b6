package config

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/pflag"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/steps"
)

// TestRefusals tests each refusal's kind, text and next step. In the texts, FILE and ADMIN are the two files.
func TestRefusals(t *testing.T) {
	tests := []struct {
		name   string
		config string
		admin  string
		env    []string
		args   []string
		kind   fail.Kind
		want   string
		hint   string
	}{
		{name: "password in the flag's URL", args: []string{"--url", "http://u:hunter2@mq"}, kind: fail.Usage,
			want: "--url: holds a password, which every user of this machine can read with ps", hint: "RABBITCTL_URL"},
		{name: "messaging scheme by flag", args: []string{"--url", "amqp://mq"}, kind: fail.Usage,
			want: "--url: amqp:// is the messaging protocol", hint: "15672"},
		{name: "messaging scheme by variable", env: []string{"RABBITCTL_URL=amqps://u:hunter2@mq"}, kind: fail.Config,
			want: "RABBITCTL_URL: amqps:// is the messaging", hint: "15671"},
		{name: "messaging port by flag", args: []string{"--port", "5672"}, kind: fail.Usage,
			want: "--port: port 5672 is the messaging port", hint: "15672"},
		{name: "messaging port in a URL", env: []string{"RABBITCTL_URL=mq:5671"}, kind: fail.Config,
			want: "RABBITCTL_URL: port 5671", hint: "15672"},
		{name: "unknown scheme", args: []string{"--url", "ftp://mq"}, kind: fail.Usage,
			want: "--url: the URL's scheme is neither http nor https"},
		{name: "query", args: []string{"--url", "http://mq/?x=1"}, kind: fail.Usage,
			want: "--url: the URL has a query or a fragment", hint: "%3F"},
		{name: "fragment", env: []string{"RABBITCTL_URL=http://mq#x"}, kind: fail.Config,
			want: "RABBITCTL_URL: the URL has a query or a fragment"},
		{name: "host with port", args: []string{"--host", "mq:15672"}, kind: fail.Usage,
			want: `--host: "mq:15672" is not a plain host name`, hint: "--port"},
		{name: "host with scheme", env: []string{"RABBITCTL_HOST=https://mq"}, kind: fail.Config, want: "RABBITCTL_HOST: ",
			hint: "RABBITCTL_URL"},
		{name: "host with scheme in a context", config: "[contexts.a]\nhost = \"http://mq\"", args: []string{"-c", "a"},
			kind: fail.Config, want: "FILE:2: host: ", hint: "everything with url"},
		{name: "host with a password", args: []string{"--host", "u:hunter2@mq"}, kind: fail.Usage,
			want: `--host: "…@mq" is not a plain host name`},
		{name: "empty host", args: []string{"--host", ""}, kind: fail.Usage, want: "--host: needs a value"},
		{name: "bad port", args: []string{"--port", "70000"}, kind: fail.Usage,
			want: `--port: "70000" is not a port (1 to 65535)`},
		{name: "negative port", args: []string{"--port", "-1"}, kind: fail.Usage, want: `--port: "-1" is not a port`},
		{name: "bad port by variable", env: []string{"RABBITCTL_PORT=abc"}, kind: fail.Config,
			want: `RABBITCTL_PORT: "abc" is not a whole number`},
		{name: "bad duration by variable", env: []string{"RABBITCTL_TIMEOUT=1 hour"}, kind: fail.Config,
			want: `RABBITCTL_TIMEOUT: "1 hour" is not a duration`},
		{name: "no time at all", env: []string{"RABBITCTL_TIMEOUT=0"}, kind: fail.Config,
			want: "RABBITCTL_TIMEOUT: a duration must be more than 0"},
		{name: "bad switch by variable", env: []string{"RABBITCTL_TLS=maybe"}, kind: fail.Config,
			want: `RABBITCTL_TLS: "maybe" is neither true nor false`},
		{name: "URL and host by flag", args: []string{"--url", "http://mq", "--host", "mq"}, kind: fail.Usage,
			want: "--url: the URL and --host exclude each other"},
		{name: "URL and port by variable", env: []string{"RABBITCTL_URL=mq", "RABBITCTL_PORT=1"}, kind: fail.Config,
			want: "RABBITCTL_URL: the URL and RABBITCTL_PORT exclude"},
		{name: "URL and TLS by flag", args: []string{"--url", "http://mq", "--tls"}, kind: fail.Usage,
			want: "--url: the URL and --tls exclude"},
		{name: "URL and prefix in a context", config: "[contexts.a]\nurl = \"mq\"\npath_prefix = \"x\"",
			args: []string{"-c", "a"}, kind: fail.Config, want: "FILE:2: url: the URL and FILE:3: path_prefix exclude"},
		{name: "two password flags", args: []string{"--password-file", "x", "--password-command", "y"}, kind: fail.Usage,
			want: "--password-command: --password-file gives the password too"},
		{name: "two password variables", env: []string{"RABBITCTL_PASSWORD=x", "RABBITCTL_PASSWORD_FILE=y"},
			kind: fail.Config, want: "RABBITCTL_PASSWORD_FILE: RABBITCTL_PASSWORD gives the password too"},
		{name: "password in URL and variable", env: []string{"RABBITCTL_PASSWORD=hunter2",
			"RABBITCTL_URL=http://u:hunter3@mq"}, kind: fail.Config,
			want: "RABBITCTL_URL: RABBITCTL_PASSWORD gives the password too"},
		{name: "two users", env: []string{"RABBITCTL_USERNAME=a", "RABBITCTL_URL=http://b@mq"}, kind: fail.Config,
			want: `RABBITCTL_URL: names user "b", and RABBITCTL_USERNAME names user "a"`,
			hint: "remove the user and the password from the URL, or leave out RABBITCTL_USERNAME"},
		{name: "key without certificate", args: []string{"--tls", "--key", "k"}, kind: fail.Usage,
			want: "--key: is a key without a certificate", hint: "--cert"},
		{name: "authorities without TLS", args: []string{"--cacert", "k"}, kind: fail.Usage,
			want: "--cacert: http://127.0.0.1:15672 does not use TLS", hint: "--tls"},

		{name: "missing context", config: twoContexts, args: []string{"-c", "prdo"}, kind: fail.Config,
			want: `--context: there is no context "prdo" in FILE, did you mean "prod"?`, hint: "config list"},
		{name: "missing context by variable", env: []string{"RABBITCTL_CONTEXT=x"}, kind: fail.Config,
			want: `RABBITCTL_CONTEXT: there is no context "x" in FILE`},
		{name: "context and URL by variable", config: twoContexts, env: []string{"RABBITCTL_CONTEXT=prod",
			"RABBITCTL_URL=http://u:hunter2@other"}, kind: fail.Config,
			want: "RABBITCTL_CONTEXT and RABBITCTL_URL contradict each other: context prod is https://prod:15671/mq, not http://other", hint: "unset one of them"},
		{name: "context and host by variable", config: twoContexts, env: []string{"RABBITCTL_CONTEXT=prod",
			"RABBITCTL_HOST=other"}, args: []string{"--port", "1"}, kind: fail.Config,
			want: "RABBITCTL_CONTEXT and RABBITCTL_HOST contradict each other"},
		{name: "context and URL of the same host by variable", config: twoContexts, env: []string{"RABBITCTL_CONTEXT=prod",
			"RABBITCTL_URL=http://prod:15672"}, kind: fail.Config,
			want: "RABBITCTL_CONTEXT and RABBITCTL_URL contradict each other"},
		{name: "missing context near one of rabbitmqadmin's", admin: "[staging]\nhostname = x\n",
			args: []string{"-c", "stagin"}, kind: fail.Config,
			want: `there is no context "stagin" in FILE or in ADMIN, did you mean "staging"?`},
		{name: "missing default context", config: "default_context = \"x\"\n", kind: fail.Config,
			want: `FILE:1: default_context: there is no context "x" in FILE`},
		{name: "missing named file", args: []string{"--config", "/nonexistent/x.toml"}, kind: fail.Config,
			want: "configuration file: open /nonexistent/x.toml: no such file", hint: "--config"},
		{name: "missing file by variable", env: []string{"RABBITCTL_CONFIG=/nonexistent/x.toml"}, kind: fail.Config,
			want: "configuration file: open /nonexistent/x.toml: no such file"},

		{name: "broken file, though nothing of it is needed", config: "[contexts.a]\nhost = \n", args: []string{"--url",
			"http://mq"}, kind: fail.Config, want: "FILE:2: "},
		{name: "unknown key", config: "[contexts.a]\n\nusernme = \"x\"\n", kind: fail.Config,
			want: `FILE:3: unknown key "usernme" in [contexts.a], did you mean "username"?`},
		{name: "unknown key at the top", config: "default_contxt = \"x\"\n", kind: fail.Config,
			want: `FILE:1: unknown key "default_contxt", did you mean "default_context"?`},
		{name: "context key at the top", config: "url = \"x\"\n", kind: fail.Config, want: "FILE:1: url is outside a context",
			hint: "[contexts.NAME]"},
		{name: "unknown section", config: "[prod]\nhost = \"x\"\n", kind: fail.Config, want: "FILE:1: unknown section [prod]",
			hint: "[contexts.NAME]"},
		{name: "section in a context", config: "[contexts.a.b]\n", kind: fail.Config,
			want: `FILE:1: a context cannot have sections`},
		{name: "section in a context with keys", config: "[contexts.a.b]\nhost = \"x\"", kind: fail.Config,
			want: `FILE:1: a context cannot have sections; if its name has a dot, quote it: [contexts."a.b"]`},
		{name: "dotted key in a context", config: "[contexts.a]\ntls.x = true\n", kind: fail.Config,
			want: `FILE:2: unknown key "tls.x"`},
		{name: "list of contexts", config: "[[contexts]]\nhost = \"x\"", kind: fail.Config, want: "FILE:1: [[…]] is a list"},
		{name: "list of one context", config: "[[contexts.a]]\nhost = \"x\"", kind: fail.Config,
			want: "FILE:1: [[…]] is a list"},
		{name: "contexts is a text", config: "contexts = \"a\"", kind: fail.Config,
			want: "FILE:1: contexts must be sections"},
		{name: "context is a text", config: "[contexts]\na = \"a\"", kind: fail.Config,
			want: "FILE:2: contexts.a must be a section [contexts.a]"},
		{name: "context without name", config: "[contexts.\"\"]\n", kind: fail.Config,
			want: "FILE:1: \"\" cannot be a context's name"},
		{name: "default context is a table", config: "[default_context]\n", kind: fail.Config,
			want: "FILE:1: unknown section [default_context]"},
		{name: "default context is a number", config: "default_context = 1.5\n", kind: fail.Config,
			want: "FILE:1: default_context must be a text"},
		{name: "port as text", config: "[contexts.a]\nport = \"1\"\n", kind: fail.Config,
			want: "FILE:2: port: must be a whole number without quotes"},
		{name: "switch as text", config: "[contexts.a]\ntls = \"true\"\n", kind: fail.Config,
			want: "FILE:2: tls: must be true or false without quotes"},
		{name: "text as number", config: "[contexts.a]\nusername = 5\n", kind: fail.Config,
			want: "FILE:2: username: must be a text in quotes"},
		{name: "text as list", config: "[contexts.a]\nhost = [\"a\"]\n", kind: fail.Config,
			want: "FILE:2: host: must be a text in quotes"},
		{name: "timeout as switch", config: "[contexts.a]\ntimeout = true\n", kind: fail.Config,
			want: "FILE:2: timeout: must be a text in quotes"},
		{name: "timeout is none", config: "[contexts.a]\ntimeout = \"soon\"\n", kind: fail.Config,
			want: `FILE:2: timeout: "soon" is not a duration`},
		{name: "port beyond all", config: "[contexts.a]\nport = 99999999999999999999\n", kind: fail.Config, want: "FILE:2: "},
		{name: "empty text", config: "[contexts.a]\nusername = \"\"\n", kind: fail.Config,
			want: "FILE:2: username: needs a value"},
		{name: "twice the same section", config: "[contexts.a]\n[contexts.a]\n", kind: fail.Config, want: "FILE:2: "},
		{name: "bad URL in a context", config: "[contexts.a]\nurl = \"http://u:hunter2@mq:x\"\n", args: []string{"-c", "a"},
			kind: fail.Config, want: `FILE:2: url: "x" is not a port`},
		{name: "messaging port in a context", config: "[contexts.a]\nport = 5672\n", args: []string{"-c", "a"},
			kind: fail.Config, want: "FILE:2: port: port 5672 is the messaging port"},
		{name: "not UTF-8", config: "[contexts.a]\nusername = \"\xff\"\n", kind: fail.Config, want: "FILE:2: "},

		{name: "broken rabbitmqadmin TOML", admin: "[default]\nhostname = \"mq\"\npassword = \"hunter2\nport = 1\n",
			kind: fail.Config, want: "ADMIN:3: "},
		{name: "broken rabbitmqadmin INI", admin: "[default]\nhostname = mq\nhunter2\n", kind: fail.Config,
			want: "ADMIN:3: is not a line such as port = 15672"},
		{name: "INI without section", admin: "hostname = mq\n", kind: fail.Config,
			want: "ADMIN:1: is before the first section"},
		{name: "INI with a bad switch", admin: "[default]\nssl = maybe\n", kind: fail.Config,
			want: `ADMIN:2: ssl: "maybe" is neither true nor false`},
		{name: "TOML with a text as port", admin: "[default]\nport = \"1\"\n", kind: fail.Config,
			want: "ADMIN:2: port: must be a whole number"},
		{name: "TOML with a bad scheme", admin: "[default]\nscheme = \"amqp\"\n", kind: fail.Config,
			want: `ADMIN:2: scheme: "amqp" is neither http nor https`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t)
			if tt.config != "" {
				w.config(t, tt.config)
			}
			if tt.admin != "" {
				w.file(t, ".rabbitmqadmin.conf", tt.admin)
			}
			for _, pair := range tt.env {
				name, text, _ := strings.Cut(pair, "=")
				w.env[name] = text
			}
			w.args = tt.args
			_, err := w.resolve(t)
			if err == nil {
				t.Fatal("was accepted")
			}
			names := strings.NewReplacer(filepath.Join(w.home, ".config/rabbitctl/config.toml"), "FILE",
				filepath.Join(w.home, ".rabbitmqadmin.conf"), "ADMIN")
			text, hint := names.Replace(err.Error()), names.Replace(steps.Of(err))
			if fail.KindOf(err) != tt.kind || !strings.Contains(text, tt.want) || !strings.Contains(hint, tt.hint) {
				t.Errorf("%s: %s\nhint: %s\nwant %s: …%s…\nhint: …%s…", fail.KindOf(err), text, hint, tt.kind, tt.want, tt.hint)
			}
			if strings.Contains(text+hint, "hunter") || strings.Contains(text, "\n") {
				t.Errorf("the error shows a secret or has several lines: %s", text)
			}
		})
	}
}

// TestFlagsRefuseWhileParsing: a flag with a value of the wrong kind is refused before any command runs.
func TestFlagsRefuseWhileParsing(t *testing.T) {
	for _, args := range [][]string{{"--port", "abc"}, {"--timeout", "soon"}, {"--tls=perhaps"}, {"-t", "-5"}} {
		fs := pflag.NewFlagSet("test", pflag.ContinueOnError)
		BindFlags(fs)
		if err := fs.Parse(args); err == nil {
			t.Errorf("%q was accepted", args)
		}
	}
}
