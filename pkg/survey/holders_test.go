package survey_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/diagnose"
	"github.com/rabbitctl/rabbitctl/pkg/health"
	"github.com/rabbitctl/rabbitctl/pkg/internal/brokertest"
	"github.com/rabbitctl/rabbitctl/pkg/survey"
)

const (
	askHeld    = "GET /api/queues?columns=vhost%2Cname%2Cmessages_ready%2Cmessages_unacknowledged%2Cconsumers%2Cidle_since%2Ctype&node_stats_age=60&node_stats_incr=5"
	askHeldNow = "GET /api/queues?columns=vhost%2Cname%2Ctype%2Cstate%2Cexclusive%2Cmessages_ready%2Cmessages_unacknowledged%2Cmessages" +
		"&disable_stats=true&enable_queue_totals=true"
	askHolding = "GET /api/channels?columns=name%2Cconnection_details.name%2Cnumber%2Cvhost%2Cuser%2Cnode%2Cprefetch_count" +
		"%2Cmessages_unacknowledged%2Cidle_since" + brokertest.Uncached
	askReaders = "GET /api/consumers?columns=queue.vhost%2Cqueue.name%2Cconsumer_tag%2Cchannel_details.name" +
		"%2Cchannel_details.connection_name%2Cchannel_details.user%2Cchannel_details.peer_host%2Cchannel_details.peer_port" +
		"%2Cchannel_details.number%2Cchannel_details.node%2Cprefetch_count%2Cack_required"
)

// Holders returns only queues that hold unacknowledged messages, or for which this is not known, with their channels,
// consumers and connections. Here 500 queues have one consumer each, with its own channel and connection, and only
// queues 7, 8 and 9 must be returned.
func TestHolders_keepsWhatHolds(t *testing.T) {
	t.Parallel()
	const many = 500
	list := func(one func(i int) string) string {
		var all []string
		for i := range many {
			all = append(all, one(i))
		}
		return "[" + strings.Join(all, ",") + "]"
	}
	// The statistics have a count for queue 7. Only queue 8 itself reports its count. Queue 9 has no count at all. The
	// channel of queue 8 is still listed with no messages.
	held := func(i int) string {
		switch i {
		case 7:
			return `"messages_unacknowledged":3`
		case 9:
			return `"x":0`
		}
		return `"messages_unacknowledged":0`
	}
	s := brokertest.New(t)
	s.JSON(askHeld, 200, list(func(i int) string {
		return fmt.Sprintf(`{"vhost":"/","name":"q%d","type":"classic","messages_ready":1,"consumers":1,`+
			`"idle_since":"2026-03-04T04:04:07.250+00:00",%s}`, i, held(i))
	}))
	s.JSON(askHolding, 200, list(func(i int) string {
		return fmt.Sprintf(`{"name":"c%d (1)","connection_details":{"name":"c%d"},"vhost":"/",%s}`, i, i, held(i))
	}))
	s.JSON(askHeldNow, 200, list(func(i int) string {
		now := held(i)
		if i == 8 {
			now = `"messages_unacknowledged":5`
		}
		return fmt.Sprintf(`{"vhost":"/","name":"q%d","type":"classic","messages_ready":0,%s}`, i, now)
	}))
	s.JSON(askReaders, 200, list(func(i int) string {
		return fmt.Sprintf(`{"queue":{"vhost":"/","name":"q%d"},"consumer_tag":"t","channel_details":{"name":"c%d (1)","connection_name":"c%d"}}`,
			i, i, i)
	}))
	s.JSON(brokertest.AskConnections, 200, list(func(i int) string {
		return fmt.Sprintf(`{"name":"c%d","user":"app"}`, i)
	}))

	c, err := broker.New(broker.Options{BaseURL: s.URL, Username: "monitor"})
	if err != nil {
		t.Fatal(err)
	}
	got, err := survey.Holders(t.Context(), c, "", "", true)
	if err != nil {
		t.Fatal(err)
	}
	known := func(n float64) health.Reading { return health.Reading{Value: n, Known: true} }
	idle := time.Date(2026, 3, 4, 4, 4, 7, 250_000_000, time.UTC)
	want := diagnose.UnackedFacts{Seen: many,
		Queues: []diagnose.HeldQueue{
			{VHost: "/", Name: "q7", Type: "classic", Ready: known(0), Unacked: known(3), Consumers: known(1), Fresh: true,
				OldUnacked: known(3), Idle: idle},
			{VHost: "/", Name: "q8", Type: "classic", Ready: known(0), Unacked: known(5), Consumers: known(1), Fresh: true,
				OldUnacked: known(0), Idle: idle},
			{VHost: "/", Name: "q9", Type: "classic", Ready: known(0), Consumers: known(1), Idle: idle},
		},
		Channels: []diagnose.HoldingChannel{
			{Name: "c7 (1)", Connection: "c7", VHost: "/", Unacked: known(3)},
			{Name: "c9 (1)", Connection: "c9", VHost: "/"},
			{Name: "c8 (1)", Connection: "c8", VHost: "/", Unacked: known(0)},
		},
		Connections: map[string]diagnose.Connection{},
	}
	for _, i := range []int{7, 8, 9} {
		name := fmt.Sprintf("c%d", i)
		want.Consumers = append(want.Consumers, diagnose.QueueConsumer{VHost: "/", Queue: fmt.Sprintf("q%d", i), Tag: "t",
			Channel: name + " (1)", Connection: name, Acks: true})
		want.Connections[name] = diagnose.Connection{Name: name, User: "app"}
	}
	if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
		t.Error(diff)
	}
}
