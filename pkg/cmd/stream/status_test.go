package stream_test

import (
	"strings"
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/cmd/stream"
	"github.com/rabbitctl/rabbitctl/pkg/internal/brokertest"
	"github.com/rabbitctl/rabbitctl/pkg/internal/cmdtest"
	"github.com/rabbitctl/rabbitctl/pkg/internal/golden"
)

func TestStreamStatus(t *testing.T) {
	t.Parallel()
	const (
		askNodes = "GET /api/nodes?columns=name%2Crunning%2Ctype%2Cbeing_drained%2Cpartitions%2Capplications"
		// The listing still has the leader, whose node was stopped, among those online.
		lagging = `{"type":"stream","leader":"rabbit@a","members":["rabbit@b","rabbit@a","rabbit@c"],"online":["rabbit@a","rabbit@b"],"readers":{"rabbit@a":1,"rabbit@b":2},"state":"running"}`
		oneDown = `[{"name":"rabbit@a","running":false},{"name":"rabbit@b","running":true},{"name":"rabbit@c","running":true}]`
	)
	tests := []struct {
		name    string
		answers []answer
		words   string
	}{
		{"4.3", []answer{{"GET /api/queues/%2F/events", 200, brokertest.Recorded(t, "4.3", "queue-stream")}, {askNodes, 200, `[{"name":"rabbit@localhost","running":true}]`}},
			"stream_status events"},
		{"3.10", []answer{{"GET /api/queues/%2F/events", 200, brokertest.Recorded(t, "3.10", "queue-stream")}, {askNodes, 200, `[{"name":"rabbit@localhost","running":true}]`}},
			"stream_status events -o json"},
		{"a node stopped", []answer{{"GET /api/queues/prod/events", 200, lagging}, {askNodes, 200, oneDown}}, "stream_status events node role online readers node_running -p prod -o json"},
		{"split", []answer{{"GET /api/queues/%2F/events", 200, lagging}, {askNodes, 200, `[{"name":"rabbit@a","running":true,"partitions":["rabbit@b"]},{"name":"rabbit@b","running":true}]`}},
			"stream_status events node online"},
		{"nodes not seen", []answer{{"GET /api/queues/%2F/events", 200, lagging}, {askNodes, 401, brokertest.Recorded(t, "4.3", "401-monitor")}},
			"stream_status events node role online node_running"},
		{"young", []answer{{"GET /api/queues/%2F/events", 200, `{"type":"stream","name":"events"}`}}, "stream_status events"},
		{"no stream", []answer{{"GET /api/queues/%2F/orders", 200, `{"type":"quorum"}`}}, "stream_status orders"},
		{"nothing", []answer{{"GET /api/queues/%2F/evnts", 404, notFound}, {"GET /api/exchanges/%2F/amq.default", 200, `{}`},
			{"GET /api/queues/%2F?columns=name%2Ctype&disable_stats=true&enable_queue_totals=true", 200, `[{"name":"events","type":"stream"},{"name":"evnt","type":"classic"}]`}},
			"stream_status evnts"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := brokertest.New(t)
			for _, a := range tt.answers {
				s.JSON(a.request, a.status, a.body)
			}
			r := cmdtest.Run{Commands: stream.Commands()}
			golden.Check(t, "status/"+tt.name, "$ rabbitctl "+tt.words+"\n"+r.Do(t, s, strings.Fields(tt.words)...).Golden(s))
		})
	}
}
