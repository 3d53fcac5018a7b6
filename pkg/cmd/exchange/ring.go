package exchange

import (
	"context"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/inside"
	"github.com/rabbitctl/rabbitctl/pkg/record"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

func ring() verb.List {
	return verb.List{
		Name:  "consistent_hash_exchange_ring_state",
		Short: "List the places on the ring of a consistent hash exchange",
		Long: `List the places (buckets) on the ring of an x-consistent-hash exchange, with the queue of each place. If a
queue has a tenth of the places, it gets about a tenth of the messages.

The management API has no such request, so the command talks to the node of --node over Erlang distribution, as
rabbitmqctl does, and needs the Erlang cookie (see rabbitctl help transports).`,
		Example: `  rabbitctl consistent_hash_exchange_ring_state orders
  rabbitctl consistent_hash_exchange_ring_state orders -p shop --group-by queue --sort -count`,
		Args:   []verb.Arg{name()},
		Scoped: true, OneVHost: true,
		Group: "queue",
		Table: record.Table{Noun: "places", Default: []string{"place", "queue"}, Columns: []record.Column{
			{Name: "place", Kind: record.Ordinal, Help: "the place on the ring, from 0 on"},
			{Name: "queue", Kind: record.Text, Help: "the queue that has this place"}}},
		Flags: verb.NodeFlags(nil),
		Rows: verb.RowsFromNode(func(ctx context.Context, n inside.Node, ask verb.Ask,
			add func(map[string]record.Value) error) error {
			vhost := ask.VHost
			places, known, err := inside.Ring(ctx, n, vhost, ask.Args[0])
			if err == nil && !known {
				err = fail.New(fail.NotFound, "there is no exchange %s of the type x-consistent-hash in virtual host %s",
					ask.Args[0], vhost).Next("rabbitctl list_exchanges name type -p %s", fail.Word(vhost))
			}
			for _, p := range places {
				if err == nil {
					err = add(map[string]record.Value{"place": record.Of(p.Place), "queue": record.Of(p.Queue)})
				}
			}
			return err
		}),
	}
}
