package survey

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/diagnose"
	"github.com/rabbitctl/rabbitctl/pkg/health"
	"github.com/rabbitctl/rabbitctl/pkg/internal/brokertest"
	"github.com/rabbitctl/rabbitctl/pkg/record"
	"github.com/rabbitctl/rabbitctl/pkg/routing"
)

const (
	askCounts = "GET /api/queues?columns=vhost%2Cname%2Ctype%2Cstate%2Cexclusive%2Cmessages_ready%2Cmessages_unacknowledged%2Cmessages" +
		"&disable_stats=true&enable_queue_totals=true"
	askStatistics = "GET /api/queues?columns=vhost%2Cname%2Ctype%2Cstate%2Cexclusive%2Cmessages_ready%2Cmessages_unacknowledged%2Cmessages" +
		"%2Cconsumers%2Cmessage_stats.ack_details.rate%2Cmessage_stats.deliver_no_ack_details.rate%2Cmessage_stats.get_no_ack_details.rate%2Chead_message_timestamp&node_stats_age=60&node_stats_incr=5"
	askFlows = "GET /api/queues?columns=vhost%2Cname%2Ctype%2Cstate%2Cmembers%2Conline%2Cmessages_ready%2Cmessages_unacknowledged%2Cmessages%2Cconsumers%2Cidle_since" +
		"%2Cmessage_stats.publish%2Cmessage_stats.redeliver%2Cmessage_stats.ack%2Cmessage_stats.deliver_no_ack%2Cmessage_stats.get_no_ack&node_stats_age=60&node_stats_incr=5"
)

func client(t *testing.T, s *brokertest.Server) *broker.Client {
	t.Helper()
	c, err := broker.New(broker.Options{BaseURL: s.URL, Credentials: func(context.Context) (string, string, error) {
		return "u", "p", nil
	}})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func known(n float64) health.Reading { return health.Reading{Value: n, Known: true} }

// TestEachQueue: message counts are those that the queues report. The other figures come from the statistics: a number,
// a text in place of a number, or no value if the queue is too young.
func TestEachQueue(t *testing.T) {
	t.Parallel()
	s := brokertest.New(t)
	s.JSON(askStatistics, 200, `[
		{"vhost":"/","name":"busy","type":"classic","messages":1,"consumers":2,"message_stats":{"ack_details":{"rate":1.5},"get_no_ack_details":{"rate":2}},"head_message_timestamp":17},
		{"vhost":"/","name":"odd","type":"classic","consumers":"unknown","head_message_timestamp":""}]`)
	s.JSON(askCounts, 200, `[
		{"vhost":"/","name":"busy","type":"classic","state":"running","exclusive":false,"messages_ready":3,"messages_unacknowledged":4,"messages":7},
		{"vhost":"/","name":"odd","type":"classic","state":"running","messages":0},
		{"vhost":"/","name":"amq.gen-young","type":"quorum","state":"running","messages":5}]`)
	c := client(t, s)
	statistics, err := Statistics(t.Context(), c, "")
	if err != nil {
		t.Fatal(err)
	}
	var got []health.Queue
	if err := EachQueue(t.Context(), c, "", statistics, func(q health.Queue) { got = append(got, q) }); err != nil {
		t.Fatal(err)
	}
	want := []health.Queue{
		{VHost: "/", Name: "busy", Type: "classic", State: "running", Ready: known(3), Unacked: known(4), Messages: known(7),
			Consumers: known(2), Acked: known(3.5), Head: known(17)},
		{VHost: "/", Name: "odd", Type: "classic", State: "running", Messages: known(0),
			Consumers: health.Reading{Raw: "unknown"}},
		{VHost: "/", Name: "amq.gen-young", Type: "quorum", State: "running", Messages: known(5), Temporary: true},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// TestFigures: the figures that are kept for a queue are the ones that were read, even if they are large, negative,
// fractions or texts.
func TestFigures(t *testing.T) {
	t.Parallel()
	f := newFigures()
	all := map[string][4]health.Reading{
		"whole": {known(0), known(1), known(4294967294), {}}, "large": {known(4294967295), known(1)}, "fraction": {known(1.5),
			known(2)},
		"negative": {known(-1)}, "nothing": {}, "odd": {health.Reading{Raw: "unknown"}, known(3)},
	}
	for name, readings := range all {
		f.put("/", name, readings[:]...)
	}
	for name, want := range all {
		if got, known := f.of("/", name); !known || got != want {
			t.Errorf("%s: %v, want %v", name, got, want)
		}
	}
	if _, known := f.of("other", "whole"); known || f.len() != len(all) {
		t.Errorf("%d queues", f.len())
	}
}

// TestFirstLook: a first look keeps the counts that the queues report, and the counters of the statistics. A figure
// that the broker did not report is unknown. For a queue that the broker did not list, Of returns a zero Earlier.
func TestFirstLook(t *testing.T) {
	t.Parallel()
	s := brokertest.New(t)
	s.JSON(askCounts, 200,
		`[{"vhost":"/","name":"a","messages_ready":3,"messages_unacknowledged":4,"messages":7},{"vhost":"/","name":"b"}]`)
	s.JSON(askFlows, 200,
		`[{"vhost":"/","name":"a","messages":1,"message_stats":{"publish":9,"ack":2,"deliver_no_ack":1}},{"vhost":"/","name":"b","messages":6}]`)
	first, err := FirstLook(t.Context(), client(t, s), "", true)
	if err != nil || first.Len() != 2 {
		t.Fatal(first.Len(), err)
	}
	for name, want := range map[string]diagnose.Earlier{
		"a": {Seen: true, Messages: known(7), Published: known(9), Acked: known(3)},
		"b": {Seen: true, Messages: known(6)},
		"c": {},
	} {
		if diff := cmp.Diff(want, first.Of(diagnose.QueueFlow{VHost: "/", Name: name})); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

// TestRoutedQueues_alike: queues with the same properties share one object, and other queues have their own.
func TestRoutedQueues_alike(t *testing.T) {
	t.Parallel()
	all, once := routedQueues{}, newRepeated()
	add := func(name, arguments, policy string) *routing.Queue {
		return all.add("/", name, routedQueue{kind: record.Of("classic"), arguments: record.Value(arguments),
			policy: record.Of(policy), definition: record.Value(`{"max-length":1}`)}, once)
	}
	a, b := add("a", "{}", "p"), add("b", "{}", "p")
	c, d := add("c", `{"x-max-length":1}`, "p"), add("d", "{}", "other")
	if a != b || a == c || a == d || len(all["/"]) != 4 || all["/"]["b"] != a {
		t.Errorf("%v", all)
	}
	if a.PolicyName != "policy p" || d.PolicyName != "policy other" || c.Arguments["x-max-length"] == nil ||
		a.Policy["max-length"] == nil {
		t.Errorf("%+v %+v %+v", a, c, d)
	}
}
