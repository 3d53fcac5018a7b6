package messages

import (
	"maps"
	"time"

	amqp091 "github.com/rabbitmq/amqp091-go"
)

// The headers that this program gives to messages. They survive further deaths on every release, which x-death does
// not: 4.0 and later forget it once a client published the message again (measured on 4.0 and 4.3).
const (
	HeaderReplayed = "x-rabbitctl-replayed" // how often it was replayed
	HeaderOrigin   = "x-rabbitctl-origin"   // where it was before its first replay
	HeaderUserID   = "x-rabbitctl-user-id"  // the property user-id that it had
	HeaderCC       = "x-rabbitctl-cc"       // the header CC that it had
	HeaderBCC      = "x-rabbitctl-bcc"      // the header BCC that it had
)

// Republish says how a message is made ready to be published again.
type Republish struct {
	// User publishes it. A broker refuses a message with the user-id of anybody else and closes the channel, unless the
	// user has the tag impersonator.
	User string
	// KeepUserID leaves user-id as it is.
	KeepUserID bool
	// Replay marks the message as replayed, and with its origin. NoMark leaves the marks out.
	Replay, NoMark bool
}

// Of is what is published again, and what it lost or kept in another place. The message stays as it is, and shares its
// body with the result.
func (r Republish) Of(m *Message) (*Message, Changes) {
	out, changes := *m, Changes{}
	out.Headers = maps.Clone(m.Headers)
	// A broker passes on counts that a client sent, and the next consumer takes them for those of the broker.
	for _, name := range []string{"x-delivery-count", "x-acquired-count", "x-stream-offset"} {
		if _, ok := out.Headers[name]; ok {
			delete(out.Headers, name)
			changes.Counts = 1
		}
	}
	// Every publish routes a message to these keys again, and is refused where they are no list.
	for name, kept := range map[string]string{"CC": HeaderCC, "BCC": HeaderBCC} {
		if keys, ok := out.Headers[name]; ok {
			delete(out.Headers, name)
			out.Headers[kept] = keys
			changes.CC = 1
		}
	}
	if m.UserId != "" && m.UserId != r.User && !r.KeepUserID {
		out.set(HeaderUserID, m.UserId)
		out.UserId = ""
		changes.UserID = 1
	}
	if m.Expiration != "" {
		changes.Expiration = 1
	}
	if fromAMQP10(m) {
		changes.AMQP10 = 1
	}
	if r.Replay && !r.NoMark {
		out.mark(m)
	}
	return &out, changes
}

// mark counts the replay, and keeps where the message was before the first.
func (m *Message) mark(dead *Message) {
	n, _ := intOf(dead.Headers[HeaderReplayed])
	m.set(HeaderReplayed, n+1)
	if _, kept := dead.Headers[HeaderOrigin]; kept {
		return
	}
	d, died := DeathOf(dead)
	if !died {
		return
	}
	keys := make([]any, len(d.Keys))
	for i, key := range d.Keys {
		keys[i] = key
	}
	origin := amqp091.Table{"queue": d.Queue, "exchange": d.Exchange, "routing-keys": keys, "reason": d.Reason}
	if !d.At.IsZero() {
		origin["time"] = d.At.Truncate(time.Second)
	}
	m.set(HeaderOrigin, origin)
}

func (m *Message) set(header string, value any) {
	if m.Headers == nil {
		m.Headers = amqp091.Table{}
	}
	m.Headers[header] = value
}

// fromAMQP10 reports whether AMQP 1.0 wrote the message, as far as it can be seen: it has a body of a kind that only
// 1.0 knows, or an id that only 1.0 can have.
func fromAMQP10(m *Message) bool {
	_, id := m.Headers["x-message-id"]
	_, correlation := m.Headers["x-correlation-id"]
	return m.Type == "amqp-1.0" || id || correlation
}
