package cli_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/spf13/cobra"

	"github.com/rabbitctl/rabbitctl/pkg/cli"
	"github.com/rabbitctl/rabbitctl/pkg/internal/brokertest"
	"github.com/rabbitctl/rabbitctl/pkg/steps"
)

// contextsOf returns an environment whose configuration has a context for each broker. The arguments alternate: name,
// URL, name, URL.
func contextsOf(t *testing.T, namesAndURLs ...string) []string {
	t.Helper()
	text := ""
	for i := 0; i < len(namesAndURLs); i += 2 {
		text += fmt.Sprintf("[contexts.%s]\nurl = %q\nusername = \"of-%[1]s\"\npassword = \"hush-%[1]s\"\n",
			namesAndURLs[i], namesAndURLs[i+1])
	}
	file := filepath.Join(t.TempDir(), "config.toml")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return []string{"RABBITCTL_CONFIG=" + file}
}

// down is a URL at which nothing listens.
const down = "http://127.0.0.1:1"

// twoBrokers starts two fake brokers with their own queues. Each accepts only its own user.
func twoBrokers(t *testing.T) (blue, green string) {
	t.Helper()
	one := func(name string, messages int) string {
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if user, password, _ := r.BasicAuth(); user != "of-"+name || password != "hush-"+name {
				t.Errorf("%s was asked by %s", name, user)
			}
			w.Header().Set("Content-Type", "application/json")
			switch {
			case strings.HasPrefix(r.URL.Path, "/api/queues"):
				fmt.Fprintf(w, `[{"vhost":"/","name":"of %s","type":"quorum","messages":%d,"messages_ready":%[2]d},`+
					`{"vhost":"/","name":"same","type":"classic","messages":%[3]d,"messages_ready":%[3]d}]`, name, messages, messages+1)
			case r.URL.Path == "/api/whoami":
				fmt.Fprintf(w, `{"name":"of-%s","tags":["administrator"]}`, name)
			case r.URL.Path == "/api/health/checks/alarms":
				fmt.Fprint(w, `{"status":"ok"}`)
			case r.URL.Path == "/api/nodes":
				fmt.Fprintf(w, `[{"name":"rabbit@%s","running":true,"partitions":[]}]`, name)
			case r.URL.Path == "/api/overview":
				fmt.Fprintf(w, `{"node":"rabbit@%s","rabbitmq_version":"4.3.0","cluster_name":%q}`, name, name)
			case r.URL.Path == "/api/vhosts":
				fmt.Fprint(w, `[{"name":"/"}]`)
			default:
				w.WriteHeader(http.StatusNotFound)
				fmt.Fprint(w, `{"error":"Object Not Found","reason":"Not Found"}`)
			}
		}))
		t.Cleanup(s.Close)
		return s.URL
	}
	return one("blue", 1), one("green", 5)
}

func TestContexts_listing(t *testing.T) {
	t.Parallel()
	blue, green := twoBrokers(t)
	env := contextsOf(t, "blue", blue, "green", green, "down", down)
	for _, tt := range []struct {
		line, out string
		code      int
		err       string
	}{
		{line: "list_queues name messages --contexts green,blue",
			out: "context\tname\tmessages\ngreen\tof green\t5\ngreen\tsame\t6\nblue\tof blue\t1\nblue\tsame\t2\n"},
		{line: "list_queues name --contexts blue,green --sort -messages --limit 2",
			out: "context\tname\ngreen\tsame\ngreen\tof green\n"},
		{line: "list_queues name,context --contexts blue --match same", out: "name\tcontext\nsame\tblue\n"},
		{line: "list_queues name --contexts blue,green --limit 1", out: "context\tname\nblue\tof blue\n"},
		{line: "list_queues name --contexts blue,green --where context=='green'&&messages>5",
			out: "context\tname\ngreen\tsame\n"},
		{line: "list_queues messages --contexts blue,green --totals", out: "context\tmessages\nblue\t1\nblue\t2\n" +
			"green\t5\ngreen\t6\ntotal\t14\n"},
		{line: "list_queues messages --contexts blue,green --group-by type --sort type",
			out: "type\tcount\tsum_messages\tmax_messages\nclassic\t2\t8\t6\nquorum\t2\t6\t5\n"},
		{line: "list_queues messages --contexts blue,green --group-by context",
			out: "context\tcount\tsum_messages\tmax_messages\nblue\t2\t3\t2\ngreen\t2\t11\t6\n"},
		{line: "list_queues name --contexts blue,green --match same -o jsonl",
			out: `{"context":"blue","name":"same"}` + "\n" + `{"context":"green","name":"same"}` + "\n"},
		// A broker that is down does not hide the rows of the others.
		{line: "list_queues name --contexts down,blue", code: 75, out: "context\tname\nblue\tof blue\nblue\tsame\n",
			err: "incomplete: 2 rows printed, 1 of 2 contexts failed: context down: "},
		{line: "list_queues name --contexts down,blue --match nothing", code: 75, out: "context\tname\n",
			err: "incomplete: 1 of 2 contexts failed: context down: "},
		{line: "list_queues name --contexts down", code: 69, err: "context down: "},
		{line: "list_queues name --contexts blue,green --watch 1s --rounds 2 --match same",
			out: "context\tname\nblue\tsame\ngreen\tsame\n\ncontext\tname\nblue\tsame\ngreen\tsame\n"},
		// The advice is for the broker that failed, not for the default one.
		{line: "show_vhost nope --contexts blue", code: 65, err: "rabbitctl --context blue list_vhosts"},
		{line: "ping --contexts blue,gren", code: 64, err: `there is no context "gren"`},
		{line: "list_queues --contexts blue,gren", code: 64, err: `did you mean "green"?`},
		{line: "list_queues --contexts blue,blue", code: 64, err: `--contexts names "blue" twice`},
		{line: "list_queues --contexts=", code: 64, err: "--contexts names no context"},
		{line: "list_queues --contexts blue,,green", code: 64, err: "a name is empty"},
		{line: "list_queues --contexts blue -c green", code: 64, err: "--contexts and --context exclude each other"},
		{line: "list_queues --contexts blue --url http://b", code: 64, err: "--contexts and --url exclude each other"},
		{line: "list_queues --contexts blue -u guest", code: 64, err: "--contexts and --username exclude each other"},
		{line: "list_queues nmae --contexts blue", code: 64, err: `did you mean "name"?`},
		{line: "delete_queue q --contexts blue", code: 64,
			err: "delete_queue changes one broker at a time, so it takes no --contexts"},
		{line: "wait_for ready --contexts blue", code: 64, err: "takes no --contexts"},
	} {
		t.Run(tt.line, func(t *testing.T) {
			t.Parallel()
			got := run(t, t.Context(), env, strings.Fields(tt.line)...)
			if got.code != tt.code || got.out != tt.out || !strings.Contains(got.err, tt.err) || tt.err == "" && got.err != "" {
				t.Errorf("exit %d, want %d\n%s\nwant\n%s\nstderr: %s", got.code, tt.code, got.out, tt.out, got.err)
			}
		})
	}
}

