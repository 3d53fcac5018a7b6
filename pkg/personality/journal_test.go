package personality

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The journal of a context records the changes that are made through an official tool. It does not contain the
// password.
func TestJournal(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		switch {
		case r.Method == http.MethodPut:
			w.WriteHeader(http.StatusNoContent)
		case r.URL.Path == "/api/users/pa":
			w.Write([]byte(`{"name":"pa","password_hash":"aGFzaA==","tags":[]}`))
		default:
			w.Write([]byte(`{"node":"rabbit@a","rabbitmq_version":"4.3.6"}`))
		}
	}))
	defer s.Close()
	file := filepath.Join(t.TempDir(), "journal")
	a, out, errs := inContext(t, s.URL, "journal = \""+file+"\"", "", false)
	if err := Run(t.Context(), a, nil, "rabbitmqctl", []string{"change_password", "pa", "hush-hush"}); err != nil {
		t.Fatalf("%v %q %q", err, out(), errs())
	}
	written, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(string(written)), "\n")
	const what = `"command":"rabbitmqctl change_password","broker":"`
	if len(lines) != 2 || !strings.Contains(lines[0], `"phase":"before",`+what) ||
		!strings.Contains(lines[1], `"outcome":"changed"`) || strings.Contains(string(written), "hush-hush") {
		t.Errorf("the journal:\n%s", written)
	}
}
