package config

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/pelletier/go-toml/v2"
	"github.com/pelletier/go-toml/v2/unstable"
)

// document is a TOML text with the position of everything in it. go-toml's decoder checks the text; its unstable
// parser, whose interface may change with a release, gives the positions.
type document struct {
	data       []byte
	lineEnds   []int // offsets of the newlines
	statements []statement
}

// statement is a table header, or one key with its value. It owns the lines that it is on.
type statement struct {
	header bool
	array  bool     // the header is written [[…]]
	path   []string // from the document's root
	line   int      // counted from 1
	start  int      // offset of the first line, in bytes
	end    int      // offset of the first byte after the last line of this statement
	values []scalar // for a key: its value, or the values in its inline table; empty for an empty inline table
	// inline says that the value is an inline table.
	inline bool
}

// scalar is a value that is not an inline table.
type scalar struct {
	path []string
	line int
	kind unstable.Kind
	text string // the value as Go text if it is a string, a boolean or an integer of 64 bits; else empty
	// start and end delimit the value's bytes in the document; both are 0 when its place is not known.
	start, end int
}

// syntaxError says where and why a text is not valid TOML or INI. It never quotes the text, which may hold a password.
type syntaxError struct {
	line    int
	message string
}

func (e *syntaxError) Error() string { return e.message }

func parseDocument(data []byte) (*document, *syntaxError) {
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	var whole map[string]any
	if err := toml.Unmarshal(data, &whole); err != nil {
		var e *toml.DecodeError
		if errors.As(err, &e) {
			line, _ := e.Position()
			return nil, &syntaxError{line, strings.TrimPrefix(e.Error(), "toml: ")}
		}
		return nil, &syntaxError{1, "not TOML"}
	}
	d := &document{data: data}
	for i, b := range data {
		if b == '\n' {
			d.lineEnds = append(d.lineEnds, i)
		}
	}
	var p unstable.Parser
	p.Reset(data)
	var table []string
	for p.NextExpression() {
		switch e := p.Expression(); e.Kind {
		case unstable.Table, unstable.ArrayTable:
			keys, from, to := d.keys(e)
			table = keys
			d.add(statement{header: true, array: e.Kind == unstable.ArrayTable, path: keys}, from, to)
		case unstable.KeyValue:
			keys, from, _ := d.keys(e)
			st := statement{path: join(table, keys), inline: e.Value().Kind == unstable.InlineTable}
			st.values = d.scalars(nil, table, e)
			d.add(st, from, int(e.Raw.Offset+e.Raw.Length))
		}
	}
	if err := p.Error(); err != nil {
		return nil, &syntaxError{1, err.Error()}
	}
	return d, nil
}

// keys returns the parts of an expression's key, and the range of bytes that they take.
func (d *document) keys(e *unstable.Node) (keys []string, from, to int) {
	it := e.Key()
	for it.Next() {
		n := it.Node()
		if len(keys) == 0 {
			from = int(n.Raw.Offset)
		}
		to = int(n.Raw.Offset + n.Raw.Length)
		keys = append(keys, string(n.Data))
	}
	return keys, from, to
}

func (d *document) add(st statement, from, to int) {
	st.start = bytes.LastIndexByte(d.data[:from], '\n') + 1
	st.end = len(d.data)
	if i := bytes.IndexByte(d.data[to:], '\n'); i >= 0 {
		st.end = to + i + 1
	}
	st.line = d.lineAt(from)
	d.statements = append(d.statements, st)
}

func (d *document) lineAt(offset int) int {
	i, _ := slices.BinarySearch(d.lineEnds, offset)
	return i + 1
}

// scalars appends the values of the key-value expression; inline tables are flattened.
func (d *document) scalars(list []scalar, table []string, e *unstable.Node) []scalar {
	keys, from, _ := d.keys(e)
	v := e.Value()
	path := join(table, keys)
	if v.Kind == unstable.InlineTable {
		for it := v.Children(); it.Next(); {
			list = d.scalars(list, path, it.Node())
		}
		return list
	}
	s := scalar{path: path, line: d.lineAt(from), kind: v.Kind}
	switch v.Kind {
	case unstable.String, unstable.Bool:
		s.text = string(v.Data)
	case unstable.Integer:
		if n, err := strconv.ParseInt(strings.ReplaceAll(string(v.Data), "_", ""), 0, 64); err == nil {
			s.text = strconv.FormatInt(n, 10)
		}
	}
	if v.Raw.Length > 0 {
		s.start, s.end = int(v.Raw.Offset), int(v.Raw.Offset+v.Raw.Length)
	}
	return append(list, s)
}

func join(a, b []string) []string { return append(append([]string(nil), a...), b...) }

func kindText(k unstable.Kind) string {
	switch k {
	case unstable.String:
		return "a text in quotes"
	case unstable.Bool:
		return "true or false without quotes"
	case unstable.Integer:
		return "a whole number without quotes"
	case unstable.Array:
		return "a list"
	case unstable.InlineTable:
		return "a table"
	}
	return "something else"
}

// fits says why a TOML value does not suit the option; nil when it does.
func (s scalar) fits(o Option) error {
	want := unstable.String
	switch o.Kind {
	case Bool:
		want = unstable.Bool
	case Int:
		want = unstable.Integer
	case Duration:
		if s.kind == unstable.Integer {
			want = unstable.Integer
		}
	}
	if s.kind != want {
		return fmt.Errorf("must be %s", kindText(want))
	}
	if want == unstable.Integer && s.text == "" {
		return errors.New("the number is too large")
	}
	return o.Kind.check(s.text)
}
