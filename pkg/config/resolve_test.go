package config

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/pflag"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/steps"
)

// world is a home folder, an environment and a command line.
type world struct {
	home string
	env  map[string]string
	args []string
	ask  map[string]string // answers by question; nil when nobody can be asked
}

func newWorld(t *testing.T) *world {
	t.Helper()
	return &world{home: t.TempDir(), env: map[string]string{}}
}

// file writes a file below the home folder with mode 0600 and returns its path.
func (w *world) file(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(w.home, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func (w *world) config(t *testing.T, text string) string {
	t.Helper()
	return w.file(t, ".config/rabbitctl/config.toml", text)
}

func (w *world) getenv(name string) string {
	if text, ok := w.env[name]; ok {
		return text
	}
	if name == "HOME" {
		return w.home
	}
	return ""
}

func (w *world) input(t *testing.T) Input {
	t.Helper()
	fs := pflag.NewFlagSet("test", pflag.ContinueOnError)
	BindFlags(fs)
	BindAMQPFlag(fs)
	BindDistributionFlags(fs)
	BindVHostFlag(fs)
	if err := fs.Parse(w.args); err != nil {
		t.Fatal(err)
	}
	in := Input{Flags: fs, Getenv: w.getenv}
	for name, text := range w.env {
		in.Environ = append(in.Environ, name+"="+text)
	}
	if w.ask != nil {
		answer := func(question string) (string, error) {
			text, ok := w.ask[question]
			if !ok {
				return "", errors.New("unexpected question " + question)
			}
			return text, nil
		}
		in.Ask, in.AskSecret = answer, answer
	}
	return in
}

func (w *world) resolve(t *testing.T) (*Settings, error) {
	t.Helper()
	return Resolve(w.input(t))
}

func (w *world) mustResolve(t *testing.T) *Settings {
	t.Helper()
	s, err := w.resolve(t)
	if err != nil {
		t.Fatalf("Resolve: %v (%s)", err, steps.Of(err))
	}
	return s
}

// outcome holds the resolved values that the tables of tests compare.
type outcome struct {
	URL, User, Password, Origin string
}

func outcomeOf(s *Settings) outcome {
	o := outcome{URL: s.Endpoint.String(), Origin: s.Origin("url")}
	user, password, err := s.Credentials(context.Background())
	if err != nil {
		o.User, o.Password = s.Username, "error"
		return o
	}
	o.User, o.Password = user, password.Reveal()
	return o
}

const twoContexts = `default_context = "stage"

[contexts.prod]
url = "https://prod:15671/mq"
username = "ops"
password = "prod-secret"
vhost = "orders"
timeout = "5s"
formatter = "json"

[contexts.stage]
host = "stage"
username = "dev"
password = "stage-secret"
vhost = "play"
timeout = 7
formatter = "csv"

[contexts.here]
username = "me"
password = "here-secret"
`

func TestEndpointAndCredentials(t *testing.T) {
	const file = "FILE"
	tests := []struct {
		name   string
		config string
		admin  string
		env    []string
		args   []string
		want   outcome
	}{
		{name: "nothing given", want: outcome{"http://127.0.0.1:15672", "guest", "guest", "default"}},
		{name: "only a password", env: []string{"RABBITCTL_PASSWORD=x"}, want: outcome{"http://127.0.0.1:15672", "guest", "x",
			"default"}},
		{name: "only a user", args: []string{"-u", "ops"}, want: outcome{"http://127.0.0.1:15672", "ops", "error",
			"default"}},
		{name: "user guest by name", args: []string{"-u", "guest"}, want: outcome{"http://127.0.0.1:15672", "guest", "error",
			"default"}},
		{name: "only a host", args: []string{"--host", "mq"}, want: outcome{"http://mq:15672", "", "error", "flag --host"}},
		{name: "only a port", args: []string{"--port", "15673"}, want: outcome{"http://127.0.0.1:15673", "guest", "guest",
			"default"}},
		{name: "only TLS", args: []string{"--tls"}, want: outcome{"https://127.0.0.1:15671", "guest", "guest", "default"}},
		{name: "only a prefix", args: []string{"--path-prefix", "mq/"}, want: outcome{"http://127.0.0.1:15672/mq", "guest",
			"guest", "default"}},
		{name: "only the default URL by variable", env: []string{"RABBITCTL_URL=http://127.0.0.1:15672"},
			want: outcome{"http://127.0.0.1:15672", "guest", "guest", "RABBITCTL_URL"}},
		{name: "the loopback by name", args: []string{"--url", "https://LOCALHOST:1"}, want: outcome{"https://localhost:1",
			"guest", "guest", "flag --url"}},
		{name: "the loopback of IPv6", args: []string{"--host", "::1"}, want: outcome{"http://[::1]:15672", "guest", "guest",
			"flag --host"}},
		{name: "another address of the loopback", env: []string{"RABBITCTL_HOST=127.0.0.2"},
			want: outcome{"http://127.0.0.2:15672", "guest", "guest", "RABBITCTL_HOST"}},
		{name: "the loopback with a password alone", env: []string{"RABBITCTL_URL=localhost:15672", "RABBITCTL_PASSWORD=x"},
			want: outcome{"http://localhost:15672", "guest", "x", "RABBITCTL_URL"}},
		{name: "the loopback with a user alone", env: []string{"RABBITCTL_URL=http://ops@localhost:15672"},
			want: outcome{"http://localhost:15672", "ops", "error", "RABBITCTL_URL"}},
		{name: "a context on the loopback", config: "[contexts.dev]\nport = 1\n", args: []string{"-c", "dev"},
			want: outcome{"http://127.0.0.1:1", "guest", "guest", "default"}},
		{name: "a name that begins like the loopback's", args: []string{"--host", "localhost.example.com"},
			want: outcome{"http://localhost.example.com:15672", "", "error", "flag --host"}},
		{name: "an address of this machine's network", args: []string{"--host", "10.0.0.1"},
			want: outcome{"http://10.0.0.1:15672", "", "error", "flag --host"}},
		{name: "every address of this machine", args: []string{"--host", "0.0.0.0"}, want: outcome{"http://0.0.0.0:15672", "",
			"error", "flag --host"}},
		{name: "the loopback, credentials meant for another host", args: []string{"--host", "localhost"},
			env:  []string{"RABBITCTL_URL=http://u:p@mq"},
			want: outcome{"http://localhost:15672", "", "error", "flag --host"}},

		{name: "variable", env: []string{"RABBITCTL_URL=https://u:p%40ss@mq:15671/x/api/"},
			want: outcome{"https://mq:15671/x", "u", "p@ss", "RABBITCTL_URL"}},
		{name: "user in the flag's URL", args: []string{"--url", "http://ops@mq:15672"},
			env:  []string{"RABBITCTL_PASSWORD=p"},
			want: outcome{"http://mq:15672", "ops", "p", "flag --url"}},
		{name: "flag over variable, credentials of the session", args: []string{"--url", "http://other:1"},
			env:  []string{"RABBITCTL_URL=http://mq", "RABBITCTL_USERNAME=u", "RABBITCTL_PASSWORD=p"},
			want: outcome{"http://other:1", "u", "p", "flag --url"}},
		{name: "flag over variable, credentials of the URL", args: []string{"--host", "other"},
			env: []string{"RABBITCTL_URL=http://u:p@mq"}, want: outcome{"http://other:15672", "", "error", "flag --host"}},
		{name: "flag over variable, same host", args: []string{"--url", "http://LOCALHOST:1"},
			env: []string{"RABBITCTL_URL=http://u:p@127.0.0.1:2"}, want: outcome{"http://localhost:1", "u", "p", "flag --url"}},
		{name: "port flag over the variable's URL", args: []string{"--port", "8443"},
			env: []string{"RABBITCTL_URL=https://u:p@mq/x"}, want: outcome{"https://mq:8443/x", "u", "p", "RABBITCTL_URL"}},
		{name: "TLS flag over a URL without port", args: []string{"--tls"},
			env: []string{"RABBITCTL_URL=http://u:p@mq"}, want: outcome{"https://mq", "u", "p", "RABBITCTL_URL"}},
		{name: "port 15671 flag means https", args: []string{"--port", "15671"},
			env: []string{"RABBITCTL_URL=http://u:p@mq:15672"}, want: outcome{"https://mq:15671", "u", "p", "RABBITCTL_URL"}},
		{name: "TLS turned off: credentials of the https URL stay", args: []string{"--tls=false"},
			env: []string{"RABBITCTL_URL=https://u:p@mq:15671"}, want: outcome{"http://mq:15671", "", "error", "RABBITCTL_URL"}},
		{name: "host flag drops the variable's port", args: []string{"--host", "other"},
			env:  []string{"RABBITCTL_HOST=mq", "RABBITCTL_PORT=1", "RABBITCTL_USERNAME=u", "RABBITCTL_PASSWORD=p"},
			want: outcome{"http://other:15672", "u", "p", "flag --host"}},
		{name: "host flag and a port variable of its own", args: []string{"--host", "other"},
			env: []string{"RABBITCTL_PORT=1", "RABBITCTL_TLS=yes"}, want: outcome{"https://other:1", "", "error",
				"flag --host"}},
		{name: "URL flag is the whole endpoint", args: []string{"--url", "other"},
			env:  []string{"RABBITCTL_PORT=1", "RABBITCTL_TLS=yes", "RABBITCTL_PATH_PREFIX=x"},
			want: outcome{"http://other:15672", "", "error", "flag --url"}},

		{name: "default context", config: twoContexts, want: outcome{"http://stage:15672", "dev", "stage-secret",
			"context stage in FILE"}},
		{name: "named by flag", config: twoContexts, args: []string{"-c", "prod"}, want: outcome{"https://prod:15671/mq",
			"ops", "prod-secret", "context prod in FILE"}},
		{name: "named by variable", config: twoContexts, env: []string{"RABBITCTL_CONTEXT=prod"},
			want: outcome{"https://prod:15671/mq", "ops", "prod-secret", "context prod in FILE"}},
		{name: "flag names another than the variable", config: twoContexts, args: []string{"-c", "prod"},
			env:  []string{"RABBITCTL_CONTEXT=here"},
			want: outcome{"https://prod:15671/mq", "ops", "prod-secret", "context prod in FILE"}},
		{name: "context without endpoint", config: twoContexts, args: []string{"-c", "here"},
			want: outcome{"http://127.0.0.1:15672", "me", "here-secret", "default"}},
		{name: "context without endpoint, host flag", config: twoContexts, args: []string{"-c", "here", "--host", "other"},
			want: outcome{"http://other:15672", "", "error", "flag --host"}},
		{name: "context without endpoint, loopback flag", config: twoContexts, args: []string{"-c", "here", "--url",
			"http://localhost:1"}, want: outcome{"http://localhost:1", "me", "here-secret", "flag --url"}},
		{name: "host flag over context", config: twoContexts, args: []string{"-c", "prod", "--host", "other"},
			want: outcome{"http://other:15672", "", "error", "flag --host"}},
		{name: "host flag over default context", config: twoContexts, args: []string{"--host", "other"},
			want: outcome{"http://other:15672", "", "error", "flag --host"}},
		{name: "URL variable over default context", config: twoContexts, env: []string{"RABBITCTL_URL=http://other"},
			want: outcome{"http://other", "", "error", "RABBITCTL_URL"}},
		{name: "context flag over URL variable", config: twoContexts, env: []string{"RABBITCTL_URL=http://u:p@other"},
			args: []string{"-c", "prod"},
			want: outcome{"https://prod:15671/mq", "ops", "prod-secret", "context prod in FILE"}},
		{name: "context flag over every variable", config: twoContexts, args: []string{"-c", "stage"},
			env: []string{"RABBITCTL_HOST=other", "RABBITCTL_PORT=1", "RABBITCTL_TLS=1", "RABBITCTL_PATH_PREFIX=x",
				"RABBITCTL_USERNAME=u", "RABBITCTL_PASSWORD=p"},
			want: outcome{"http://stage:15672", "dev", "stage-secret", "context stage in FILE"}},
		{name: "context flag, variables of the same host fill nothing in", config: twoContexts, args: []string{"-c", "stage"},
			env: []string{"RABBITCTL_URL=https://stage:1/x"}, want: outcome{"http://stage:15672", "dev", "stage-secret",
				"context stage in FILE"}},
		{name: "context flag without credentials: the session's", config: "[contexts.bare]\nhost = \"bare\"\n",
			args: []string{"-c", "bare"},
			env:  []string{"RABBITCTL_USERNAME=u", "RABBITCTL_PASSWORD=p", "RABBITCTL_PORT=1"},
			want: outcome{"http://bare:15672",
				"u", "p", "context bare in FILE"}},
		{name: "context flag without credentials: not those of another host's URL",
			config: "[contexts.bare]\nhost = \"bare\"\n", args: []string{"-c", "bare"},
			env: []string{"RABBITCTL_URL=http://u:p@other"}, want: outcome{"http://bare:15672", "", "error",
				"context bare in FILE"}},
		{name: "context flag without credentials: those of the same host's URL", config: "[contexts.bare]\nhost = \"bare\"\n",
			args: []string{"-c", "bare"},
			env:  []string{"RABBITCTL_URL=http://u:p@bare:1"}, want: outcome{"http://bare:15672", "u", "p",
				"context bare in FILE"}},
		{name: "context flag without credentials: not those of an https URL", config: "[contexts.bare]\nhost = \"bare\"\n",
			args: []string{"-c", "bare"},
			env:  []string{"RABBITCTL_URL=https://u:p@bare:1"}, want: outcome{"http://bare:15672", "", "error",
				"context bare in FILE"}},
		{name: "context flag with another user than the session's password",
			config: "[contexts.bare]\nhost = \"bare\"\nusername = \"ops\"\n", args: []string{"-c", "bare"},
			env: []string{"RABBITCTL_USERNAME=u", "RABBITCTL_PASSWORD=p"}, want: outcome{"http://bare:15672", "ops", "error",
				"context bare in FILE"}},
		{name: "context variable and the same URL", config: twoContexts, env: []string{"RABBITCTL_CONTEXT=here",
			"RABBITCTL_URL=http://localhost:15672"},
			want: outcome{"http://localhost:15672", "me", "here-secret", "RABBITCTL_URL"}},
		{name: "context variable and its host", config: twoContexts, env: []string{"RABBITCTL_CONTEXT=prod",
			"RABBITCTL_HOST=prod"},
			want: outcome{"https://prod:15671/mq", "ops", "prod-secret", "RABBITCTL_HOST"}},
		{name: "context variable contradicted, a flag decides", config: twoContexts, env: []string{"RABBITCTL_CONTEXT=prod",
			"RABBITCTL_URL=http://other"},
			args: []string{"--host", "mq"}, want: outcome{"http://mq:15672", "", "error", "flag --host"}},
		{name: "host flag, same host", config: twoContexts, args: []string{"-c", "prod", "--host", "PROD"},
			want: outcome{"https://prod:15671/mq", "ops", "prod-secret", "flag --host"}},
		{name: "URL flag, same host without TLS", config: twoContexts, args: []string{"-c", "prod", "--url",
			"http://prod:15672"}, want: outcome{"http://prod:15672", "", "error", "flag --url"}},
		{name: "port flag over context", config: twoContexts, args: []string{"-c", "prod", "--port", "443"},
			want: outcome{"https://prod/mq", "ops", "prod-secret", "context prod in FILE"}},
		{name: "port variable over context", config: twoContexts, env: []string{"RABBITCTL_PORT=99"},
			want: outcome{"http://stage:99", "dev", "stage-secret", "context stage in FILE"}},
		{name: "password variable over context", config: twoContexts, env: []string{"RABBITCTL_PASSWORD=mine"},
			want: outcome{"http://stage:15672", "dev", "mine", "context stage in FILE"}},
		{name: "user flag over context", config: twoContexts, args: []string{"-u", "other"},
			want: outcome{"http://stage:15672", "other", "error", "context stage in FILE"}},
		{name: "user flag equal to the context's", config: twoContexts, args: []string{"-u", "dev"},
			want: outcome{"http://stage:15672", "dev", "stage-secret", "context stage in FILE"}},
		{name: "user variable and password variable over context", config: twoContexts, env: []string{"RABBITCTL_USERNAME=a",
			"RABBITCTL_PASSWORD=b"}, want: outcome{"http://stage:15672", "a", "b", "context stage in FILE"}},
		{name: "user flag over user variable with password", args: []string{"-u", "b"}, env: []string{"RABBITCTL_USERNAME=a",
			"RABBITCTL_PASSWORD=p"}, want: outcome{"http://127.0.0.1:15672", "b", "error", "default"}},

		{name: "rabbitmqadmin's default section",
			admin: "[default]\nhostname = \"old\"\nusername = \"u\"\npassword = \"p\"\n", want: outcome{"http://old:15672", "u",
				"p", "context default in ADMIN"}},
		{name: "not when an endpoint is given", admin: "[default]\nhostname = \"old\"\nusername = \"u\"\npassword = \"p\"\n",
			args: []string{"--host", "old"}, want: outcome{"http://old:15672", "", "error", "flag --host"}},
		{name: "not when our file has a default", config: twoContexts, admin: "[default]\nhostname = \"old\"\n",
			want: outcome{"http://stage:15672", "dev", "stage-secret", "context stage in FILE"}},
		{name: "named there", config: twoContexts, admin: "[lab]\nhostname = lab\nusername = u\npassword = p\nssl = True\n",
			args: []string{"-c", "lab"}, want: outcome{"https://lab:15671", "u", "p", "context lab in ADMIN"}},
		{name: "ours first", config: twoContexts, admin: "[prod]\nhostname = lab\n", args: []string{"-c", "prod"},
			want: outcome{"https://prod:15671/mq", "ops", "prod-secret", "context prod in FILE"}},
		{name: "our default names one of theirs", config: "default_context = \"lab\"\n",
			admin: "[lab]\nhostname = lab\nusername = u\npassword = p\n", want: outcome{"http://lab:15672", "u", "p",
				"context lab in ADMIN"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t)
			names := strings.NewReplacer()
			if tt.config != "" {
				path := w.config(t, tt.config)
				names = strings.NewReplacer(path, file, filepath.Join(w.home, ".rabbitmqadmin.conf"), "ADMIN")
			}
			if tt.admin != "" {
				path := w.file(t, ".rabbitmqadmin.conf", tt.admin)
				names = strings.NewReplacer(path, "ADMIN", filepath.Join(w.home, ".config/rabbitctl/config.toml"), file)
			}
			for _, pair := range tt.env {
				name, text, _ := strings.Cut(pair, "=")
				w.env[name] = text
			}
			w.args = tt.args
			got := outcomeOf(w.mustResolve(t))
			got.Origin = names.Replace(got.Origin)
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("outcome (-want +got):\n%s", diff)
			}
		})
	}
}

