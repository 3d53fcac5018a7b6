package queues_test

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/internal/brokertest"
	"github.com/rabbitctl/rabbitctl/pkg/queues"
)

// TestList_consumers: if there are many queues, consumers are counted from the listing of consumers, unless that
// listing does not show all of them.
func TestList_consumers(t *testing.T) {
	t.Parallel()
	const (
		plain     = "GET /api/queues?columns=name%2Cconsumers%2Cstate%2Cvhost%2Ctype&disable_stats=true"
		stats     = "GET /api/queues?columns=name%2Cconsumers%2Cstate&node_stats_age=60&node_stats_incr=5"
		consumers = "GET /api/consumers?columns=queue.vhost%2Cqueue.name"
		declared  = `[{"vhost":"/","name":"c","type":"classic"},{"vhost":"a","name":"c","type":"classic"},{"vhost":"/","name":"none","type":"stream"},
			{"vhost":"/","name":"m","type":"rabbit_mqtt_qos0_queue"}]`
		held = `[{"queue":{"vhost":"a","name":"c"}},{"queue":{"vhost":"/","name":"c"}},{"queue":{"vhost":"a","name":"c"}}]`
	)
	many := func(n, consumers int) string {
		return fmt.Sprintf(`{"node":"rabbit@fake","disable_stats":false,"object_totals":{"queues":%d,"consumers":%d}}`, n,
			consumers)
	}
	// both makes the server answer the request for the state of the nodes only after both queues and consumers were
	// requested.
	both := func(s *brokertest.Server, standing string) {
		asked := make(chan struct{}, 2)
		answer := func(body string) http.HandlerFunc {
			return func(w http.ResponseWriter, _ *http.Request) {
				asked <- struct{}{}
				w.Header().Set("Content-Type", "application/json")
				io.WriteString(w, body)
			}
		}
		s.Handle(plain, answer(declared))
		s.Handle(consumers, answer(held))
		s.Handle(brokertest.Standing, func(w http.ResponseWriter, _ *http.Request) {
			<-asked
			<-asked
			w.Header().Set("Content-Type", "application/json")
			io.WriteString(w, standing)
		})
	}
	fromStats := func(s *brokertest.Server) { s.JSON(stats, 200, `[{"name":"c","consumers":7},{"name":"young"}]`) }
	ofStats := listing{Rows: []string{"c=7", "young="}}
	tests := []struct {
		name string
		set  func(*brokertest.Server)
		want listing
	}{
		{"many queues", func(s *brokertest.Server) {
			s.JSON(brokertest.HowMany, 200, many(2000, 4000))
			s.JSON(plain, 200, declared)
			s.JSON(consumers, 200, held)
		}, listing{Rows: []string{"c=1", "c=2", "none=0", "m="}}},
		{"few queues", fromStats, ofStats},
		{"very many consumers", func(s *brokertest.Server) {
			s.JSON(brokertest.HowMany, 200, many(2000, 4001))
			fromStats(s)
		}, ofStats},
		{"a user who would be shown its own consumers only", func(s *brokertest.Server) {
			s.JSON(brokertest.HowMany, 200, `{"disable_stats":false,"object_totals":{"queues":9999,"consumers":0}}`)
			s.JSON(brokertest.Standing, 401, `{"error":"not_authorized","reason":"Not monitor user"}`)
			fromStats(s)
		}, ofStats},
		{"a broker without statistics has no listing of consumers", func(s *brokertest.Server) {
			s.JSON(brokertest.HowMany, 200, `{"node":"a","disable_stats":true,"object_totals":{"queues":9999,"consumers":0}}`)
			fromStats(s)
		}, ofStats},
		{"no overview", func(s *brokertest.Server) {
			s.JSON(brokertest.HowMany, 500, `{}`)
			fromStats(s)
		}, ofStats},
		{"an overview that does not come", func(s *brokertest.Server) {
			s.Handle(brokertest.HowMany, hang)
			fromStats(s)
		}, ofStats},
		{"a node that tells nothing yet", func(s *brokertest.Server) {
			s.JSON(brokertest.HowMany, 200, many(2000, 0))
			both(s, `[{"name":"a","running":true,"partitions":[]},{"name":"new","running":true}]`)
			s.JSON("GET /api/overview?columns=disable_stats", 200, `{"disable_stats":false}`)
			fromStats(s)
		}, ofStats},
		{"a node that does not run", func(s *brokertest.Server) {
			s.JSON(brokertest.HowMany, 200, many(2000, 0))
			both(s, oneIsDown)
			s.JSON("GET /api/queues?columns=name%2Cconsumers%2Cstate%2Cmessages"+strings.TrimPrefix(sight, "%2Cstate")+"&node_stats_age=60&node_stats_incr=5", 200, `[{"vhost":"/","name":"c","type":"classic","node":"a","consumers":7},
				{"vhost":"/","name":"there","type":"classic","node":"b","consumers":0}]`)
		}, listing{Rows: []string{"c=7", "there="}, Kind: fail.Incomplete,
			Text: "node b does not run or does not answer, so counts of queues that are held or replicated there may be missing"}},
		{"the consumers are refused", func(s *brokertest.Server) {
			s.JSON(brokertest.HowMany, 200, many(2000, 0))
			s.JSON(plain, 200, declared)
			s.JSON(consumers, 400, `{"error":"bad_request","reason":"Stats in management UI are disabled on this node"}`)
		}, listing{Rows: []string{"c=", "c=", "none=", "m="}, Kind: fail.Incomplete,
			Text: "the consumers of URL are not known: URL collects no statistics, so it cannot answer this (management_agent.disable_metrics_collector)"}},
		{"the consumers do not come", func(s *brokertest.Server) {
			s.JSON(brokertest.HowMany, 200, many(2000, 0))
			s.JSON(plain, 200, declared)
			s.Handle(consumers, hang)
		}, listing{Rows: []string{"c=", "c=", "none=", "m="}, Kind: fail.Incomplete,
			Text: "the consumers of URL are not known: URL did not answer in time"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := brokertest.New(t)
			tt.set(s)
			got := listQueues(t, s, 4*time.Second, queues.Wish{}, "name", "consumers")
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestList_consumersOfAVirtualHost(t *testing.T) {
	t.Parallel()
	s := brokertest.New(t)
	s.JSON(brokertest.HowMany, 200, `{"node":"a","disable_stats":false,"object_totals":{"queues":2000,"consumers":1}}`)
	s.JSON("GET /api/queues/a%2Fb?columns=name%2Cconsumers%2Cstate%2Cvhost%2Ctype&disable_stats=true", 200,
		`[{"vhost":"a/b","name":"c","type":"quorum"}]`)
	s.JSON("GET /api/consumers/a%2Fb?columns=queue.vhost%2Cqueue.name", 200, `[{"queue":{"vhost":"a/b","name":"c"}}]`)
	got := listQueues(t, s, plenty, queues.Wish{VHost: "a/b"}, "name", "consumers")
	if diff := cmp.Diff(listing{Rows: []string{"c=1"}}, got); diff != "" {
		t.Error(diff)
	}
}
