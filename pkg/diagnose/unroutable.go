package diagnose

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/health"
	"github.com/rabbitctl/rabbitctl/pkg/prose"
	"github.com/rabbitctl/rabbitctl/pkg/routing"
	"github.com/rabbitctl/rabbitctl/pkg/topology"
)

// Flow holds how many messages an exchange received and routed since its statistics began, and how many it receives per
// second. An absent reading means that the broker counted no messages, or does not count them.
type Flow struct {
	In, Out, Rate health.Reading
}

// RoutingFacts holds what Unroutable judges: all exchanges, queues and policies of one virtual host.
type RoutingFacts struct {
	VHost string
	routing.Facts
	// Flows maps the name of an exchange to what that exchange received and routed.
	Flows    map[string]Flow
	Policies []topology.Policy
	// PoliciesUnread says why the policies could not be read; "" when they could.
	PoliciesUnread string
	// Dropped and Returned count the messages of the virtual host that reached no queue, without and with the flag
	// mandatory; DroppedRate is per second.
	Dropped, DroppedRate, Returned health.Reading
}

// Hole is a place where messages get lost, or a policy that is in effect nowhere. It can also say that the search for
// such places was not complete.
type Hole struct {
	VHost string `json:"vhost"`
	// Kind is virtual host, exchange, queue, policy or operator policy.
	Kind string `json:"kind"`
	Name string `json:"name"`
	// What says what is wrong with the object.
	What string `json:"what"`
	// Evidence is what was seen.
	Evidence string `json:"evidence"`
	// Do says what to do, with a command if there is one.
	Do string `json:"do"`
	// TypeOff means that the cause is an exchange whose type comes from a plugin that is off: the object is that exchange,
	// or a queue that dead-letters to it. Used means that the exchange has bindings, or that another exchange or a queue
	// sends messages to it.
	TypeOff, Used bool `json:"-"`
}

// Unroutable finds the holes of a virtual host: messages that reach no queue, exchanges whose type comes from a plugin
// that is off, alternate and dead-letter exchanges that do not exist or lead nowhere, circles of dead-lettering, and
// policies that are in effect nowhere. The holes are in this order: the virtual host, exchanges, queues, operator
// policies, policies. Those of one kind are sorted by name. A hole that says that the search for circles is not
// complete stands before the queues.
func Unroutable(f RoutingFacts) []Hole {
	f.Exchanges, f.Queues = present(f.Exchanges), present(f.Queues)
	holes := f.drops()
	for _, name := range slices.Sorted(maps.Keys(f.Exchanges)) {
		holes = append(holes, f.exchangeHoles(f.Exchanges[name])...)
	}
	loops := f.loops()
	holes = append(holes, loops[""]...)
	// Among very many queues only few have a hole, and only those are sorted.
	ofQueues := map[string][]Hole{}
	for name, q := range f.Queues {
		if found := append(f.deadLetterHole(name, q), loops[name]...); len(found) > 0 {
			ofQueues[name] = found
		}
	}
	for _, name := range slices.Sorted(maps.Keys(ofQueues)) {
		holes = append(holes, ofQueues[name]...)
	}
	policies := slices.SortedFunc(slices.Values(f.Policies), func(a, b topology.Policy) int {
		return cmp.Or(cmp.Compare(policyKind(a), policyKind(b)), cmp.Compare(a.Name, b.Name))
	})
	if f.PoliciesUnread != "" {
		holes = append(holes, f.hole("policy", "", "policies could not be read", f.PoliciesUnread,
			"run the command as a user who may read policies")...)
	}
	for _, p := range policies {
		holes = append(holes, f.policyHole(p)...)
	}
	return holes
}

func (f RoutingFacts) hole(kind, name, what, evidence, do string) []Hole {
	return []Hole{{VHost: f.VHost, Kind: kind, Name: name, What: what, Evidence: evidence, Do: do}}
}

// command returns a command line of rabbitctl for the virtual host.
func (f RoutingFacts) command(name string, words ...string) string {
	return fail.Command(name, append([]string{"-p", f.VHost}, words...)...)
}

// drops returns the hole of messages that reached no queue. The API counts these only for a whole virtual host.
func (f RoutingFacts) drops() []Hole {
	if !f.Dropped.Known || f.Dropped.Value == 0 {
		return nil
	}
	evidence := fmt.Sprintf("%.0f dropped so far, %s", f.Dropped.Value, perSecond(f.DroppedRate))
	if f.Returned.Known && f.Returned.Value > 0 {
		evidence += fmt.Sprintf("; %.0f more were mandatory and came back", f.Returned.Value)
	}
	return f.hole("virtual host", f.VHost, "drops messages that reach no queue", evidence,
		f.command("list_exchanges", "name", "message_stats.publish_in", "message_stats.publish_out"))
}

func perSecond(r health.Reading) string {
	switch {
	case !r.Known:
		return "the present rate is not known"
	case r.Value == 0:
		return "none just now"
	}
	return fmt.Sprintf("%.1f/s just now", r.Value)
}

// present leaves out the entries that are nil, which means that the object is known not to exist. It copies the map
// only if there are such entries.
func present[T any](all map[string]*T) map[string]*T {
	missing := func(_ string, v *T) bool { return v == nil }
	for name, v := range all {
		if missing(name, v) {
			all = maps.Clone(all)
			maps.DeleteFunc(all, missing)
			break
		}
	}
	return all
}