// TestPrecedence sets each option in every combination of the layers flag, variable and context: the strongest layer
// must win, and be named as the origin. The options for the URL, the password, the file and the context have tests of
// their own.
func TestPrecedence(t *testing.T) {
	texts := func(o Option) [3]string { // flag, variable, context
		switch o.Kind {
		case Bool:
			return [3]string{"true", "false", "true"}
		case Int:
			return [3]string{"1001", "1002", "1003"}
		case Duration:
			return [3]string{"1s", "2s", "3s"}
		case Path:
			return [3]string{"/a", "/b", "/c"}
		case AMQPAddress:
			return [3]string{"amqp://a:1", "amqps://b", "amqp://[::1]:5672"}
		}
		return [3]string{"a", "b", "c"}
	}
	for _, o := range allOptions {
		switch o.Name {
		case nameURL, namePassword, namePasswordFile, namePasswordCommand, namePasswordStdin, nameConfig, nameContext:
			continue // have tests of their own
		}
		for layers := 1; layers < 8; layers++ {
			byFlag, byEnv, byContext := layers&1 != 0, layers&2 != 0, layers&4 != 0
			if byFlag && !o.ByFlag() || byEnv && o.Env == "" || byContext && !o.InContext() {
				continue
			}
			w := newWorld(t)
			base, origin, want := "", "", ""
			if o.Name == nameCACert || o.Name == nameCert || o.Name == nameKey {
				base = "tls = true\n"
				if o.Name == nameKey {
					w.args = append(w.args, "--cert", "/x")
					base += "cert = \"/x\"\n"
				}
			}
			if o.Name == nameKey && !byFlag {
				w.args = nil // a key is not paired with a stronger layer's certificate
				if byEnv {
					w.env["RABBITCTL_CERT"] = "/x"
				}
			}
			t3 := texts(o)
			if byContext {
				text := t3[2]
				if o.Kind != Bool && o.Kind != Int {
					text = `"` + text + `"`
				}
				base += o.Key + " = " + text + "\n"
			}
			path := w.config(t, "default_context = \"x\"\n[contexts.x]\n"+base)
			if byContext {
				want, origin = t3[2], "context x in "+path
			}
			if byEnv {
				w.env[o.Env] = t3[1]
				want, origin = t3[1], o.Env
			}
			if byFlag {
				w.args = append(w.args, "--"+o.Flag+"="+t3[0])
				want, origin = t3[0], "flag --"+o.Flag
			}
			s := w.mustResolve(t)
			got := ""
			for _, v := range s.Values() {
				if v.Option.Name == o.Name {
					got = v.Text
				}
			}
			if o.Name == namePathPrefix {
				want = "/" + want
			}
			if o.Secret && want != "" {
				want = hidden
			}
			if got != want || s.Origin(o.Name) != origin {
				t.Errorf("%s by flag %v, variable %v, context %v: %q from %q, want %q from %q", o.Name, byFlag, byEnv, byContext,
					got, s.Origin(o.Name), want, origin)
			}
		}
	}
}

