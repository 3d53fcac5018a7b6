package routing

import (
	"fmt"
	"slices"

	"github.com/rabbitctl/rabbitctl/pkg/prose"
)

// How says why a message goes on from an exchange: a binding matches, the exchange has an alternate exchange, or the
// routing key is the name of a queue.
type How string

const (
	ByBinding   How = "binding"
	ByAlternate How = "alternate exchange"
	ByName      How = "queue name" // the default exchange
)

// Hop is one step on the route of a message.
type Hop struct {
	From, FromType string
	How            How
	// SetBy says what sets the alternate exchange: "argument" or "policy NAME"; "" for other hops.
	SetBy string
	// Key and Arguments are those of the binding. For a hop by the queue's name, Key is the routing key.
	Key        string
	Arguments  map[string]any
	To         string
	ToExchange bool
}

// Loss is an exchange at which a copy of the message is lost.
type Loss struct {
	Exchange string
	// Why is the rest of a sentence that begins with the exchange's name: "has no binding".
	Why string
}

// Route says where a message goes.
type Route struct {
	// Refused says why the broker does not accept the message at all; "" means that it does. Off is the exchange whose
	// plugin is off, if that is the reason.
	Refused, Off string
	// Hops are all steps of the message, in order.
	Hops []Hop
	// Queues are the queues that get a copy, each once.
	Queues []string
	// Losses are the exchanges at which a copy is lost.
	Losses []Loss
	// Gaps say what is not known. If there are any, the message may reach more queues than those in Queues.
	Gaps []string
	// UnreadExchanges and UnreadQueues are names that must be read before the Route is final. While there are any, the
	// rest of the Route is preliminary.
	UnreadExchanges, UnreadQueues []string
}

type refusal string

func (r refusal) Error() string { return string(r) }

func refused(format string, args ...any) error { return refusal(fmt.Sprintf(format, args...)) }

// Route follows a message. It visits each exchange once, as brokers do, even if bindings form a circle.
func (f Facts) Route(m Message) Route {
	w := walk{facts: f, message: m, seen: map[string]bool{}, reached: map[string]bool{}}
	keys, err := m.keys()
	if err != nil {
		w.Refused = err.Error()
		return w.Route
	}
	w.keys = keys
	if m.Exchange == Default {
		w.byName()
		return w.Route
	}
	switch x, read := f.exchange(m.Exchange); {
	case !read:
		w.UnreadExchanges = []string{m.Exchange}
		return w.Route
	case x == nil:
		w.Refused = fmt.Sprintf("exchange %s does not exist, so the broker closes the channel (404 NOT_FOUND)", m.Exchange)
		return w.Route
	case x.Internal && !m.Unpublished:
		w.Refused = fmt.Sprintf("exchange %s is internal: clients may not publish to it (403 ACCESS_REFUSED)", m.Exchange)
		return w.Route
	}
	w.visit(m.Exchange)
	for len(w.work) > 0 {
		next := w.work[0]
		w.work = w.work[1:]
		if off := f.TypeOff(next); off != "" {
			// No queue gets a copy, so nothing more needs to be read.
			return Route{Hops: w.Hops, Off: next.Name,
				Refused: fmt.Sprintf("exchange %s cannot route: %s, so the broker closes the channel (406 PRECONDITION_FAILED)",
					next.Name, off)}
		}
		w.leave(next)
	}
	w.unreadQueues()
	if len(w.Queues)+len(w.Losses)+len(w.Gaps)+len(w.UnreadExchanges) == 0 {
		w.Losses = []Loss{{m.Exchange, "leads to a circle of exchanges, none of which leads to a queue"}}
	}
	return w.Route
}

// walk is the state of one call of Route.
type walk struct {
	Route
	facts   Facts
	message Message
	keys    []string
	// seen has the exchanges visited so far. reached has the queues that get a copy so far.
	seen, reached map[string]bool
	work          []*Exchange
}

// byName routes from the default exchange: the routing key is a queue's name. The default exchange has no alternate
// exchange, even if a policy sets one.
func (w *walk) byName() {
	for _, key := range w.keys {
		if isReplyTo(key) {
			w.Gaps = append(w.Gaps, "the routing key "+key+" is the address of a client that waits for a reply, not a queue")
			continue
		}
		q, read := w.facts.queue(key)
		switch {
		case !read:
			w.UnreadQueues = append(w.UnreadQueues, key)
		case q == nil:
			w.Losses = append(w.Losses, Loss{Default, fmt.Sprintf("finds no queue named %q", key)})
		default:
			w.arrive(Hop{From: Default, FromType: "direct", How: ByName, Key: key, To: key})
		}
	}
}

