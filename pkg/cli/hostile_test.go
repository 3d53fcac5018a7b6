package cli_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"unicode"

	"github.com/rabbitctl/rabbitctl/pkg/app"
	"github.com/rabbitctl/rabbitctl/pkg/cli"
	"github.com/rabbitctl/rabbitctl/pkg/internal/brokertest"
	"github.com/rabbitctl/rabbitctl/pkg/iostreams"
)

// hostileName contains control characters of C0, DEL and C1, which drive a terminal, bidirectional and zero-width
// characters, which deceive a reader, and line breaks.
const hostileName = "q\x1b[31m\x7f\u009b2J\u202e\u2066\u200b\u2028|\r\n\tend"

// hostileBroker starts a fake broker whose answers have hostileName in the place of names. It chooses an answer by the
// path and ignores the query.
func hostileBroker(t *testing.T) string {
	t.Helper()
	name, err := json.Marshal(hostileName)
	if err != nil {
		t.Fatal(err)
	}
	queue := `{"name":` + string(name) + `,"vhost":` + string(name) +
		`,"type":"classic","state":"running","node":"rabbit@a","durable":true,` +
		`"exclusive":false,"auto_delete":false,"arguments":{},"messages":7,"messages_ready":7,"messages_unacknowledged":0,"consumers":0,"members":["rabbit@a"]}`
	answers := map[string]string{
		"/api/queues": `[` + queue +
			`,{"name":"soft\u202e\u009bend","vhost":"/","type":"classic","state":"running","arguments":{},"messages":0,"messages_ready":0,"messages_unacknowledged":0,"consumers":0}]`,
		"/api/exchanges": `[{"vhost":"/"}]`,
		"/api/vhosts":    `[{"name":` + string(name) + `,"cluster_state":{"rabbit@a":"running"}}]`,
		"/api/nodes":     `[{"name":"rabbit@a","running":true,"type":"disc","partitions":[]}]`,
		"/api/overview": `{"node":"rabbit@a","rabbitmq_version":"4.3.0","cluster_name":` + string(name) +
			`,"object_totals":{"queues":1,"consumers":0},"listeners":[]}`,
		"/api/definitions": `{"rabbit_version":"4.3.0","queues":[{"name":` + string(name) + `,"vhost":` + string(name) +
			`,"durable":true,"auto_delete":false,"arguments":{}}],"exchanges":[],"bindings":[]}`,
		"/api/cluster-name":         `{"name":` + string(name) + `}`,
		"/api/users":                `[{"name":` + string(name) + `,"tags":["administrator"]}]`,
		"/api/whoami":               `{"name":` + string(name) + `,"tags":["administrator"]}`,
		"/api/permissions":          `[]`,
		"/api/connections":          `[]`,
		"/api/channels":             `[]`,
		"/api/consumers":            `[]`,
		"/api/health/checks/alarms": `{"status":"ok"}`,
		"/api/global-parameters":    `[{"name":` + string(name) + `,"value":["amqp://u:hush@h"]}]`,
		"/api/parameters": `[{"vhost":` + string(name) + `,"component":"shovel","name":` + string(name) +
			`,"value":{"src-uri":"amqp://u:hush@h?password=hush"}}]`,
	}
	var deleted atomic.Bool
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		switch body, ok := answers[r.URL.Path]; {
		case ok:
			io.WriteString(w, body)
		case r.Method == http.MethodGet && strings.HasPrefix(r.RequestURI, "/api/queues/") && strings.Count(r.RequestURI,
			"/") == 3:
			io.WriteString(w, `[`+queue+`]`)
		case r.Method == http.MethodGet && strings.HasPrefix(r.URL.Path, "/api/queues/") && !strings.HasSuffix(r.URL.Path,
			"/bindings") && !deleted.Load():
			io.WriteString(w, queue)
		case r.Method == http.MethodGet && strings.HasSuffix(r.URL.Path, "/bindings"):
			io.WriteString(w, `[]`)
		case r.Method == http.MethodDelete:
			deleted.Store(true)
			w.WriteHeader(http.StatusNoContent)
		default:
			w.WriteHeader(http.StatusNotFound)
			io.WriteString(w, `{"error":"Object Not Found","reason":"Not Found"}`)
		}
	}))
	t.Cleanup(s.Close)
	return s.URL
}

// drives returns the text around the first character that drives or deceives a terminal; ok is false if there is none.
func drives(text string) (at string, ok bool) {
	for i, r := range text {
		if r != '\n' && r != '\t' && unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp) {
			return text[max(0, i-40):min(len(text), i+40)], true
		}
	}
	return "", false
}

