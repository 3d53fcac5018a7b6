package queues_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/internal/brokertest"
	"github.com/rabbitctl/rabbitctl/pkg/queues"
)

// In these listings the number of consumers comes from the statistics. The message counts in the same row are still the
// current ones, from the queues themselves. For streams, and if the queues do not report their counts, the message
// counts come from the statistics, too.
func TestList_countsBesideStatistics(t *testing.T) {
	t.Parallel()
	const (
		statistics = "GET /api/queues?columns=name%2Cmessages%2Cconsumers%2Cstate%2Cvhost%2Ctype&node_stats_age=60&node_stats_incr=5"
		counts     = "GET /api/queues?columns=vhost%2Cname%2Cmessages%2Cmessages_ready%2Cmessages_unacknowledged&disable_stats=true&enable_queue_totals=true"
	)
	const old = `[{"vhost":"/","name":"c","type":"classic","messages":0,"consumers":1},{"vhost":"/","name":"young","type":"classic"},
		{"vhost":"/","name":"s","type":"stream","messages":9,"consumers":0}]`
	const now = `[{"vhost":"/","name":"c","messages":4,"messages_ready":0,"messages_unacknowledged":4},{"vhost":"/","name":"young","messages":2},{"vhost":"/","name":"s"}]`
	for name, tt := range map[string]struct {
		set  func(*brokertest.Server)
		want listing
	}{
		"fresh": {func(s *brokertest.Server) {
			s.JSON(statistics, 200, old)
			s.JSON(counts, 200, now)
		}, listing{Rows: []string{"c=4=1", "young=2=", "s=9=0"}}},
		"around what two bytes hold": {func(s *brokertest.Server) {
			s.JSON(statistics, 200, `[{"vhost":"/","name":"a","type":"classic","messages":1},{"vhost":"/","name":"b","type":"classic","messages":1},
				{"vhost":"/","name":"c","type":"classic","messages":1},{"vhost":"/","name":"d","type":"classic","messages":1}]`)
			s.JSON(counts, 200, `[{"vhost":"/","name":"a","messages":65534},{"vhost":"/","name":"b","messages":65535},
				{"vhost":"/","name":"c","messages":5000000000},{"vhost":"/","name":"d","messages":0,"messages_ready":65536}]`)
		}, listing{Rows: []string{"a=65534=", "b=65535=", "c=5000000000=", "d=0="}}},
		"the queues do not tell": {func(s *brokertest.Server) {
			s.JSON(statistics, 200, old)
			s.JSON(counts, 503, `{}`)
		}, listing{Rows: []string{"c=0=1", "young==", "s=9=0"},
			Notes: []string{"the queues did not report their counts, so counts are from the statistics, up to 10 s old: URL failed with status 503"}}},
		"statistics are off": {func(s *brokertest.Server) {
			s.JSON(brokertest.Standing, 200, `[{"name":"a","running":true}]`)
			s.JSON("GET /api/overview?columns=disable_stats", 200, `{"disable_stats":true}`)
			s.JSON(statistics, 200, `[{"vhost":"/","name":"c","type":"classic"}]`)
			s.JSON(counts, 200, now)
		}, listing{Rows: []string{"c=4="}, Kind: fail.Incomplete,
			Text: "URL collects no statistics (management_agent.disable_metrics_collector), so only counts and what queues were declared with are known here"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := brokertest.New(t)
			tt.set(s)
			got := listQueues(t, s, plenty, queues.Wish{}, "name", "messages", "consumers")
			for i, n := range got.Notes {
				got.Notes[i] = strings.ReplaceAll(n, s.URL, "URL")
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}
