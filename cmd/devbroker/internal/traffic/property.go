package traffic

import (
	"strconv"
	"strings"
	"time"

	amqp091 "github.com/rabbitmq/amqp091-go"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
)

// SetProperty sets one message property from text such as content_type=text/plain, priority=5 or header.x-tenant=7.
func SetProperty(m *amqp091.Publishing, text string) error {
	name, value, ok := strings.Cut(text, "=")
	if !ok || name == "" {
		return fail.Usagef("--property %q is not NAME=VALUE", text)
	}
	if header, ok := strings.CutPrefix(name, "header."); ok {
		if m.Headers == nil {
			m.Headers = amqp091.Table{}
		}
		m.Headers[header] = Typed(value)
		return nil
	}
	texts := map[string]*string{
		"content_type": &m.ContentType, "content_encoding": &m.ContentEncoding, "correlation_id": &m.CorrelationId,
		"reply_to": &m.ReplyTo, "expiration": &m.Expiration, "message_id": &m.MessageId, "type": &m.Type,
		"user_id": &m.UserId, "app_id": &m.AppId,
	}
	if field, ok := texts[name]; ok {
		*field = value
		return nil
	}
	n, err := strconv.ParseInt(value, 10, 64)
	switch name {
	case "priority", "delivery_mode":
		if err != nil || n < 0 || n > 255 {
			return fail.Usagef("--property %s takes 0 to 255, not %q", name, value)
		}
		if name == "priority" {
			m.Priority = uint8(n)
		} else {
			m.DeliveryMode = uint8(n)
		}
	case "timestamp":
		if err != nil {
			return fail.Usagef("--property timestamp takes seconds since 1970, not %q", value)
		}
		m.Timestamp = time.Unix(n, 0)
	default:
		return fail.Usagef(
			"unknown property %q: it is header.NAME or one of content_type, content_encoding, correlation_id, reply_to, "+
				"expiration, message_id, type, user_id, app_id, priority, delivery_mode, timestamp", name)
	}
	return nil
}

// Arguments returns the AMQP arguments that the texts describe, such as x-stream-offset=first or x-priority=10.
func Arguments(texts []string) (amqp091.Table, error) {
	table := amqp091.Table{}
	for _, text := range texts {
		name, value, ok := strings.Cut(text, "=")
		if !ok || name == "" {
			return nil, fail.Usagef("--argument %q is not NAME=VALUE", text)
		}
		table[name] = Typed(value)
	}
	return table, nil
}

// Typed returns an integer or a boolean if the text looks like one, else the text itself.
func Typed(text string) any {
	if n, err := strconv.ParseInt(text, 10, 64); err == nil {
		return n
	}
	switch text {
	case "true":
		return true
	case "false":
		return false
	}
	return text
}