func TestContexts_check(t *testing.T) {
	t.Parallel()
	blue, green := twoBrokers(t)
	env := contextsOf(t, "blue", blue, "green", green, "down", down)
	stateful := filepath.Join(t.TempDir(), "checks.toml")
	if err := os.WriteFile(stateful, []byte("[[check]]\nname='check_queues'\nmax-ready=5\nstate='/nowhere'\n"),
		0o600); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		line  string
		code  int
		lines []string
	}{
		{"check_alarms --contexts blue,green", 0, []string{"OK - in all contexts: blue, green", "OK context blue: ",
			"OK context green: "}},
		{"check_alarms --contexts blue,down", 3, []string{"UNKNOWN - context down: ", "UNKNOWN context down: ",
			"OK context blue: "}},
		{"check_queues --max-ready 5 --contexts blue,green,down", 2, []string{"CRITICAL - context green: ",
			"CRITICAL context green: ", "UNKNOWN context down: ", "OK context blue: "}},
		{"check_queues --max-ready 5 --contexts blue,green --state /nowhere", 64,
			[]string{"--contexts and --state exclude each other"}},
		{"check --file " + stateful + " --contexts blue,green", 64, []string{"--contexts cannot be used with checks that keep a state file"}},
		{"check_alarms --contexts blue,gren", 64, []string{`there is no context "gren"`}},
		{"check_alarms -o prometheus --contexts blue,down", 3, []string{`rabbitctl_check_status{check="check_alarms"} 3`,
			`rabbitctl_check_status{check="check_alarms",context="blue"} 0`,
			`rabbitctl_check_status{check="check_alarms",context="down"} 3`}},
	} {
		t.Run(tt.line, func(t *testing.T) {
			t.Parallel()
			got := run(t, t.Context(), env, strings.Fields(tt.line)...)
			text := got.out + got.err
			if got.code != tt.code {
				t.Errorf("exit %d, want %d: %s", got.code, tt.code, text)
			}
			at := 0
			for _, line := range tt.lines {
				i := strings.Index(text[at:], line)
				if i < 0 {
					t.Fatalf("%q is not there, or not in its place:\n%s", line, text)
				}
				at += i
			}
		})
	}
	got := run(t, t.Context(), env, "check_alarms", "--contexts", "blue,green", "-o", "json")
	var report struct {
		Checks []struct{ Context, Check, Status string }
	}
	if err := json.Unmarshal([]byte(got.out), &report); err != nil || len(report.Checks) != 2 ||
		report.Checks[1].Context != "green" || report.Checks[1].Status != "OK" {
		t.Errorf("%v: %s", err, got.out)
	}
}

