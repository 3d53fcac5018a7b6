package cli

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/app"
	"github.com/rabbitctl/rabbitctl/pkg/internal/brokertest"
	"github.com/rabbitctl/rabbitctl/pkg/iostreams"
	"github.com/rabbitctl/rabbitctl/pkg/personality"
)

// tacit is a fake broker that reports only names, even less than a node that has just booted. The parameter others is
// its answer to every request that it does not know: a JSON object, or a list of objects.
func tacit(version, others string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		if r.Method != http.MethodGet {
			w.WriteHeader(http.StatusNoContent)
			return
		}
		const node = `{"name":"rabbit@a","type":"disc","running":true}`
		switch path := r.URL.Path; {
		case path == "/api/overview":
			io.WriteString(w, `{"node":"rabbit@a","rabbitmq_version":"`+version+
				`","disable_stats":false,"listeners":[],"cluster_tags":{"region":"eu"},"node_tags":{}}`)
		case path == "/api/nodes":
			io.WriteString(w, "["+node+"]")
		case path == "/api/nodes/rabbit@a":
			io.WriteString(w, node)
		case strings.HasPrefix(path, "/api/health/"):
			io.WriteString(w, `{"status":"ok"}`)
		default:
			io.WriteString(w, brokertest.Identified(r.Method+" "+r.RequestURI, others))
		}
	}
}

// TestEveryOfficialJSONIsValid runs every command of every tool with JSON output. The broker omits every member that
// may be missing.
func TestEveryOfficialJSONIsValid(t *testing.T) {
	t.Chdir(t.TempDir()) // some commands write a file
	const object, objects = `{"name":"x"}`, `[{"name":"x","vhost":"/","protocol":"AMQP -","host":""}]`
	for version, others := range map[string]string{"3.10.8": objects, "4.3.6": object} {
		s := httptest.NewServer(tacit(version, others))
		t.Cleanup(s.Close)
		// Some commands wait until their time is over. So up to 20 commands run at the same time.
		var all sync.WaitGroup
		turns := make(chan struct{}, 20)
		// These print text, whatever format is asked for, so they are left out.
		seen := map[string]bool{"help": true, "version": true, "autocomplete": true}
		for _, tool := range personality.Tools() {
			names, _, _ := official(t, s.URL, "rabbitmqctl", "--script-name", tool, "--auto-complete", "")
			if names == "" {
				t.Fatalf("%s has no commands", tool)
			}
			for _, name := range strings.Fields(names) {
				if !seen[name] {
					seen[name] = true
					all.Go(func() {
						turns <- struct{}{}
						validAnswer(t, s.URL, tool, name)
						<-turns
					})
				}
			}
		}
		all.Wait()
	}
}

// validAnswer runs the command, with more arguments each time the tool says that there are not enough, and checks that
// the output is JSON.
func validAnswer(t *testing.T, url, tool, name string) {
	for _, words := range [][]string{nil, {"1"}, {"x", "1"}, {"a", "b", "{}"}, {"a", "b", "c", "d"}} {
		out, errs, code := official(t, url, tool, slices.Concat([]string{name, "--formatter", "json", "-t", "1"}, words)...)
		if code == 64 && strings.Contains(errs, "enough arguments") {
			continue
		}
		if out != "" && !json.Valid([]byte(out)) {
			t.Errorf("%s %v, exit %d: no JSON: %q", name, words, code, out)
		}
		return
	}
}

func official(t *testing.T, url, tool string, words ...string) (out, errs string, code int) {
	t.Helper()
	streams, stdout, stderr := iostreams.Test("")
	a := app.New(streams, []string{brokertest.NoHome, "RABBITCTL_URL=" + strings.Replace(url, "//", "//guest:guest@",
		1)}, "test")
	code = Run(context.Background(), a, append([]string{"as", tool}, words...))
	return stdout.String(), stderr.String(), code
}

