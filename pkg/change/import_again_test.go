package change_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/change"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
)

// An import whose answer is lost is sent again, as long as each try adds something to the broker.
func TestImport_again(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name       string
		each, sent int
		kind       fail.Kind
	}{
		{"some come each time", 10, 3, ""},
		{"nothing comes", 0, 2, fail.Lost},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			queues, sent := 0, 0
			s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Content-Type", "application/json")
				switch {
				case r.Method == http.MethodGet && r.URL.Path == "/api/definitions":
					fmt.Fprintf(w, `{"rabbit_version":"4.3.6","exchanges":[],"bindings":[],"queues":[%s]}`,
						strings.TrimSuffix(strings.Repeat(`{"name":"q"},`, queues), ","))
				case r.Method == http.MethodGet:
					io.WriteString(w, "{}")
				default:
					sent++
					if queues += tt.each; queues < 30 {
						http.Error(w, "gateway time-out", http.StatusGatewayTimeout)
						return
					}
					w.WriteHeader(http.StatusNoContent)
				}
			}))
			defer s.Close()
			c, err := broker.New(broker.Options{BaseURL: s.URL, Username: "u"})
			if err != nil {
				t.Fatal(err)
			}
			err = change.Import(t.Context(), c, "", []byte(`{"queues":[]}`))
			if fail.KindOf(err) != tt.kind || sent != tt.sent {
				t.Errorf("sent %d times, error %v", sent, err)
			}
		})
	}
}
