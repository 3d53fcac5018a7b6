package cli_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/rabbitctl/rabbitctl/pkg/app"
	"github.com/rabbitctl/rabbitctl/pkg/cli"
	"github.com/rabbitctl/rabbitctl/pkg/internal/brokertest"
	"github.com/rabbitctl/rabbitctl/pkg/iostreams"
)

// newApp returns an app with only the variables of env. Its home folder does not exist, unless env names another one.
func newApp(t *testing.T, env ...string) (a *app.App, out, errOut *bytes.Buffer) {
	t.Helper()
	streams, out, errOut := iostreams.Test("")
	return app.New(streams, append([]string{brokertest.NoHome}, env...), "test"), out, errOut
}

type result struct {
	code     int
	out, err string
}

// run runs a command line with only these variables, and without a terminal.
func run(t *testing.T, ctx context.Context, env []string, words ...string) result {
	t.Helper()
	a, out, errOut := newApp(t, env...)
	code := cli.Run(ctx, a, words)
	return result{code, out.String(), errOut.String()}
}

// ended returns a context that has already ended, so the command sends nothing to a broker. Mistakes in the command
// line still show, because they are checked first.
func ended(t *testing.T) context.Context {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	return ctx
}

// commands returns all commands of the tree, the root first.
func commands(t *testing.T) []*cobra.Command {
	t.Helper()
	a, _, _ := newApp(t)
	var all []*cobra.Command
	var walk func(*cobra.Command)
	walk = func(c *cobra.Command) {
		all = append(all, c)
		for _, sub := range c.Commands() {
			walk(sub)
		}
	}
	walk(cli.Root(a))
	if len(all) < 15 {
		t.Fatalf("the tree has %d commands only", len(all))
	}
	return all
}

// words returns the words that call the command, without the program's name.
func words(c *cobra.Command) []string { return strings.Fields(c.CommandPath())[1:] }

// isCobras reports whether the library cobra made the command.
func isCobras(c *cobra.Command) bool { return slices.Contains(words(c), "completion") }

func TestTree_texts(t *testing.T) {
	t.Parallel()
	for _, c := range commands(t) {
		if isCobras(c) {
			continue // the flag library's own text
		}
		name := c.CommandPath()
		switch {
		case c.Short == "" || strings.HasSuffix(c.Short, ".") || len([]rune(c.Short)) > 72:
			t.Errorf("%s: the short text must be there, without a full stop, in 72 characters at most: %q", name, c.Short)
		case c.Long == "" || strings.TrimSpace(c.Long) != c.Long:
			t.Errorf("%s: the long text is missing, or has blanks around it: %q", name, c.Long)
		case !c.Runnable() && !c.HasSubCommands():
			continue // a topic
		case c.Example == "":
			t.Errorf("%s has no example", name)
		case c.HasParent() && !c.Parent().HasParent() && c.GroupID == "":
			t.Errorf("%s stands under no heading of the help", name)
		}
		for _, line := range strings.Split(c.Long, "\n") {
			if strings.HasSuffix(line, " ") || strings.Contains(line, "\t") {
				t.Errorf("%s: blanks at the end, or tabs: %q", name, line)
			}
		}
	}
}

// The help of a check says what makes it WARNING or CRITICAL, not only which exit codes these are.
func TestTree_checksSayWhatIsWrong(t *testing.T) {
	t.Parallel()
	checks, named := 0, regexp.MustCompile(`WARNING|CRITICAL|\([12]\)`)
	for _, c := range commands(t) {
		text, _, isCheck := strings.Cut(c.Long, "Exit codes: 0 OK,")
		if !isCheck {
			continue
		}
		checks++
		if !named.MatchString(text) {
			t.Errorf("%s:\n%s", c.CommandPath(), text)
		}
	}
	if checks < 35 {
		t.Errorf("%d checks", checks)
	}
}

