package routing

import (
	"maps"
	"strings"
)

// Default is the name of the default exchange, which routes to the queue named by the routing key.
const Default = ""

// Message holds the parts of a message that decide its route.
type Message struct {
	// Exchange is the exchange to which the message is published or dead-lettered.
	Exchange string
	// Key is the routing key; the headers CC and BCC can add more.
	Key string
	// Headers has values of type string, bool, json.Number, nil, []any or map[string]any.
	Headers map[string]any
	// Unpublished means that no client publishes the message: a queue dead-letters it. Its headers are unknown, and
	// internal exchanges accept it.
	Unpublished bool
}

// keys returns all routing keys of the message: its own, and those in the headers CC and BCC (sender-selected
// distribution). The error says why the broker refuses the message.
func (m Message) keys() ([]string, error) {
	keys := []string{m.Key}
	for _, name := range []string{"CC", "BCC"} {
		value, ok := m.Headers[name]
		if !ok {
			continue
		}
		list, ok := value.([]any)
		if !ok {
			return nil, refused("the header %s is not an array, so the broker closes the channel (406 PRECONDITION_FAILED)",
				name)
		}
		for _, v := range list {
			// The broker ignores elements that are not text (measured on 3.10, 4.0 and 4.3).
			if text, ok := v.(string); ok {
				keys = append(keys, text)
			}
		}
	}
	return keys, nil
}

// visible returns the headers that a headers exchange sees: the broker removes BCC before routing.
func (m Message) visible() map[string]any {
	if _, ok := m.Headers["BCC"]; !ok {
		return m.Headers
	}
	headers := maps.Clone(m.Headers)
	delete(headers, "BCC")
	return headers
}

// isReplyTo reports whether a routing key of the default exchange is the address of a client that waits for a reply,
// not the name of a queue.
func isReplyTo(key string) bool {
	return key == "amq.rabbitmq.reply-to" || strings.HasPrefix(key, "amq.rabbitmq.reply-to.")
}
