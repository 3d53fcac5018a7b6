package routing

import (
	"encoding/json"
	"fmt"
	"slices"

	"github.com/rabbitctl/rabbitctl/pkg/health"
	"github.com/rabbitctl/rabbitctl/pkg/prose"
	"github.com/rabbitctl/rabbitctl/pkg/topology"
)

// Outcome is what happens to a message in a queue.
type Outcome int

const (
	Kept    Outcome = iota // the queue keeps it for a consumer
	Perhaps                // it may be lost; Fate.Text says when
	Lost                   // the queue drops, refuses or dead-letters it
)

func (o Outcome) String() string { return [...]string{"kept", "perhaps", "lost"}[o] }

// Fate is what a queue does with an arriving message.
type Fate struct {
	Outcome Outcome
	// Text says why; "" means that the queue simply keeps the message.
	Text string
	// DeadLetters means that a message lost here goes to DeadLetterExchange. Its routing key is then DeadLetterKey or, if
	// that is "", the message's own key.
	DeadLetters        bool
	DeadLetterExchange string
	DeadLetterKey      string
}

// Fate returns what happens to a message that reaches the queue.
func (q Queue) Fate() Fate {
	if !slices.Contains([]string{"", "running", "idle", "flow"}, q.State) {
		return Fate{Outcome: Perhaps, Text: "its state is " + q.State + ", so it may not take the message"}
	}
	if q.Type == "stream" {
		return Fate{}
	}
	for _, judge := range []func() (Fate, bool){q.refuses, q.dropsAtOnce} {
		if f, ok := judge(); ok {
			return f
		}
	}
	if q.PolicyUnknown {
		return Fate{Outcome: Perhaps, Text: "the broker does not report yet which policy applies: ask again in 5 s"}
	}
	return q.dropsOldest()
}

// limit is a length limit in effect, with the present length of the queue.
type limit struct {
	name, unit string
	most       int64
	by         string
	has        health.Reading
}

// limits returns the length limits in effect. Only ready messages count towards them.
func (q Queue) limits() []limit {
	var all []limit
	for _, l := range []limit{
		{name: "max-length", unit: "ready", has: q.Ready},
		{name: "max-length-bytes", unit: "bytes ready", has: q.ReadyBytes},
	} {
		if l.most, l.by = q.number("x-" + l.name); l.by != "" {
			all = append(all, l)
		}
	}
	return all
}

// Limited reports whether a length limit is in effect. Without one, Ready and ReadyBytes do not matter to Fate.
func (q Queue) Limited() bool { return len(q.limits()) > 0 }

func (l limit) String() string { return fmt.Sprintf("%s %d (%s)", l.name, l.most, l.by) }

// Full names the limit because of which the queue refuses the next message: "1 ready, max-length 1 (argument), overflow
// reject-publish". It returns "" if the queue takes the message, or if that is not known.
func (q Queue) Full() string {
	overflow := q.overflow()
	if l, full, known := q.refusing(); full && known {
		return fmt.Sprintf("%.0f %s, %s, overflow %s", l.has.Value, l.unit, l, overflow)
	}
	return ""
}

// Refuses reports whether the queue refuses messages when it is full.
func (q Queue) Refuses() bool {
	overflow := q.overflow()
	return q.Type != "stream" && q.Limited() && (overflow == "reject-publish" || overflow == "reject-publish-dlx")
}

// refusing returns the limit because of which the queue refuses messages now. full is false if there is no such limit.
// If the queue may be full but its length is unknown, full is true and known is false.
func (q Queue) refusing() (l limit, full, known bool) {
	if !q.Refuses() {
		return l, false, true
	}
	quorum := q.Type == "quorum"
	for _, l := range q.limits() {
		never := l.most == 0 && !quorum
		switch {
		case never, l.has.Known && (l.has.Value > float64(l.most) || !quorum && l.has.Value == float64(l.most)):
			return l, true, never || l.has.Known
		case !l.has.Known:
			return l, true, false
		}
	}
	return l, false, true
}

// refuses returns the fate of a message in a full queue that refuses messages. A classic queue refuses a message that
// would exceed the limit; a quorum queue refuses messages only when the limit is already exceeded (measured on 3.10,
// 4.0 and 4.3).
func (q Queue) refuses() (Fate, bool) {
	l, full, known := q.refusing()
	if !full {
		return Fate{}, false
	}
	overflow := q.overflow()
	f := Fate{Outcome: Lost}
	switch {
	case l.most == 0 && q.Type != "quorum":
		f.Text = fmt.Sprintf("refused: %s with overflow %s never takes a message", l, overflow)
	case !known:
		f.Outcome, f.Text = Perhaps, fmt.Sprintf("refused if it is full, which is not known: %s, overflow %s", l, overflow)
	default:
		f.Text = fmt.Sprintf("refused, because the queue is full: %s; a publisher sees this only with publisher confirms",
			q.Full())
	}
	if overflow == "reject-publish-dlx" {
		f = q.deadLettered(f)
	}
	return f, true
}

