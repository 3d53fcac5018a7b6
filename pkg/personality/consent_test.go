package personality

import (
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rabbitctl/rabbitctl/pkg/app"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/internal/brokertest"
	"github.com/rabbitctl/rabbitctl/pkg/iostreams"
	"github.com/rabbitctl/rabbitctl/pkg/steps"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

// wire is a broker that records the requests. It answers each change with 204, and each GET with an object that has the
// members by which the client identifies it.
type wire struct {
	*httptest.Server
	requests []string
}

func newWire(t *testing.T) *wire {
	w := &wire{}
	w.Server = httptest.NewServer(http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
		w.requests = append(w.requests, r.Method+" "+r.RequestURI)
		if r.Method != http.MethodGet {
			out.WriteHeader(http.StatusNoContent)
			return
		}
		out.Header().Set("Content-Type", "application/json")
		out.Write([]byte(brokertest.Identified(r.Method+" "+r.RequestURI, `{"node":"rabbit@a","rabbitmq_version":"4.3.6"}`)))
	}))
	t.Cleanup(w.Close)
	return w
}

// protected returns an app whose current context, prod, is protected.
func protected(t *testing.T, url, typed string, terminal bool) (a *app.App, out, errs func() string) {
	t.Helper()
	return inContext(t, url, "protected = true", typed, terminal)
}

// inContext returns an app whose current context, prod, has this additional line in the configuration file.
func inContext(t *testing.T, url, line, typed string, terminal bool) (a *app.App, out, errs func() string) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "config.toml")
	text := "[contexts.prod]\nurl = \"" + url + "\"\nusername = \"u\"\npassword = \"hush\"\n" + line + "\n"
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	streams, stdout, stderr := iostreams.Test(typed)
	streams.InTTY, streams.ErrTTY = terminal, terminal
	a = app.New(streams, []string{brokertest.NoHome, "RABBITCTL_CONFIG=" + file, "RABBITCTL_CONTEXT=prod"}, "test")
	a.UseFlags(t.Context(), nil, true)
	return a, stdout.String, stderr.String
}

// wordsFor returns arguments that the command accepts.
func wordsFor(d command) []string {
	words := map[string][]string{
		"set_permissions": {"u", ".*", ".*", ".*"}, "set_permissions_globally": {"u", ".*", ".*", ".*"},
		"set_topic_permissions": {"u", "x", ".*", ".*"}, "set_policy": {"p", ".*", "{}"}, "set_operator_policy": {"p", ".*",
			"{}"},
		"grow": {"n", "all"}, "grow_to_count": {"3", "all"}, "rebalance": {"all"}, "update_vhost_metadata": {"v", "--tags",
			"a"},
		"set_disk_free_limit": {"1GB"}, "set_vm_memory_high_watermark": {"0.5"}, "set_log_level": {"info"}, "eval": {"1."},
		"set_channel_interceptor_priorities": {"x", "5"}, "eval_file": {"consent_test.go"},
		"add_signing_key": {"x", "--json", `{"kty":"oct"}`}, "add_uaa_key": {"x", "--json", `{"kty":"oct"}`},
		"enable": {"p"}, "disable": {"p"}, "change_cluster_node_type": {"ram"},
		"reset_offset": {"--stream", "s", "--reference", "r"}, "activate_stream_consumer": {"--stream", "s", "--reference", "r"},
		"import_definitions": {os.DevNull}, "export_definitions": {"-"},
	}[d.name]
	for len(words) < d.min {
		words = append(words, "x")
	}
	return words
}

// In a protected context without a terminal to ask at, every command that changes something is refused before it sends
// a request.
func TestProtected_everyChangeIsRefused(t *testing.T) {
	w := newWire(t)
	changing := 0
	for _, d := range commands() {
		if !d.changes {
			continue
		}
		changing++
		a, out, errs := protected(t, w.URL, "", false)
		r := &run{app: a, tool: "rabbitmqctl", command: d.name, typed: append([]string{d.name}, wordsFor(d)...)}
		err := r.perform(t.Context(), d)
		if fail.KindOf(err) != fail.Usage || err == nil || !strings.Contains(err.Error(),
			"context prod is protected, and there is no terminal to ask at") ||
			!strings.Contains(steps.Of(err), "rabbitctl --yes -c prod as rabbitmqctl "+d.name) {
			t.Errorf("%s: %v, %q %q", d.name, err, out(), errs())
		}
	}
	if changing < 45 || len(w.requests) > 0 {
		t.Errorf("%d commands change something; sent: %q", changing, w.requests)
	}
}