// TestBootingNode: rabbitctl waits for figures that a node has not reported yet. If they do not come within the time
// limit, it prints an error, not a blank.
func TestBootingNode(t *testing.T) {
	const figures = `{"name":"rabbit@a","type":"disc","running":true,"os_pid":"42","uptime":5000,"proc_used":9,"proc_total":99,"run_queue":1,"net_ticktime":60,
 "config_files":[],"log_files":["/var/log/a.log"],"db_dir":"/var/lib/a","enabled_plugins":["rabbitmq_management"],"mem_limit":1,"disk_free_limit":2,"disk_free":3,
 "memory":{"strategy":"rss","total":{"rss":7}},"partitions":[],"processors":2,"applications":[{"name":"rabbit","version":"4.3.6"},{"name":"rabbitmq_management","version":"4.3.6"}]}`
	for _, tt := range []struct{ line, want string }{
		{"rabbitmqctl status --formatter json", `"pid":42,`},
		{"rabbitmqctl cluster_status --formatter json", `"cluster_tags":{"region":"eu"},"cpu_cores":{"rabbit@a":2}`},
		{"rabbitmqctl -q status", "OS PID: 42\n"},
		{"rabbitmqctl -q cluster_status", "available CPU cores: 2\n"},
		{"rabbitmq-diagnostics -q log_location", "/var/log/a.log\n"},
		{"rabbitmq-plugins -q list -E -m", "rabbitmq_management\n"},
		{"rabbitmq-plugins -q is_enabled rabbitmq_management", "is enabled on node rabbit@a\n"},
	} {
		t.Run(tt.line, func(t *testing.T) {
			t.Parallel()
			words := strings.Fields(tt.line)
			var asked atomic.Int32
			s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Content-Type", "application/json")
				told, list := strings.HasPrefix(r.URL.Path, "/api/nodes"), r.URL.Path == "/api/nodes"
				switch {
				case !told || asked.Add(1) == 1:
					tacit("4.3.6", "[]")(w, r)
				case list:
					io.WriteString(w, "["+figures+"]")
				default:
					io.WriteString(w, figures)
				}
			}))
			defer s.Close()
			if out, errs, code := official(t, s.URL, words[0], words[1:]...); code != 0 || !strings.Contains(out, tt.want) {
				t.Errorf("exit %d, %q %q, want %q", code, out, errs, tt.want)
			}
			never := httptest.NewServer(tacit("4.3.6", "[]"))
			defer never.Close()
			out, errs, code := official(t, never.URL, words[0], append(words[1:], "-t", "1")...)
			if code != 75 || out != "" || !strings.Contains(errs, "node rabbit@a has not reported all figures within ") {
				t.Errorf("without figures: exit %d, %q %q", code, out, errs)
			}
			off := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Content-Type", "application/json")
				if r.URL.RawQuery == "columns=disable_stats" {
					io.WriteString(w, `{"disable_stats":true}`)
					return
				}
				tacit("4.3.6", "[]")(w, r)
			}))
			defer off.Close()
			if out, errs, code := official(t, off.URL, words[0], words[1:]...); code != 69 || out != "" ||
				!strings.Contains(errs, "collects no statistics") {
				t.Errorf("without statistics: exit %d, %q %q", code, out, errs)
			}
		})
	}
}

// TestBootingNode_native: rabbitctl's own commands print empty cells for unknown figures, and say why they are unknown.
func TestBootingNode_native(t *testing.T) {
	for _, line := range []string{"list_nodes", "status", "show_node", "cluster_status", "list_plugins", "log_location"} {
		for off, want := range map[string]string{"false": "node rabbit@a has reported no figures yet",
			"true": "collects no statistics (management_agent.disable_metrics_collector)"} {
			s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Content-Type", "application/json")
				switch {
				case r.URL.RawQuery == "columns=disable_stats":
					io.WriteString(w, `{"disable_stats":`+off+`}`)
				case strings.HasPrefix(r.URL.Path, "/api/health/"):
					io.WriteString(w, `{"status":"ok"}`)
				default:
					tacit("4.3.6", "[]")(w, r)
				}
			}))
			streams, _, stderr := iostreams.Test("")
			a := app.New(streams, []string{brokertest.NoHome, "RABBITCTL_URL=" + s.URL}, "test")
			if code := Run(context.Background(), a, []string{line}); code != 0 || strings.Count(stderr.String(), want) != 1 {
				t.Errorf("%s: exit %d, %q, want %q", line, code, stderr, want)
			}
			s.Close()
		}
	}
}
