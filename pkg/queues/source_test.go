package queues_test

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/internal/brokertest"
	"github.com/rabbitctl/rabbitctl/pkg/queues"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

const askMetrics = "GET /metrics/detailed?family=queue_coarse_metrics"

// metricsAt makes the server list a metrics listener for each node, at the port of the server. The metrics there have
// the identity of that node.
func metricsAt(t *testing.T, s *brokertest.Server, nodes ...string) {
	t.Helper()
	listensAt(t, s, nodes...)
	s.JSON(brokertest.ClusterID, 200, `{"name":"internal_cluster_id","value":"id-1"}`)
	for _, n := range nodes {
		s.Handle(brokertest.Identity, brokertest.Metrics(identity(n, "c", "id-1")))
	}
}

func identity(node, cluster, id string) string {
	return fmt.Sprintf(
		"rabbitmq_detailed_erlang_uptime_seconds 1\nrabbitmq_identity_info{rabbitmq_node=%q,rabbitmq_cluster=%q,rabbitmq_cluster_permanent_id=%q} 1\n", node, cluster, id)
}

// listensAt makes the server list the same listeners as metricsAt, but adds no metrics.
func listensAt(t *testing.T, s *brokertest.Server, nodes ...string) {
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
	if len(nodes) == 0 {
		standing = append(standing, `{"name":"a@h","running":true,"partitions":[]}`)
	}
	s.JSON(brokertest.Listeners, 200, fmt.Sprintf(`{"node":"a@h","cluster_name":"c","listeners":[%s]}`,
		strings.Join(listeners, ",")))
	s.JSON(brokertest.Standing, 200, "["+strings.Join(standing, ",")+"]")
}