// If a help says that a word means no time limit, --timeout must accept that word.
func TestTree_endlessTimeoutsAreTaken(t *testing.T) {
	t.Parallel()
	said := regexp.MustCompile(`(?s)--timeout[^.]*?(\w+)\s+(?:for\s+ever|for\s+none|means\s+no\s+limit)`)
	found := 0
	for _, c := range commands(t) {
		for _, text := range []string{c.Long, c.InheritedFlags().FlagUsages()} {
			for _, m := range said.FindAllStringSubmatch(text, -1) {
				found++
				if err := c.InheritedFlags().Set("timeout", m[1]); err != nil {
					t.Errorf("%s: its help says %q: %v", c.CommandPath(), m[0], err)
				}
			}
		}
	}
	if found < 4 {
		t.Errorf("only %d helps say how to wait without end", found)
	}
}

func TestTree_noNameTwice(t *testing.T) {
	t.Parallel()
	for _, c := range commands(t) {
		seen := map[string]bool{}
		for _, sub := range c.Commands() {
			for _, name := range append([]string{sub.Name()}, sub.Aliases...) {
				if seen[name] {
					t.Errorf("%s has %s twice", c.CommandPath(), name)
				}
				seen[name] = true
			}
		}
	}
}

func TestTree_flags(t *testing.T) {
	t.Parallel()
	letters := map[string]string{"p": "vhost", "q": "quiet", "o": "formatter", "t": "timeout", "c": "context",
		"u": "username", "y": "yes", "h": "help", "v": "version", "n": "node", "H": "hostname", "V": "virtual-host", "N": "number"}
	for _, c := range commands(t) {
		c.InitDefaultHelpFlag()
		check := func(f *pflag.Flag) {
			where := c.CommandPath() + " --" + f.Name
			switch {
			case f.Usage == "" || strings.HasSuffix(f.Usage, "."):
				t.Errorf("%s: help %q", where, f.Usage)
			case f.Name != strings.ToLower(f.Name) || strings.Contains(f.Name, "_"):
				t.Errorf("%s: names are written in kebab-case", where)
			case f.Shorthand != "" && letters[f.Shorthand] != f.Name:
				t.Errorf("%s: -%s means --%s everywhere", where, f.Shorthand, letters[f.Shorthand])
			case f.Shorthand == "" && slices.Contains([]string{"vhost", "quiet", "formatter", "timeout", "context", "username",
				"yes"}, f.Name):
				t.Errorf("%s has lost its letter", where)
			case f.Name == "password":
				t.Errorf("%s: every user can read a command line", where)
			}
		}
		c.LocalFlags().VisitAll(check)
		c.InheritedFlags().VisitAll(check)
	}
}

func TestTree_argumentsAreChecked(t *testing.T) {
	t.Parallel()
	for _, c := range commands(t) {
		if !c.Runnable() && !c.HasSubCommands() {
			continue // a topic
		}
		t.Run(c.CommandPath(), func(t *testing.T) {
			t.Parallel()
			if c.Runnable() && c.Args == nil {
				t.Error("Args is nil: cobra would take any word and ignore it")
			}
			if c.Name() == "help" {
				return // its words are names of commands
			}
			line := append(words(c), "stray_1", "stray_2", "stray_3", "stray_4", "stray_5", "stray_6")
			if strings.HasSuffix(c.Use, "...") || strings.HasSuffix(c.Use, "...]") && c.Flags().Lookup("dry-run") != nil {
				line = words(c) // it takes as many words as there are, and at least one
			}
			if got := run(t, ended(t), nil, line...); got.code != 64 || got.out != "" || got.err == "" ||
				strings.Contains(got.err, "unknown command") {
				t.Errorf("a stray word, or none: exit %d, stdout %q, stderr %q", got.code, got.out, got.err)
			}
			if got := run(t, ended(t), nil, append(words(c), "--no-such-flag")...); got.code != 64 || got.out != "" ||
				!strings.Contains(got.err, "no-such-flag") {
				t.Errorf("a stray flag: exit %d, stdout %q, stderr %q", got.code, got.out, got.err)
			}
		})
	}
}

