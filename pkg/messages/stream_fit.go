package messages

import (
	"fmt"
	"maps"
	"slices"

	amqp091 "github.com/rabbitmq/amqp091-go"
)

// StreamUnfit says why a stream cannot keep the message's headers as they are, or returns "" if it can. A decimal makes
// the broker close the connection. Lists and tables vanish silently, but 4.3 keeps those whose names start with x-. 4.3
// turns bytes into text (measured on 3.10 and 4.3).
func StreamUnfit(m *Message) string {
	why := ""
	for _, name := range slices.Sorted(maps.Keys(m.Headers)) {
		value := m.Headers[name]
		if hasDecimal(value) {
			return fmt.Sprintf("header %q has a decimal, and a broker closes the connection that sends one to a stream", name)
		}
		if why != "" {
			continue
		}
		switch value.(type) {
		case []any:
			why = fmt.Sprintf("header %q is a list, which a stream drops", name)
		case amqp091.Table:
			why = fmt.Sprintf("header %q is a table, which a stream drops", name)
		case []byte:
			why = fmt.Sprintf("header %q is bytes, which a stream turns into text", name)
		}
	}
	return why
}

func hasDecimal(value any) bool {
	switch v := value.(type) {
	case amqp091.Decimal:
		return true
	case []any:
		return slices.ContainsFunc(v, hasDecimal)
	case amqp091.Table:
		for _, e := range v {
			if hasDecimal(e) {
				return true
			}
		}
	}
	return false
}