// TestHostileNames: text for people never contains a character that drives or deceives a terminal. Such text is stderr,
// the verdicts of checks in all formats, candidates of completion, and the journal. Data in a pipe is left as the
// broker sent it.
func TestHostileNames(t *testing.T) {
	t.Parallel()
	url := hostileBroker(t)
	journal, none := filepath.Join(t.TempDir(), "journal"), filepath.Join(t.TempDir(), "none.json")
	if err := os.WriteFile(none, []byte(`{"queues":[]}`), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		line []string
		// shown means that stdout contains the name, escaped or not.
		shown, terminal bool
		// secrets means that the output has secrets that the official tool shows, too.
		secrets bool
		// data means that stdout is data, which is not escaped.
		data bool
	}{
		{line: []string{"check_queues", "--max-ready", "0"}, shown: true},
		{line: []string{"check_queues", "--max-ready", "0", "-o", "nagios"}, shown: true},
		{line: []string{"check_queues", "--max-ready", "0", "-o", "prometheus"}, shown: true},
		{line: []string{"check_queues", "--max-ready", "0", "-o", "table"}, shown: true},
		{line: []string{"check_queues", "--max-ready", "0", "-o", "markdown"}, shown: true},
		{line: []string{"check_queues", "--max-ready", "0", "-o", "json"}, shown: true, terminal: true},
		{line: []string{"check_virtual_hosts", "-o", "prometheus"}},
		{line: []string{"__complete", "show_queue", ""}},
		{line: []string{"__complete", "list_queues", "-p", ""}},
		{line: []string{"list_unacked"}},
		{line: []string{"show_queue", hostileName, "-p", hostileName}, terminal: true, shown: true},
		{line: []string{"show_exchange", hostileName, "-p", hostileName}},
		{line: []string{"wait_for", "list_queues where messages > 0"}, shown: true},
		{line: []string{"delete_queue", hostileName, "-p", hostileName, "--dry-run"}, shown: true, terminal: true},
		{line: []string{"list_parameters"}, shown: true, terminal: true},
		{line: []string{"as", "rabbitmqctl", "list_queues", "-p", hostileName}, shown: true, terminal: true},
		{line: []string{"as", "rabbitmqctl", "list_vhosts", "--formatter", "pretty_table"}, shown: true, terminal: true},
		{line: []string{"list_global_parameters"}, shown: true, terminal: true},
		{line: []string{"as", "rabbitmqctl", "list_parameters", "-p", hostileName}, shown: true, terminal: true,
			secrets: true},
		{line: []string{"diff_definitions", none, "broker:"}, shown: true, terminal: true},
		{line: []string{"diff_definitions", none, "broker:", "-o", "table"}, shown: true, terminal: true},
		{line: []string{"check_drift", none}, shown: true},
		{line: []string{"check_drift", none, "-o", "prometheus"}},
		{line: []string{"list_queues", "name"}, shown: true, data: true},
		{line: []string{"list_queues", "name", "-o", "csv"}, shown: true, data: true},
		{line: []string{"list_queues", "name", "-o", "json"}, shown: true, data: true},
		{line: []string{"delete_queue", hostileName, "-p", hostileName, "--yes", "--journal", journal}},
	} {
		t.Run(strings.Join(tt.line[:min(len(tt.line), 6)], " "), func(t *testing.T) {
			streams, out, errOut := iostreams.Test("")
			if tt.terminal {
				streams.OutTTY, streams.ErrTTY, streams.Width = true, true, 200
			}
			a := app.New(streams, []string{brokertest.NoHome, "RABBITCTL_URL=" + url, "RABBITCTL_USERNAME=u",
				"RABBITCTL_PASSWORD=p"}, "test")
			code := cli.Run(t.Context(), a, tt.line)
			stdout := out.String()
			if tt.terminal {
				// The official tools draw their tables with these escape sequences.
				stdout = strings.NewReplacer("\x1b(0", "", "\x1b(B", "", "\x1b[1m", "", "\x1b[0m", "").Replace(stdout)
			}
			if shown := strings.Contains(stdout, "end"); shown != tt.shown {
				t.Errorf("exit %d: the name is shown: %v; stdout:\n%q\nstderr:\n%q", code, shown, stdout, errOut)
			}
			if at, ok := drives(stdout); ok != tt.data {
				t.Errorf("exit %d; stdout holds %q", code, at)
			}
			// On a slow machine stderr also has progress, which clears its own line.
			if at, ok := drives(strings.ReplaceAll(errOut.String(), "\r\x1b[K", "")); ok {
				t.Errorf("exit %d; stderr holds %q", code, at)
			}
			if strings.Contains(stdout+errOut.String(), "hush") != tt.secrets {
				t.Errorf("secrets are shown: %v\n%s", !tt.secrets, stdout)
			}
		})
	}
	text, err := os.ReadFile(journal)
	lines := strings.Split(strings.TrimSpace(string(text)), "\n")
	if at, ok := drives(string(text)); ok || err != nil || len(lines) != 2 {
		t.Errorf("the journal has %d lines, %v, and holds %q", len(lines), err, at)
	}
	var line struct{ VHost string }
	if err := json.Unmarshal([]byte(lines[0]), &line); err != nil || line.VHost != hostileName {
		t.Errorf("%v: the virtual host reads as %q", err, line.VHost)
	}
}

// Names of contexts come from a file that another program may have written, so completion must not print their
// characters that drive a terminal.
func TestHostileNames_contexts(t *testing.T) {
	t.Parallel()
	home := t.TempDir()
	if err := os.WriteFile(filepath.Join(home, ".rabbitmqadmin.conf"),
		[]byte("[soft\u202eend]\nhostname = mq\n[plain]\nhostname = mq\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, line := range [][]string{{"__complete", "config", "use", ""}, {"__complete", "list_queues", "--context", ""}} {
		got := run(t, t.Context(), []string{"HOME=" + home}, line...)
		if at, ok := drives(got.out + got.err); ok || !strings.Contains(got.out, "plain") {
			t.Errorf("%v: stdout %q, stderr %q; it holds %q", line, got.out, got.err, at)
		}
	}
}
