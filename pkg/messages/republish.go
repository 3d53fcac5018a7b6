package messages

import (
	"maps"
	"time"

	amqp091 "github.com/rabbitmq/amqp091-go"
)

// The headers that this program gives to messages. On every release they stay when the message is dead-lettered again.
// The header x-death does not stay: 4.0 and later drop it after a client has published the message again (measured on
// 4.0 and 4.3).
const (
	HeaderReplayed = "x-rabbitctl-replayed" // how often the message was replayed
	HeaderOrigin   = "x-rabbitctl-origin"   // where the message was before its first replay
	HeaderUserID   = "x-rabbitctl-user-id"  // the property user-id that the message had
	HeaderCC       = "x-rabbitctl-cc"       // the header CC that the message had
	HeaderBCC      = "x-rabbitctl-bcc"      // the header BCC that the message had
)

// Republish says how a message is made ready to be published again.
type Republish struct {
	// User is the user who publishes the message. A broker refuses a message with the user-id of another user and closes
	// the channel, unless User has the tag impersonator.
	User string
	// KeepUserID leaves the property user-id as it is.
	KeepUserID bool
	// Replay adds headers that mark the message as replayed and name its origin. NoMark leaves these headers out.
	Replay, NoMark bool
}

// Of returns the message to publish again, and the changes that were made to it. m itself stays as it is; both messages
// share the body and the values of headers.
func (r Republish) Of(m *Message) (*Message, Changes) {
	out, changes := *m, Changes{}
	out.Headers = maps.Clone(m.Headers)
	// Remove what a broker adds at delivery: a broker passes on such a header from a client, and the next consumer would
	// read it as the broker's own.
	for _, name := range []string{"x-delivery-count", "x-acquired-count", "x-stream-offset"} {
		if _, ok := out.Headers[name]; ok {
			delete(out.Headers, name)
			changes.Counts = 1
		}
	}
	// If these headers stayed, every publish would route the message to their keys again. The broker also refuses a
	// publish if one of them is not a list.
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

// mark increments the count of replays, and keeps where the message was before its first replay.
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

// fromAMQP10 reports whether an AMQP 1.0 client published the message, as far as this can be seen: the body is of a
// kind that exists only in AMQP 1.0, or the message has an id that only AMQP 1.0 allows.
func fromAMQP10(m *Message) bool {
	_, id := m.Headers["x-message-id"]
	_, correlation := m.Headers["x-correlation-id"]
	return m.Type == "amqp-1.0" || id || correlation
}
