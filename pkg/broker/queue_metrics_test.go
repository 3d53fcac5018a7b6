package broker_test

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/internal/brokertest"
)

const askMetrics = "GET /metrics/detailed?family=queue_coarse_metrics"

// metricsAt lets the server list a listener for metrics at its own port, for each node.
func metricsAt(t *testing.T, s *brokertest.Server, nodes ...string) {
	t.Helper()
	u, err := url.Parse(s.URL)
	if err != nil {
		t.Fatal(err)
	}
	var listeners, standing []string
	for _, n := range nodes {
		listeners = append(listeners, fmt.Sprintf(`{"node":%q,"protocol":"http/prometheus","port":%s}`, n, u.Port()))
		standing = append(standing, fmt.Sprintf(`{"name":%q,"running":true,"partitions":[]}`, n))
	}
	s.JSON("GET /api/overview?columns=node%2Clisteners", 200, fmt.Sprintf(`{"node":"a@h","listeners":[%s]}`, strings.Join(listeners, ",")))
	s.JSON(brokertest.Standing, 200, "["+strings.Join(standing, ",")+"]")
}

func text(body string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "" {
			http.Error(w, "credentials were sent", http.StatusTeapot)
			return
		}
		w.Header().Set("Content-Type", "text/plain; version=0.0.4")
		io.WriteString(w, body)
	}
}

func TestListQueues_source(t *testing.T) {
	t.Parallel()
	const note = "counts are from the nodes' metrics (rabbitmq_prometheus): 5 s old or more, and without queues younger than that"
	one := text("rabbitmq_detailed_queue_messages{vhost=\"/\",queue=\"one\"} 1\n")
	two := text("rabbitmq_detailed_queue_messages{vhost=\"/\",queue=\"two\"} 2\n")
	tests := []struct {
		name    string
		wish    broker.QueueWish
		columns string
		set     func(*testing.T, *brokertest.Server)
		want    listing
	}{
		{"every node is asked", broker.QueueWish{Source: broker.FromPrometheus}, "name messages", func(t *testing.T, s *brokertest.Server) {
			metricsAt(t, s, "a@h", "b@h")
			s.Handle(askMetrics, one)
			s.Handle(askMetrics, two)
		}, listing{Rows: []string{"one=1", "two=2"}, Notes: []string{note}}},
		{"one virtual host", broker.QueueWish{Source: broker.FromPrometheus, VHost: "a b"}, "name messages", func(t *testing.T, s *brokertest.Server) {
			metricsAt(t, s, "a@h")
			s.Handle(askMetrics+"&vhost=a+b", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })
		}, listing{Notes: []string{note}}},
		{"a column that no metric has", broker.QueueWish{Source: broker.FromPrometheus}, "name type", func(*testing.T, *brokertest.Server) {},
			listing{Kind: fail.Usage, Text: "--source prometheus has no column type"}},
		{"a column that no metric has, any source", broker.QueueWish{Source: broker.FromAny}, "name type", func(_ *testing.T, s *brokertest.Server) {
			s.JSON("GET /api/queues?columns=name%2Ctype&disable_stats=true", 200, `[{"name":"q","type":"classic"}]`)
		}, listing{Rows: []string{"q=classic"}}},
		{"the plugin is off", broker.QueueWish{Source: broker.FromPrometheus}, "name messages", func(t *testing.T, s *brokertest.Server) { metricsAt(t, s) },
			listing{Kind: fail.Unavailable, Text: "URL lists no listener for metrics: the plugin rabbitmq_prometheus is off"}},
		{"the plugin is off, any source", broker.QueueWish{Source: broker.FromAny}, "name messages", func(t *testing.T, s *brokertest.Server) {
			s.JSON("GET /api/overview?columns=node%2Clisteners", 200, `{"node":"a@h","listeners":[]}`)
			s.Always(brokertest.Standing, 200, brokertest.AllWell)
			s.JSON(liveQueues, 200, `[{"name":"q","vhost":"/","type":"classic","messages":3}]`)
		}, listing{Rows: []string{"q=3"}, Notes: []string{"not from the metrics: URL lists no listener for metrics: the plugin rabbitmq_prometheus is off"}}},
		{"a node is down", broker.QueueWish{Source: broker.FromPrometheus}, "name messages", func(_ *testing.T, s *brokertest.Server) {
			s.JSON("GET /api/overview?columns=node%2Clisteners", 200, `{"node":"a@h","listeners":[{"node":"a@h","protocol":"http/prometheus","port":1}]}`)
			s.JSON(brokertest.Standing, 200, oneIsDown)
		}, listing{Kind: fail.Unavailable, Text: "only 1 of 2 nodes serve metrics now, and each tells of its own queues only"}},
		{"another program listens there", broker.QueueWish{Source: broker.FromPrometheus}, "name messages", func(t *testing.T, s *brokertest.Server) {
			metricsAt(t, s, "a@h")
			s.Handle(askMetrics, func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", "text/html")
				io.WriteString(w, "<html>")
			})
		}, listing{Kind: fail.Unavailable, Text: "URL serves no such metrics: it answers with status 200 and an HTML page"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := brokertest.New(t)
			tt.set(t, s)
			got := listQueues(t, s, plenty, tt.wish, strings.Fields(tt.columns)...)
			for i := range got.Notes {
				got.Notes[i] = strings.ReplaceAll(got.Notes[i], s.URL, "URL")
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}