// dropsAtOnce returns the fate of a message in a queue that keeps no messages, because its message-ttl or a length
// limit is 0. A consumer can still get the message.
func (q Queue) dropsAtOnce() (Fate, bool) {
	zero := ""
	if n, by := q.number("x-message-ttl"); by != "" && n == 0 {
		zero = fmt.Sprintf("message-ttl 0 (%s)", by)
	}
	for _, l := range q.limits() {
		if l.most == 0 && zero == "" {
			zero = l.String()
		}
	}
	if zero == "" {
		return Fate{}, false
	}
	f := Fate{Outcome: Perhaps, Text: zero + " drops the message unless a consumer takes it at once; "}
	switch {
	case !q.Consumers.Known:
		f.Text += "the number of consumers is not known"
	case q.Consumers.Value > 0:
		f.Text += "the queue has " + prose.Plural(int(q.Consumers.Value), "consumer", "consumers")
	default:
		f.Outcome, f.Text = Lost, f.Text+"the queue has none"
	}
	return q.deadLettered(f), true
}

// dropsOldest returns the fate of a message in a full queue that drops its oldest message. In any other queue the
// message is simply kept.
func (q Queue) dropsOldest() Fate {
	for _, l := range q.limits() {
		if overflow := q.overflow(); overflow != "reject-publish" && overflow != "reject-publish-dlx" &&
			l.has.Known && l.has.Value >= float64(l.most) {
			return Fate{Text: fmt.Sprintf("it is full, so its oldest message is dropped: %.0f %s, %s", l.has.Value, l.unit, l)}
		}
	}
	return Fate{}
}

// DeadLetters says where a queue sends messages that expire, overflow or are rejected.
type DeadLetters struct {
	// Exchange is the dead letter exchange, which may not exist. Key is the routing key of the dead-lettered messages; ""
	// means the message's own key.
	Exchange, Key string
	// By says what sets the dead letter exchange: "argument" or the queue's PolicyName.
	By string
	// Automatic means that messages are dead-lettered even if no consumer rejects them. Cause names the setting that
	// causes this.
	Automatic bool
	Cause     string
}

// DeadLetters returns where the queue dead-letters messages to; ok is false if it does not dead-letter.
func (q Queue) DeadLetters() (d DeadLetters, ok bool) {
	if q.Type == "stream" {
		return d, false
	}
	if d.Exchange, d.By = q.text("x-dead-letter-exchange"); d.By == "" {
		return d, false
	}
	d.Key, _ = q.text("x-dead-letter-routing-key")
	if n, by := q.number("x-message-ttl"); by != "" {
		d.Automatic, d.Cause = true, fmt.Sprintf("message-ttl %d (%s)", n, by)
	}
	overflow := q.overflow()
	for _, l := range q.limits() {
		if !d.Automatic && overflow != "reject-publish" {
			d.Automatic, d.Cause = true, l.String()
		}
	}
	return d, true
}

// deadLettered adds the queue's dead letter exchange to the fate.
func (q Queue) deadLettered(f Fate) Fate {
	if d, ok := q.DeadLetters(); ok {
		f.DeadLetters, f.DeadLetterExchange, f.DeadLetterKey = true, d.Exchange, d.Key
	}
	return f
}

// number returns a setting in effect and what sets it: the argument or a policy. by is "" if nothing sets it, or if the
// value is not a whole number.
func (q Queue) number(key string) (n int64, by string) {
	value, by, ok := topology.Effective(q.Type, key, q.Arguments, q.Policy)
	text, isNumber := value.(json.Number)
	if !ok || !isNumber {
		return 0, ""
	}
	n, err := text.Int64()
	if err != nil {
		return 0, ""
	}
	return n, q.setter(by)
}

// text returns a setting in effect and what sets it: the argument or a policy. by is "" if nothing sets it, or if the
// value is not a text.
func (q Queue) text(key string) (text, by string) {
	value, by, ok := topology.Effective(q.Type, key, q.Arguments, q.Policy)
	text, isText := value.(string)
	if !ok || !isText {
		return "", ""
	}
	return text, q.setter(by)
}

// overflow returns the setting overflow in effect; "" if it is not set, which means drop-head. A quorum queue does not
// support reject-publish-dlx: with this value it drops its oldest message (measured on 3.10, 4.0 and 4.3).
func (q Queue) overflow() string {
	how, _ := q.text("x-overflow")
	if how == "reject-publish-dlx" && q.Type == "quorum" {
		return "drop-head"
	}
	return how
}

func (q Queue) setter(by string) string {
	if by == "policy" && q.PolicyName != "" {
		return q.PolicyName
	}
	return by
}
