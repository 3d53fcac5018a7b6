package change

import (
	"context"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/prose"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

func (b *binding) unbind(ctx context.Context, at Site) (*Plan, error) {
	all, err := b.all(ctx, at)
	if err != nil {
		return nil, err
	}
	one := b.among(all)
	if one == nil {
		return nil, b.absent(ctx, at, all)
	}
	plan := Once("unbind "+b.label("from")+" in virtual host "+at.VHost, "deleted", func(ctx context.Context) error {
		err := at.Broker.Unbind(ctx, at.VHost, b.Ends, one.properties)
		if broker.IsNotFound(err) {
			return &Missing{What: "binding", Name: "of " + b.label("to"), VHost: at.VHost, Err: err, Names: nobody}
		}
		return err
	})
	if plan.Hits, plan.Notes, err = b.hits(ctx, at, len(all)); err != nil {
		return nil, err
	}
	return plan.Seen(func(ctx context.Context, o Outcome) (Outcome, error) {
		all, err := b.all(ctx, at)
		switch {
		case err != nil:
			return o, fail.New(fail.Incomplete, "%s was unbound, but the bindings could not be read back: %w",
				b.label("from"), err)
		case b.among(all) != nil:
			return o, fail.New(fail.Incomplete, "the broker accepted the removal of the binding of %s, but it still exists or "+
				"exists again", b.label("to")).
				Next("a client may make the same binding again: stop that client, then run the same command again")
		}
		return o, nil
	}), nil
}

// absent returns the error that the binding does not exist. It counts the other bindings between the same source and
// destination. The listing of bindings is also empty if the virtual host does not exist.
func (b *binding) absent(ctx context.Context, at Site, all []bound) error {
	if len(all) == 0 {
		if err := at.Broker.EnterVHost(ctx, at.VHost); err != nil {
			return err
		}
	}
	m := &Missing{What: "binding", Name: "of " + b.label("to"), VHost: at.VHost, Names: nobody}
	if len(all) > 0 {
		m.Hint = fail.Say("rabbitctl list_bindings -p %s shows %s between the two with another key or other arguments",
			fail.Word(at.VHost), prose.Plural(len(all), "binding", "bindings"))
	}
	return m
}

// nobody returns no names. It is for kinds of objects that have no names to suggest.
func nobody(context.Context, *broker.Client, string) ([]string, error) { return nil, nil }

// hits returns the binding, and how many other bindings exist between the same source and destination. A note says if
// it is the last binding of an auto-delete exchange, which is then deleted with it.
func (b *binding) hits(ctx context.Context, at Site, between int) (record.Document, []string, error) {
	source, err := at.Broker.Exchange(ctx, at.VHost, b.Source)
	if err != nil && !unreadable(err, b.Source) {
		return nil, nil, missingExchange(at, b.Source, err)
	}
	fields := func(pairs ...string) (all []record.Field) {
		for i := 0; i < len(pairs); i += 2 {
			all = append(all, record.Field{Column: record.Column{Name: pairs[i]}, Value: record.Of(pairs[i+1])})
		}
		return all
	}
	d := record.Document{record.Fields("", append(fields("source_name", b.Source, "destination_name", b.Destination,
		"destination_kind", b.Kind, "routing_key", b.key),
		record.Field{Column: record.Column{Name: "arguments", Kind: record.Map}, Value: record.Of(b.arguments.sent())},
		record.Field{Column: record.Column{Name: "others_between", Kind: record.Count}, Value: record.Of(between - 1)})...)}
	if source.At("auto_delete").Text() != "true" {
		return d, nil, nil
	}
	away, err := record.Texts(at.Broker.ExchangeBindings(ctx, at.VHost, b.Source, record.Named("destination")))
	if err == nil && len(away) == 1 {
		return d, []string{"exchange " + b.Source + " is auto-delete: it is deleted with this binding, its last one"}, nil
	}
	return d, nil, err
}
