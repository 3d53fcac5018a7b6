package change

import (
	"context"
	"strings"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/record"
	"github.com/rabbitctl/rabbitctl/pkg/topology"
)

// exchangeNames returns the names of the exchanges of a virtual host, without the nameless default exchange.
func exchangeNames(ctx context.Context, c *broker.Client, vhost string) ([]string, error) {
	names, err := record.Texts(c.Exchanges(ctx, vhost, record.Named("name")))
	kept := names[:0]
	for _, name := range names {
		if name != "" {
			kept = append(kept, name)
		}
	}
	return kept, err
}

// storedExchange returns the properties with which an exchange was declared, as the API reports them.
func storedExchange(raw record.Value) topology.Exchange {
	e := topology.Exchange{VHost: raw.At("vhost").Text(), Name: raw.At("name").Text(), Type: raw.At("type").Text(),
		Arguments: raw.At("arguments").Map()}
	e.Durable, _ = raw.At("durable").Bool()
	e.AutoDelete, _ = raw.At("auto_delete").Bool()
	e.Internal, _ = raw.At("internal").Bool()
	return e
}

// exchange is one run of declare_exchange.
type exchange struct {
	want      topology.Exchange
	arguments arguments
}

// DeclareExchange makes an exchange, and never changes an existing one.
func DeclareExchange() Op {
	e := &exchange{want: topology.Exchange{Type: "direct", Durable: true}, arguments: arguments{}}
	alternate, _ := topology.OfExchanges().Find("alternate-exchange")
	return Op{
		Name: "declare_exchange", Noun: "exchange", Scoped: true, Compares: true,
		Params: []Param{Arg("exchange", &e.want.Name, exchangeNames),
			Flag("type", "direct, fanout, topic, headers, or a plugin's", &e.want.Type),
			Switch("durable", "survive a restart of the broker (default: true)", &e.want.Durable),
			Switch("auto-delete", "delete it with the last binding that leads away from it", &e.want.AutoDelete),
			Switch("internal", "let no client publish to it", &e.want.Internal),
			e.arguments.option(alternate, "alternate-exchange", "where messages go that match no binding"),
			e.arguments.flag(topology.OfExchanges().Parse)},
		Check: func() error {
			e.want.Arguments = e.arguments
			return e.want.Validate()
		},
		Plan: e.plan,
	}
}

func (e *exchange) plan(ctx context.Context, at Site) (*Plan, error) {
	e.want.Arguments, e.want.VHost = e.arguments, at.VHost
	look := ctx
	if !at.DryRun {
		look = broker.Believing(ctx)
	}
	raw, err := at.Broker.Exchange(look, at.VHost, e.want.Name)
	switch {
	case err == nil:
		return e.compared(ctx, at, raw), nil
	case !broker.IsNotFound(err):
		return nil, err
	}
	if err := at.Broker.EnterVHost(ctx, at.VHost); err != nil {
		return nil, err
	}
	if strings.HasPrefix(e.want.Name, "amq.") {
		return nil, fail.Usagef("the name %q is not allowed: names that begin with amq. are reserved for the broker",
			e.want.Name)
	}
	if at.DryRun {
		if err := e.offered(ctx, at); err != nil {
			return nil, err
		}
	}
	plan := Once("declare "+e.want.Type+" exchange "+e.want.Name+" in virtual host "+at.VHost, "created",
		func(ctx context.Context) error { return e.declare(ctx, at) })
	plan.Now, plan.Notes = "missing", e.warnings(ctx, at)
	return plan.Seen(func(ctx context.Context, o Outcome) (Outcome, error) { return e.seen(ctx, at, o) }), nil
}