func TestContextPrecedence(t *testing.T) {
	w := newWorld(t)
	path := w.config(t, twoContexts)
	steps := []struct {
		env, flag, want, origin string
	}{
		{"", "", "stage", "default_context in " + path},
		{"here", "", "here", "RABBITCTL_CONTEXT"},
		{"here", "prod", "prod", "flag --context"},
	}
	for _, step := range steps {
		w.env["RABBITCTL_CONTEXT"], w.args = step.env, nil
		if step.flag != "" {
			w.args = []string{"--context", step.flag}
		}
		s := w.mustResolve(t)
		if s.Context != step.want || s.Origin("context") != step.origin || s.ContextFile != path {
			t.Errorf("context %q from %q in %q, want %q from %q", s.Context, s.Origin("context"), s.ContextFile, step.want,
				step.origin)
		}
	}
}

// TestContextFlagOverVariables: a context that a flag names decides the URL and the virtual host, but not the output
// format and --timeout. The context names no authorities, so the variable for them counts.
func TestContextFlagOverVariables(t *testing.T) {
	w := newWorld(t)
	w.config(t, twoContexts)
	w.args = []string{"-c", "prod"}
	for name, text := range map[string]string{"VHOST": "v", "TIMEOUT": "9s", "FORMATTER": "tsv", "CACERT": "/ca",
		"URL": "https://other"} {
		w.env["RABBITCTL_"+name] = text
	}
	s := w.mustResolve(t)
	if s.VHost != "orders" || s.Timeout != 9*time.Second || s.Formatter != "tsv" || s.CACert != "/ca" {
		t.Errorf("virtual host %q, timeout %s, formatter %q, authorities %q", s.VHost, s.Timeout, s.Formatter, s.CACert)
	}
	if len(s.Warnings) > 0 {
		t.Errorf("warnings: %q", s.Warnings)
	}
}

