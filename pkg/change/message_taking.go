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

// taking is what a change takes from a queue: to keep it there, or to remove it once it is safe elsewhere.
type taking struct {
	queue, where     string
	limit            int
	countsAsDelivery bool
	// remove means that what was taken is removed.
	remove bool
	at     Site
	source countedQueue
	ready  int64
}

// params are the options of what takes messages. does is a word for it: export, copy.
func (t *taking) params(does string) []Param {
	return []Param{
		WholeFlag("limit", does+" `N` messages at most; 0 for all that are ready", &t.limit),
		Flag("where", does+" only messages for which this `FILTER` holds", &t.where),
		Switch("counts-as-delivery", "accept that the broker counts a delivery of each message that stays",
			&t.countsAsDelivery)}
}

func (t *taking) check() error {
	if t.limit < 0 {
		return fail.Usagef("--limit %d is below 0", t.limit)
	}
	_, err := messages.Picker(t.where, nil)
	return err
}

// held means that messages stay unacknowledged until the end, and then go back.
func (t *taking) held() bool { return !t.remove || t.where != "" }

// look counts the queue, and refuses what would do harm.
func (t *taking) look(ctx context.Context, at Site) (amqp.Endpoint, error) {
	t.at = at
	var err error
	if t.source, err = sourceOf(ctx, at, t.queue); err != nil {
		return amqp.Endpoint{}, err
	}
	if err := t.givenBack(ctx); err != nil {
		return amqp.Endpoint{}, err
	}
	e, err := messages.Reach(ctx, at.Broker, at.AMQP, at.VHost)
	if err != nil {
		return e, err
	}
	if t.ready, err = messages.Ready(ctx, e, t.queue); err != nil {
		return e, err
	}
	return e, t.fits()
}

// givenBack refuses where the broker counts what is given back, and drops it in the end.
func (t *taking) givenBack(ctx context.Context) error {
	if !t.held() || t.countsAsDelivery || t.source.kind.Text() != "quorum" {
		return nil
	}
	overview, err := t.at.Broker.Overview(ctx)
	if err != nil || messages.LooksAreFree("quorum", overview.At("rabbitmq_version").Text()) {
		return err
	}
	return fail.New(fail.Data, "refused: queue %s is a quorum queue, and this release counts a delivery of each message "+
		"that is taken and stays; one too many drops it", t.queue).Next("--counts-as-delivery accepts that")
}

// fits refuses to keep more messages than can be held.
func (t *taking) fits() error {
	if t.remove {
		return nil
	}
	q := t.from()
	if most := q.MostAtOnce(); most < q.Want && t.where == "" {
		return fail.New(fail.Data, "refused: queue %s has %d messages, and %d can be held at a time and given back", t.queue,
			q.Want, most).Next("--limit %d; or export_messages --remove, which holds few at a time", most)
	}
	return nil
}

// from is what to take of the queue.
func (t *taking) from() messages.Queue {
	want := t.ready
	if t.limit > 0 && t.where == "" {
		want = min(want, int64(t.limit))
	}
	return messages.Queue{VHost: t.at.VHost, Name: t.queue, Type: t.source.kind.Text(), Want: want, Held: t.held(),
		Size: t.source.bodySize()}
}

// nothing is the plan where the queue has no messages.
func (t *taking) nothing() *Plan {
	return &Plan{Done: &Outcome{Word: "unchanged", Notes: []string{"queue " + t.queue + " has no ready messages"}}}
}

// amount is how many messages are taken, in words.
func (t *taking) amount() string {
	if t.where != "" {
		return "chosen messages of " + prose.Plural(int(t.ready), "message", "messages")
	}
	return prose.Plural(int(t.from().Want), "message", "messages")
}

// told are the notes about the queue.
func (t *taking) told() []string {
	notes := t.source.ages()
	if n, _ := t.source.consumers.Int(); n > 0 {
		notes = append(notes, fmt.Sprintf("queue %s has %s, which can get messages in another order meanwhile", t.queue,
			consumersOf(t.source.consumers)))
	}
	return notes
}

// transfer takes the messages and puts them into the sink.
func (t *taking) transfer(ctx context.Context, source messages.Source, sink messages.Sink, word string,
	alter func(*messages.Message) *messages.Message) (messages.Counts, error) {
	pick, err := messages.Picker(t.where, t.at.Now)
	if err != nil {
		return messages.Counts{}, err
	}
	return messages.Transfer{From: source, To: sink, Keep: !t.remove, Pick: pick, Limit: int64(t.limit), Alter: alter,
		Progress: func(c messages.Counts) {
			t.at.Waiting("%s %d messages of queue %s, of %d that are ready", word, c.Put, t.queue, t.ready)
		}}.Run(ctx)
}

// outcome words what came of it. What ended early is incomplete: what it did stays, and the rest is in the queue.
func (t *taking) outcome(ctx context.Context, e amqp.Endpoint, word string, c messages.Counts, err error,
	more ...record.Field) Outcome {
	o := Outcome{Word: word}
	figure := func(name string, v record.Value) record.Field {
		return record.Field{Column: record.Column{Name: name, Kind: record.Count}, Value: v}
	}
	fields := append([]record.Field{figure("messages", record.Of(c.Safe)), figure("source_ready", t.left(ctx, e, c))},
		more...)
	o.Facts = record.Document{record.Fields("", fields...)}
	switch {
	case err != nil:
		o.Word = "incomplete"
		failure := fail.New(fail.Incomplete, "%s %s: %s", word, prose.Plural(int(c.Safe), "message", "messages"), err)
		failure.Hint, failure.Err = fail.HintOf(err), err
		o.Failed = failure
	case t.where != "" && c.Put == 0:
		o.Notes = append(o.Notes, fmt.Sprintf("none of %s was chosen", prose.Plural(int(c.Looked), "message", "messages")))
	case t.where == "" && c.Safe < t.from().Want:
		o.Notes = append(o.Notes, fmt.Sprintf("%d were ready when it began; others took the rest, or they expired",
			t.from().Want))
	}
	return o
}

// left is how many messages of the queue are ready now. A quorum queue counts those that were given back a little
// later.
func (t *taking) left(ctx context.Context, e amqp.Endpoint, c messages.Counts) (n record.Value) {
	_, _ = t.at.Until(context.WithoutCancel(ctx), 2*time.Second, 20*time.Millisecond, 200*time.Millisecond,
		func() (bool, error) {
			n = readyNow(ctx, e, t.queue)
			has, known := n.Int()
			return !known || has >= t.ready-c.Removed, nil
		})
	return n
}
