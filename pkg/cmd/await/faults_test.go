package await_test

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/internal/brokertest"
)

// page answers a request with a page that a proxy sends in place of the broker's answer.
func page(status int, media, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		if status/100 == 3 {
			w.Header().Set("Location", "https://sso.example/login")
		}
		w.Header().Set("Content-Type", media)
		w.WriteHeader(status)
		io.WriteString(w, body)
	}
}

// rounds is the number of looks in a row with a wrong page after which a command gives up.
const rounds = 5

const html = "<html>hello</html>"

// If waiting cannot help, both commands end after five looks in a row, long before the time is over.
func TestFaults_neverRight(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		answer http.HandlerFunc
		kind   fail.Kind
		says   string
	}{
		"login page": {page(200, "text/html", html), fail.Unreachable, "answers with an HTML page (status 200)"},
		"redirect":   {page(302, "text/html", ""), fail.Unreachable, "redirects to https://sso.example/login"},
		"wrong kind": {page(200, "application/json", "null"), fail.Data, "it sent null, not a"},
	} {
		for command, request := range map[string]string{"await_ready": askOverview,
			"wait_for list_things": "GET /api/exchanges?columns=name"} {
			t.Run(command+" "+name, func(t *testing.T) {
				t.Parallel()
				s := brokertest.New(t)
				for range rounds {
					s.Handle(request, tt.answer)
				}
				got := do(t, s, append(strings.Fields(command), "--interval", "100ms", "--timeout", "5m")...)
				if fail.KindOf(got.Error) != tt.kind || !strings.Contains(got.Error.Error(), tt.says) || got.Err != "" {
					t.Errorf("%v %q", got.Error, got.Err)
				}
			})
		}
	}
}

// For a fault that may pass, the command waits and reports it once. Looks with a wrong page count only if they follow
// each other.
func TestFaults_mayPass(t *testing.T) {
	t.Parallel()
	for command, request := range map[string]string{"await_ready": askOverview,
		"wait_for list_things": "GET /api/exchanges?columns=name"} {
		t.Run(command, func(t *testing.T) {
			t.Parallel()
			s := brokertest.New(t)
			for range 2 {
				for range rounds - 1 {
					s.Handle(request, page(200, "text/html", html))
				}
				for _, status := range []int{502, 503, 504} {
					s.Handle(request, page(status, "text/html", html))
				}
			}
			if command == "await_ready" {
				s.JSON(request, 200, overview)
				s.JSON(askNodes, 200, running)
				s.JSON(askReady, 200, `{"status":"ok"}`)
			} else {
				s.JSON(request, 200, `[{"name":"a"}]`)
			}
			got := do(t, s, append(strings.Fields(command), "--interval", "100ms", "--timeout", "5m")...)
			if got.Error != nil || strings.Count(got.Err, "\n") != 1 || !strings.HasPrefix(got.Err, "note: ") ||
				!strings.Contains(got.Err, "status 502") {
				t.Errorf("%v %q", got.Error, got.Err)
			}
		})
	}
}
