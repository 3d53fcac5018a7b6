package routing

import (
	"encoding/json"
	"fmt"
	"slices"

	"github.com/rabbitctl/rabbitctl/pkg/health"
	"github.com/rabbitctl/rabbitctl/pkg/topology"
)

// Outcome is what becomes of a message in a queue.
type Outcome int

const (
	Kept    Outcome = iota // it waits there for a consumer
	Perhaps                // it may be lost: Text says when
	Lost                   // it is dropped, refused, or dead-lettered
)

func (o Outcome) String() string { return [...]string{"kept", "perhaps", "lost"}[o] }

// Fate is what a queue does with a message that arrives now.
type Fate struct {
	Outcome Outcome
	// Text says why; "" for a queue that simply keeps it.
	Text string
	// DeadLetters means that a message that is lost here goes on to the exchange DeadLetterExchange, with the routing
	// key DeadLetterKey or, where that is "", its own.
	DeadLetters        bool
	DeadLetterExchange string
	DeadLetterKey      string
}

// Fate says what becomes of a message that reaches the queue.
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
		return Fate{Outcome: Perhaps, Text: "the broker does not say yet which policy applies: ask again in 5 s"}
	}
	return q.dropsOldest()
}

// limit is a length limit in effect, and how much of it is used up.
type limit struct {
	name, unit string
	most       int64
	by         string
	has        health.Reading
}

// limits are the length limits in effect. Only what is ready counts.
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

// Limited tells whether a length limit is in effect, so that it matters how full the queue is.
func (q Queue) Limited() bool { return len(q.limits()) > 0 }

func (l limit) String() string { return fmt.Sprintf("%s %d (%s)", l.name, l.most, l.by) }

// Full says by what limit the queue refuses the next message: "1 ready, max-length 1 (argument), overflow reject-publish"; ""
// where it would take it, or where that is not known.
func (q Queue) Full() string {
	overflow, _ := q.text("x-overflow")
	if l, full, known := q.refusing(); full && known {
		return fmt.Sprintf("%.0f %s, %s, overflow %s", l.has.Value, l.unit, l, overflow)
	}
	return ""
}

// Refuses tells whether the queue refuses messages once it is full.
func (q Queue) Refuses() bool {
	overflow, _ := q.text("x-overflow")
	return q.Type != "stream" && q.Limited() && (overflow == "reject-publish" || overflow == "reject-publish-dlx")
}

// refusing is the limit by which a queue that refuses is full, or may be where that is not known.
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

// refuses is the fate of a message where a full queue refuses. A classic queue refuses what would go beyond the limit;
// a quorum queue refuses once it is beyond (measured on 3.10, 4.0 and 4.3).
func (q Queue) refuses() (Fate, bool) {
	l, full, known := q.refusing()
	if !full {
		return Fate{}, false
	}
	overflow, _ := q.text("x-overflow")
	f := Fate{Outcome: Lost}
	switch {
	case l.most == 0 && q.Type != "quorum":
		f.Text = fmt.Sprintf("refused: %s with overflow %s never takes a message", l, overflow)
	case !known:
		f.Outcome, f.Text = Perhaps, fmt.Sprintf("refused if it is full, which is not known: %s, overflow %s", l, overflow)
	default:
		f.Text = fmt.Sprintf("refused, it is full: %s; a publisher learns of it by confirms only", q.Full())
	}
	if overflow == "reject-publish-dlx" {
		f = q.deadLettered(f)
	}
	return f, true
}

// dropsAtOnce is the fate of a message where the queue keeps none. A consumer can still get it.
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
	f := Fate{Outcome: Perhaps, Text: zero + " drops it at once unless a consumer takes it at once; "}
	switch {
	case !q.Consumers.Known:
		f.Text += "whether there is one is not known"
	case q.Consumers.Value > 0:
		f.Text += "there is " + count(int(q.Consumers.Value), "consumer")
	default:
		f.Outcome, f.Text = Lost, f.Text+"there is none"
	}
	return q.deadLettered(f), true
}

// dropsOldest is the fate of a message that another one makes room for.
func (q Queue) dropsOldest() Fate {
	for _, l := range q.limits() {
		if overflow, _ := q.text("x-overflow"); overflow != "reject-publish" && overflow != "reject-publish-dlx" &&
			l.has.Known && l.has.Value >= float64(l.most) {
			return Fate{Text: fmt.Sprintf("it is full, so its oldest message is dropped: %.0f %s, %s", l.has.Value, l.unit, l)}
		}
	}
	return Fate{}
}

// DeadLetters is where a queue sends messages that expire, overflow or are rejected.
type DeadLetters struct {
	// Exchange may not exist. Key is the routing key there, "" for that which the message has.
	Exchange, Key string
	// By is who says so: "argument" or "policy NAME".
	By string
	// Automatic means that messages go there without a consumer that rejects; Cause then says what sends them.
	Automatic bool
	Cause     string
}

// DeadLetters says whether and where the queue dead-letters.
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
	overflow, _ := q.text("x-overflow")
	for _, l := range q.limits() {
		if !d.Automatic && overflow != "reject-publish" {
			d.Automatic, d.Cause = true, l.String()
		}
	}
	return d, true
}

// deadLettered adds where the message goes on to.
func (q Queue) deadLettered(f Fate) Fate {
	if d, ok := q.DeadLetters(); ok {
		f.DeadLetters, f.DeadLetterExchange, f.DeadLetterKey = true, d.Exchange, d.Key
	}
	return f
}

// number is a limit in effect and who sets it, "" where nobody does.
func (q Queue) number(key string) (n int64, by string) {
	value, by, ok := topology.Effective(key, q.Arguments, q.Policy)
	text, isNumber := value.(json.Number)
	if !ok || !isNumber {
		return 0, ""
	}
	n, err := text.Int64()
	if err != nil {
		return 0, ""
	}
	return n, q.who(by)
}

// text is a setting in effect and who sets it, "" where nobody does.
func (q Queue) text(key string) (text, by string) {
	value, by, ok := topology.Effective(key, q.Arguments, q.Policy)
	text, isText := value.(string)
	if !ok || !isText {
		return "", ""
	}
	return text, q.who(by)
}

func (q Queue) who(by string) string {
	if by == "policy" && q.PolicyName != "" {
		return q.PolicyName
	}
	return by
}
