package survey

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/rabbitctl/rabbitctl/pkg/routing"
)

// mostHops is the number of dead-letterings after which the search for a ring ends.
const mostHops = 20

// Ring looks for a ring of dead-lettering. It follows a message that is published straight to the queue, and that in
// each queue expires or is pushed out by a length limit; no consumer rejects it. If such a message would reach a queue
// for the second time, the broker silently drops it (measured on 3.10, 4.0 and 4.3); a queue with the dead-letter
// strategy at-least-once keeps it instead (so its source says). The result names the queues on the message's way, or
// is "" if no ring was found.
func (r *Router) Ring(ctx context.Context, queue string) (string, error) {
	if _, err := r.Route(ctx, routing.Message{Exchange: routing.Default, Key: queue, Unpublished: true}); err != nil {
		return "", err
	}
	hops := 0
	return r.ring(ctx, queue, queue, nil, &hops)
}

// ring continues the search from a queue. key is the routing key of the message in this queue. way has the queues that
// the message has passed.
func (r *Router) ring(ctx context.Context, queue, key string, way []string, hops *int) (string, error) {
	if i := slices.Index(way, queue); i >= 0 {
		return r.wayOf(append(slices.Clone(way), queue)), nil
	}
	q := r.facts.Queues[queue]
	if *hops++; q == nil || *hops > mostHops {
		return "", nil
	}
	d, ok := q.DeadLetters()
	if !ok || !d.Automatic {
		return "", nil
	}
	if d.Key != "" {
		key = d.Key
	}
	next, err := r.Route(ctx, routing.Message{Exchange: d.Exchange, Key: key, Unpublished: true})
	if err != nil {
		return "", err
	}
	for _, name := range next.Queues {
		found, err := r.ring(ctx, name, key, append(slices.Clone(way), queue), hops)
		if found != "" || err != nil {
			return found, err
		}
	}
	return "", nil
}

// wayOf names the queues of a way, and after each queue what sends messages on from there.
func (r *Router) wayOf(way []string) string {
	texts := make([]string, len(way))
	for i, name := range way {
		texts[i] = name
		if d, _ := r.facts.Queues[name].DeadLetters(); i < len(way)-1 {
			texts[i] = fmt.Sprintf("%s (%s)", name, d.Cause)
		}
	}
	return strings.Join(texts, " > ")
}
