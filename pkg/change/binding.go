package change

import (
	"context"
	"fmt"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/record"
	"github.com/rabbitctl/rabbitctl/pkg/topology"
)

// binding is one run of bind or unbind.
type binding struct {
	broker.Ends
	key       string
	arguments arguments
}

// Bind makes a binding. A binding with the same ends, routing key and arguments stays as it is.
func Bind() Op {
	b := &binding{Ends: broker.Ends{Kind: "queue"}, arguments: arguments{}}
	return Op{Name: "bind", Noun: "binding", Scoped: true, Compares: true, Params: b.params(), Check: b.check,
		Plan: b.bind}
}

// Unbind removes a binding.
func Unbind() Op {
	b := &binding{Ends: broker.Ends{Kind: "queue"}, arguments: arguments{}}
	return Op{Name: "unbind", Noun: "binding", Scoped: true, Loses: true, Removes: true, Params: b.params(),
		Check: b.check, Plan: b.unbind}
}

func (b *binding) params() []Param {
	key := FreeArg("routing_key", "the key or pattern", &b.key)
	key.Optional = true
	return []Param{Arg("source", &b.Source, exchangeNames), Arg("destination", &b.Destination, b.destinations), key,
		Flag("destination-kind", "what DESTINATION is", &b.Kind, "queue", "exchange"),
		b.arguments.flag(topology.OfBindings().Parse)}
}

// destinations returns the names of queues, or of exchanges if the binding leads to an exchange.
func (b *binding) destinations(ctx context.Context, c *broker.Client, vhost string) ([]string, error) {
	if b.Kind == "exchange" {
		return exchangeNames(ctx, c, vhost)
	}
	return QueueNames(ctx, c, vhost)
}

func (b *binding) check() error {
	kinds := []string{"queue", "exchange"}
	switch {
	case b.Kind != "queue" && b.Kind != "exchange":
		return fail.Usagef("--destination-kind cannot be %q%s", b.Kind, fail.DidYouMean(b.Kind, kinds)).
			Next("queue or exchange")
	case b.Source == "amq.default", b.Kind == "exchange" && b.Destination == "amq.default":
		return fail.Usagef("bindings of the default exchange can be neither made nor removed").
			Next("leave this exchange as it is: it routes to each queue by the queue's name")
	case len(b.key) > 255:
		return fail.Usagef("the routing key has %d bytes, 255 is the most", len(b.key))
	}
	return nil
}

// label names the binding in a sentence: queue q to exchange x with routing key k. joint is "to" or "from".
func (b *binding) label(joint string) string {
	text := fmt.Sprintf("%s %s %s exchange %s", b.Kind, b.Destination, joint, b.Source)
	if b.key != "" {
		text += " with routing key " + b.key
	}
	if len(b.arguments) > 0 {
		text += " with arguments " + b.arguments.shown()
	}
	return text
}

type bound struct {
	key, properties string
	arguments       record.Value
}

// all returns all bindings between the two ends.
func (b *binding) all(ctx context.Context, at Site) ([]bound, error) {
	reader := record.NewReader(func(r *record.Binder, of *bound) {
		r.Text("routing_key", &of.key)
		r.Text("properties_key", &of.properties)
		r.Value("arguments", func(v record.Value) { of.arguments = v })
	})
	var all []bound
	for one, err := range reader.All(at.Broker.BindingsBetween(ctx, at.VHost, b.Ends, reader.Columns())) {
		if err != nil {
			return nil, err
		}
		all = append(all, one)
	}
	return all, nil
}

// among returns the wanted binding from a list of bindings, or nil if the list does not have it.
func (b *binding) among(all []bound) *bound {
	for i, one := range all {
		if one.key == b.key && topology.SameArguments(one.arguments.Map(), b.arguments) {
			return &all[i]
		}
	}
	return nil
}

func (b *binding) bind(ctx context.Context, at Site) (*Plan, error) {
	source, err := at.Broker.Exchange(ctx, at.VHost, b.Source)
	if err != nil {
		return nil, missingExchange(at, b.Source, err)
	}
	all, err := b.all(ctx, at)
	if err != nil {
		return nil, err
	}
	notes := b.ignored(source.At("type").Text())
	if b.among(all) != nil {
		return &Plan{Done: &Outcome{Word: "unchanged", Notes: notes}}, nil
	}
	if err := b.reaches(ctx, at); err != nil {
		return nil, err
	}
	plan := Once("bind "+b.label("to")+" in virtual host "+at.VHost, "created", func(ctx context.Context) error {
		return b.missingEnd(ctx, at, at.Broker.Bind(ctx, at.VHost, b.Ends, b.key, b.arguments.sent()))
	})
	plan.Now, plan.Notes = "missing", notes
	return plan.Seen(func(ctx context.Context, o Outcome) (Outcome, error) {
		o.Notes = notes
		all, err := b.all(ctx, at)
		switch {
		case err != nil:
			return o, fail.New(fail.KindOf(err), "%s was bound, but it cannot be read back: %w", b.label("to"), err)
		case b.among(all) == nil:
			return o, fail.New(fail.Incomplete, "the broker accepted the binding of %s, but does not list it", b.label("to")).
				Next("was it removed in the meantime? rabbitctl list_bindings")
		}
		return o, nil
	}), nil
}

// reaches returns an error if the destination does not exist.
func (b *binding) reaches(ctx context.Context, at Site) error {
	if b.Kind == "exchange" {
		_, err := at.Broker.Exchange(ctx, at.VHost, b.Destination)
		return missingExchange(at, b.Destination, err)
	}
	_, err := at.Broker.Queue(ctx, at.VHost, b.Destination)
	return missingQueue(at, b.Destination, err)
}

// missingEnd says which end of the binding no longer exists, if the broker answers that one is missing.
func (b *binding) missingEnd(ctx context.Context, at Site, err error) error {
	if !broker.IsNotFound(err) {
		return err
	}
	if _, gone := at.Broker.Exchange(broker.Believing(ctx), at.VHost, b.Source); broker.IsNotFound(gone) {
		return missingExchange(at, b.Source, err)
	}
	if b.Kind == "exchange" {
		return missingExchange(at, b.Destination, err)
	}
	return missingQueue(at, b.Destination, err)
}

// ignored returns notes about a routing key or arguments that an exchange of that type does not look at. The broker
// keeps them as a part of the binding all the same. For a headers exchange it also notes that there are no arguments.
func (b *binding) ignored(kind string) []string {
	var notes []string
	if len(b.arguments) > 0 && (kind == "direct" || kind == "topic" || kind == "fanout") {
		notes = append(notes, fmt.Sprintf("exchange %s is of type %s, which does not look at arguments of bindings", b.Source,
			kind))
	}
	if b.key != "" && (kind == "fanout" || kind == "headers") {
		notes = append(notes, fmt.Sprintf("exchange %s is of type %s, which does not look at routing keys", b.Source, kind))
	}
	if kind == "headers" && len(b.arguments) == 0 {
		notes = append(notes, fmt.Sprintf("exchange %s is of type headers, and without arguments a binding takes every message",
			b.Source))
	}
	return notes
}
