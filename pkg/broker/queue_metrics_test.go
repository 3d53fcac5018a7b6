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

// metricsAt lets the server list so many queues, and a listener for metrics at its own port for each node, which says
// there that it is that node.
func metricsAt(t *testing.T, s *brokertest.Server, queues int, nodes ...string) {
	t.Helper()
	listensAt(t, s, queues, nodes...)
	s.JSON(brokertest.ClusterID, 200, `{"name":"internal_cluster_id","value":"id-1"}`)
	for _, n := range nodes {
		s.Handle(brokertest.Identity, brokertest.Metrics(identity(n, "c", "id-1")))
	}
}

func identity(node, cluster, id string) string {
	return fmt.Sprintf("rabbitmq_detailed_erlang_uptime_seconds 1\nrabbitmq_identity_info{rabbitmq_node=%q,rabbitmq_cluster=%q,rabbitmq_cluster_permanent_id=%q} 1\n", node, cluster, id)
}

// listensAt is metricsAt without what is said there.
func listensAt(t *testing.T, s *brokertest.Server, queues int, nodes ...string) {
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
	s.JSON(brokertest.HowMany, 200, fmt.Sprintf(`{"node":"a@h","cluster_name":"c","disable_stats":false,"object_totals":{"queues":%d,"consumers":0},"listeners":[%s]}`,
		queues, strings.Join(listeners, ",")))
	s.JSON(brokertest.Standing, 200, "["+strings.Join(standing, ",")+"]")
}

func TestListQueues_source(t *testing.T) {
	t.Parallel()
	const note = "figures are some seconds old, from the nodes' metrics; --source api: fresh"
	one := "rabbitmq_detailed_queue_messages{vhost=\"/\",queue=\"one\"} 1\n"
	two := "rabbitmq_detailed_queue_messages{vhost=\"/\",queue=\"two\"} 2\n"
	tests := []struct {
		name    string
		wish    broker.QueueWish
		columns string
		set     func(*testing.T, *brokertest.Server)
		want    listing
	}{
		{"every node is asked", broker.QueueWish{Source: broker.FromPrometheus}, "name messages", func(t *testing.T, s *brokertest.Server) {
			metricsAt(t, s, 2, "a@h", "b@h")
			s.Handle(askMetrics, brokertest.Metrics(one))
			s.Handle(askMetrics, brokertest.Metrics(two))
		}, listing{Rows: []string{"one=1", "two=2"}, Notes: []string{note}}},
		{"one virtual host", broker.QueueWish{Source: broker.FromPrometheus, VHost: "a b"}, "name messages", func(t *testing.T, s *brokertest.Server) {
			metricsAt(t, s, 2, "a@h")
			s.Handle(askMetrics+"&vhost=a+b", brokertest.Metrics(""))
		}, listing{Notes: []string{note}}},
		{"a column that no metric has", broker.QueueWish{Source: broker.FromPrometheus}, "name type", func(*testing.T, *brokertest.Server) {},
			listing{Kind: fail.Usage, Text: "--source prometheus has no column type"}},
		{"a column that no metric has, any source", broker.QueueWish{Source: broker.FromAny}, "name type", func(_ *testing.T, s *brokertest.Server) {
			s.JSON("GET /api/queues?columns=name%2Ctype&disable_stats=true", 200, `[{"name":"q","type":"classic"}]`)
		}, listing{Rows: []string{"q=classic"}}},
		{"the plugin is off", broker.QueueWish{Source: broker.FromPrometheus}, "name messages", func(t *testing.T, s *brokertest.Server) { listensAt(t, s, 2) },
			listing{Kind: fail.Unavailable, Text: "URL lists no listener for metrics: the plugin rabbitmq_prometheus is off"}},
		{"the plugin is off, any source", broker.QueueWish{Source: broker.FromAny}, "name messages", func(_ *testing.T, s *brokertest.Server) {
			s.JSON(liveQueues, 200, `[{"name":"q","vhost":"/","type":"classic","messages":3}]`)
		}, listing{Rows: []string{"q=3"}}},
		{"a node is down", broker.QueueWish{Source: broker.FromPrometheus}, "name messages", func(_ *testing.T, s *brokertest.Server) {
			s.JSON(brokertest.HowMany, 200, `{"node":"a@h","listeners":[{"node":"a@h","protocol":"http/prometheus","port":1}]}`)
			s.JSON(brokertest.Standing, 200, oneIsDown)
		}, listing{Kind: fail.Unavailable, Text: "only 1 of 2 nodes serve metrics now, and each tells of its own queues only"}},
		{"another program listens there", broker.QueueWish{Source: broker.FromPrometheus}, "name messages", func(t *testing.T, s *brokertest.Server) {
			listensAt(t, s, 2, "a@h")
			s.JSON(brokertest.ClusterID, 401, `{"error":"not_authorized","reason":"User not policymaker"}`)
			s.Handle(brokertest.Identity, func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", "text/html")
				io.WriteString(w, "<html>")
			})
		}, listing{Kind: fail.Unavailable, Text: "URL serves no such metrics: it answers with status 200 and an HTML page"}},
		{"another broker listens there", broker.QueueWish{Source: broker.FromPrometheus}, "name messages", func(t *testing.T, s *brokertest.Server) {
			listensAt(t, s, 2, "a@h")
			s.JSON(brokertest.ClusterID, 401, `{"error":"not_authorized","reason":"User not policymaker"}`)
			s.Handle(brokertest.Identity, brokertest.Metrics(identity("z@h", "other", "id-2")))
		}, listing{Kind: fail.Unavailable, Text: "what is at URL is not node a@h of cluster c, but node z@h of cluster other (id-2)"}},
		{"another broker of the same names listens there", broker.QueueWish{Source: broker.FromPrometheus}, "name messages", func(t *testing.T, s *brokertest.Server) {
			listensAt(t, s, 2, "a@h")
			s.JSON(brokertest.ClusterID, 200, `{"name":"internal_cluster_id","value":"id-1"}`)
			s.Handle(brokertest.Identity, brokertest.Metrics(identity("a@h", "c", "id-2")))
		}, listing{Kind: fail.Unavailable, Text: "what is at URL is not node a@h of cluster c (id-1), but node a@h of cluster c (id-2)"}},
		{"what listens there does not say what it is", broker.QueueWish{Source: broker.FromPrometheus}, "name messages", func(t *testing.T, s *brokertest.Server) {
			listensAt(t, s, 2, "a@h")
			s.JSON(brokertest.ClusterID, 200, `{"name":"internal_cluster_id","value":"id-1"}`)
			s.Handle(brokertest.Identity, brokertest.Metrics("rabbitmq_identity_info{rabbitmq_node} 1\n"))
		}, listing{Kind: fail.Unavailable, Text: "what is at URL is not node a@h of cluster c (id-1), but nothing that says which node it is"}},
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