func TestConfigFilePrecedence(t *testing.T) {
	w := newWorld(t)
	w.config(t, "default_context = \"a\"\n[contexts.a]\nhost = \"home\"\n")
	w.file(t, "xdg/rabbitctl/config.toml", "default_context = \"a\"\n[contexts.a]\nhost = \"xdg\"\n")
	byEnv := w.file(t, "env.toml", "default_context = \"a\"\n[contexts.a]\nhost = \"env\"\n")
	byFlag := w.file(t, "flag.toml", "default_context = \"a\"\n[contexts.a]\nhost = \"flag\"\n")
	check := func(host, origin string) {
		t.Helper()
		s := w.mustResolve(t)
		if s.Endpoint.Host != host || s.Origin("config") != origin {
			t.Errorf("host %q, config from %q; want %q from %q", s.Endpoint.Host, s.Origin("config"), host, origin)
		}
	}
	check("home", "default")
	w.env["XDG_CONFIG_HOME"] = "relative"
	check("home", "default")
	w.env["XDG_CONFIG_HOME"] = filepath.Join(w.home, "xdg")
	check("xdg", "default")
	w.env["RABBITCTL_CONFIG"] = "~/env.toml"
	check("env", "RABBITCTL_CONFIG")
	if s := w.mustResolve(t); s.ConfigFile != byEnv {
		t.Errorf("file %q, want %q", s.ConfigFile, byEnv)
	}
	w.args = []string{"--config", byFlag}
	check("flag", "flag --config")
	w.args = []string{"--config", os.DevNull}
	check("127.0.0.1", "flag --config")
}