// In a read-only context every change is refused, even with --yes.
func TestReadOnly_everyChangeIsRefused(t *testing.T) {
	w := newWire(t)
	for _, d := range commands() {
		if !d.changes {
			continue
		}
		a, out, errs := inContext(t, w.URL, "read_only = true", "", false)
		a.Yes = true
		r := &run{app: a, tool: "rabbitmqctl", command: d.name, typed: append([]string{d.name}, wordsFor(d)...)}
		err := r.perform(t.Context(), d)
		if fail.KindOf(err) != fail.Denied || !strings.Contains(err.Error(), "context prod is read-only") {
			t.Errorf("%s: %v, %q %q", d.name, err, out(), errs())
		}
	}
	if len(w.requests) > 0 {
		t.Errorf("sent: %q", w.requests)
	}
}

// A command that changes something may, by mistake, not be marked as a change. Even such a command cannot change
// anything in a protected context: only GET requests are sent.
func TestProtected_nothingElseChanges(t *testing.T) {
	w := newWire(t)
	stopped := 0
	for _, d := range commands() {
		d.changes = false
		d.seconds = 0
		ctx, cancel := context.WithCancel(t.Context())
		a, _, _ := protected(t, w.URL, "", false)
		// A command that waits for the broker would wait forever here.
		a.Sleep = func(context.Context, time.Duration) error { cancel(); return context.Canceled }
		none := func(string) (verb.Command, bool) { return nil, false }
		r := &run{app: a, own: none, tool: "rabbitmqctl", command: d.name,
			typed: append([]string{d.name, "-t", "1"}, wordsFor(d)...)}
		if err := r.perform(ctx, d); err != nil && strings.Contains(err.Error(), "context prod is protected") {
			stopped++
		}
		cancel()
	}
	if stopped < 30 {
		t.Errorf("only %d commands came as far as a change", stopped)
	}
	for _, request := range w.requests {
		if !strings.HasPrefix(request, "GET ") {
			t.Errorf("sent: %s", request)
		}
	}
}

func TestProtected_asks(t *testing.T) {
	for typed, sent := range map[string]bool{"n\n": false, "": false, "y\n": true} {
		w := newWire(t)
		a, _, errs := protected(t, w.URL, typed, true)
		err := Run(t.Context(), a, nil, "rabbitmqctl", []string{"delete_vhost", "v"})
		if want := "rabbitmqctl delete_vhost is about to change " + w.URL +
			"\ncontext prod is protected: go on? [y/N] "; !strings.HasPrefix(errs(), want) {
			t.Errorf("%q, want %q", errs(), want)
		}
		if got := len(w.requests) > 0 && w.requests[len(w.requests)-1] == "DELETE /api/vhosts/v"; got != sent || !sent &&
			len(w.requests) > 0 {
			t.Errorf("%q: sent %q", typed, w.requests)
		}
		if sent != (err == nil) || !sent && fail.KindOf(err) != fail.Canceled {
			t.Errorf("%q: %v", typed, err)
		}
	}
}

// Commands that only read, dry runs, and commands with --yes need no confirmation.
func TestProtected_asksNoMoreThanThat(t *testing.T) {
	for _, words := range []string{"ping", "hash_password x", "authenticate_user u p", "--dry-run delete_vhost v",
		"delete_vhost v"} {
		w := newWire(t)
		a, out, errs := protected(t, w.URL, "", false)
		a.Yes = words == "delete_vhost v"
		if err := Run(t.Context(), a, nil, "rabbitmqctl", strings.Fields(words)); err != nil {
			t.Errorf("%s: %v, %q %q", words, err, out(), errs())
		}
	}
}
