package survey

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/rabbitctl/rabbitctl/pkg/routing"
)

// mostHops is after how many dead-letterings the search for a ring ends.
const mostHops = 20

// Ring looks for a ring of dead-lettering. It follows a message that is published straight to the queue. In each queue
// the message expires or is pushed out by a length limit; no consumer rejects it. When it would come to a queue for the
// second time, the broker drops it and says nothing (measured on 3.10, 4.0 and 4.3). The result names the queues of the
// way; it is "" if no ring was found.
func (r *Router) Ring(ctx context.Context, queue string) (string, error) {
	if _, err := r.Route(ctx, routing.Message{Exchange: routing.Default, Key: queue, Unpublished: true}); err != nil {
		return "", err
	}
	hops := 0
	return r.ring(ctx, queue, queue, nil, &hops)
}

// ring goes on from a queue, with the routing key of a message there and the way to it.
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

// wayOf names the queues of a way, and what sends messages on from each.
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