func TestPlainValues(t *testing.T) {
	w := newWorld(t)
	s := w.mustResolve(t)
	if s.Timeout != time.Minute || s.VHostSet || s.VHost != "" || s.Formatter != "" || s.Quiet || s.NoColor || s.Trace ||
		s.Insecure || s.Protected {
		t.Errorf("defaults: %+v", s)
	}
	w.args = []string{"-p", "/", "-t", "90", "-q", "--no-color", "--trace", "--insecure", "-o", "json"}
	s = w.mustResolve(t)
	if s.Timeout != 90*time.Second || !s.VHostSet || s.VHost != "/" || s.Formatter != "json" || !s.Quiet || !s.NoColor ||
		!s.Trace || !s.Insecure {
		t.Errorf("flags: %+v", s)
	}
	w.args = []string{"-t", "infinity"}
	if s = w.mustResolve(t); s.Timeout != 0 {
		t.Errorf("infinity is %v", s.Timeout)
	}
	w.args = nil
	w.config(t, "default_context=\"a\"\n[contexts.a]\nprotected = true\n")
	if s = w.mustResolve(t); !s.Protected {
		t.Error("protected is lost")
	}
}

func TestNoHome(t *testing.T) {
	s, err := Resolve(Input{Environ: []string{"RABBITCTL_HOST=mq"}})
	if err != nil {
		t.Fatal(err)
	}
	if s.Endpoint.String() != "http://mq:15672" || s.ConfigFile != "" || s.Origin("config") == "" && s.ConfigFile != "" {
		t.Errorf("got %s, file %q", s.Endpoint, s.ConfigFile)
	}
	if _, err := Resolve(Input{Environ: []string{"RABBITCTL_CACERT=~/ca.pem", "RABBITCTL_TLS=1"}}); fail.KindOf(
		err) != fail.Config {
		t.Errorf("~ without HOME: %v", err)
	}
}

