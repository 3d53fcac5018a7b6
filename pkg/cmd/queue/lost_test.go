package queue_test

import (
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/cmd/queue"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/internal/brokertest"
	"github.com/rabbitctl/rabbitctl/pkg/internal/cmdtest"
	"github.com/rabbitctl/rabbitctl/pkg/internal/faultproxy"
)

// lostFaults are ways to lose the answer to a change. The fault hang lasts until the time budget ends.
func lostFaults() map[string]faultproxy.Fault {
	return map[string]faultproxy.Fault{"reset": faultproxy.Reset(), "502": faultproxy.Page(502),
		"half a header": faultproxy.HalfHeader(), "hang": faultproxy.Hang()}
}

// If the answer to a change is lost, rabbitctl looks whether the change was made. A change that was made has its usual
// outcome, also in the journal, and a note says that the answer was lost. A change that never reached the broker is
// not_done. If rabbitctl cannot look, the outcome is unknown.
func TestLostAnswer(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		words, word, done string
		there             bool
	}{
		{"declare_queue orders --type classic", "created", "declared", false},
		{"declare_queue orders --type classic", "unchanged", "declared", true},
		{"purge_queue orders --yes", "purged", "purged", true},
		{"delete_queue orders --yes", "deleted", "deleted", true},
	} {
		for how, fault := range lostFaults() {
			what := "queue orders in virtual host / "
			lost(t, tt.word+"/"+how+"/done", tt.words, tt.there, fault, "", "", tt.word,
				"a second look shows that "+what+"is "+strings.Replace(tt.done, "purged", "without ready messages", 1))
			// The two cases below take some seconds, since rabbitctl looks for the change and does not find it. So they run only
			// with the fault reset. They do not run for unchanged, where the queue exists before the change, nor for purged,
			// because the broker does not report whether a purge was made.
			if how != "reset" || tt.word == "unchanged" || tt.word == "purged" {
				continue
			}
			lost(t, tt.word+"/"+how+"/unknown", tt.words, tt.there, fault, "blind", fail.Lost, "unknown", what+"may have been "+
				tt.done)
			lost(t, tt.word+"/"+how+"/not done", tt.words, tt.there, fault, "unasked", fail.Lost, "not_done", what+"was not "+
				tt.done)
		}
	}
}

// lost runs a change whose answer is lost. If besides is "unasked", the request never reaches the broker; if it is
// "blind", rabbitctl can read nothing after the change. outcome is the word in the journal.
func lost(t *testing.T, name, words string, there bool, fault faultproxy.Fault, besides string, kind fail.Kind, outcome,
	says string) {
	t.Run(name, func(t *testing.T) {
		t.Parallel()
		k := brokertest.NewKeeper(t)
		if there {
			k.Keep("queues/%2F/orders", `{"name":"orders","vhost":"/","type":"classic","durable":true,"auto_delete":false,"arguments":{},
				"messages_ready":7,"messages_unacknowledged":0,"consumers":0,"policy":null}`)
		}
		p := faultproxy.New(t, k.URL)
		spoiled := fault
		if besides == "blind" {
			spoiled = func(x *faultproxy.Exchange) {
				p.On("GET", "", faultproxy.Status(503))
				fault(x)
			}
		}
		for _, method := range []string{"PUT", "DELETE"} {
			if rule := p.On(method, "", spoiled); besides == "unasked" {
				rule.Unasked()
			}
		}
		journal := filepath.Join(t.TempDir(), "j")
		s := &brokertest.Server{Server: &httptest.Server{URL: p.URL}}
		r := cmdtest.Run{Commands: queue.Commands()}.Do(t, s, append(strings.Fields(words), "--journal", journal, "--timeout",
			"1")...)
		text, _ := os.ReadFile(journal)
		lines := strings.Split(strings.TrimSpace(string(text)), "\n")
		if fail.KindOf(r.Error) != kind || !strings.Contains(lines[len(lines)-1], `"outcome":"`+outcome+`"`) {
			t.Errorf("%s: %v; %s", fail.KindOf(r.Error), r.Error, lines[len(lines)-1])
		}
		said := r.Err
		if r.Error != nil {
			said = r.Error.Error()
		} else if !strings.HasPrefix(r.Out, outcome+"\n") || !strings.Contains(said, "note: the answer was lost (") {
			t.Errorf("%q %q", r.Out, r.Err)
		}
		if !strings.Contains(said, says) {
			t.Errorf("%q, want %q", said, says)
		}
	})
}
