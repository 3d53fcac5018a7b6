package change

import (
	"context"
	"fmt"
	"time"

	"github.com/rabbitctl/rabbitctl/pkg/amqp"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/messages"
	"github.com/rabbitctl/rabbitctl/pkg/prose"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// passage is how messages go from a queue to others.
type passage struct {
	// word is what comes of it: moved, replayed.
	word string
	// from is the source; to is the destination, "" where each message has its own.
	from, to string
	// kind is the source's type, and size how large a body is there on average; 0 where that is not known.
	kind string
	size int64
	// want is how many messages are taken at most.
	want int64
	// pick chooses some of them; nil: all are chosen.
	pick func(*messages.Message) (bool, error)
	// goes says to which queue a message goes; nil: to.
	goes func(*messages.Message) string
	// limit is how many messages go; 0: all that are chosen.
	limit int64
	again messages.Republish
}

// carry lets the messages go, and tells what came of it.
func (p passage) carry(ctx context.Context, at Site, e amqp.Endpoint) (Outcome, error) {
	goes := p.goes
	if goes == nil {
		goes = func(*messages.Message) string { return p.to }
	}
	// Where a message goes is read before it is made ready to be published again.
	var target string
	sink, err := messages.NewPublisher(ctx, e, func(*messages.Message) (string, string) { return "", target })
	if err != nil {
		return Outcome{}, err
	}
	source, err := messages.TakeQueue(ctx, e, messages.Queue{VHost: at.VHost, Name: p.from, Type: p.kind, Want: p.want,
		Size: p.size, Held: p.pick != nil})
	if err != nil {
		_ = sink.Close()
		return Outcome{}, err
	}
	p.again.User = e.Login.Username
	var changes messages.Changes
	counts, err := messages.Transfer{From: source, To: sink, Pick: p.pick, Limit: p.limit,
		Alter: func(m *messages.Message) *messages.Message {
			target = goes(m)
			out, changed := p.again.Of(m)
			changes.Add(changed)
			return out
		},
		Progress: func(c messages.Counts) {
			at.Waiting("%s %d of %d messages of %s", p.word, c.Safe, p.want, p.from)
		}}.Run(ctx)
	return p.outcome(ctx, at, e, counts, changes, err), nil
}

// outcome words what came of it. A passage that ended early is incomplete: what it did stays, and the rest is where it
// was.
func (p passage) outcome(ctx context.Context, at Site, e amqp.Endpoint, counts messages.Counts,
	changes messages.Changes, err error) Outcome {
	o := Outcome{Word: p.word, Notes: changes.Told()}
	figure := func(name string, v record.Value) record.Field {
		return record.Field{Column: record.Column{Name: name, Kind: record.Count}, Value: v}
	}
	fields := []record.Field{figure("messages", record.Of(counts.Safe)),
		figure("source_ready", p.left(ctx, at, e, counts))}
	if p.to != "" {
		fields = append(fields, figure("destination_ready", readyNow(ctx, e, p.to)))
	}
	o.Facts = record.Document{record.Fields("", fields...)}
	switch {
	case err != nil:
		o.Word = "incomplete"
		text := fmt.Sprintf("%s %s: %s", p.word, prose.Plural(int(counts.Safe), "message", "messages"), err)
		if n := counts.Doubtful(); n > 0 {
			text += fmt.Sprintf("; up to %s may be in both queues", prose.Plural(int(n), "more message", "more messages"))
		}
		failure := fail.New(fail.Incomplete, "%s", text)
		failure.Hint, failure.Err = fail.HintOf(err), err
		o.Failed = failure
	case counts.Put == 0:
		o.Word = "unchanged"
		o.Notes = append(o.Notes, fmt.Sprintf("none of %s was chosen", prose.Plural(int(counts.Looked), "message",
			"messages")))
	case p.pick == nil && counts.Safe < p.want:
		o.Notes = append(o.Notes, fmt.Sprintf("%d were ready when it began; others took the rest, or they expired", p.want))
	}
	return o
}

// left is how many messages of the source are ready now. A quorum queue counts those that were given back a little
// later.
func (p passage) left(ctx context.Context, at Site, e amqp.Endpoint, counts messages.Counts) (n record.Value) {
	_, _ = at.Until(context.WithoutCancel(ctx), 2*time.Second, 20*time.Millisecond, 200*time.Millisecond,
		func() (bool, error) {
			n = readyNow(ctx, e, p.from)
			has, known := n.Int()
			return !known || has >= p.want-counts.Removed, nil
		})
	return n
}

// readyNow is how many messages of a queue are ready; absent where that cannot be told.
func readyNow(ctx context.Context, e amqp.Endpoint, name string) record.Value {
	n, err := messages.Ready(context.WithoutCancel(ctx), e, name)
	if err != nil {
		return nil
	}
	return record.Of(n)
}