// shellWords splits an example into words as a shell does that knows quotes, but no escapes and no variables. It ends
// at the first |, >, ;, &, closing bracket or comment. It returns an error if a quote is not closed.
func shellWords(line string) ([]string, error) {
	var out []string
	var word strings.Builder
	inWord, quote := false, rune(0)
	end := func() {
		if inWord {
			out = append(out, word.String())
		}
		word.Reset()
		inWord = false
	}
	for _, r := range line {
		switch {
		case quote != 0 && r == quote:
			quote = 0
		case quote != 0:
			word.WriteRune(r)
		case r == '\'' || r == '"':
			quote, inWord = r, true
		case r == '|' || r == '>' || r == ';' || r == '&' || r == ')':
			end()
			return out, nil
		case r == '#' && !inWord:
			return out, nil
		case r == ' ':
			end()
		default:
			word.WriteRune(r)
			inWord = true
		}
	}
	if quote != 0 {
		return nil, errors.New("a quote is not closed")
	}
	end()
	return out, nil
}

// The test runs every example as far as it goes without a broker. No example may be a usage error, except for the error
// that there is no terminal to ask at. At least one example of a command must call it.
func TestTree_examplesWork(t *testing.T) {
	t.Parallel()
	for _, c := range commands(t) {
		if c.Example == "" || isCobras(c) {
			continue
		}
		t.Run(c.CommandPath(), func(t *testing.T) {
			t.Parallel()
			own := false
			known := contextsOf(t, "blue", "http://b.invalid", "green", "http://g.invalid", "prod", "http://p.invalid")
			for _, line := range strings.Split(c.Example, "\n") {
				if !strings.HasPrefix(line, "  ") || strings.HasPrefix(line, "   ") || strings.TrimRight(line, " ") != line {
					t.Errorf("a line of an example starts with two blanks and ends with none: %q", line)
				}
				before, call, ok := strings.Cut(line, "rabbitctl ")
				if strings.TrimSpace(line) == "rabbitctl" {
					before, ok = "", true
				}
				if !ok {
					t.Errorf("%q does not call rabbitctl", line)
					continue
				}
				all, err := shellWords(call)
				if err != nil {
					t.Errorf("%q: %v", line, err)
					continue
				}
				env := slices.Clone(known)
				for _, word := range strings.Fields(before) {
					if strings.Contains(word, "=") {
						env = append(env, word)
					}
				}
				own = own || strings.HasPrefix(strings.Join(all, " ")+" ", strings.Join(words(c), " "))
				got := run(t, ended(t), append(env, "RABBITCTL_USERNAME=u", "RABBITCTL_PASSWORD=p"), all...)
				if got.code == 64 && !strings.Contains(got.err, "there is no terminal") || got.code == 70 {
					t.Errorf("%q: exit %d\n%s", line, got.code, got.err)
				}
			}
			if !own {
				t.Errorf("no example calls it:\n%s", c.Example)
			}
		})
	}
}

// The reference pages show the text of each help. This test only checks that both ways of asking for help show it.
func TestTree_help(t *testing.T) {
	t.Parallel()
	for _, c := range commands(t) {
		if isCobras(c) {
			continue // the flag library's own text
		}
		t.Run(c.CommandPath(), func(t *testing.T) {
			t.Parallel()
			got := run(t, t.Context(), nil, append(words(c), "--help")...)
			if got.code != 0 || got.err != "" || !strings.Contains(strings.Join(strings.Fields(got.out), " "),
				strings.Join(strings.Fields(c.Long), " ")) {
				t.Errorf("exit %d, stderr %q, stdout %q", got.code, got.err, got.out)
			}
			if again := run(t, t.Context(), nil, append([]string{"help"}, words(c)...)...); again != got {
				t.Errorf("`help %s` says something else:\n%s", strings.Join(words(c), " "), cmp.Diff(got.out, again.out))
			}
		})
	}
}

// counting starts a listener that counts connections, and returns the environment that points to it.
func counting(t *testing.T) (env []string, dialled *atomic.Int32) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	dialled = new(atomic.Int32)
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			dialled.Add(1)
			conn.Close()
		}
	}()
	t.Cleanup(func() { l.Close(); <-done })
	return []string{"RABBITCTL_URL=http://" + l.Addr().String(), "RABBITCTL_USERNAME=u", "RABBITCTL_PASSWORD=p"}, dialled
}

