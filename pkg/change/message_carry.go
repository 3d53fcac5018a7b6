package change

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/rabbitctl/rabbitctl/pkg/amqp"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/messages"
	"github.com/rabbitctl/rabbitctl/pkg/prose"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// outcome returns the result of a transfer. A transfer that ended early is incomplete: the messages that it has
// transferred stay at the destination, and the others are in the queue.
func (t *taking) outcome(ctx context.Context, e amqp.Endpoint, word string, c messages.Counts, err error,
	more ...record.Field) Outcome {
	o := Outcome{Word: word}
	fields := []record.Field{figure("messages", record.Of(c.Safe))}
	if !t.stream() {
		fields = append(fields, figure("source_ready", t.left(ctx, e, c)))
	}
	fields = append(fields, more...)
	o.Facts = record.Document{record.Fields("", fields...)}
	switch {
	case err != nil:
		o.Word, o.Failed = "incomplete", t.early(word, c, err)
	case t.chooses() && c.Put == 0:
		o.Word = "unchanged"
		o.Notes = append(o.Notes, fmt.Sprintf("none of %s was chosen", prose.Plural(int(c.Looked), "message", "messages")))
	case t.stream() && c.Put == 0:
		o.Word = "unchanged"
		o.Notes = append(o.Notes, fmt.Sprintf("stream %s has no messages from that offset on", t.queue))
	case !t.chooses() && c.Safe < t.from().Want:
		o.Notes = append(o.Notes, fmt.Sprintf("%d were ready at the beginning; the rest was taken by others, or expired",
			t.from().Want))
	}
	return o
}

func figure(name string, v record.Value) record.Field {
	return record.Field{Column: record.Column{Name: name, Kind: record.Count}, Value: v}
}

// early returns an error that says how many messages were transferred before an error ended the transfer.
func (t *taking) early(word string, c messages.Counts, err error) error {
	text := fmt.Sprintf("%s %s: %s", word, prose.Plural(int(c.Safe), "message", "messages"), err)
	if n := c.Doubtful(); n > 0 {
		many := "up to " + prose.Plural(int(n), "message", "messages")
		if c.Unsure > 0 {
			many = fmt.Sprintf("%d or more messages", n)
		}
		where := "both at the destination and in"
		if word == "deleted" { // without a backup there is no destination
			where = "still in"
		}
		text += fmt.Sprintf("; %s may be %s queue %s", many, where, t.queue)
	}
	failure := fail.New(fail.Incomplete, "%s", text)
	failure.Hint, failure.Err = fail.HintOf(err), err
	return failure
}

// unbegun is the error of a transfer that ended before it took a message.
type unbegun struct{ error }

func (u unbegun) Unwrap() error { return u.error }

// carry takes the messages, and publishes each message m to queue goes(m).
func (t *taking) carry(ctx context.Context, word string, again messages.Republish,
	goes func(*messages.Message) string) (e amqp.Endpoint, counts messages.Counts, changes messages.Changes, err error) {
	if e, err = messages.ReachToChange(ctx, t.at.Broker, t.at.AMQP, t.at.VHost); err != nil {
		return e, counts, changes, unbegun{err}
	}
	// The publisher gets each message after again.Of has changed it, but the function goes needs the message unchanged. So
	// goes is called before again.Of, and target keeps its result.
	var target string
	sink, err := messages.NewPublisher(ctx, e, func(*messages.Message) (string, string) { return "", target })
	if err != nil {
		return e, counts, changes, unbegun{err}
	}
	source, err := t.open(ctx, e)
	if err != nil {
		_ = sink.Close()
		return e, counts, changes, unbegun{err}
	}
	again.User = e.Login.Username
	counts, err = t.transfer(ctx, source, sink, word, func(m *messages.Message) *messages.Message {
		target = goes(m)
		out, changed := again.Of(m)
		changes.Add(changed)
		return out
	})
	return e, counts, changes, err
}

// publish takes the messages, publishes each message m to queue goes(m), and returns the outcome. The outcome counts
// the ready messages of the destinations in more. publish returns an error only if the transfer fails before it takes a
// message; the outcome has any later error.
func (t *taking) publish(ctx context.Context, word string, again messages.Republish,
	goes func(*messages.Message) string, more ...string) (Outcome, error) {
	e, counts, changes, err := t.carry(ctx, word, again, goes)
	if not := (unbegun{}); errors.As(err, &not) {
		return Outcome{}, not.error
	}
	var fields []record.Field
	for _, name := range more {
		fields = append(fields, figure("destination_ready", readyNow(ctx, e, name)))
	}
	o := t.outcome(ctx, e, word, counts, err, fields...)
	o.Notes = append(o.Notes, changes.Told()...)
	return o, nil
}

// readyNow returns how many messages of a queue are ready; absent if that is not known.
func readyNow(ctx context.Context, e amqp.Endpoint, name string) record.Value {
	n, err := messages.Ready(context.WithoutCancel(ctx), e, name)
	if err != nil {
		return nil
	}
	return record.Of(n)
}

// left returns how many messages of the queue are ready now. A quorum queue counts requeued messages a little late, so
// left waits until they are counted, up to 2 s.
func (t *taking) left(ctx context.Context, e amqp.Endpoint, c messages.Counts) (n record.Value) {
	_, _ = t.at.Until(context.WithoutCancel(ctx), 2*time.Second, 20*time.Millisecond, 200*time.Millisecond,
		func() (bool, error) {
			n = readyNow(ctx, e, t.queue)
			has, known := n.Int()
			return !known || has >= t.ready-c.Removed, nil
		})
	return n
}
