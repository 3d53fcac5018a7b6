package stream_test

import (
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/cmd/stream"
	"github.com/rabbitctl/rabbitctl/pkg/internal/brokertest"
	"github.com/rabbitctl/rabbitctl/pkg/internal/cmdtest"
)

func TestStreamStatus(t *testing.T) {
	t.Parallel()
	const (
		askNodes = "nodes?columns=name%2Crunning%2Ctype%2Cbeing_drained%2Cpartitions%2Capplications"
		// The listing still counts the leader as online, although its node was stopped.
		lagging = `{"type":"stream","leader":"rabbit@a","members":["rabbit@b","rabbit@a","rabbit@c"],"online":["rabbit@a","rabbit@b"],"readers":{"rabbit@a":1,"rabbit@b":2},"state":"running"}`
		oneDown = `[{"name":"rabbit@a","running":false},{"name":"rabbit@b","running":true},{"name":"rabbit@c","running":true}]`
	)
	cmdtest.Cases(t, stream.Commands, "status", []cmdtest.Case{
		{Name: "4.3", Words: "stream_status events", Answers: map[string]string{
			"queues/%2F/events": brokertest.Recorded(t, "4.3", "queue-stream"),
			askNodes:            `[{"name":"rabbit@localhost","running":true}]`}},
		{Name: "3.10", Words: "stream_status events -o json", Answers: map[string]string{
			"queues/%2F/events": brokertest.Recorded(t, "3.10", "queue-stream"),
			askNodes:            `[{"name":"rabbit@localhost","running":true}]`}},
		{Name: "a node stopped", Words: "stream_status events node role online readers state node_running -p prod -o json",
			Answers: map[string]string{"queues/prod/events": lagging, askNodes: oneDown}},
		{Name: "split", Words: "stream_status events node online", Answers: map[string]string{
			"queues/%2F/events": lagging,
			askNodes:            `[{"name":"rabbit@a","running":true,"partitions":["rabbit@b"]},{"name":"rabbit@b","running":true}]`}},
		{Name: "nodes not seen", Words: "stream_status events node role online node_running",
			Answers: map[string]string{"queues/%2F/events": lagging, askNodes: "401 " + brokertest.Recorded(t, "4.3",
				"401-monitor")}},
		{Name: "young", Words: "stream_status events",
			Answers: map[string]string{"queues/%2F/events": `{"type":"stream","name":"events"}`}},
		{Name: "no stream", Words: "stream_status orders",
			Answers: map[string]string{"queues/%2F/orders": `{"type":"quorum"}`}},
		{Name: "nothing", Words: "stream_status evnts", Answers: map[string]string{
			"queues/%2F/evnts":                                  cmdtest.NotFound,
			"exchanges/%2F/amq.default":                         `{}`,
			"queues/%2F?columns=name%2Ctype&disable_stats=true": `[{"name":"events","type":"stream"},{"name":"evnt","type":"classic"}]`}},
	})
}