// exchangeHoles returns the hole of an exchange if the plugin of its type is off, if its alternate exchange does not
// exist, or if it gets messages and none reaches a queue.
func (f RoutingFacts) exchangeHoles(x *routing.Exchange) []Hole {
	if off := f.TypeOff(x); off != "" {
		return f.typeOff(x, off)
	}
	if x.AlternateBy != "" {
		if f.Exchanges[x.Alternate] != nil {
			return nil
		}
		return f.hole("exchange", x.Name, fmt.Sprintf("alternate exchange %s does not exist", x.Alternate),
			fmt.Sprintf("alternate-exchange set by %s; what matches no binding is dropped", x.AlternateBy), "declare exchange "+
				x.Alternate+orCorrect(x.AlternateBy))
	}
	flow := f.Flows[x.Name]
	if x.Name == routing.Default || x.AlternateUnknown != "" || !flow.In.Known || flow.In.Value == 0 {
		return nil
	}
	seen := fmt.Sprintf("%s in so far, %s", prose.Plural(int(flow.In.Value), "message", "messages"), perSecond(flow.Rate))
	show := f.command("show_exchange", x.Name)
	if len(x.Bindings) == 0 {
		return f.hole("exchange", x.Name, "gets messages but has no binding", seen+"; all are dropped", show)
	}
	if !flow.Out.Known || flow.Out.Value == 0 {
		return f.hole("exchange", x.Name, "gets messages, but none has reached a queue",
			fmt.Sprintf("%s; %s", seen, prose.Plural(len(x.Bindings), "binding", "bindings")), show)
	}
	return nil
}

// typeOff returns the hole of an exchange that refuses every message, because the plugin of its type is off.
func (f RoutingFacts) typeOff(x *routing.Exchange, off string) []Hole {
	var from []string
	for _, name := range slices.Sorted(maps.Keys(f.Exchanges)) {
		other := f.Exchanges[name]
		if other.AlternateBy != "" && other.Alternate == x.Name ||
			slices.ContainsFunc(other.Bindings, func(b routing.Binding) bool { return b.ToExchange && b.To == x.Name }) {
			from = append(from, name)
		}
	}
	evidence := prose.Plural(len(x.Bindings), "binding", "bindings") +
		"; what is published to it is refused (406 PRECONDITION_FAILED)"
	if len(from) > 0 {
		evidence += ", and so is what comes by " + some(from)
	}
	h := f.hole("exchange", x.Name, "cannot route: "+off, evidence, enable(x))
	h[0].TypeOff, h[0].Used = true, len(from)+len(x.Bindings) > 0
	return h
}

// enable returns the advice for an exchange whose type comes from a plugin that is off.
func enable(x *routing.Exchange) string {
	return "on every node: rabbitctl enable_plugins " + routing.Plugin(x.Type) +
		" --node NODE; or delete exchange " + x.Name
}

// orCorrect returns the alternative advice: correct the policy, or recreate the object, since arguments are fixed.
func orCorrect(by string) string {
	if by == "argument" {
		return ", or recreate this one without it"
	}
	return ", or correct " + by
}

// deadLetterHole returns the hole of a queue whose dead-letter exchange does not exist, routes to no queue, or leads to
// an exchange whose type comes from a plugin that is off. Brokers accept such a queue without an error. In the first
// two cases they drop the messages that it dead-letters.
func (f RoutingFacts) deadLetterHole(name string, q *routing.Queue) []Hole {
	d, ok := q.DeadLetters()
	if !ok {
		return nil
	}
	evidence := fmt.Sprintf("dead-letter-exchange set by %s; what is rejected or expires is lost", d.By)
	x, exists := f.Exchanges[d.Exchange], true
	if x == nil {
		exists = d.Exchange == routing.Default
	}
	if !exists {
		return f.hole("queue", name, fmt.Sprintf("dead-letter exchange %s does not exist", d.Exchange), evidence,
			"declare exchange "+d.Exchange+orCorrect(d.By))
	}
	way := f.Route(routing.Message{Exchange: d.Exchange, Key: d.Key, Unpublished: true})
	if off := f.Exchanges[way.Off]; off != nil && way.Off != "" {
		h := f.hole("queue", name, fmt.Sprintf("dead-letters to exchange %s, which cannot route (type %s)", off.Name,
			off.Type),
			fmt.Sprintf("dead-letter-exchange %s set by %s; the first message that is dead-lettered ends the queue's "+
				"process, and a quorum queue loses the message", d.Exchange, d.By),
			enable(off))
		h[0].TypeOff, h[0].Used = true, true
		return h
	}
	if d.Key == "" {
		// Without a dead-letter routing key, each message keeps its own key, so only an exchange without any way out is
		// certain to drop them.
		if d.Exchange != routing.Default && len(x.Bindings) == 0 && x.AlternateBy == "" && x.AlternateUnknown == "" {
			return f.hole("queue", name, fmt.Sprintf("dead-letter exchange %s has no binding", d.Exchange), evidence,
				"bind a queue to exchange "+d.Exchange)
		}
		return nil
	}
	if len(way.Queues)+len(way.Gaps) > 0 {
		return nil
	}
	return f.hole("queue", name, fmt.Sprintf("dead-letter exchange %s routes key %q to no queue", nameOf(d.Exchange),
		d.Key), evidence,
		f.command("explain_route", d.Exchange, d.Key))
}

func nameOf(exchange string) string {
	if exchange == routing.Default {
		return "(default)"
	}
	return exchange
}

func policyKind(p topology.Policy) string {
	if p.Operator {
		return "operator policy"
	}
	return "policy"
}
