package change

import (
	"errors"
	"strconv"
	"time"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/messages"
	"github.com/rabbitctl/rabbitctl/pkg/timespan"
	"github.com/rabbitctl/rabbitctl/pkg/topology"
)

// properties are the parts of a message that the command line gives, except the body.
type properties struct {
	messages.Message
	// headers are the message's headers in the form that the router of explain_route reads.
	headers map[string]any
	// headerTexts are the headers in the form of the command line: NAME=VALUE or NAME:TYPE=VALUE.
	headerTexts []string
	persistent  bool
}

// longestText is the greatest length of a property or a name in AMQP 0-9-1, in bytes.
const longestText = 255

func (p *properties) params() []Param {
	m := &p.Message
	return []Param{
		p.text("content-type", "`TYPE` of the body, such as application/json", &m.ContentType),
		p.text("content-encoding", "how the body is encoded, such as gzip", &m.ContentEncoding),
		p.text("correlation-id", "id of what the message answers", &m.CorrelationId),
		p.text("message-id", "id of the message", &m.MessageId),
		p.text("reply-to", "queue for the answer", &m.ReplyTo),
		p.text("type", "kind of message, as its consumers name it", &m.Type),
		p.text("app-id", "program that publishes it", &m.AppId),
		{Name: "priority", Help: "priority, 0 to 255", Role: Option, Kind: Whole, Free: true, Set: func(text string) error {
			n, err := strconv.ParseUint(text, 10, 8)
			if err != nil {
				return fail.Usagef("%q is not a whole number from 0 to 255", text)
			}
			m.Priority = uint8(n)
			return nil
		}},
		{Name: "expiration", Help: "drop or dead-letter it after this `TIME` in a queue, as 60s", Role: Option, Free: true,
			Set: func(text string) error {
				d, err := timespan.Parse(text)
				switch {
				case err != nil:
					return err
				case d < 0 || d%time.Millisecond != 0:
					return fail.Usagef("%q is not a number of milliseconds, 0 or more", text)
				}
				m.Expiration = strconv.FormatInt(d.Milliseconds(), 10)
				return nil
			}},
		{Name: "header", Help: "a header, `KEY[:TYPE]=VALUE`; TYPE is string (default), int, bool or json (may be repeated)",
			Role: Option, Free: true, Set: p.header},
		Switch("persistent", "a durable queue keeps it over a restart of the broker (default; --persistent=false sends it "+
			"as transient)", &p.persistent),
	}
}

func (p *properties) text(name, help string, into *string) Param {
	return Param{Name: name, Help: help, Role: Option, Free: true, Set: func(text string) error {
		if len(text) > longestText {
			return fail.Usagef("it has %d bytes, and %d is the most", len(text), longestText)
		}
		*into = text
		return nil
	}}
}

func (p *properties) header(text string) error {
	key, value, err := topology.ParseHeader(text)
	if errors.Is(err, topology.Form) {
		var form *fail.Error
		errors.As(err, &form)
		return form.Next("for example --header region=eu --header level:int=5")
	}
	if err != nil {
		return err
	}
	_, twice := p.headers[key]
	_, list := value.([]any)
	switch {
	case twice:
		return fail.Usagef("header %s is given twice", key)
	case len(key) > longestText:
		return fail.Usagef("the name of the header has %d bytes, and %d is the most", len(key), longestText)
	case (key == "CC" || key == "BCC") && !list:
		return fail.Usagef("header %s must be a list of routing keys", key).
			Next(`for example --header '%s:json=["a","b"]'`, key)
	}
	if p.headers == nil {
		p.headers = map[string]any{}
	}
	p.headers[key] = value
	p.headerTexts = append(p.headerTexts, text)
	p.SetHeader(key, value)
	return nil
}

// message returns the message, without its body.
func (p *properties) message() messages.Message {
	m := p.Message
	m.DeliveryMode = 1
	if p.persistent {
		m.DeliveryMode = 2
	}
	return m
}