// broken returns a variable that names a configuration file that cannot be parsed. Every command that reads the file
// would report an error.
func broken(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "broken.toml")
	if err := os.WriteFile(path, []byte("this is no TOML ["), 0o600); err != nil {
		t.Fatal(err)
	}
	return "RABBITCTL_CONFIG=" + path
}

func TestTree_helpAndCompletionDialNothing(t *testing.T) {
	t.Parallel()
	env, dialled := counting(t)
	env = append(env, broken(t))
	lines := [][]string{{"--version"}, {"version"}, {"help"}, {"completion", "bash"}, {"__complete", ""},
		{"__complete", "list_"}}
	for _, c := range commands(t) {
		lines = append(lines, append(words(c), "--help"), append(append([]string{"__complete"}, words(c)...), "--"))
		if strings.HasPrefix(c.Name(), "list_") {
			for _, rest := range [][]string{{""}, {"name", ""}, {"--sort", ""}, {"--where", ""}, {"-o", ""}} {
				lines = append(lines, append(append([]string{"__complete"}, words(c)...), rest...))
			}
		}
	}
	for _, line := range lines {
		got := run(t, t.Context(), env, line...)
		if got.code != 0 || got.out == "" || strings.Contains(got.err, "broken.toml") {
			t.Errorf("%q: exit %d, stdout %q, stderr %q", line, got.code, got.out, got.err)
		}
	}
	if n := dialled.Load(); n > 0 {
		t.Errorf("%d connections", n)
	}
	// This command must reach the listener, or the test would prove nothing.
	if got := run(t, t.Context(), env[:3], "list_queues"); got.code != 69 || dialled.Load() == 0 {
		t.Errorf("exit %d, %d connections, stderr %q", got.code, dialled.Load(), got.err)
	}
}

// completions returns the candidates for the last word.
func completions(t *testing.T, env []string, line ...string) []string {
	t.Helper()
	got := run(t, t.Context(), env, append([]string{"__complete"}, line...)...)
	if got.code != 0 {
		t.Fatalf("exit %d: %s", got.code, got.err)
	}
	var out []string
	for _, l := range strings.Split(strings.TrimSuffix(got.out, "\n"), "\n") {
		if word, _, _ := strings.Cut(l, "\t"); !strings.HasPrefix(l, ":") {
			out = append(out, word)
		}
	}
	return out
}

func TestCompletion_offline(t *testing.T) {
	t.Parallel()
	tests := []struct {
		line []string
		want []string
	}{
		{[]string{"list_q"}, []string{"list_queues"}},
		{[]string{"list_queues", "messages_u"}, []string{"messages_unacknowledged", "messages_unacknowledged_ram"}},
		{[]string{"list_queues", "name", "consumer_"}, []string{"consumer_utilisation", "consumer_capacity"}},
		{[]string{"list_queues", "--sort=-consumers"}, []string{"-consumers"}},
		{[]string{"list_queues", "--sort=vhost,-consumers"}, []string{"vhost,-consumers"}},
		{[]string{"list_queues", "--group-by", "vhost,typ"}, []string{"vhost,type"}},
		{[]string{"list_queues", "--source", ""}, []string{"api", "prometheus", "node"}},
		{[]string{"plan", "x", "--only", "vh"}, []string{"vhosts", "vhost_limits"}},
		{[]string{"apply", "x", "--only", "vhosts,users,vh"}, []string{"vhosts,users,vhost_limits"}},
		{[]string{"export_definitions", "--only", "queues," + "bi"}, []string{"queues,bindings"}},
		{[]string{"check_node", "--for", ""}, []string{"liveness", "readiness", "pager", "upgrade"}},
		{[]string{"check_queues", "--missing", ""}, []string{"ok", "warning", "critical", "unknown"}},
		{[]string{"check_shovels", "--missing", ""}, []string{"ok", "warning", "critical", "unknown"}},
		{[]string{"check_quorum", "--missing", ""}, []string{"ok", "warning", "critical", "unknown"}},
		{[]string{"check_disk", "-o", ""}, []string{"table", "nagios", "json", "markdown", "prometheus"}},
		{[]string{"list_queues", "--no-table"}, []string{"--no-table-headers"}},
	}
	for _, tt := range tests {
		if diff := cmp.Diff(tt.want, completions(t, nil, tt.line...)); diff != "" {
			t.Errorf("%q:\n%s", tt.line, diff)
		}
	}
}

