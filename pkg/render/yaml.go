package render

import (
	"bytes"
	"strings"
	"unicode"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"

	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// yamlEncoding writes a sequence of mappings. The members have the order of the columns, and an absent value is null. A
// text that YAML would read as another type (no, 0123, 1e3) is quoted. Bytes that are not UTF-8 become U+FFFD.
func yamlEncoding() encoding {
	return encoding{
		name: YAML, help: "a YAML sequence, or one mapping",
		listing: func(out *output, columns []record.Column, o Options) Writer {
			return &yamlWriter{output: out, columns: columns, terminal: o.Terminal}
		},
		document: func(out *output, d record.Document, o Options) error {
			return writeYAML(out, yamlDocument(d), o.Terminal)
		},
	}
}

// yamlBatch is how many rows are encoded at once: making an encoder costs as much as encoding several rows.
const yamlBatch = 50

type yamlWriter struct {
	*output
	columns  []record.Column
	terminal bool
	open     bool
	kept     []*yaml.Node
}

func (w *yamlWriter) Row(row record.Row) error {
	w.open = true
	w.kept = append(w.kept, yamlRow(w.columns, row))
	if len(w.kept) < yamlBatch {
		return w.send(nil)
	}
	return w.write()
}

// write writes the kept rows as a sequence. YAML reads several sequences in succession as one long sequence.
func (w *yamlWriter) write() error {
	if len(w.kept) == 0 {
		return w.send(nil)
	}
	n := &yaml.Node{Kind: yaml.SequenceNode, Content: w.kept}
	w.kept = nil
	return writeYAML(w.output, n, w.terminal)
}

func (w *yamlWriter) Flush() error {
	if err := w.write(); err != nil {
		return err
	}
	return w.output.Flush()
}

// Totals writes nothing, because a program would read the sums as one more row: see HasTotals.
func (w *yamlWriter) Totals(cells record.Row, rows int, unknown []int) error { return nil }

func (w *yamlWriter) Close() error {
	if !w.open {
		if err := w.send([]byte("[]\n")); err != nil {
			return err
		}
	}
	return w.Flush()
}

// writeYAML writes the node. At a terminal, characters that would act on the terminal become \u escapes in quoted text.
func writeYAML(out *output, n *yaml.Node, terminal bool) error {
	var b bytes.Buffer
	if terminal {
		quoteHostile(n)
	}
	e := yaml.NewEncoder(&b)
	e.SetIndent(2)
	if err := e.Encode(n); err != nil {
		return err
	}
	if err := e.Close(); err != nil {
		return err
	}
	if !terminal {
		return out.send(b.Bytes())
	}
	for rest := b.Bytes(); len(rest) > 0; {
		r, size := utf8.DecodeRune(rest)
		if r != '\n' && hostile(r, size) {
			out.Write(appendYAMLEscape(nil, r))
		} else {
			out.Write(rest[:size])
		}
		rest = rest[size:]
	}
	return out.send(nil)
}

// quoteHostile puts each text with characters that Escape would change in double quotes.
func quoteHostile(n *yaml.Node) {
	if n.Kind == yaml.ScalarNode && firstHostile(n.Value) < len(n.Value) {
		n.Style = yaml.DoubleQuotedStyle
	}
	for _, c := range n.Content {
		quoteHostile(c)
	}
}

func yamlRow(columns []record.Column, row record.Row) *yaml.Node {
	m := &yaml.Node{Kind: yaml.MappingNode}
	for i, c := range columns {
		m.Content = append(m.Content, yamlText(c.Name), yamlValue(cellAt(row, i)))
	}
	return m
}

func yamlText(s string) *yaml.Node {
	n := &yaml.Node{}
	n.SetString(strings.ToValidUTF8(s, "\uFFFD"))
	// The block form of a text is wrong if one of its lines starts with a tab. In double quotes every text is right.
	if oldMeaning(s) || strings.ContainsFunc(s, unicode.IsControl) {
		n.Style = yaml.DoubleQuotedStyle
	}
	return n
}

// oldMeaning tells whether YAML 1.1, which many programs still read, takes the unquoted word for true or false or, as
// in 10:30, for a number to base 60.
func oldMeaning(s string) bool {
	switch strings.ToLower(s) {
	case "y", "n", "yes", "no", "on", "off":
		return true
	}
	return strings.Contains(s, ":") && strings.Trim(s, "+-0123456789_:.") == ""
}

func yamlValue(v record.Value) *yaml.Node {
	switch {
	case !v.Known():
		return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!null", Value: "null"}
	case v[0] == '"':
		return yamlText(v.Text())
	case v[0] == '[':
		n := &yaml.Node{Kind: yaml.SequenceNode, Style: yaml.FlowStyle}
		v.Each(func(e record.Value) { n.Content = append(n.Content, yamlValue(e)) })
		return n
	case v[0] == '{':
		return yamlObject(v)
	}
	// Numbers, true and false are written the same in YAML as in JSON.
	return &yaml.Node{Kind: yaml.ScalarNode, Value: string(v)}
}

// yamlObject makes a mapping with the members in the order of the object. YAML forbids a name that occurs twice, so
// only the last value of such a name is kept.
func yamlObject(v record.Value) *yaml.Node {
	n := &yaml.Node{Kind: yaml.MappingNode}
	places := map[string]int{}
	for name, value := range v.Members() {
		key := yamlText(name)
		if i, twice := places[key.Value]; twice {
			n.Content[i] = yamlValue(value)
			continue
		}
		places[key.Value] = len(n.Content) + 1
		n.Content = append(n.Content, key, yamlValue(value))
	}
	return n
}

// yamlDocument makes a document of the same structure as documentObject.
func yamlDocument(d record.Document) *yaml.Node {
	sequence := func(s record.Section) *yaml.Node {
		n := &yaml.Node{Kind: yaml.SequenceNode}
		for _, row := range s.Rows {
			n.Content = append(n.Content, yamlRow(s.Columns, row))
		}
		return n
	}
	if len(d) == 1 && d[0].Name == "" && !d[0].One {
		return sequence(d[0])
	}
	n := &yaml.Node{Kind: yaml.MappingNode}
	for _, s := range d {
		switch {
		case s.One && s.Name == "":
			n.Content = append(n.Content, yamlRow(s.Columns, one(s)).Content...)
		case s.One:
			n.Content = append(n.Content, yamlText(s.Name), yamlRow(s.Columns, one(s)))
		case s.Name == "":
			n.Content = append(n.Content, yamlText("rows"), sequence(s))
		default:
			n.Content = append(n.Content, yamlText(s.Name), sequence(s))
		}
	}
	return n
}
