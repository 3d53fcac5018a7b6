package render

import (
	"bytes"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// jsonEncoding writes one array, with one object on each line. The members of an object have the order of the columns,
// values are as the broker sent them, and an absent value is null. Bytes that are not UTF-8 become U+FFFD, because JSON
// is UTF-8. At a terminal, control characters that JSON allows inside strings are written as \u escapes, which mean the
// same.
func jsonEncoding() encoding {
	return encoding{
		name: JSON, help: "one JSON array, or one object",
		listing: func(out *output, columns []record.Column, o Options) Writer {
			return &jsonWriter{output: out, object: newObject(columns, o.Terminal), array: true}
		},
		document: func(out *output, d record.Document, o Options) error {
			object := jsontext.Value(documentObject(d, o.Terminal))
			if err := object.Indent(jsontext.WithIndent("  "), jsontext.AllowDuplicateNames(true),
				jsontext.AllowInvalidUTF8(true)); err != nil {
				return err
			}
			return out.send(append(object, '\n'))
		},
	}
}

// jsonlEncoding writes the same objects as jsonEncoding, but without an array around them: one object on each line.
func jsonlEncoding() encoding {
	return encoding{
		name: JSONL, help: "one JSON object on each line",
		listing: func(out *output, columns []record.Column, o Options) Writer {
			return &jsonWriter{output: out, object: newObject(columns, o.Terminal)}
		},
		document: func(out *output, d record.Document, o Options) error {
			return out.send(append(documentObject(d, o.Terminal), '\n'))
		},
	}
}

type jsonWriter struct {
	*output
	object object
	array  bool
	open   bool
	line   []byte
}

func (w *jsonWriter) Row(row record.Row) error {
	w.line = w.line[:0]
	switch {
	case !w.array:
	case w.open:
		w.line = append(w.line, ",\n"...)
	default:
		w.line = append(w.line, "[\n"...)
		w.open = true
	}
	w.line = w.object.append(w.line, row)
	if !w.array {
		w.line = append(w.line, '\n')
	}
	return w.send(w.line)
}

// Totals writes nothing, because a program would read the sums as one more row: see HasTotals.
func (w *jsonWriter) Totals(cells record.Row, rows int, unknown []int) error { return nil }

func (w *jsonWriter) Close() error {
	end := ""
	switch {
	case w.array && w.open:
		end = "\n]\n"
	case w.array:
		end = "[]\n"
	}
	if err := w.send([]byte(end)); err != nil {
		return err
	}
	return w.Flush()
}

// object writes rows as JSON objects.
type object struct {
	// names are the member names, in quotes and with the colon.
	names    [][]byte
	terminal bool
}

func newObject(columns []record.Column, terminal bool) object {
	o := object{terminal: terminal}
	for _, c := range columns {
		o.names = append(o.names, append(appendJSON(nil, record.Of(c.Name), terminal), ':'))
	}
	return o
}

func (o object) append(dst []byte, row record.Row) []byte {
	dst = append(dst, '{')
	for i, name := range o.names {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = appendJSON(append(dst, name...), cellAt(row, i), o.terminal)
	}
	return append(dst, '}')
}

// appendJSON appends the value on one line. Printable ASCII is copied unchanged.
func appendJSON(dst []byte, v record.Value, terminal bool) []byte {
	if v.Absent() {
		return append(dst, "null"...)
	}
	plain := true
	for _, c := range v {
		if c < ' ' || c >= 0x7f {
			plain = false
			break
		}
	}
	if plain {
		return append(dst, v...)
	}
	v = bytes.ToValidUTF8(v, []byte("\uFFFD"))
	if bytes.ContainsAny(v, "\n\r\t") {
		compact := append(jsontext.Value(nil), v...)
		if compact.Compact(jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true)) == nil {
			v = record.Value(compact)
		}
	}
	if !terminal {
		return append(dst, v...)
	}
	return append(dst, EscapeJSON(v)...)
}

// EscapeJSON replaces the characters that Escape would change by \u escapes, which mean the same to a program. The JSON
// must have no line ends or tabs between its parts.
func EscapeJSON(v []byte) []byte {
	var dst []byte
	for i := 0; i < len(v); {
		r, size := utf8.DecodeRune(v[i:])
		if hostile(r, size) {
			dst = appendUnicodeEscape(dst, r)
		} else {
			dst = append(dst, v[i:i+size]...)
		}
		i += size
	}
	return dst
}

// documentObject writes the document as one object on one line, with the members of an unnamed section of one row and
// one member for every other section. The member of an unnamed table is "rows". If the document is only an unnamed
// table, documentObject writes an array.
func documentObject(d record.Document, terminal bool) []byte {
	if len(d) == 1 && d[0].Name == "" && !d[0].One {
		return appendRows(nil, d[0], terminal)
	}
	dst := []byte{'{'}
	for _, s := range d {
		var part []byte
		switch o := newObject(s.Columns, terminal); {
		case s.One && s.Name == "":
			part = o.append(nil, one(s))
			part = part[1 : len(part)-1]
		case s.One:
			part = o.append(member(s.Name, terminal), one(s))
		case s.Name == "":
			part = appendRows(member("rows", terminal), s, terminal)
		default:
			part = appendRows(member(s.Name, terminal), s, terminal)
		}
		if len(part) > 0 && len(dst) > 1 {
			dst = append(dst, ',')
		}
		dst = append(dst, part...)
	}
	return append(dst, '}')
}

func member(name string, terminal bool) []byte {
	return append(appendJSON(nil, record.Of(name), terminal), ':')
}

func appendRows(dst []byte, s record.Section, terminal bool) []byte {
	o := newObject(s.Columns, terminal)
	dst = append(dst, '[')
	for i, row := range s.Rows {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = o.append(dst, row)
	}
	return append(dst, ']')
}
