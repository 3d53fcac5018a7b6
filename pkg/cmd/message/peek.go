package message

import (
	"context"
	"iter"
	"sync"

	"github.com/spf13/pflag"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/messages"
	"github.com/rabbitctl/rabbitctl/pkg/prose"
	"github.com/rabbitctl/rabbitctl/pkg/query"
	"github.com/rabbitctl/rabbitctl/pkg/record"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

// usualLook is how many messages peek_messages looks at without --limit.
const usualLook = 10

// peeking is one run of peek_messages.
type peeking struct {
	looking
	whole, bodyOnly bool
	// looked has the brokers at which this run has already looked. So a second look, as with
	// --watch, is noticed. With --counts-as-delivery only the first look is allowed.
	looked sync.Map
}

func peek() verb.Whole {
	p := &peeking{}
	return verb.Whole{
		List: verb.List{
			Name:  "peek_messages",
			Short: "Look at the first messages of a queue or stream, and leave them there",
			Long: `Look at the messages at the head of a queue, or at a place in a stream, and leave them there. Here
--limit says how many messages the command looks at (default 10, at most 2000), and not how many rows it prints:
--where, --match, --exclude, --sort and --group-by apply only to these messages. With --group-by, --limit also limits
the groups. --whole prints each message with its properties, its headers and its body, decoded where it is text.
--body-only writes only the bodies: into a file or a pipe as they were published, at a terminal as --whole shows them.

The messages are held while they are read, and then requeued in their order. A classic queue marks them as redelivered.
A quorum queue from 4.3 on does not count the look as a delivery. Before 4.3 it counts the look as a delivery of each
message, and may change the order of messages that were delivered before. So before 4.3 the command refuses a quorum
queue with a delivery limit (from 4.0 on that is 20 where nothing else is set), unless --counts-as-delivery is given; a
read-only context forbids every look that is counted. A queue with consumers is refused without --with-consumers, since
the consumers then get later messages before those that are held. If the queue has a single active consumer, it is
refused even with --with-consumers. Reading a stream has no such effects.

It speaks AMQP with the broker: at the host of the management API and the port that this API reports (for a user
without the tag monitoring 5672, or 5671 if the API uses TLS), or at --amqp-url. The user needs the permission to read
the queue. If the command is killed while it holds messages, a quorum queue of any release counts
one delivery of each of them.`,
			Example: `  rabbitctl peek_messages orders.dlq
  rabbitctl peek_messages orders.dlq --limit 1 --whole
  rabbitctl peek_messages orders.dlq --limit 1 --body-only > body.json
  rabbitctl peek_messages orders number json.id headers.source --limit 500 --where 'json.total > 100'
  rabbitctl peek_messages events stream_offset timestamp preview --offset 1h --limit 100`,
			Args:   []verb.Arg{queueArg()},
			Group:  "routing_key",
			Table:  messages.Table(),
			Scoped: true, OneVHost: true,
			Flags: func(fs *pflag.FlagSet) {
				p.flags(fs)
				p.offsetFlag(fs)
				fs.BoolVar(&p.whole, "whole", false, "print each message whole: properties, headers and body")
				fs.BoolVar(&p.bodyOnly, "body-only", false, "write only the bodies, a line break between two: as they were "+
					"published, or at a terminal as --whole shows them")
			},
			Validate: func(ask verb.Ask) error { return p.valid("limit", p.want(ask)) },
			Rows:     p.rows,
		},
		Instead: []string{"whole", "body-only"},
		Print:   p.print,
	}
}

func (p *peeking) want(ask verb.Ask) int {
	if ask.Limit == 0 {
		return usualLook
	}
	return ask.Limit
}

// rows makes a row of each message. All messages are back in the queue before it yields the first row, since a pager or
// a pipe may be slow.
func (p *peeking) rows(ctx context.Context, c *broker.Client, ask verb.Ask,
	columns []record.Column) iter.Seq2[record.Row, error] {
	return func(yield func(record.Row, error) bool) {
		if _, before := p.looked.LoadOrStore(c, true); before && p.counted {
			yield(nil, fail.Usagef("--counts-as-delivery and --watch exclude each other: each look counts as a delivery"))
			return
		}
		var rows []record.Row
		row := messages.Rows(columns)
		err := p.look(ctx, c, ask, func(m *messages.Message) error {
			rows = append(rows, row(m, ask.Now()))
			return nil
		})
		for _, r := range rows {
			if !yield(r, nil) {
				return
			}
		}
		if err != nil {
			yield(nil, err)
		}
	}
}

// look reads the messages, and prints notes about the queue.
func (p *peeking) look(ctx context.Context, c *broker.Client, ask verb.Ask, each func(*messages.Message) error) error {
	vhost, queue := ask.VHost, ask.Args[0]
	seen, err := p.viewer(c, ask, "peek_messages").Look(ctx, p.looking.look(vhost, queue, p.want(ask)), each)
	for _, n := range seen.Notes {
		ask.Note("%s", n)
	}
	switch held, _ := seen.Queue.At("messages_unacknowledged").Int(); {
	case err != nil:
		return absent(ctx, c, err, vhost, queue)
	case seen.Ready == 0 && held > 0:
		ask.Note("queue %s has no ready messages; %s held by consumers: %s", queue,
			prose.Plural(int(held), "message is", "messages are"), fail.Command("list_unacked", "-p", vhost, queue))
	case seen.Ready == 0:
		ask.Note("queue %s has no ready messages", queue)
	case seen.Ready > seen.Seen:
		ask.Note("looked at %d of %s", seen.Seen, prose.Plural(int(seen.Ready), "ready message", "ready messages"))
	case seen.Ready < 0 && seen.Seen == 0:
		ask.Note("stream %s has no messages from that offset on", queue)
	case seen.Ready < 0 && seen.Seen < int64(p.want(ask)):
		ask.Note("looked at %s, to the end of stream %s", prose.Plural(int(seen.Seen), "message", "messages"), queue)
	}
	return nil
}

// print returns the text of the messages that pass the filter.
func (p *peeking) print(ctx context.Context, c *broker.Client, ask verb.Ask, q *query.Query,
	terminal bool) ([]byte, error) {
	var text []byte
	columns := messages.Rows(q.Columns())
	judge := q.Judge()
	err := p.look(ctx, c, ask, func(m *messages.Message) error {
		if pass, _ := judge(columns(m, ask.Now())); !pass {
			return nil
		}
		switch {
		case p.whole:
			text = appendWhole(text, m, ask.Now(), terminal)
		default:
			text = appendBody(text, m, terminal)
		}
		return nil
	})
	return text, err
}
