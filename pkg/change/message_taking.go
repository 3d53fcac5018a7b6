package change

import (
	"context"
	"fmt"

	"github.com/rabbitctl/rabbitctl/pkg/amqp"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/messages"
	"github.com/rabbitctl/rabbitctl/pkg/prose"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// taking takes messages from a queue, or reads them from a stream, for a change. The change requeues what it takes, or
// removes each message once it is written or published; delete_messages --no-backup removes it at once.
type taking struct {
	queue, where     string
	limit            int
	countsAsDelivery bool
	expect           Expectation
	// remove means that messages are removed from the queue after they were taken.
	remove bool
	// reads means that the change can read a stream, from an offset on.
	reads  bool
	offset string
	// picks chooses messages in place of the filter of --where; nil means that the filter chooses them.
	picks  func(*messages.Message) (bool, error)
	at     Site
	source countedQueue
	ready  int64
}

// params returns the options --limit, --counts-as-delivery and --where. does is the verb of the change: export, copy.
func (t *taking) params(does string) []Param {
	return []Param{t.limitFlag(does), t.countsFlag(),
		Flag("where", does+" only messages that match this `FILTER`", &t.where)}
}

func (t *taking) limitFlag(does string) Param {
	return WholeFlag("limit", does+" `N` messages at most; 0 for no limit", &t.limit)
}

func (t *taking) countsFlag() Param {
	return Switch("counts-as-delivery", "go on although a quorum queue before 4.3 counts one more delivery of each "+
		"message that stays in it", &t.countsAsDelivery)
}

func (t *taking) check() error {
	if t.limit < 0 {
		return fail.Usagef("--limit %d is below 0", t.limit)
	}
	if _, err := messages.ParseOffset(t.offset); err != nil {
		return err
	}
	_, err := messages.Picker(t.where, nil)
	return err
}

// offsetFlag returns the option --offset, for a change that can read a stream.
func (t *taking) offsetFlag() Param {
	t.reads = true
	return Flag("offset", "where to begin in a stream: `OFFSET` is first, last, a number, an interval such as 1h, or a time "+
		"(default first)", &t.offset)
}

// stream reports whether the source is a stream.
func (t *taking) stream() bool { return t.source.kind.Text() == "stream" }

// held reports whether the messages that stay in the queue are unacknowledged until the end of the change, and are
// requeued then.
func (t *taking) held() bool { return !t.stream() && (!t.remove || t.chooses()) }

// chooses reports whether the change takes only some of the messages, and leaves the others in the queue.
func (t *taking) chooses() bool { return t.where != "" || t.picks != nil }

// look counts the messages of the queue by the management API, and refuses a queue to which the change would do harm.
func (t *taking) look(ctx context.Context, at Site) error {
	t.at = at
	var err error
	if t.expect.text != "" {
		// The guard refuses an unexpected count, after it has waited until the count cannot be out of date.
		_, err = (&guard{expect: t.expect}).look(ctx, at, t.queue)
	}
	if err != nil {
		return err
	}
	if t.source, err = sourceOf(ctx, at, t.queue, t.reads && !t.remove); err != nil {
		return err
	}
	if t.offset != "" && !t.stream() {
		return fail.New(fail.Data, "refused: --offset is for streams, and queue %s is a %s queue", t.queue,
			t.source.kind.Text()).Next("leave --offset out")
	}
	return t.givenBack(ctx)
}

// reach counts the ready messages of a queue over AMQP. Then it calls fits, which refuses too many of them. For a
// stream it does neither.
func (t *taking) reach(ctx context.Context) (amqp.Endpoint, error) {
	e, err := messages.Reach(ctx, t.at.Broker, t.at.AMQP, t.at.VHost)
	if err != nil {
		return e, err
	}
	if t.stream() {
		return e, nil
	}
	if t.ready, err = messages.Ready(ctx, e, t.queue); err != nil {
		return e, err
	}
	t.source.ready, t.source.readyCount = record.Of(t.ready), t.ready
	return e, t.fits()
}

// givenBack refuses a queue whose broker counts each requeue of a message as a delivery: after too many deliveries, the
// broker drops or dead-letters the message.
func (t *taking) givenBack(ctx context.Context) error {
	if !t.held() || t.countsAsDelivery {
		return nil
	}
	if free, err := t.looksAreFree(ctx); free || err != nil {
		return err
	}
	return fail.New(fail.Data, "refused: queue %s is a quorum queue, and the broker's release counts a delivery when a "+
		"message is read and requeued; if the queue has a delivery limit, a message beyond it is dropped or "+
		"dead-lettered", t.queue).
		Next("--counts-as-delivery reads the messages all the same")
}

// looksAreFree reports whether messages can be held and requeued without the broker counting a delivery.
func (t *taking) looksAreFree(ctx context.Context) (bool, error) {
	if t.source.kind.Text() != "quorum" {
		return true, nil
	}
	overview, err := t.at.Broker.Overview(ctx)
	return messages.LooksAreFree("quorum", overview.At("rabbitmq_version").Text()), err
}

// fits refuses a change that keeps the messages in the queue and would take more than can be unacknowledged at a time.
// It does not refuse a change that chooses messages by a filter.
func (t *taking) fits() error {
	if t.remove {
		return nil
	}
	q := t.from()
	if most := q.MostAtOnce(); most < q.Want && !t.chooses() {
		return fail.New(fail.Data, "refused: queue %s has %d messages, and at most %d can be held at a time and requeued",
			t.queue, q.Want, most).Next("--limit %d; or export_messages --remove, which holds few "+
			"at a time: it takes all messages out of the queue, and import_messages puts them back", most)
	}
	return nil
}

// from describes what to take from the queue.
func (t *taking) from() messages.Queue {
	want := t.ready
	if t.limit > 0 && !t.chooses() {
		want = min(want, int64(t.limit))
	}
	return messages.Queue{VHost: t.at.VHost, Name: t.queue, Type: t.source.kind.Text(), Want: want, Held: t.held(),
		Size: t.source.bodySize()}
}

// chosen takes the messages, counts those that --where chooses, and requeues all.
func (t *taking) chosen(ctx context.Context, e amqp.Endpoint) (int64, error) {
	from := t.from()
	from.Held = true
	source, err := messages.TakeQueue(ctx, e, from)
	if err != nil {
		return 0, err
	}
	looking := *t
	looking.remove = false
	counts, err := looking.transfer(ctx, source, &messages.Nowhere{}, "found", nil)
	return counts.Put, err
}

// open begins to take the messages, or to read them from the stream.
func (t *taking) open(ctx context.Context, e amqp.Endpoint) (messages.Source, error) {
	if !t.stream() {
		return messages.TakeQueue(ctx, e, t.from())
	}
	from, err := messages.ParseOffset(t.offset)
	if err != nil {
		return nil, err
	}
	return messages.ReadStream(ctx, e, messages.Stream{VHost: t.at.VHost, Name: t.queue, From: from,
		Size: t.source.bodySize()})
}

// empty reports whether the queue has nothing to take.
func (t *taking) empty() bool { return t.ready == 0 && !t.stream() }

// most returns how many messages can be taken at most; unlimited for a stream, whose end is known only after it was
// read.
func (t *taking) most() int64 {
	most := t.ready
	if t.stream() {
		most = unlimited
	}
	if t.limit > 0 {
		most = min(most, int64(t.limit))
	}
	return most
}

// nothing returns the plan for a queue without messages.
func (t *taking) nothing() *Plan {
	return &Plan{Done: &Outcome{Word: "unchanged", Notes: []string{"queue " + t.queue + " has no ready messages"}}}
}

// amount says in words how many messages are taken.
func (t *taking) amount() string {
	switch {
	case t.stream() && t.limit > 0 && !t.chooses():
		return prose.Plural(t.limit, "message", "messages")
	case t.stream() && !t.chooses():
		return "all messages from the offset on"
	case t.stream():
		return "chosen messages from the offset on"
	}
	if t.chooses() {
		return "chosen messages of " + prose.Plural(int(t.ready), "message", "messages")
	}
	return prose.Plural(int(t.from().Want), "message", "messages")
}

// told returns the notes about the queue, for the plan.
func (t *taking) told() []string {
	notes := t.source.ages()
	if t.countsAsDelivery && t.held() && t.source.kind.Text() == "quorum" {
		notes = append(notes, "before 4.3 a quorum queue counts a delivery of each message that stays, and may change their order")
	}
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
	if t.picks != nil {
		pick = t.picks
	}
	return messages.Transfer{From: source, To: sink, Keep: !t.remove, Pick: pick, Limit: int64(t.limit), Alter: alter,
		Progress: func(c messages.Counts) {
			if t.stream() {
				t.at.Waiting("%s %d messages of stream %s", word, c.Put, t.queue)
				return
			}
			t.at.Waiting("%s %d messages of queue %s, of %d that are ready", word, c.Put, t.queue, t.ready)
		}}.Run(ctx)
}