func TestCompletion_ofLiveNames(t *testing.T) {
	t.Parallel()
	const queues = "?columns=name&disable_stats=true"
	t.Run("queues of the virtual host", func(t *testing.T) {
		t.Parallel()
		s := brokertest.New(t)
		s.JSON("GET /api/queues/prod"+queues, 200,
			`[{"name":"orders.b"},{"name":"orders.a"},{"name":"other"},{"name":"orders\nc"}]`)
		got := completions(t, []string{"RABBITCTL_URL=" + s.URL, "RABBITCTL_USERNAME=u", "RABBITCTL_PASSWORD=p"},
			"delete_queue", "-p", "prod", "or")
		if diff := cmp.Diff([]string{"orders.a", "orders.b"}, got); diff != "" {
			t.Error(diff)
		}
	})
	t.Run("virtual hosts", func(t *testing.T) {
		t.Parallel()
		s := brokertest.New(t)
		s.JSON("GET /api/vhosts?columns=name", 200, `[{"name":"/"},{"name":"prod"}]`)
		got := completions(t, []string{"RABBITCTL_URL=" + s.URL, "RABBITCTL_USERNAME=u", "RABBITCTL_PASSWORD=p"},
			"list_queues", "-p", "")
		if diff := cmp.Diff([]string{"/", "prod"}, got); diff != "" {
			t.Error(diff)
		}
	})
	t.Run("keys of policies by what they apply to and by release", func(t *testing.T) {
		t.Parallel()
		for line, want := range map[string][]string{
			"declare_policy p x --apply-to streams --set stream-": {"stream-max-segment-size-bytes="},
			"declare_policy p x --set ha-sync":                    {"ha-sync-batch-size=", "ha-sync-mode="},
			"declare_policy p x --set delayed":                    nil,
			"declare_operator_policy p x --set max-in":            {"max-in-memory-bytes=", "max-in-memory-length="},
			"update_policy p --set a":                             {"alternate-exchange="},
			"update_policy p --apply-to queues --set message":     {"message-ttl="},
			"update_policy p --unset=":                            {"expires", "message-ttl"},
		} {
			s := brokertest.New(t)
			if !strings.Contains(line, "--unset") {
				s.JSON("GET /api/overview?disable_stats=true", 200, `{"rabbitmq_version":"3.10.8"}`)
			}
			if strings.HasPrefix(line, "update") {
				s.JSON("GET /api/policies/%2F?columns=name%2Cpattern%2Capply-to%2Cpriority%2Cdefinition", 200,
					`[{"name":"p","pattern":".*","apply-to":"exchanges","definition":{"expires":5,"message-ttl":1},"priority":0}]`)
			}
			env := []string{"RABBITCTL_URL=" + s.URL, "RABBITCTL_USERNAME=u", "RABBITCTL_PASSWORD=p"}
			if diff := cmp.Diff(want, completions(t, env, strings.Fields(line)...)); diff != "" {
				t.Errorf("%s: %s", line, diff)
			}
		}
	})
	t.Run("keys of policies without a broker", func(t *testing.T) {
		t.Parallel()
		got := completions(t, []string{"RABBITCTL_URL=http://127.0.0.1:1"}, "declare_policy", "p", "x", "--set", "ha-mo")
		if diff := cmp.Diff([]string{"ha-mode="}, got); diff != "" {
			t.Error(diff)
		}
	})
	t.Run("nothing where the broker refuses", func(t *testing.T) {
		t.Parallel()
		s := brokertest.New(t)
		s.JSON("GET /api/queues/%2F"+queues, 401, brokertest.Recorded(t, "4.3", "401-login"))
		env := []string{"RABBITCTL_URL=" + s.URL, "RABBITCTL_USERNAME=u", "RABBITCTL_PASSWORD=p"}
		if got := completions(t, env, "delete_queue", ""); got != nil {
			t.Errorf("%q", got)
		}
	})
	t.Run("no second queue", func(t *testing.T) {
		t.Parallel()
		if got := completions(t, nil, "delete_queue", "orders", ""); got != nil {
			t.Errorf("%q", got)
		}
	})
}