func (e *exchange) declare(ctx context.Context, at Site) error {
	w := e.want
	err := at.Broker.DeclareExchange(ctx, at.VHost, w.Name, broker.ExchangeSettings{Type: w.Type, Durable: w.Durable,
		AutoDelete: w.AutoDelete, Internal: w.Internal, Arguments: e.arguments.sent()})
	// The reason is "invalid exchange type" if the name exists as an Erlang atom on the node (4.3), else "unknown exchange
	// type".
	if broker.Status(err) == 400 && strings.Contains(broker.ReasonOf(err), " exchange type ") {
		if why := e.offered(ctx, at); why != nil {
			return why
		}
	}
	return err
}

// offered returns an error if the broker has no such type of exchange, which can be because the type's plugin is off.
func (e *exchange) offered(ctx context.Context, at Site) error {
	overview, err := at.Broker.Brief(ctx)
	if err != nil {
		return err
	}
	var types []string
	overview.At("exchange_types").Each(func(t record.Value) {
		if name := t.At("name").Text(); name != "x-federation-upstream" { // it is for the broker's own use
			types = append(types, name)
		}
	})
	for _, t := range types {
		if t == e.want.Type {
			return nil
		}
	}
	if len(types) == 0 {
		return nil // this release does not report them; the broker has the last word
	}
	if plugin := topology.ExchangePlugin(e.want.Type); plugin != "" {
		return fail.New(fail.Unavailable, "exchanges of type %s need the plugin %s, which does not run on %s", e.want.Type,
			plugin, at.Broker.BaseURL()).Do(fail.EnablePlugin, plugin)
	}
	return fail.New(fail.Data, "%s has no exchange type %s%s", at.Broker.BaseURL(), e.want.Type,
		fail.DidYouMean(e.want.Type, types)).Next("its exchange types: %s", strings.Join(types, ", "))
}

// compared returns the plan for an exchange that exists: nothing is done, whether it is as wanted or not.
func (e *exchange) compared(ctx context.Context, at Site, raw record.Value) *Plan {
	o := e.verdict(raw, "unchanged")
	o.Notes = append(o.Notes, e.warnings(ctx, at)...)
	return &Plan{Done: &o}
}

// verdict returns the outcome: the word if the exchange is as wanted, else "differs" with a table of the differences.
func (e *exchange) verdict(raw record.Value, word string) Outcome {
	differences := topology.CompareExchanges(e.want, storedExchange(raw), topology.Deciders{})
	if len(differences) == 0 {
		return Outcome{Word: word}
	}
	return Outcome{Word: "differs", Facts: record.Document{differing(differences)}, Failed: fail.Verdict(fail.Differs),
		Notes: []string{"exchange " + e.want.Name + " in virtual host " + e.want.VHost +
			" exists and was not changed: declaring never changes an exchange"}}
}

// seen reads the exchange back: the broker accepts some properties silently without keeping them.
func (e *exchange) seen(ctx context.Context, at Site, o Outcome) (Outcome, error) {
	raw, err := at.Broker.Exchange(ctx, at.VHost, e.want.Name)
	if err != nil {
		return o, fail.New(fail.KindOf(err), "exchange %s was declared, but cannot be read back: %w", e.want.Name, err)
	}
	verdict := e.verdict(raw, o.Word)
	if verdict.Word == "differs" {
		verdict.Notes[0] = "the broker accepted the declaration, but exchange " + e.want.Name + " differs from it: " +
			"either somebody else created the exchange just before, or the broker did not keep all properties"
	}
	verdict.Notes = append(verdict.Notes, e.warnings(ctx, at)...)
	return verdict, nil
}

// warnings returns notes about what the broker accepts silently, and about what loses messages later.
func (e *exchange) warnings(ctx context.Context, at Site) []string {
	notes := e.want.Unknown()
	alternate, _ := e.want.Arguments["alternate-exchange"].(string)
	if alternate == "" || alternate == e.want.Name {
		return notes
	}
	if _, err := at.Broker.Exchange(broker.Believing(ctx), at.VHost, alternate); broker.IsNotFound(err) {
		notes = append(notes, "the alternate exchange "+alternate+" does not exist in virtual host "+at.VHost+
			": until it does, unroutable messages are dropped, or returned if they are mandatory")
	}
	return notes
}
