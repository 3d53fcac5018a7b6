package messages

import (
	"cmp"
	"context"
	"fmt"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/prose"
	"github.com/rabbitctl/rabbitctl/pkg/queues"
	"github.com/rabbitctl/rabbitctl/pkg/record"
	"github.com/rabbitctl/rabbitctl/pkg/release"
	"github.com/rabbitctl/rabbitctl/pkg/topology"
)

// viewed is a queue that may be looked at, and the side effects of a look at it.
type viewed struct {
	raw         record.Value
	name, kind  string
	vhost       string
	consumers   int64
	hasLimit    bool
	limit       int64
	deadLetters string
	// counts means that the broker counts a look as a delivery.
	counts  bool
	version string
}

// defaultDeliveryLimit is the delivery limit of a quorum queue of 4.0 and later for which none was set. The API does
// not show this default.
const defaultDeliveryLimit = 20

// judge reads the properties of the queue. It refuses a look at a queue that cannot be read, or with side effects that
// the user has not accepted.
func (v *Viewer) judge(ctx context.Context, l Look) (viewed, error) {
	raw, err := v.Client.Queue(ctx, l.VHost, l.Name)
	if err != nil {
		return viewed{}, err
	}
	state := v.Client.QueueState(ctx, raw)
	q := viewed{raw: raw, vhost: l.VHost, name: l.Name, kind: raw.At("type").Text()}
	q.consumers, _ = queues.ConsumerCount(raw, state).Int()
	q.deadLetters = q.deadLetterExchange()
	if queues.DoesNotRun(state) {
		return q, fail.New(fail.Unavailable, "queue %s does not run: its state is %s", l.Name, state.Text()).
			Next("%s shows its nodes; rabbitctl list_nodes shows which nodes run", q.show())
	}
	if q.kind == "stream" {
		return q, nil
	}
	if q.kind == "quorum" {
		if v.version == "" {
			overview, err := v.Client.Overview(ctx)
			if err != nil {
				return q, err
			}
			v.version = overview.At("rabbitmq_version").Text()
		}
		q.counts, q.version = !LooksAreFree(q.kind, v.version), v.version
		q.limited()
	}
	return q, q.refusal(l)
}

func (q viewed) show() string { return fail.Command("show_queue", "-p", q.vhost, q.name) }

// setting returns the value of a key for the queue, from an argument or a policy. It returns nil if neither sets the
// key.
func (q viewed) setting(key string) record.Value {
	value, _, set := topology.Effective(q.kind, key, q.raw.At("arguments").Map(),
		q.raw.At("effective_policy_definition").Map())
	if !set {
		return nil
	}
	return record.Of(value)
}

// limited sets the fields limit and hasLimit from the delivery limit of the queue. A delivery limit below zero means
// that there is no limit.
func (q *viewed) limited() {
	q.limit, q.hasLimit = q.setting("x-delivery-limit").Int()
	if !q.hasLimit && release.AtLeast(q.version, 4, 0) {
		q.limit, q.hasLimit = defaultDeliveryLimit, true
	}
	q.hasLimit = q.hasLimit && q.limit >= 0
}

// refusal returns why the look is refused, or nil if the look is allowed.
func (q viewed) refusal(l Look) error {
	consumers := prose.Plural(int(q.consumers), "consumer", "consumers")
	switch {
	case q.raw.At("exclusive").Text() == "true":
		return fail.New(fail.Data, "refused: queue %s is exclusive to the connection that declared it", q.name).
			Next("only that connection can read the queue; %s names the connection", q.show())
	case q.consumers > 0 && q.setting("x-single-active-consumer").Text() == "true":
		return fail.New(fail.Data, "refused: queue %s delivers only to its single active consumer, and has %s", q.name,
			consumers).
			Next("stop the consumers first: %s names them", q.show())
	case q.consumers > 0 && !l.Beside:
		return fail.New(fail.Data, "refused: queue %s has %s; while this command holds messages, the consumers get "+
			"later messages first", q.name,
			consumers).Next("--with-consumers reads the messages all the same")
	case q.counts && q.hasLimit && !l.Counted:
		return fail.New(fail.Data, "refused: %s is a quorum queue with delivery limit %d, and release %s counts a look as a "+
			"delivery; one delivery too many %s", q.name, q.limit, q.version, q.over("the message")).
			Next("--counts-as-delivery reads the messages all the same")
	}
	return nil
}