func TestList_source(t *testing.T) {
	t.Parallel()
	const note = "figures are some seconds old, from the nodes' metrics; --source api has fresh ones"
	one := "rabbitmq_detailed_queue_messages{vhost=\"/\",queue=\"one\"} 1\n"
	two := "rabbitmq_detailed_queue_messages{vhost=\"/\",queue=\"two\"} 2\n"
	tests := []struct {
		name    string
		wish    queues.Wish
		columns string
		set     func(*testing.T, *brokertest.Server)
		want    listing
	}{
		{"every node is asked", queues.Wish{Source: queues.Prometheus}, "name messages",
			func(t *testing.T, s *brokertest.Server) {
				metricsAt(t, s, "a@h", "b@h")
				s.Handle(askMetrics, brokertest.Metrics(one))
				s.Handle(askMetrics, brokertest.Metrics(two))
			}, listing{Rows: []string{"one=1", "two=2"}, Notes: []string{note}}},
		{"one virtual host", queues.Wish{Source: queues.Prometheus, VHost: "a b"}, "name messages",
			func(t *testing.T, s *brokertest.Server) {
				metricsAt(t, s, "a@h")
				s.Handle(askMetrics+"&vhost=a+b", brokertest.Metrics(""))
			}, listing{Notes: []string{note}}},
		{"a column that no metric has", queues.Wish{Source: queues.Prometheus}, "name type",
			func(*testing.T, *brokertest.Server) {},
			listing{Kind: fail.Usage, Text: "the metrics of rabbitmq_prometheus have no column type"}},
		{"the plugin is off", queues.Wish{Source: queues.Prometheus}, "name messages",
			func(t *testing.T, s *brokertest.Server) { listensAt(t, s) },
			listing{Kind: fail.Unavailable, Text: "URL lists no listener for metrics: the plugin rabbitmq_prometheus is off"}},
		{"the user lacks the tag monitoring", queues.Wish{Source: queues.Prometheus}, "name messages",
			func(_ *testing.T, s *brokertest.Server) {
				s.JSON(brokertest.Listeners, 200, `{"disable_stats":false,"cluster_name":"c"}`)
				s.JSON(brokertest.Standing, 401, brokertest.NotMonitor)
			}, listing{Kind: fail.Denied,
				Text: "the nodes and listeners of URL are not shown to user monitor: it has no tag monitoring"}},
		{"a node is down", queues.Wish{Source: queues.Prometheus}, "name messages", func(_ *testing.T, s *brokertest.Server) {
			s.JSON(brokertest.Listeners, 200,
				`{"node":"a@h","listeners":[{"node":"a@h","protocol":"http/prometheus","port":1}]}`)
			s.JSON(brokertest.Standing, 200, oneIsDown)
		}, listing{Kind: fail.Unavailable,
			Text: "only 1 of 2 nodes serve metrics now, and each has the figures of its own queues only"}},
		{"another program listens there", queues.Wish{Source: queues.Prometheus}, "name messages",
			func(t *testing.T, s *brokertest.Server) {
				listensAt(t, s, "a@h")
				s.JSON(brokertest.ClusterID, 401, `{"error":"not_authorized","reason":"User not policymaker"}`)
				s.Handle(brokertest.Identity, func(w http.ResponseWriter, _ *http.Request) {
					w.Header().Set("Content-Type", "text/html")
					io.WriteString(w, "<html>")
				})
			}, listing{Kind: fail.Unavailable, Text: "URL/metrics/detailed serves no metrics: it answers with status 200 and an HTML page"}},
		{"another broker listens there", queues.Wish{Source: queues.Prometheus}, "name messages",
			func(t *testing.T, s *brokertest.Server) {
				listensAt(t, s, "a@h")
				s.JSON(brokertest.ClusterID, 401, `{"error":"not_authorized","reason":"User not policymaker"}`)
				s.Handle(brokertest.Identity, brokertest.Metrics(identity("z@h", "other", "id-2")))
			}, listing{Kind: fail.Unavailable,
				Text: "at URL there should be node a@h of cluster c, but there is node z@h of cluster other (id-2)"}},
		{"another broker of the same names listens there", queues.Wish{Source: queues.Prometheus}, "name messages",
			func(t *testing.T, s *brokertest.Server) {
				listensAt(t, s, "a@h")
				s.JSON(brokertest.ClusterID, 200, `{"name":"internal_cluster_id","value":"id-1"}`)
				s.Handle(brokertest.Identity, brokertest.Metrics(identity("a@h", "c", "id-2")))
			}, listing{Kind: fail.Unavailable,
				Text: "at URL there should be node a@h of cluster c (id-1), but there is node a@h of cluster c (id-2)"}},
		{"what listens there does not say what it is", queues.Wish{Source: queues.Prometheus}, "name messages",
			func(t *testing.T, s *brokertest.Server) {
				listensAt(t, s, "a@h")
				s.JSON(brokertest.ClusterID, 200, `{"name":"internal_cluster_id","value":"id-1"}`)
				s.Handle(brokertest.Identity, brokertest.Metrics("rabbitmq_identity_info{rabbitmq_node} 1\n"))
			}, listing{Kind: fail.Unavailable,
				Text: "at URL there should be node a@h of cluster c (id-1), but there is nothing that says which node it is"}},
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

// TestList_veryMany: a listing of very many queues over the API ends with a note that recommends the metrics. No note
// appears if the API was chosen, if the metrics do not have the columns, or if the columns have no figures.
func TestList_veryMany(t *testing.T) {
	t.Parallel()
	const note = "%d queues: --source prometheus lists very many queues in a fraction of the time; its figures are up to 5 s old; --source api turns this note off"
	for _, tt := range []struct {
		name    string
		queues  int
		wish    queues.Wish
		request string
		columns string
		want    []string
	}{
		{"very many", 20_000, queues.Wish{}, liveQueues, "name messages", []string{fmt.Sprintf(note, 20_000)}},
		{"not so many", 19_999, queues.Wish{}, liveQueues, "name messages", nil},
		{"the API is asked for", 20_000, queues.Wish{Source: queues.API}, liveQueues, "name messages", nil},
		{"a column that no metric has", 20_000, queues.Wish{},
			"GET /api/queues?columns=name%2Cstate&disable_stats=true&enable_queue_totals=true", "name state", nil},
		{"names alone", 20_000, queues.Wish{}, "GET /api/queues?columns=name&disable_stats=true", "name", nil},
		{"sizes of messages are read from the statistics, however many", 20_000, queues.Wish{},
			"GET /api/queues?columns=name%2Cmessage_bytes&node_stats_age=60&node_stats_incr=5", "name message_bytes",
			[]string{fmt.Sprintf(note, 20_000)}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := brokertest.New(t)
			s.JSON(tt.request, 200, "["+strings.Repeat(`{"name":"q"},`, tt.queues-1)+`{"name":"q"}]`)
			got := listQueues(t, s, plenty, tt.wish, strings.Fields(tt.columns)...)
			if diff := cmp.Diff(tt.want, got.Notes); diff != "" || len(got.Rows) != tt.queues || got.Text != "" {
				t.Errorf("%d rows, %s: %s", len(got.Rows), got.Text, diff)
			}
		})
	}
}

// TestList_again: the rows of a listing can be read twice, and each time the broker is asked again.
func TestList_again(t *testing.T) {
	t.Parallel()
	s := brokertest.New(t)
	for range 2 {
		s.JSON(brokertest.HowMany, 200, `{"node":"a","disable_stats":false,"object_totals":{"queues":2000,"consumers":1}}`)
		s.JSON("GET /api/queues?columns=name%2Cconsumers%2Cstate%2Cvhost%2Ctype&disable_stats=true", 200,
			`[{"vhost":"/","name":"c","type":"quorum"}]`)
		s.JSON("GET /api/consumers?columns=queue.vhost%2Cqueue.name", 200, `[{"queue":{"vhost":"/","name":"c"}}]`)
	}
	all := queues.List(t.Context(), client(t, s.URL), queues.Wish{}, []record.Column{{Name: "name"}, {Name: "consumers"}})
	for range 2 {
		n := 0
		for row, err := range all {
			if n++; err != nil || row[1].Text() != "1" {
				t.Errorf("%v, %v", row, err)
			}
		}
		if n != 1 {
			t.Errorf("%d rows", n)
		}
	}
}
