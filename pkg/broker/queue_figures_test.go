package broker_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/internal/brokertest"
)

// TestListQueues_figuresApart: where there are very many queues the API names them, and their figures are read from the
// metrics, if these are to be had.
func TestListQueues_figuresApart(t *testing.T) {
	t.Parallel()
	const (
		stats    = "GET /api/queues?columns=name%2Cmessage_bytes"
		names    = "GET /api/queues?columns=name%2Cmessage_bytes%2Cvhost%2Ctype&disable_stats=true"
		named    = `[{"vhost":"/","name":"big"},{"vhost":"/","name":"young"},{"vhost":"a\"b","name":"big"}]`
		askBytes = "GET /metrics/detailed?family=queue_metrics"
		bytes    = "rabbitmq_detailed_queue_messages_bytes{vhost=\"a\\\"b\",queue=\"big\"} 7\n" +
			"rabbitmq_detailed_queue_messages_bytes{vhost=\"hidden\",queue=\"big\"} 8\n" +
			"rabbitmq_detailed_queue_messages_bytes{vhost=\"/\",queue=\"big\"} 10000000000\n"
		note = "figures are some seconds old, from the nodes' metrics; --source api: fresh"
	)
	apart := listing{Rows: []string{"big=10000000000", "young=", "big=7"}, Notes: []string{note}}
	// slowly answers with the statistics once someone has asked the last of what is asked beside them.
	slowly := func(s *brokertest.Server, last string) {
		asked := make(chan struct{})
		s.Handle(stats, func(w http.ResponseWriter, _ *http.Request) {
			<-asked
			w.Header().Set("Content-Type", "application/json")
			w.Write([]byte(`[{"name":"big","message_bytes":5}]`))
		})
		s.Handle(last, func(w http.ResponseWriter, r *http.Request) {
			defer close(asked)
			brokertest.Metrics(identity("z@h", "other", "id-2"))(w, r)
		})
	}
	ofStats := listing{Rows: []string{"big=5"}}
	tests := []struct {
		name   string
		source broker.QueueSource
		set    func(*testing.T, *brokertest.Server)
		want   listing
	}{
		{"many queues", broker.FromAny, func(t *testing.T, s *brokertest.Server) {
			s.Handle(stats, hang)
			metricsAt(t, s, 2000, "a@h")
			s.JSON(names, 200, named)
			s.Handle(askBytes, brokertest.Metrics(bytes))
		}, apart},
		{"the statistics are quick", broker.FromAny, func(_ *testing.T, s *brokertest.Server) {
			s.JSON(stats, 200, `[{"name":"big","message_bytes":5}]`)
		}, ofStats},
		{"another broker is at that port", broker.FromAny, func(t *testing.T, s *brokertest.Server) {
			listensAt(t, s, 2000, "a@h")
			s.JSON(brokertest.ClusterID, 401, `{"error":"not_authorized","reason":"User not policymaker"}`)
			slowly(s, brokertest.Identity)
		}, ofStats},
		{"nobody is at that port", broker.FromAny, func(t *testing.T, s *brokertest.Server) {
			listensAt(t, s, 2000, "a@h")
			s.JSON(brokertest.ClusterID, 401, `{"error":"not_authorized","reason":"User not policymaker"}`)
			s.Handle(brokertest.Identity, hang)
			s.Handle(stats, after(1200*time.Millisecond, `[{"name":"big","message_bytes":5}]`))
		}, ofStats},
		{"few queues", broker.FromAny, func(t *testing.T, s *brokertest.Server) {
			listensAt(t, s, 1999, "a@h")
			s.Handle(stats, after(200*time.Millisecond, `[{"name":"big","message_bytes":5}]`))
		}, ofStats},
		{"not all nodes serve metrics", broker.FromAny, func(t *testing.T, s *brokertest.Server) {
			listensAt(t, s, 2000)
			s.Handle(stats, after(200*time.Millisecond, `[{"name":"big","message_bytes":5}]`))
		}, ofStats},
		{"a user who is not told how many there are", broker.FromAny, func(_ *testing.T, s *brokertest.Server) {
			s.JSON(brokertest.HowMany, 200, `{"object_totals":{"queues":9999,"consumers":0}}`)
			s.JSON(brokertest.Standing, 401, `{"error":"not_authorized","reason":"Not monitor user"}`)
			s.Handle(stats, after(200*time.Millisecond, `[{"name":"big","message_bytes":5}]`))
		}, ofStats},
		{"the API is asked for", broker.FromAPI, func(_ *testing.T, s *brokertest.Server) {
			s.Handle(stats, after(200*time.Millisecond, `[{"name":"big","message_bytes":5}]`))
		}, ofStats},
		{"the metrics fail after all", broker.FromAny, func(t *testing.T, s *brokertest.Server) {
			s.Handle(stats, hang)
			metricsAt(t, s, 2000, "a@h")
			s.JSON(names, 200, named)
			s.Handle(askBytes, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(503) })
		}, listing{Rows: []string{"big=", "young=", "big="}, Notes: []string{note}, Kind: fail.Incomplete,
			Text: "the figures of the queues are not known: URL serves no such metrics: it answers with status 503 and something unnamed"}},
		{"the metrics do not come", broker.FromAny, func(t *testing.T, s *brokertest.Server) {
			s.Handle(stats, hang)
			metricsAt(t, s, 2000, "a@h")
			s.JSON(names, 200, named)
			s.Handle(askBytes, hang)
		}, listing{Rows: []string{"big=", "young=", "big="}, Notes: []string{note}, Kind: fail.Incomplete,
			Text: "the figures of the queues are not known: URL did not answer in time"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := brokertest.New(t)
			tt.set(t, s)
			got := listQueues(t, s, 4*time.Second, broker.QueueWish{Source: tt.source}, "name", "message_bytes")
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// after answers late.
func after(d time.Duration, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		time.Sleep(d)
		w.Header().Set("Content-Type", "application/json")
		w.Write([]byte(body))
	}
}

// TestListQueues_countsApart: counts that the API would ask the queues for come from the metrics, too.
func TestListQueues_countsApart(t *testing.T) {
	t.Parallel()
	s := brokertest.New(t)
	s.Handle(liveQueues, hang)
	metricsAt(t, s, 20_000, "a@h")
	s.JSON("GET /api/queues?columns=name%2Cmessages%2Cstate%2Cvhost%2Ctype&disable_stats=true", 200, `[{"vhost":"/","name":"q"}]`)
	s.Handle(askMetrics, brokertest.Metrics("rabbitmq_detailed_queue_messages{vhost=\"/\",queue=\"q\"} 3\n"))
	got := listQueues(t, s, plenty, broker.QueueWish{Source: broker.FromAny}, "name", "messages")
	if diff := cmp.Diff([]string{"q=3"}, got.Rows); diff != "" || got.Text != "" {
		t.Error(diff, got.Text)
	}
}

// TestListQueues_countsAndConsumersApart: the API's listing of consumers is cheaper than their metrics.
func TestListQueues_countsAndConsumersApart(t *testing.T) {
	t.Parallel()
	s := brokertest.New(t)
	s.Handle("GET /api/queues?columns=name%2Cconsumers%2Cmessages%2Cstate%2Cvhost%2Ctype&disable_stats=true&enable_queue_totals=true", hang)
	s.JSON("GET /api/consumers?columns=queue.vhost%2Cqueue.name", 200, `[{"queue":{"vhost":"/","name":"q"}},{"queue":{"vhost":"/","name":"q"}}]`)
	metricsAt(t, s, 20_000, "a@h")
	s.JSON("GET /api/queues?columns=name%2Cconsumers%2Cmessages%2Cstate%2Cvhost%2Ctype&disable_stats=true", 200, `[{"vhost":"/","name":"q","type":"classic"}]`)
	s.Handle(askMetrics, brokertest.Metrics("rabbitmq_detailed_queue_messages{vhost=\"/\",queue=\"q\"} 3\n"))
	got := listQueues(t, s, plenty, broker.QueueWish{Source: broker.FromAny}, "name", "consumers", "messages")
	if diff := cmp.Diff([]string{"q=2=3"}, got.Rows); diff != "" || got.Text != "" {
		t.Error(diff, got.Text)
	}
}

// TestListQueues_consumersAlone: what is declared, and consumers, need no metrics at any number of queues.
func TestListQueues_consumersAlone(t *testing.T) {
	t.Parallel()
	s := brokertest.New(t)
	listensAt(t, s, 20_000, "a@h")
	s.Handle("GET /api/queues?columns=name%2Cconsumers%2Cstate%2Cvhost%2Ctype&disable_stats=true", after(300*time.Millisecond, `[{"vhost":"/","name":"q","type":"classic"}]`))
	s.JSON("GET /api/consumers?columns=queue.vhost%2Cqueue.name", 200, `[{"queue":{"vhost":"/","name":"q"}}]`)
	got := listQueues(t, s, plenty, broker.QueueWish{Source: broker.FromAny}, "name", "consumers")
	if diff := cmp.Diff(listing{Rows: []string{"q=1"}}, got); diff != "" {
		t.Error(diff)
	}
}

// TestListQueues_countsOfAVirtualHost: a virtual host that is listed soon has but few of very many queues.
func TestListQueues_countsOfAVirtualHost(t *testing.T) {
	t.Parallel()
	s := brokertest.New(t)
	metricsAt(t, s, 20_000, "a@h")
	s.Handle(strings.Replace(liveQueues, "queues?", "queues/v?", 1), after(400*time.Millisecond, `[{"vhost":"v","name":"q","type":"classic","messages":3}]`))
	got := listQueues(t, s, plenty, broker.QueueWish{Source: broker.FromAny, VHost: "v"}, "name", "messages")
	if diff := cmp.Diff(listing{Rows: []string{"q=3"}}, got); diff != "" {
		t.Error(diff)
	}
}

// TestListQueues_countsOfFewer: with fewer queues they are asked themselves, however long that takes.
func TestListQueues_countsOfFewer(t *testing.T) {
	t.Parallel()
	s := brokertest.New(t)
	listensAt(t, s, 19_999, "a@h")
	s.Handle(liveQueues, after(300*time.Millisecond, `[{"vhost":"/","name":"q","type":"classic","messages":3}]`))
	got := listQueues(t, s, plenty, broker.QueueWish{Source: broker.FromAny}, "name", "messages")
	if diff := cmp.Diff(listing{Rows: []string{"q=3"}}, got); diff != "" {
		t.Error(diff)
	}
	if asked := strings.Join(s.Requests(), "\n"); strings.Contains(asked, "metrics") {
		t.Errorf("the metrics were asked:\n%s", asked)
	}
}
