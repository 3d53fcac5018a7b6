package render

import (
	"strings"

	"github.com/olekukonko/tablewriter"
	"github.com/olekukonko/tablewriter/renderer"
	"github.com/olekukonko/tablewriter/tw"

	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// markdownEncoding writes a table that can be pasted into a ticket.
func markdownEncoding() encoding {
	return markup{
		name: Markdown, help: "a Markdown table for a ticket",
		text:    markdownText,
		table:   func(out *output, columns []record.Column) table { return newMarkdownTable(out, columns) },
		title:   func(text string) string { return "### " + text + "\n\n" },
		between: "\n",
		blocks:  markdownBlocks,
	}.encoding()
}

// markdownTable draws with tablewriter. It keeps the rows of the first chunk, so that a table of up to one chunk has
// aligned columns in its source text as well. It writes later rows as they come, whatever their width.
type markdownTable struct {
	out    *output
	align  []tw.Align
	names  []string
	kept   [][]string
	writer *tablewriter.Table
}

func newMarkdownTable(out *output, columns []record.Column) *markdownTable {
	t := &markdownTable{out: out, align: make([]tw.Align, len(columns))}
	for i, c := range columns {
		if t.align[i] = tw.AlignLeft; c.Kind.Number() {
			t.align[i] = tw.AlignRight
		}
	}
	return t
}

func (t *markdownTable) heading(names []string) error {
	t.names = names
	return t.out.send(nil)
}

func (t *markdownTable) row(cells []string) error {
	if t.writer != nil {
		if err := t.writer.Append(cells); err != nil {
			return err
		}
		return t.out.send(nil) // tablewriter swallows failed writes
	}
	if t.kept = append(t.kept, cells); len(t.kept) < chunk {
		return t.out.send(nil)
	}
	return t.begin()
}

func (t *markdownTable) end() error {
	if t.writer == nil {
		if err := t.begin(); err != nil {
			return err
		}
	}
	if err := t.writer.Close(); err != nil {
		return err
	}
	return t.out.send(nil)
}

// begin writes the heading and the kept rows. tablewriter changes names and blanks unless it is told not to.
func (t *markdownTable) begin() error {
	widths := make([]int, len(t.names))
	measure(widths, t.names, t.kept)
	room := tw.NewMapper[int, int]()
	for i, n := range widths {
		room.Set(i, min(max(n, 3), enough)+2) // a blank on either side; no fewer dashes than Markdown asks for
	}
	alignment := tw.CellAlignment{PerColumn: t.align}
	t.writer = tablewriter.NewTable(t.out,
		tablewriter.WithRenderer(renderer.NewMarkdown()),
		tablewriter.WithStreaming(tw.StreamConfig{Enable: true}),
		tablewriter.WithTrimSpace(tw.Off),
		tablewriter.WithTrimLine(tw.Off),
		tablewriter.WithHeaderAutoFormat(tw.Off),
		tablewriter.WithHeaderAutoWrap(tw.WrapNone),
		tablewriter.WithRowAutoWrap(tw.WrapNone),
		tablewriter.WithHeaderAlignmentConfig(alignment),
		tablewriter.WithRowAlignmentConfig(alignment),
		tablewriter.WithColumnWidths(room),
	)
	if err := t.writer.Start(); err != nil {
		return err
	}
	t.writer.Header(t.names)
	for _, cells := range t.kept {
		if err := t.writer.Append(cells); err != nil {
			return err
		}
	}
	t.kept = nil
	return t.out.send(nil)
}

// markdownText escapes characters that would end a cell or that Markdown would read as markup. An underscore inside a
// word is not markup.
func markdownText(s string) string {
	s = Escape(s)
	var b strings.Builder
	for i, r := range s {
		inWord := i > 0 && i+1 < len(s) && wordByte(s[i-1]) && wordByte(s[i+1])
		if strings.ContainsRune("\\|`*<>[]~&", r) || r == '_' && !inWord {
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	return b.String()
}

func wordByte(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_' || c >= 0x80
}
