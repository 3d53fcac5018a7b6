package messages

import (
	"time"

	amqp091 "github.com/rabbitmq/amqp091-go"
)

// Death is the latest death of a dead-lettered message.
type Death struct {
	// Queue is the queue where the message died, and Reason says why: rejected, expired, maxlen or delivery_limit.
	Queue, Reason string
	// Exchange and Keys are the exchange and the routing keys by which the message had come into that queue. The message's
	// own exchange and routing key are those by which it was dead-lettered (measured on 3.10 and 4.3).
	Exchange string
	Keys     []string
	// At is the time of the death; zero if it is not known.
	At time.Time
	// Count is how often the message died there for that reason; 0 if it is not known. On 4.0 and later the count starts
	// again at 1 after a client has published the message again.
	Count int64
	// Expiration is the property expiration that the message had before, in milliseconds. The broker removes it from a
	// message that died.
	Expiration string
}

// DeathOf returns the message's latest death, or false if the message did not die. An entry of x-death with a value of
// an unexpected type leaves only that field of the Death empty.
func DeathOf(m *Message) (Death, bool) {
	entries, _ := m.Headers["x-death"].([]any)
	for _, e := range entries {
		// The newest entry is the first, on every release.
		if entry, ok := e.(amqp091.Table); ok {
			d := Death{Queue: textOf(entry["queue"]), Reason: textOf(entry["reason"]), Exchange: textOf(entry["exchange"]),
				At: timeOf(entry["time"]), Expiration: textOf(entry["original-expiration"])}
			d.Count, _ = intOf(entry["count"])
			keys, _ := entry["routing-keys"].([]any)
			for _, key := range keys {
				d.Keys = append(d.Keys, textOf(key))
			}
			return d, true
		}
	}
	// If the header x-death is missing, other headers have some of the facts: x-last-death-* on 4.0 and later, or else
	// x-first-death-*, which are about the first death.
	for _, which := range []string{"x-last-death-", "x-first-death-"} {
		if _, ok := m.Headers[which+"queue"]; ok {
			return Death{Queue: textOf(m.Headers[which+"queue"]), Reason: textOf(m.Headers[which+"reason"]),
				Exchange: textOf(m.Headers[which+"exchange"])}, true
		}
	}
	return Death{}, false
}

func textOf(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case []byte:
		return string(v)
	}
	return ""
}

// intOf returns the whole number in a header, or false if the value is not one.
func intOf(v any) (int64, bool) {
	switch v := v.(type) {
	case int8:
		return int64(v), true
	case uint8:
		return int64(v), true
	case int16:
		return int64(v), true
	case uint16:
		return int64(v), true
	case int32:
		return int64(v), true
	case uint32:
		return int64(v), true
	case int64:
		return v, true
	case int:
		return int64(v), true
	case float64:
		return int64(v), v == float64(int64(v))
	}
	return 0, false
}

// timeOf returns the time in a header. In a file of another program, the time can be a text or a number.
func timeOf(v any) time.Time {
	switch v := v.(type) {
	case time.Time:
		return v
	case string:
		at, _ := time.Parse(time.RFC3339, v)
		return at
	}
	if n, ok := intOf(v); ok {
		return time.Unix(n, 0)
	}
	return time.Time{}
}