func TestTLSFiles(t *testing.T) {
	const file = `default_context = "a"
[contexts.a]
url = "https://mq:15671"
cacert = "ca.pem"
cert = "~/cert.pem"
key = "/etc/key.pem"
insecure = true
`
	w := newWorld(t)
	path := w.config(t, file)
	type tls struct {
		CA, Cert, Key string
		Insecure      bool
	}
	check := func(want tls, args ...string) {
		t.Helper()
		w.args = args
		s := w.mustResolve(t)
		if diff := cmp.Diff(want, tls{s.CACert, s.Cert, s.Key, s.Insecure}); diff != "" {
			t.Errorf("%q (-want +got):\n%s", args, diff)
		}
	}
	beside := filepath.Join(filepath.Dir(path), "ca.pem")
	check(tls{beside, filepath.Join(w.home, "cert.pem"), "/etc/key.pem", true})
	check(tls{"/x", filepath.Join(w.home, "cert.pem"), "/etc/key.pem", true}, "--cacert", "/x")
	check(tls{beside, "both.pem", "both.pem", true}, "--cert", "both.pem")
	check(tls{beside, "c", "k", true}, "--cert", "c", "--key", "k")
	check(tls{beside, filepath.Join(w.home, "cert.pem"), "k", true}, "--key", "k")
	check(tls{}, "--url", "https://other")
	check(tls{beside, filepath.Join(w.home, "cert.pem"), "/etc/key.pem", false}, "--insecure=false")
}

// TestAMQPAddress_keepsSecrets: an address that is refused is never quoted, as it may hold a password.
func TestAMQPAddress_keepsSecrets(t *testing.T) {
	for _, text := range []string{"amqp://app:canary@mq", "http://app:canary@mq", "amqp://mq/canary", "canary", "amqp://",
		"amqp://mq?canary=1"} {
		for _, byFlag := range []bool{true, false} {
			w := newWorld(t)
			if byFlag {
				w.args = append(w.args, "--amqp-url="+text)
			} else {
				w.env["RABBITCTL_AMQP_URL"] = text
			}
			_, err := w.resolve(t)
			want := fail.Usage
			if !byFlag {
				want = fail.Config
			}
			if fail.KindOf(err) != want || strings.Contains(err.Error(), "canary") {
				t.Errorf("%s by flag %v: %v", text, byFlag, err)
			}
		}
	}
}