// gone is a standard output whose reader has gone.
type gone struct{}

func (gone) Write([]byte) (int, error) {
	return 0, &os.PathError{Op: "write", Path: "/dev/stdout", Err: syscall.EPIPE}
}

func TestRun_closedPipe(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name    string
		answers func(*brokertest.Server)
		line    []string
		code    int
	}{
		{"a listing ends well", func(s *brokertest.Server) {
			s.JSON("GET /api/vhosts?columns=name", 200, `[{"name":"/"}]`)
		}, []string{"list_vhosts"}, 0},
		// A script may read the exit code even if nothing reads the text.
		{"a check keeps its verdict", func(s *brokertest.Server) {
			s.JSON("GET /api/health/checks/alarms", 503,
				`{"status":"failed","reason":"r","alarms":[{"node":"n","resource":"memory"}]}`)
			s.JSON("GET /api/nodes?columns=name%2Crunning%2Cpartitions", 200, `[{"name":"n"}]`)
		}, []string{"check_alarms"}, 2},
		{"a declaration keeps its difference", func(s *brokertest.Server) {
			s.JSON("GET /api/queues/%2F/q", 200,
				`{"name":"q","type":"classic","durable":false,"auto_delete":false,"policy":null,"arguments":{}}`)
			s.JSON("GET /api/queues/%2F/q?disable_stats=true&enable_queue_totals=true", 200, `{"name":"q"}`)
			s.JSON("GET /api/queues/%2F?disable_stats=true&enable_queue_totals=true&name=%5Eq%24&page=1&page_size=500&use_regex=true", 200, `{"items":[]}`)
		}, []string{"declare_queue", "q", "--type", "classic"}, 4},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := brokertest.New(t)
			tt.answers(s)
			a, _, errOut := newApp(t, "RABBITCTL_URL="+s.URL, "RABBITCTL_USERNAME=u", "RABBITCTL_PASSWORD=p")
			a.IO.Out = gone{}
			if code := cli.Run(t.Context(), a, tt.line); code != tt.code || strings.Contains(errOut.String(), "pipe") {
				t.Errorf("exit %d, want %d; stderr %q", code, tt.code, errOut)
			}
		})
	}
}

// full is a standard output on a full disk.
type full struct{}

func (full) Write([]byte) (int, error) { return 0, syscall.ENOSPC }

func TestRun_outputThatCannotBeWrittenIsAnError(t *testing.T) {
	t.Parallel()
	s := brokertest.New(t)
	s.JSON("GET /api/vhosts?columns=name", 200, `[{"name":"/"}]`)
	a, _, errOut := newApp(t, "RABBITCTL_URL="+s.URL, "RABBITCTL_USERNAME=u", "RABBITCTL_PASSWORD=p")
	a.IO.Out = full{}
	if code := cli.Run(t.Context(), a, []string{"list_vhosts"}); code == 0 || !strings.Contains(errOut.String(),
		"no space left") {
		t.Errorf("exit %d, stderr %q", code, errOut)
	}
}

func TestRun_interrupted(t *testing.T) {
	t.Parallel()
	s := brokertest.New(t)
	for _, line := range [][]string{{"list_queues"}, {"check_disk"}, {"declare_queue", "q"}} {
		got := run(t, ended(t), []string{"RABBITCTL_URL=" + s.URL, "RABBITCTL_USERNAME=u", "RABBITCTL_PASSWORD=p"}, line...)
		if got.code != 130 || got.out != "" || !strings.HasSuffix(got.err, ": interrupted\n") {
			t.Errorf("%q: exit %d, stdout %q, stderr %q", line, got.code, got.out, got.err)
		}
	}
}

