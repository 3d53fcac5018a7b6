package message

import (
	"context"
	"fmt"
	"iter"
	"math"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/messages"
	"github.com/rabbitctl/rabbitctl/pkg/prose"
	"github.com/rabbitctl/rabbitctl/pkg/record"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

// usualSample is how many messages of a queue a command looks at by default if it only counts or searches them.
const usualSample = 1000

// dying is one run of list_dead_letters.
type dying struct {
	looking
	sample int
}

func listDeadLetters() verb.List {
	d := &dying{}
	return verb.List{
		Name:  "list_dead_letters",
		Short: "List why messages are in a dead-letter queue, and where they come from",
		Long: `List the messages at the head of a queue in groups, by the queue where each died last and the reason.
Messages that did not die are one group, too, with an empty origin. A row says how many messages the group has, how
long ago they died, and by which exchange and routing key they had come to the queue where they died. With --group-by,
count is the number of these rows, and sum_count the number of messages. The command looks at --sample messages
(default 1000, at most 2000) as peek_messages does, and requeues them. As peek_messages does, it refuses a queue with
consumers without --with-consumers, and before 4.3 a quorum queue with a delivery limit without --counts-as-delivery.
If this queue or an origin still holds dead messages because no dead-letter queue has taken them, a note says so.`,
		Example: `  rabbitctl list_dead_letters orders.dlq
  rabbitctl list_dead_letters orders.dlq --sample 2000 --where 'origin == "orders"'
  rabbitctl peek_messages orders.dlq --limit 500 --where 'death.queue == "orders" && death.reason == "expired"'`,
		Args:   []verb.Arg{queueArg()},
		Scoped: true, OneVHost: true,
		Group: "reason",
		Table: record.Table{
			Noun:    "groups of dead letters",
			Default: []string{"origin", "reason", "count", "oldest", "replayed", "back_to"},
			Spare:   []string{"replayed"},
			Columns: []record.Column{
				{Name: "origin", Help: "queue where they died last; empty for messages that did not die"},
				{Name: "reason", Help: "why: rejected, expired, maxlen or delivery_limit"},
				{Name: "count", Kind: record.Count, Help: "messages of the sample"},
				{Name: "oldest", Kind: record.Seconds, Help: "time since the first of them died"},
				{Name: "newest", Kind: record.Seconds, Help: "time since the last of them died"},
				{Name: "deaths", Kind: record.Count,
					Help: "highest count of deaths of one message there for that reason; from 4.0 on since it was last published"},
				{Name: "replayed", Kind: record.Count, Help: "highest count of replays of one message by rabbitctl"},
				{Name: "back_to", Help: "exchange and routing key by which they had come to the origin"},
				{Name: "exchange", Help: "that exchange; empty: the default exchange, or different ones"},
				{Name: "routing_keys", Kind: record.List, Help: "those routing keys; empty where they differ"},
			},
		},
		Flags: func(fs *pflag.FlagSet) {
			d.flags(fs)
			fs.IntVar(&d.sample, "sample", usualSample, "look at `N` messages at most")
		},
		Validate: func(verb.Ask) error { return d.valid("sample", d.sample) },
		Rows:     d.rows,
	}
}

func (d *dying) rows(ctx context.Context, c *broker.Client, ask verb.Ask,
	columns []record.Column) iter.Seq2[record.Row, error] {
	return func(yield func(record.Row, error) bool) {
		vhost, queue := ask.VHost, ask.Args[0]
		var groups messages.DeathGroups
		seen, err := d.viewer(c, ask, "list_dead_letters").Look(ctx, d.look(vhost, queue, d.sample),
			func(m *messages.Message) error {
				groups.Add(m)
				return nil
			})
		for _, n := range seen.Notes {
			ask.Note("%s", n)
		}
		all := groups.All()
		for _, g := range all {
			if !yield(record.Filled(columns, groupFacts(g, ask.Now())), nil) {
				return
			}
		}
		if err != nil {
			yield(nil, absent(ctx, c, err, vhost, queue))
			return
		}
		d.explain(ctx, c, ask, seen, all)
	}
}

// explain prints notes on what the rows do not show.
func (d *dying) explain(ctx context.Context, c *broker.Client, ask verb.Ask, seen messages.Looked,
	all []messages.DeathGroup) {
	vhost, queue := ask.VHost, ask.Args[0]
	switch {
	case seen.Ready == 0:
		ask.Note("queue %s has no ready messages", queue)
	case seen.Ready > seen.Seen:
		ask.Note("looked at %d of %s; --sample looks at more", seen.Seen,
			prose.Plural(int(seen.Ready), "ready message", "ready messages"))
	}
	sayWaiting(ask, queue, seen.Queue)
	looked := map[string]bool{"": true, queue: true}
	for _, g := range all {
		if g.Queue == "" {
			ask.Note("%s did not die: no header x-death", prose.Plural(int(g.Count), "message", "messages"))
		}
		if looked[g.Queue] || len(looked) > 20 {
			continue
		}
		looked[g.Queue] = true
		origin, err := c.Queue(ctx, vhost, g.Queue)
		if broker.IsNotFound(err) {
			ask.Note("queue %s, where messages died, does not exist any more", g.Queue)
		}
		if err == nil {
			sayWaiting(ask, g.Queue, origin)
		}
	}
}

// sayWaiting prints a note if a queue with the dead-letter strategy at-least-once still holds dead messages. These
// count among the messages of the queue, but are neither ready nor unacknowledged (measured on 3.10 and 4.3).
func sayWaiting(ask verb.Ask, queue string, raw record.Value) {
	if n, _ := raw.At("messages_dlx").Int(); n > 0 {
		ask.Note("queue %s holds %s that no dead-letter queue has taken: does its dead-letter exchange route anywhere? "+
			"rabbitctl list_unroutable", queue, prose.Plural(int(n), "dead message", "dead messages"))
	}
}

// groupFacts returns the cells of a group, by column.
func groupFacts(g messages.DeathGroup, now time.Time) map[string]record.Value {
	facts := map[string]record.Value{"origin": named(g.Queue), "reason": named(g.Reason), "count": record.Of(g.Count),
		"oldest": since(now, g.Oldest), "newest": since(now, g.Newest), "replayed": record.Of(g.Replayed)}
	if g.Queue == "" {
		return facts
	}
	if g.Deaths > 0 {
		facts["deaths"] = record.Of(g.Deaths)
	}
	facts["back_to"] = record.Quoted([]byte(backTo(g)))
	if g.Ways == 1 {
		facts["exchange"] = record.Quoted([]byte(g.Exchange))
		facts["routing_keys"] = record.Of(g.Keys)
	}
	return facts
}

// backTo says by which exchange and routing keys the messages of a group had come to the queue where they died.
func backTo(g messages.DeathGroup) string {
	exchange := g.Exchange
	if exchange == "" {
		exchange = `""`
	}
	switch {
	case g.Ways > 1:
		return fmt.Sprintf("%d different exchanges or keys", g.Ways)
	case len(g.Keys) == 1:
		return "exchange " + exchange + " key " + g.Keys[0]
	}
	return "exchange " + exchange + " keys " + strings.Join(g.Keys, ", ")
}

func named(name string) record.Value {
	if name == "" {
		return nil
	}
	return record.Quoted([]byte(name))
}

func since(now, moment time.Time) record.Value {
	if moment.IsZero() {
		return nil
	}
	return record.Of(math.Floor(now.Sub(moment).Seconds()))
}