// deadLetterExchange returns the name of the queue's dead-letter exchange, "(default)" for the default exchange, and ""
// if the queue has none.
func (q viewed) deadLetterExchange() string {
	exchange := q.setting("x-dead-letter-exchange")
	if !exchange.Known() {
		return ""
	}
	return cmp.Or(exchange.Text(), "(default)")
}

// over returns a text that says what the queue does with messages that were delivered too often. The parameter what is
// the word for these messages in the text, such as "them".
func (q viewed) over(what string) string {
	if q.deadLetters == "" {
		return "drops " + what + " (no dead-letter exchange on " + q.name + ")"
	}
	return "dead-letters " + what + " to exchange " + q.deadLetters
}

// bodySize returns the average size of a body in bytes, or 0 if it is not known.
func (q viewed) bodySize() int64 {
	bytes, known := q.raw.At("message_bytes").Int()
	count, counted := q.raw.At("messages").Int()
	if !known || !counted || count == 0 {
		return 0
	}
	return bytes / count
}

// deliveries records which messages reach or exceed their delivery limit because of a look.
type deliveries struct {
	of         viewed
	seen       int64
	last, over []int64
	// cameBack means that the last message had been delivered before.
	cameBack bool
}

// add records a message. The header x-delivery-count says how many earlier deliveries of the message were not
// acknowledged. If this count has already reached the limit, the queue drops or dead-letters the message when it comes
// back (measured on 3.10 and 4.0).
func (d *deliveries) add(m *Message) {
	d.seen++
	d.cameBack = m.Redelivered
	if !d.of.counts || !d.of.hasLimit {
		return
	}
	switch before, _ := intOf(m.Headers["x-delivery-count"]); {
	case before >= d.of.limit:
		d.over = append(d.over, m.Number)
	case before == d.of.limit-1:
		d.last = append(d.last, m.Number)
	}
}

// notes returns sentences about the side effects of the look.
func (d *deliveries) notes(ready int64) (notes []string) {
	if !d.of.counts || d.seen == 0 {
		return nil
	}
	notes = append(notes, fmt.Sprintf("the queue counted this look as a delivery of %s",
		prose.Plural(int(d.seen), "message", "messages")))
	if d.cameBack && ready > d.seen {
		notes = append(notes, "messages that had been delivered before may be in another order now: release "+d.of.version+
			" puts those that come back behind the others")
	}
	if len(d.over) > 0 {
		notes = append(notes, fmt.Sprintf("this look was one too many for %s: the queue %s", numbered(d.over),
			d.of.over(them(d.over))))
	}
	if len(d.last) > 0 {
		notes = append(notes, fmt.Sprintf("do not look at %s again: after one more unacknowledged delivery the queue %s",
			numbered(d.last), d.of.over(them(d.last))))
	}
	return notes
}

func them(numbers []int64) string {
	if len(numbers) == 1 {
		return "it"
	}
	return "them"
}

// numbered returns a text that names messages by their numbers. If there are more than five, the text says only how
// many.
func numbered(numbers []int64) string {
	if len(numbers) > 5 {
		return prose.Plural(len(numbers), "message", "messages")
	}
	text := "message"
	if len(numbers) > 1 {
		text = "messages"
	}
	for i, n := range numbers {
		if i > 0 {
			text += ","
		}
		text += fmt.Sprintf(" %d", n)
	}
	return text
}
