package vhost_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/cmd/vhost"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/internal/brokertest"
	"github.com/rabbitctl/rabbitctl/pkg/internal/cmdtest"
)

// shrinking answers for virtual host v, which loses some queues with each request to delete it. The request fails with
// 504 as long as queues are left.
func shrinking(queues, each int, deleted *int) http.HandlerFunc {
	gone := false
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		switch path := r.URL.Path; {
		case r.Method == http.MethodDelete:
			*deleted++
			if queues -= each; queues > 0 {
				http.Error(w, "gateway time-out", http.StatusGatewayTimeout)
				return
			}
			gone = true
			w.WriteHeader(http.StatusNoContent)
		case path == "/api/vhosts/v" && gone:
			w.WriteHeader(http.StatusNotFound)
			io.WriteString(w, `{"error":"Object Not Found","reason":"Not Found"}`)
		case path == "/api/vhosts/v":
			io.WriteString(w, `{"name":"v","tracing":false}`)
		case path == "/api/queues/v":
			var all []string
			for i := range queues {
				all = append(all, fmt.Sprintf(`{"name":"q%d","vhost":"v","type":"classic","messages":0,"messages_ready":0,`+
					`"messages_unacknowledged":0}`, i))
			}
			io.WriteString(w, "["+strings.Join(all, ",")+"]")
		case path == "/api/overview":
			io.WriteString(w, `{"node":"rabbit@a","rabbitmq_version":"4.3.6"}`)
		case path == "/api/nodes":
			io.WriteString(w, `[{"name":"rabbit@a","running":true}]`)
		default:
			io.WriteString(w, "[]")
		}
	}
}

// Deleting a virtual host with very many queues takes several requests, because a broker stops deleting when it closes
// the connection. So the command sends the request again, as long as each request deletes some queues.
func TestDeleteVHost_inParts(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name         string
		each, asked  int
		kind         fail.Kind
		said, output string
	}{
		{"some go each time", 10, 2, "", "", "deleted\n"},
		{"none goes", 0, 1, fail.Lost, "virtual host v may have been deleted", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			deleted := 0
			s := httptest.NewServer(shrinking(20, tt.each, &deleted))
			defer s.Close()
			got := cmdtest.Run{Commands: vhost.Commands()}.Do(t, &brokertest.Server{Server: s}, "delete_vhost", "v", "--yes")
			if deleted != tt.asked || fail.KindOf(got.Error) != tt.kind || !strings.Contains(fmt.Sprint(got.Error), tt.said) ||
				got.Out != tt.output {
				t.Errorf("%d deletions, out %q, error %v", deleted, got.Out, got.Error)
			}
		})
	}
}
