package change

import (
	"context"
	"strings"
	"time"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/prose"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// DeleteExchange removes an exchange with its bindings.
func DeleteExchange() Op {
	var name string
	var ifUnused bool
	return Op{
		Name: "delete_exchange", Noun: "exchange", Scoped: true, Loses: true, Removes: true, Each: true,
		Params: []Param{Arg("exchange", &name, exchangeNames),
			Switch("if-unused", "refuse when a binding leads away from it; the broker checks that, too", &ifUnused)},
		Check: func() error {
			if strings.HasPrefix(name, "amq.") {
				return fail.Usagef("exchange %s is the broker's own: nobody can delete it", name)
			}
			return nil
		},
		Plan: func(ctx context.Context, at Site) (*Plan, error) { return planDeletion(ctx, at, name, ifUnused) },
	}
}

func planDeletion(ctx context.Context, at Site, name string, ifUnused bool) (*Plan, error) {
	raw, err := at.Broker.Exchange(ctx, at.VHost, name)
	hidden := unreadable(err, name) || unreadable(err, at.VHost)
	if err != nil && !hidden {
		return nil, missingExchange(at, name, err)
	}
	var hits record.Document
	var away int
	if !hidden {
		if hits, away, err = exchangeHits(ctx, at, raw); err != nil {
			return nil, err
		}
	}
	if ifUnused && away > 0 {
		return nil, inUse(at, name, prose.Plural(away, "binding leads", "bindings lead")+" away from it")
	}
	plan := Once("delete exchange "+name+" in virtual host "+at.VHost, "deleted", func(ctx context.Context) error {
		if !ifUnused {
			return missingExchange(at, name, at.Broker.DeleteExchange(ctx, at.VHost, name))
		}
		err := at.Broker.DeleteUnusedExchange(ctx, at.VHost, name)
		if broker.Status(err) == 400 && strings.Contains(broker.ReasonOf(err), "in use") {
			return inUse(at, name, "the broker knows of a binding that leads away from it")
		}
		return missingExchange(at, name, err)
	})
	if plan.Hits = hits; hidden {
		plan.Notes = []string{unknownHits}
	}
	return plan.Seen(func(ctx context.Context, o Outcome) (Outcome, error) { return exchangeGone(ctx, at, name, o) }), nil
}

func inUse(at Site, name, how string) error {
	return fail.New(fail.Data, "refused: exchange %s is in use: %s", name, how).
		Next("%s shows its bindings", fail.Command("show_exchange", "-p", at.VHost, name))
}

func missingExchange(at Site, name string, err error) error {
	if broker.IsNotFound(err) {
		return &Missing{What: "exchange", Name: name, VHost: at.VHost, Err: err, Names: exchangeNames}
	}
	return err
}

// exchangeHits returns an exchange with its bindings, and how many of these lead away from it.
func exchangeHits(ctx context.Context, at Site, raw record.Value) (hits record.Document, away int, err error) {
	name := raw.At("name").Text()
	type binding struct{ source, destination, kind, key string }
	reader := record.NewReader(func(b *record.Binder, of *binding) {
		b.Text("source", &of.source)
		b.Text("destination", &of.destination)
		b.Text("destination_type", &of.kind)
		b.Text("routing_key", &of.key)
	})
	s := record.Section{Name: "bindings", Columns: record.Named("source_name", "destination_name", "destination_kind",
		"routing_key")}
	add := func(b binding) {
		s.Rows = append(s.Rows, record.Row{record.Of(b.source), record.Of(b.destination), record.Of(b.kind),
			record.Of(b.key)})
	}
	for b, err := range reader.All(at.Broker.ExchangeBindings(ctx, at.VHost, name, reader.Columns())) {
		if err != nil {
			return nil, 0, err
		}
		away++
		add(b)
	}
	for b, err := range reader.All(at.Broker.BindingsToExchange(ctx, at.VHost, name, reader.Columns())) {
		if err != nil {
			return nil, 0, err
		}
		add(b)
	}
	columns := append(record.Named("vhost", "name", "type"), record.Column{Name: "bindings", Kind: record.Count})
	facts := record.Object("", columns[:3], raw)
	facts.Columns = columns
	facts.Rows[0] = append(facts.Rows[0], record.Of(len(s.Rows)))
	if len(s.Rows) == 0 {
		return record.Document{facts}, away, nil
	}
	return record.Document{facts, s}, away, nil
}

// exchangeGone waits up to 5 s until an exchange no longer exists. If it stays, that is an error.
func exchangeGone(ctx context.Context, at Site, name string, o Outcome) (Outcome, error) {
	gone, err := at.Until(ctx, 5*time.Second, 20*time.Millisecond, 500*time.Millisecond, func() (bool, error) {
		_, err := at.Broker.Exchange(broker.Believing(ctx), at.VHost, name)
		if broker.IsNotFound(err) {
			return true, nil
		}
		return false, err
	})
	switch {
	case err != nil:
		return o, fail.New(fail.Incomplete, "the broker accepted the deletion of exchange %s, but its effect could not be "+
			"seen: %w",
			name, err)
	case !gone:
		return o, fail.New(fail.Incomplete, "the broker accepted the deletion of exchange %s, but it still exists or exists "+
			"again", name).
			Next("does a client declare it again?")
	}
	return o, nil
}
