package diagnose

import (
	"fmt"
	"slices"

	"github.com/rabbitctl/rabbitctl/pkg/health"
)

func queueRules() []Rule {
	return []Rule{
		{Name: "quorum-lost", Needs: []Part{OfReplicated, OfView}, Judge: quorumLost},
		{Name: "quorum-near-loss", Needs: []Part{OfReplicated, OfView}, Judge: quorumNearLoss},
		{Name: "queue-not-read", Needs: []Part{OfQueues}, Judge: queueNotRead},
		{Name: "queue-not-acknowledged", Needs: []Part{OfQueues}, Judge: queueNotAcknowledged},
		{Name: "messages-unroutable", Needs: []Part{OfOverview}, Judge: messagesUnroutable},
	}
}

func queueNotRead(f Facts) []Finding {
	return ofQueues(f, Queue.unread, func(q Queue) float64 { return q.Ready.Value },
		func(q Queue) string {
			return fmt.Sprintf("%s: %.0f ready, no consumer, %.1f published a second", q.label(), q.Ready.Value, q.Published.Value)
		},
		Finding{Severity: health.Warning, What: "queues that grow and that nobody reads", Hit: "whoever waits for what these messages should cause; in time disk and memory",
			Do: []string{"rabbitctl list_queues vhost name messages consumers --where 'consumers == 0 && messages > 0' --sort -messages", "start the consumers, or remove the binding that fills the queue"}})
}

func queueNotAcknowledged(f Facts) []Finding {
	return ofQueues(f, Queue.unacknowledged, func(q Queue) float64 { return q.Unacked.Value },
		func(q Queue) string {
			return fmt.Sprintf("%s: %.0f unacknowledged, %.0f ready, %s, none acknowledged lately", q.label(), q.Unacked.Value, q.Ready.Value, plural(int(q.Consumers.Value), "consumer", "consumers"))
		},
		Finding{Severity: health.Warning, What: "queues whose consumers hold messages and acknowledge none", Hit: "whoever waits for what these messages should cause",
			Do: []string{"rabbitctl list_unacked", "look into the consumer's log: it may be stuck in one message"}})
}

func (q Queue) label() string { return q.Name + " in " + q.VHost }

// mostNamed is how many queues a finding names.
const mostNamed = 10

// ofQueues makes one finding of all queues that a rule is about, the biggest first.
func ofQueues(f Facts, about func(Queue) bool, size func(Queue) float64, text func(Queue) string, x Finding) []Finding {
	var hit []Queue
	for _, q := range f.Queues.Suspects {
		if about(q) {
			hit = append(hit, q)
		}
	}
	if len(hit) == 0 {
		return nil
	}
	slices.SortStableFunc(hit, func(a, b Queue) int {
		switch {
		case size(a) > size(b):
			return -1
		case size(a) < size(b):
			return 1
		}
		return 0
	})
	for _, q := range hit[:min(mostNamed, len(hit))] {
		x.Evidence = append(x.Evidence, text(q))
	}
	if len(hit) > mostNamed {
		x.Evidence = append(x.Evidence, fmt.Sprintf("and %d more", len(hit)-mostNamed))
	}
	x.What = fmt.Sprintf("%s: %d of %d", x.What, len(hit), f.Queues.Total)
	return []Finding{x}
}

func messagesUnroutable(f Facts) []Finding {
	dropped, returned := f.Overview.Dropped, f.Overview.Returned
	if dropped.Value <= 0 && returned.Value <= 0 {
		return nil
	}
	return []Finding{{Severity: health.Warning, What: "messages are published that reach no queue",
		Evidence: []string{fmt.Sprintf("%.1f a second are dropped without a word, %.1f are returned to their publishers", dropped.Value, returned.Value)},
		Hit:      "the publishers: for them all is well, unless they publish with the flag mandatory",
		Do:       []string{"rabbitctl list_unroutable", "rabbitctl explain_route EXCHANGE ROUTING_KEY"}}}
}