// visit adds an exchange to the exchanges that must still be processed, unless it was visited before. It returns false
// if the exchange does not exist.
func (w *walk) visit(name string) bool {
	x, read := w.facts.exchange(name)
	if w.seen[name] {
		return !read || x != nil
	}
	w.seen[name] = true
	switch {
	case !read:
		w.UnreadExchanges = append(w.UnreadExchanges, name)
		return true
	case x == nil:
		return false
	}
	w.work = append(w.work, x)
	return true
}

func (w *walk) arrive(h Hop) {
	w.Hops = append(w.Hops, h)
	if !h.ToExchange && !w.reached[h.To] {
		w.reached[h.To] = true
		w.Queues = append(w.Queues, h.To)
	}
}

func (w *walk) leave(x *Exchange) {
	matching, known := w.matcher(x)
	if !known {
		w.Gaps = append(w.Gaps, unknownType(x))
		return
	}
	took, doubts := 0, 0
	for _, b := range x.Bindings {
		switch matching(b) {
		case yes:
			took++
			if b.ToExchange && !w.visit(b.To) {
				w.Losses = append(w.Losses, Loss{b.To, "does not exist any more"})
				continue
			}
			w.arrive(Hop{From: x.Name, FromType: x.Type, How: ByBinding, Key: b.Key, Arguments: b.Arguments, To: b.To,
				ToExchange: b.ToExchange})
		case unsure:
			doubts++
			w.Gaps = append(w.Gaps,
				fmt.Sprintf("whether the binding of exchange %s to %s matches depends on AMQP types that the API does not show",
					x.Name, b.To))
		}
	}
	switch {
	case took > 0:
	case x.AlternateUnknown != "":
		w.Gaps = append(w.Gaps, fmt.Sprintf("the alternate exchange of exchange %s is not known: %s", x.Name,
			x.AlternateUnknown))
	case x.AlternateBy == "" && doubts == 0:
		w.Losses = append(w.Losses, Loss{x.Name, w.whyLost(x)})
	case x.AlternateBy == "":
	case doubts > 0:
		w.Gaps = append(w.Gaps, fmt.Sprintf("if no binding matches, the message goes to the alternate exchange %s",
			x.Alternate))
	case !w.visit(x.Alternate):
		w.Losses = append(w.Losses, Loss{x.Name, fmt.Sprintf("%s, and its alternate exchange %s (%s) does not exist",
			w.whyLost(x), x.Alternate, x.AlternateBy)})
	default:
		w.arrive(Hop{From: x.Name, FromType: x.Type, How: ByAlternate, SetBy: x.AlternateBy, To: x.Alternate,
			ToExchange: true})
	}
}

// matcher returns the function that compares the message with a binding of the exchange. known is false for a type that
// rabbitctl does not know.
func (w *walk) matcher(x *Exchange) (matching func(Binding) match, known bool) {
	switch x.Type {
	case "direct":
		return func(b Binding) match { return decided(slices.Contains(w.keys, b.Key)) }, true
	case "fanout":
		return func(Binding) match { return yes }, true
	case "topic":
		return func(b Binding) match {
			return decided(slices.ContainsFunc(w.keys, func(key string) bool { return MatchTopic(b.Key, key) }))
		}, true
	case "headers":
		headers := w.message.visible()
		return func(b Binding) match {
			if w.message.Unpublished {
				return unsure
			}
			return matchHeaders(b.Arguments, headers, w.facts.ExactNumbers)
		}, true
	}
	return nil, false
}

// whyLost says why no binding of the exchange took the message.
func (w *walk) whyLost(x *Exchange) string {
	switch n := len(x.Bindings); {
	case x.Name == Default:
		return "routes nothing when it is an alternate exchange"
	case n == 0:
		return "has no binding"
	case x.Type == "headers":
		return fmt.Sprintf("has %s, and none matches the headers", prose.Plural(n, "binding", "bindings"))
	default:
		return fmt.Sprintf("has %s, and none matches the routing key %q", prose.Plural(n, "binding", "bindings"),
			w.message.Key)
	}
}

// unreadQueues notes the reached queues that have not been read yet.
func (w *walk) unreadQueues() {
	for _, q := range w.Queues {
		if _, read := w.facts.queue(q); !read {
			w.UnreadQueues = append(w.UnreadQueues, q)
		}
	}
}

// maxNamed is the largest number of destinations that are listed for an exchange of unknown type.
const maxNamed = 5

func unknownType(x *Exchange) string {
	var to []string
	for _, b := range x.Bindings {
		if !slices.Contains(to, b.To) {
			to = append(to, b.To)
		}
	}
	text := fmt.Sprintf("it is not known how exchange %s routes: its type is %s", x.Name, x.Type)
	if len(to) == 0 {
		return text + ", and it has no binding"
	}
	return text + "; its bindings lead to " + prose.Few(to, maxNamed)
}