// An error message must not carry a hostile name unescaped to the terminal.
func TestRun_errorsAreEscaped(t *testing.T) {
	t.Parallel()
	s := brokertest.New(t)
	name := "a\x1b[31m\nb"
	s.JSON("GET /api/queues/%2F/a%1B%5B31m%0Ab", 404, brokertest.Recorded(t, "4.3", "404-queue"))
	s.JSON("GET /api/exchanges/%2F/amq.default", 200, `{"name":"/"}`)
	s.JSON("GET /api/queues/%2F?columns=name&disable_stats=true", 200, `[]`)
	got := run(t, t.Context(), []string{"RABBITCTL_URL=" + s.URL, "RABBITCTL_USERNAME=u", "RABBITCTL_PASSWORD=p"},
		"delete_queue", name, "--yes")
	want := fmt.Sprintf(
		"rabbitctl delete_queue: queue a\\x1b[31m\\nb does not exist in virtual host / on %s\n  next: rabbitctl list_queues -p / shows those that exist\n", s.URL)
	if diff := cmp.Diff(result{65, "", want}, got, cmp.AllowUnexported(result{})); diff != "" {
		t.Error(diff)
	}
}

// A flag whose help shows only "value" or "string" as its argument tells the reader nothing.
func TestTree_flagsSayWhatTheyTake(t *testing.T) {
	t.Parallel()
	nothing := regexp.MustCompile(`^(value|func|string|strings|stringArray|stringSlice|u?int(8|16|32|64)?|ints|float|floats|float64|duration|durations|count)$`)
	seen := 0
	for _, c := range commands(t) {
		if isCobras(c) {
			continue
		}
		c.LocalFlags().VisitAll(func(f *pflag.Flag) {
			seen++
			if holder, _ := pflag.UnquoteUsage(f); nothing.MatchString(holder) {
				t.Errorf("%s --%s %s: %s", c.CommandPath(), f.Name, holder, f.Usage)
			}
		})
	}
	if seen < 1000 {
		t.Errorf("only %d flags", seen)
	}
}

// TestTree_whereExamples: the filter in the help of --where fits the columns of the listing.
func TestTree_whereExamples(t *testing.T) {
	t.Parallel()
	seen := 0
	for _, c := range commands(t) {
		f := c.Flags().Lookup("where")
		if f == nil || !strings.Contains(f.Usage, "keep rows") {
			continue
		}
		seen++
		_, example, _ := strings.Cut(f.Usage, "'")
		line := append(goodLine(t, c), "--where", strings.TrimSuffix(example, "'"))
		if got := run(t, ended(t), nil, line...); strings.Contains(got.err, "--where") {
			t.Errorf("%q: %s", line, got.err)
		}
	}
	if seen < 40 {
		t.Errorf("%d listings have an example", seen)
	}
}

// TestTree_memberExamples: where the help of a listing names a member of message_stats as a column, the broker has a
// value there.
func TestTree_memberExamples(t *testing.T) {
	t.Parallel()
	url := brokertest.NewReplay(t, "4.3").URL
	example := regexp.MustCompile(`are columns, too, for example (message_stats\S+)\n`)
	seen := 0
	for _, c := range commands(t) {
		for _, found := range example.FindAllStringSubmatch(c.Long, -1) {
			seen++
			line := append(words(c), found[1], "--url", url, "--no-table-headers")
			if got := run(t, t.Context(), nil, line...); got.code != 0 || strings.TrimSpace(got.out) == "" {
				t.Errorf("%q: exit %d, %q, %s", line, got.code, got.out, got.err)
			}
		}
	}
	if seen != 4 {
		t.Errorf("%d listings have an example", seen)
	}
}

// TestTree_groupExamples: the help groups rows by a column in which several have the same value, or has no example.
func TestTree_groupExamples(t *testing.T) {
	t.Parallel()
	want := map[string]string{"list_queues": "vhost", "list_permissions": "vhost", "list_user_permissions": "",
		"list_user_topic_permissions": "vhost", "list_users": "", "list_vhosts": "", "list_vhost_limits": "",
		"metadata_store_status": "raft_state", "quorum_status": "raft_state", "observer": "name", "os_env": "",
		"resolve_hostname": "", "list_nodes": "running", "alarms": "resource", "peek_messages": "routing_key"}
	example := regexp.MustCompile(`--group-by (\S+) --sort -count$`)
	got := map[string]string{}
	for _, c := range commands(t) {
		if _, ok := want[c.Name()]; ok {
			got[c.Name()] = ""
			if found := example.FindStringSubmatch(c.Long); found != nil {
				got[c.Name()] = found[1]
			}
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