// TestContexts_advice: a command in a cell changes the broker of its row, not the default one.
func TestContexts_advice(t *testing.T) {
	t.Parallel()
	answers := map[string]string{"whoami": `{"name":"ann","tags":["management"]}`, "vhosts": `[{"name":"/"}]`,
		"exchanges": `[{"vhost":"/","name":"in","type":"direct","message_stats":{"publish_in":3}}]`,
		"queues":    "[]", "bindings": "[]", "policies": "[]", "operator-policies": "[]"}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprint(w, answers[strings.TrimPrefix(r.URL.Path, "/api/")])
	}))
	t.Cleanup(s.Close)
	env := contextsOf(t, "blue", s.URL, "green", s.URL)
	for line, advice := range map[string]string{
		"explain_access":  "set_user_tags ann ",
		"list_unroutable": "show_exchange -p / in",
	} {
		got := run(t, t.Context(), env, line, "--contexts", "blue,green")
		for _, context := range []string{"blue", "green"} {
			if !strings.Contains(got.out, "rabbitctl --context "+context+" "+advice) {
				t.Errorf("%s: no advice for context %s: %+v", line, context, got)
			}
		}
		if strings.Contains(got.out, "rabbitctl "+advice) {
			t.Errorf("%s: an advice is for the default broker: %+v", line, got)
		}
	}
}

func TestContexts_show(t *testing.T) {
	t.Parallel()
	blue, green := twoBrokers(t)
	env := contextsOf(t, "blue", blue, "green", green, "down", down)
	got := run(t, t.Context(), env, "ping", "--contexts", "blue,green,down", "-o", "json")
	var rows []struct{ Context, Node string }
	if err := json.Unmarshal([]byte(got.out), &rows); err != nil || len(rows) != 2 || rows[0].Context != "blue" ||
		rows[1].Context != "green" || got.code != 75 || !strings.Contains(got.err, "1 of 3 contexts failed: context down: ") {
		t.Errorf("%v, %+v", err, got)
	}
}

func TestContexts_completion(t *testing.T) {
	t.Parallel()
	env := contextsOf(t, "blue", "http://b.invalid", "green", "http://g.invalid")
	for prefix, want := range map[string]string{"": "blue green", "g": "green", "blue,": "blue,green", "blue,x": ""} {
		if got := strings.Join(completions(t, env, "list_queues", "--contexts", prefix), " "); got != want {
			t.Errorf("%q: %q, want %q", prefix, got, want)
		}
	}
}

// TestContexts_everyCommand: every command with --contexts can ask several brokers at the same time, and what it advises
// is for one of them. With the race detector, the test also finds a command that shares state between brokers.
func TestContexts_everyCommand(t *testing.T) {
	t.Parallel()
	old, recent := brokertest.NewReplay(t, "3.10"), brokertest.NewReplay(t, "4.3")
	env := contextsOf(t, "old", old.URL, "new", recent.URL)
	taking := 0
	for _, c := range commands(t) {
		if f := c.Flags().Lookup("contexts"); f == nil || f.Hidden {
			continue
		}
		taking++
		t.Run(c.Name(), func(t *testing.T) {
			t.Parallel()
			line := readingLine(t, c)
			got := runAtOnce(t, env, append(line, "--contexts", "old,new")...)
			if got.code == 70 || got.code == 64 || strings.Contains(got.out+got.err, "internal error") {
				t.Errorf("%q: %+v", line, got)
			}
			if !strings.Contains(got.out+got.err, "context") {
				t.Errorf("%q names no context: %+v", line, got)
			}
			text := got.out + strings.ReplaceAll(got.err, "rabbitctl "+c.Name()+": ", "")
			if steps.TextInContext(text, "NAME") != text {
				t.Errorf("%q advises a command for the default broker: %+v", line, got)
			}
		})
	}
	if taking < 90 {
		t.Errorf("only %d commands take --contexts", taking)
	}
}

// readingLine returns the first example of the command that needs no file, pipe or second context. If there is none, it
// returns the command with x for each argument.
func readingLine(t *testing.T, c *cobra.Command) []string {
	t.Helper()
	for _, line := range strings.Split(c.Example, "\n") {
		_, call, found := strings.Cut(line, "rabbitctl ")
		if !found || strings.ContainsAny(line, "|>$") || slices.ContainsFunc([]string{"--state", "--watch", "--output",
			"--file", "--whole", "--body-only", "--contexts", "--host"}, func(w string) bool { return strings.Contains(line, w) }) {
			continue
		}
		all, err := shellWords(call)
		if err != nil {
			t.Fatal(err)
		}
		return all
	}
	all := []string{c.Name()}
	for _, word := range strings.Fields(c.Use)[1:] {
		if !strings.HasPrefix(word, "[") {
			all = append(all, "x")
		}
	}
	return all
}

// runAtOnce runs a command line with a clock that advances only when the command waits.
func runAtOnce(t *testing.T, env []string, words ...string) result {
	t.Helper()
	a, out, errOut := newApp(t, env...)
	var mu sync.Mutex
	now := time.Now()
	a.Now = func() time.Time {
		mu.Lock()
		defer mu.Unlock()
		return now
	}
	a.Sleep = func(ctx context.Context, length time.Duration) error {
		mu.Lock()
		defer mu.Unlock()
		now = now.Add(length)
		return ctx.Err()
	}
	code := cli.Run(t.Context(), a, words)
	return result{code, out.String(), errOut.String()}
}
