package broker_test

import (
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/internal/brokertest"
)

// A release without the endpoint answers 404 to it, as for a queue that is not there; the queue itself tells which it is, and
// no listing is looked at.
func TestQuorumStatus_notOffered(t *testing.T) {
	t.Parallel()
	s := brokertest.New(t)
	s.JSON("GET /api/queues/quorum/v/q/status", 404, brokertest.Recorded(t, "3.10", "404-endpoint"))
	s.JSON("GET /api/queues/v/q", 200, `{"name":"q","vhost":"v","type":"quorum"}`)
	if _, err := client(t, s.URL).QuorumStatus(t.Context(), "v", "q"); !broker.IsNotOffered(err) {
		t.Error(err)
	}
}
