package exchange

import (
	"context"
	"iter"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/change"
	"github.com/rabbitctl/rabbitctl/pkg/prose"
	"github.com/rabbitctl/rabbitctl/pkg/record"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

// atOnce is how many exchanges are deleted at the same time.
const atOnce = 8

// chosen is an exchange that --match and --where have chosen.
type chosen struct{ vhost, name, kind string }

// Names returns the virtual host and the name of the exchange.
func (e chosen) Names() (vhost, name string) { return e.vhost, e.name }

// deleting is one run of delete_exchanges.
type deleting struct {
	verb.Bulk[chosen]
	ifUnused bool
	// away counts the bindings whose source is the exchange. The other map, to, counts those whose destination is the
	// exchange.
	away, to map[chosen]int
}

func removeMany() verb.Change {
	d := &deleting{}
	d.Bulk = verb.Bulk[chosen]{Does: "delete", Did: "deleted", Noun: "exchange", Table: table, Rows: d.rows,
		Bind: func(b *record.Binder, e *chosen) {
			b.Text("vhost", &e.vhost)
			b.Text("name", &e.name)
			b.Text("type", &e.kind)
		},
		Shown: append(record.Named("type"), record.Column{Name: "bindings_from", Kind: record.Count},
			record.Column{Name: "bindings_to", Kind: record.Count}),
		Cells: func(e chosen) record.Row {
			return record.Row{record.Of(e.kind), record.Of(d.away[e.key()]), record.Of(d.to[e.key()])}
		},
		Kept: d.kept, AtOnce: atOnce, Do: d.do, Look: verb.AllGoneFrom[chosen]("exchange", listed)}
	return d.Command("delete_exchanges", verb.About{
		Short: "Delete all exchanges that match, with their bindings",
		Long: `Delete all exchanges that --match and --where choose, with their bindings, in all virtual hosts or in the
one that -p names. At least one of the two flags is needed; if both are given, only exchanges that match both are
deleted. It lists each exchange with the number of bindings from it and to it, says which exchanges are kept and why,
and asks; without a terminal it needs --yes. The broker's own exchanges, whose names are empty or begin with amq., are
kept. --if-unused also keeps exchanges that are the source of a binding; the broker itself checks that when it deletes.

The command deletes eight exchanges at a time, and stops at the first error unless --keep-going is given. If its last
listing is more than 5 seconds old when an exchange comes to its turn (longer, if listing takes long), it lists the
exchanges again first, and keeps those that the flags do not choose any more.`,
		Example: `  rabbitctl delete_exchanges --match '^tmp\.' --if-unused
  rabbitctl delete_exchanges --match '^tmp\.' -p prod --dry-run
  rabbitctl delete_exchanges --where 'type == "fanout"' --exclude '^keep\.' --yes --journal cleanup.jsonl`,
	}, true, func(fs *pflag.FlagSet) {
		fs.BoolVar(&d.ifUnused, "if-unused", false, "keep exchanges that are the source of a binding")
	})
}

// key returns the exchange without its type: a binding names an exchange only by virtual host and name.
func (e chosen) key() chosen { return chosen{vhost: e.vhost, name: e.name} }

// rows counts the bindings, and then lists the exchanges.
func (d *deleting) rows(ctx context.Context, c *broker.Client, ask verb.Ask,
	columns []record.Column) iter.Seq2[record.Row, error] {
	return func(yield func(record.Row, error) bool) {
		if err := d.count(ctx, c, ask.VHost); err != nil {
			yield(nil, err)
			return
		}
		listed(ctx, c, ask.VHost, columns)(yield)
	}
}

func (d *deleting) count(ctx context.Context, c *broker.Client, vhost string) error {
	type binding struct{ vhost, source, destination, kind string }
	reader := record.NewReader(func(r *record.Binder, b *binding) {
		r.Text("vhost", &b.vhost)
		r.Text("source", &b.source)
		r.Text("destination", &b.destination)
		r.Text("destination_type", &b.kind)
	})
	d.away, d.to = map[chosen]int{}, map[chosen]int{}
	for b, err := range reader.All(c.Bindings(ctx, vhost, reader.Columns())) {
		switch {
		case err != nil:
			return err
		case b.source == "": // a binding of the default exchange, which every queue has
			continue
		}
		d.away[chosen{vhost: b.vhost, name: b.source}]++
		if b.kind == "exchange" {
			d.to[chosen{vhost: b.vhost, name: b.destination}]++
		}
	}
	return nil
}

// kept says why the command keeps an exchange; "" if the exchange is to be deleted.
func (d *deleting) kept(e chosen, _ time.Time) (why string, unsure bool) {
	switch {
	case e.name == "" || strings.HasPrefix(e.name, "amq."):
		return "the broker's own", false
	case d.ifUnused && d.away[e.key()] > 0:
		return prose.Plural(d.away[e.key()], "binding leads", "bindings lead") + " away from it", false
	}
	return "", false
}

func (d *deleting) do(ctx context.Context, c *broker.Client, e chosen) (change.Outcome, error) {
	if !d.ifUnused {
		return change.Outcome{}, c.DeleteExchange(ctx, e.vhost, e.name)
	}
	err := c.DeleteUnusedExchange(ctx, e.vhost, e.name)
	if broker.Status(err) == 400 && strings.Contains(broker.ReasonOf(err), "in use") {
		return change.Outcome{Word: "kept", Notes: []string{broker.ReasonOf(err)}}, nil
	}
	return change.Outcome{}, err
}

func listed(ctx context.Context, c *broker.Client, vhost string,
	columns []record.Column) iter.Seq2[record.Row, error] {
	return c.Exchanges(ctx, vhost, columns)
}
