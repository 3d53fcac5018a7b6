package diagnose

import (
	"fmt"
	"slices"

	"github.com/rabbitctl/rabbitctl/pkg/health"
	"github.com/rabbitctl/rabbitctl/pkg/prose"
)

func queueRules() []Rule {
	return []Rule{
		{Name: "quorum-lost", Needs: []Part{OfReplicated, OfView}, Judge: quorumLost},
		{Name: "queue-down", Needs: []Part{OfQueues}, Judge: func(f Facts) []Finding { return QueuesDown(f.Queues.Down) }},
		{Name: "quorum-near-loss", Needs: []Part{OfReplicated, OfView}, Judge: quorumNearLoss},
		{Name: "queue-not-read", Needs: []Part{OfQueues}, Judge: queueNotRead},
		{Name: "redelivery-loop", Needs: []Part{OfQueues}, Judge: redeliveryLoop},
		{Name: "queue-full-rejects", Needs: []Part{OfQueues}, Judge: queueFullRejects},
		{Name: "queue-not-acknowledged", Needs: []Part{OfQueues}, Judge: queueNotAcknowledged},
		{Name: "messages-unroutable", Needs: []Part{OfOverview}, Judge: messagesUnroutable},
	}
}

func queueNotRead(f Facts) []Finding {
	return ofQueues(f, Queue.grows, func(q Queue) float64 { return q.Ready.Value },
		func(q Queue) string {
			return fmt.Sprintf("%s: %.0f ready, no consumer, grew by %.0f in %s", q.label(), q.Ready.Value, q.Then.Grown.Value,
				health.Lasting(q.Then.Over.Seconds()))
		},
		Finding{Severity: health.Warning, What: "queues that grow and have no consumer",
			Hit: "the programs that depend on these messages; later, the broker's disk and memory",
			Do:  []string{"rabbitctl list_queues vhost name messages consumers --where 'consumers == 0 && messages > 0' --sort -messages", "start the consumers, or remove the binding that fills the queue"}})
}

func redeliveryLoop(f Facts) []Finding {
	return ofQueues(f, Queue.loops, func(q Queue) float64 { return q.Then.Redelivered.Value },
		func(q Queue) string {
			return fmt.Sprintf("%s: %s redelivered and %s acknowledged in %s, by %s", q.label(),
				number(q.Then.Redelivered.Value), number(q.Then.Acked.Value),
				health.Lasting(q.Then.Over.Seconds()), prose.Plural(int(q.Consumers.Value), "consumer", "consumers"))
		},
		Finding{Severity: health.Warning, What: "queues whose consumers requeue messages again and again",
			Hit: "the programs that wait for these messages; the CPU of broker and consumers. A classic queue redelivers them for ever; a quorum queue drops or dead-letters them at its delivery limit, if it has one (on 4.3 basic.nack does not count)",
			Do: []string{"rabbitctl show_queue -p VHOST QUEUE shows the consumers: look in their logs for what they cannot " +
				"handle",
				"reject such messages without requeue, into a dead-letter exchange, or retry them after a while by a queue with a message-ttl"}})
}

func queueFullRejects(f Facts) []Finding {
	return ofQueues(f, func(q Queue) bool { return q.full() != "" }, func(q Queue) float64 { return q.Published.Value },
		func(q Queue) string {
			text := fmt.Sprintf("%s is full: %s", q.label(), q.full())
			if q.Published.Value > 0 {
				return fmt.Sprintf("%s; %s messages a second are published, rejected ones included", text,
					health.PerSecond(q.Published.Value))
			}
			return text
		},
		Finding{Severity: health.Warning, What: "queues that are full and reject new messages",
			Hit: "their publishers: with confirms they get a nack, without them they do not learn that their messages are lost",
			Do:  []string{"rabbitctl list_queues vhost name messages_ready consumers --where 'messages_ready > 0' --sort -messages_ready", "add consumers or make them faster; a higher limit only delays the problem"}})
}

func queueNotAcknowledged(f Facts) []Finding {
	return ofQueues(f, func(q Queue) bool { return q.unacknowledged() && !q.loops() }, func(q Queue) float64 {
		return q.Unacked.Value
	},
		func(q Queue) string {
			return fmt.Sprintf("%s: %.0f unacknowledged, %.0f ready, %s, none acknowledged lately", q.label(), q.Unacked.Value,
				q.Ready.Value, prose.Plural(int(q.Consumers.Value), "consumer", "consumers"))
		},
		Finding{Severity: health.Warning, What: "queues whose consumers hold messages and acknowledge none",
			Hit: "the programs that depend on these messages",
			Do:  []string{"rabbitctl list_unacked", "look in the consumer's log: it may be stuck in one message"}})
}

func (q Queue) label() string { return q.Name + " in " + q.VHost }

// mostNamed is the highest number of queues, exchanges or policies that a finding names.
const mostNamed = 10

// ofQueues makes one finding of all queues for which the function about returns true. The queues with the largest size
// come first.
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
		Evidence: []string{fmt.Sprintf(
			"%.1f messages a second are dropped without an error, %.1f are returned to their publishers", dropped.Value,
			returned.Value)},
		Hit: "the publishers: they get no error, unless they set the flag mandatory",
		Do:  []string{"rabbitctl list_unroutable", "rabbitctl explain_route EXCHANGE ROUTING_KEY"}}}
}
