package message

import (
	"bytes"
	"fmt"
	"strings"
	"time"

	"github.com/rabbitctl/rabbitctl/pkg/change"
	"github.com/rabbitctl/rabbitctl/pkg/messages"
	"github.com/rabbitctl/rabbitctl/pkg/record"
	"github.com/rabbitctl/rabbitctl/pkg/render"
)

// mostShown is how many bytes of a decoded body are shown at most, by --whole, and by --body-only at a terminal.
const mostShown = 1 << 20

// appendWhole adds a message as text for people: first its properties, then its headers, then its body.
func appendWhole(dst []byte, m *messages.Message, now time.Time, terminal bool) []byte {
	if len(dst) > 0 {
		dst = append(dst, '\n')
	}
	b := bytes.NewBuffer(dst)
	document := record.Document{present(fmt.Sprintf("message %d", m.Number), facts(), m, now)}
	if len(m.Headers) > 0 {
		document = append(document, headers(m))
	}
	// The error is always nil, because writing into a buffer cannot fail.
	_ = render.Document(render.Table, b, document, render.Options{})
	body := messages.Shown(m, mostShown)
	fmt.Fprintf(b, "\nbody: %s\n", body.How)
	text := body.Text
	if terminal {
		text = render.EscapeLines(text)
	}
	b.WriteString(text)
	if text != "" && !strings.HasSuffix(text, "\n") {
		b.WriteByte('\n')
	}
	if body.Cut {
		b.WriteString("… (cut: in a pipe --body-only writes all of it)\n")
	}
	return b.Bytes()
}

// facts returns the columns that --whole shows if a message has a value for them. The headers and the body are not
// among them, because they follow in sections of their own.
func facts() (columns []record.Column) {
	for _, c := range messages.Table().Columns {
		switch c.Name {
		case "number", "headers", "json", "preview", "body", "body_base64", "body_kind", "persistent":
		default:
			columns = append(columns, c)
		}
	}
	return columns
}

// present returns a section with those columns for which the message has a value.
func present(name string, columns []record.Column, m *messages.Message, now time.Time) record.Section {
	var fields []record.Field
	for i, v := range messages.Rows(columns)(m, now) {
		if v.Known() && (columns[i].Name != "replayed" || v.Text() != "0") {
			fields = append(fields, record.Field{Column: columns[i], Value: v})
		}
	}
	return record.Fields(name, fields...)
}

// headers returns a section with one line for each header. A header that is a list or a table is written as JSON.
func headers(m *messages.Message) record.Section {
	var fields []record.Field
	for name, value := range messages.HeadersOf(m).Members() {
		fields = append(fields, record.Field{Column: record.Column{Name: name}, Value: value})
	}
	return record.Fields("headers", fields...)
}

// view says how get_messages and tap show messages at a terminal: with an empty line between two.
func view() change.View {
	return change.View{
		Whole: func(m *messages.Message, now time.Time, first bool) ([]byte, bool) {
			return apart(first, appendWhole(nil, m, now, true)), !messages.Shown(m, mostShown).Cut
		},
		Body: func(m *messages.Message, _ time.Time, first bool) ([]byte, bool) {
			return apart(first, appendBody(nil, m, true)), !messages.Shown(m, mostShown).Cut
		},
	}
}

func apart(first bool, text []byte) []byte {
	if first {
		return text
	}
	return append([]byte("\n"), text...)
}

// appendBody adds a body as it was published. For a terminal it adds what --whole shows of the body: decoded, cut after
// mostShown bytes, and escaped, so that it cannot control the terminal.
func appendBody(dst []byte, m *messages.Message, terminal bool) []byte {
	if len(dst) > 0 {
		dst = append(dst, '\n')
	}
	if !terminal {
		return append(dst, m.Body...)
	}
	text := render.EscapeLines(messages.Shown(m, mostShown).Text)
	if !strings.HasSuffix(text, "\n") {
		text += "\n"
	}
	return append(dst, text...)
}
