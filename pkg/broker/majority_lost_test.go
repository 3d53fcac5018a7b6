package broker_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/internal/brokertest"
)

// If the answer to a change is lost while nodes are down, the broker may still make the change when they are back. So
// the outcome is unknown, even if the change is not visible. It is also unknown if the user may not list the nodes, or if
// the broker does not list them.
func TestChange_lostWhileNodesAreMissing(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		status               int
		nodes, outcome, says string
	}{
		"all run": {200, `[{"name":"a","running":true,"partitions":[]}]`, "not_done", "was not set"},
		"one does not": {200, `[{"name":"a","running":true,"partitions":[]},{"name":"b","running":false,"partitions":[]}]`,
			"unknown", "may still be set later"},
		"the user may not list them": {401, brokertest.NotMonitor, "unknown",
			"it is not known whether all nodes of the cluster run"},
		"they are not listed": {500, `{}`, "unknown", "it is not known whether all nodes of the cluster run"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := brokertest.New(t)
			s.Handle("PUT /api/policies/%2F/p", func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) })
			s.Always("GET /api/policies/%2F/p", 404, `{"error":"Object Not Found","reason":"Not Found"}`)
			s.Optional("GET /api/policies/%2F", 200, `[]`)
			s.Always(brokertest.Standing, tt.status, tt.nodes)
			c := client(t, s.URL, func(o *broker.Options) { o.LookUp = time.Second })
			err := c.SetPolicy(t.Context(), false, "/", "p", broker.PolicySettings{Pattern: "x",
				Definition: json.RawMessage(`{}`), ApplyTo: "all"})
			if broker.OutcomeOf(err) != tt.outcome || err == nil || !strings.Contains(err.Error(), tt.says) {
				t.Errorf("%s: %v", broker.OutcomeOf(err), err)
			}
		})
	}
}
