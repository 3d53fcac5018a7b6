package diagnose

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/rabbitctl/rabbitctl/pkg/routing"
)

// anyKey is a routing key that no binding names. It stands for all such keys: only patterns and fanout exchanges route
// it.
const anyKey = "\x00"

// The limits of the search for circles: bindings compared, and steps from queue to queue. The search reaches each
// limit in about a second.
const (
	bindingsCompared = 200_000_000
	stepsTaken       = 300_000
)

// letter is a message in a queue, reduced to the facts that matter for dead-lettering.
type letter struct{ queue, key string }

// loops finds circles of queues: each queue dead-letters by time or length to the next one, and the last one to the
// first one. The result maps the name of the first queue of a circle to the holes. If the search is not complete, the
// hole under the key "" says so. A broker drops a message that returns to a queue without a rejection on the way
// (measured on 3.10, 4.0 and 4.3), so these circles lose messages. Circles in which a consumer rejects messages are
// retries, and are not reported.
func (f RoutingFacts) loops() map[string][]Hole {
	s := circles{facts: f, automatic: map[string]routing.DeadLetters{}, next: map[letter][]string{},
		found: map[string][]Hole{}, keys: map[string][]string{}}
	for name, q := range f.Queues {
		if d, ok := q.DeadLetters(); ok && d.Automatic {
			s.automatic[name] = d
		}
	}
	for _, x := range f.Exchanges {
		for _, b := range x.Bindings {
			if b.ToExchange {
				continue
			}
			// The key of a binding is a routing key that reaches the queue: a topic pattern too, since it matches itself.
			keyed := x.Type == "direct" || x.Type == "topic"
			if d, ok := s.automatic[b.To]; ok && d.Key == "" && keyed && !slices.Contains(s.keys[b.To], b.Key) {
				s.keys[b.To] = append(s.keys[b.To], b.Key)
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(s.automatic)) {
		for _, key := range append(s.keys[name], name, anyKey) {
			s.search(name, key)
		}
	}
	if s.over() {
		s.found[""] = s.facts.hole("virtual host", f.VHost, "the search for dead-lettering in a circle is not complete",
			fmt.Sprintf("gave up after %d steps and %d bindings", s.steps, s.compared), f.command("list_queues", "name",
				"arguments", "policy"))
	}
	return s.found
}

type circles struct {
	facts RoutingFacts
	// automatic holds the queues that dead-letter by time or length: no consumer has to reject the message.
	automatic map[string]routing.DeadLetters
	// keys holds the routing keys of messages that reach a queue, as far as its bindings show.
	keys map[string][]string
	// next holds the queues that a dead-lettered message reaches, by exchange and routing key: in its keys, the field
	// queue of letter holds the exchange.
	next     map[letter][]string
	compared int
	steps    int
	found    map[string][]Hole
}

func (s *circles) over() bool { return s.compared > bindingsCompared || s.steps > stepsTaken }

// search finds the shortest path of a message from a queue back to that queue. Each circle is found from its
// alphabetically first queue, so the search never passes a queue with a smaller name.
func (s *circles) search(first, key string) {
	start := letter{first, key}
	from := map[letter]letter{start: {}}
	for work := []letter{start}; len(work) > 0 && !s.over(); work = work[1:] {
		here := work[0]
		d, ok := s.automatic[here.queue]
		if !ok {
			continue
		}
		key := here.key
		if d.Key != "" {
			key = d.Key
		}
		for _, queue := range s.reached(d.Exchange, key) {
			s.steps++
			if queue == first {
				way := []letter{here}
				for here != start {
					here = from[here]
					way = append(way, here)
				}
				slices.Reverse(way)
				s.report(way)
				return
			}
			next := letter{queue, key}
			if _, seen := from[next]; !seen && queue > first {
				from[next] = here
				work = append(work, next)
			}
		}
	}
}

func (s *circles) reached(exchange, key string) []string {
	m := routing.Message{Exchange: exchange, Key: key, Unpublished: true}
	k := letter{exchange, key}
	if queues, ok := s.next[k]; ok {
		return queues
	}
	if x := s.facts.Exchanges[exchange]; x != nil {
		s.compared += len(x.Bindings)
	}
	way := s.facts.Route(m)
	s.steps += len(way.Hops)
	s.next[k] = way.Queues
	return way.Queues
}

// report records a circle. It records the circle only once, even if messages with several keys pass through these
// queues.
func (s *circles) report(way []letter) {
	var names, causes []string
	for _, l := range way {
		d := s.automatic[l.queue]
		names = append(names, l.queue)
		causes = append(causes, fmt.Sprintf("%s: %s, dead-letter-exchange %s set by %s", l.queue, d.Cause, nameOf(d.Exchange),
			d.By))
	}
	first := names[0]
	what := "dead-letters in a circle: " + strings.Join(append(names, first), " > ")
	for _, h := range s.found[first] {
		if h.What == what {
			return
		}
	}
	evidence := strings.Join(causes, "; ") + "; a message that comes back without a rejection is dropped"
	s.found[first] = append(s.found[first], s.facts.hole("queue", first, what, evidence,
		"break the circle: "+s.facts.command("show_queue", names[len(names)-1]))...)
}
