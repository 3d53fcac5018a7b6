package personality

import (
	"bufio"
	"strings"
	"unicode/utf8"

	"github.com/rabbitctl/rabbitctl/pkg/erlang"
)

// sheet describes the table that a formatter prints.
type sheet struct {
	names []string
	// streamed means that the official tool prints each row as soon as it arrives. This decides what an empty result looks
	// like.
	streamed bool
	// maps means that the official tool prints each row as a map and not as a list of pairs.
	maps bool
	// silent and noHeaders leave out the header of a table. pad makes cells at least as wide as the name of their column.
	silent, noHeaders, pad bool
}

// formatter prints the rows of a listing as one of the official formatters.
type formatter interface {
	row(out *bufio.Writer, cells []erlang.Term)
	// end is called once, after the last row.
	end(out *bufio.Writer, rows int)
}

// readable reports whether the format is meant for programs. In such a format no banner is printed.
func readable(format string) bool {
	return format == "json" || format == "json_stream" || format == "csv"
}

// newFormatter returns the formatter of that name, or nil if listings have no such formatter.
func newFormatter(format string, s sheet) formatter {
	switch format {
	case "table":
		return &tableFormat{sheet: s}
	case "csv":
		return &csvFormat{sheet: s}
	case "json":
		return &jsonFormat{sheet: s}
	case "json_stream":
		return &jsonFormat{sheet: s, stream: true}
	case "erlang":
		return &erlangFormat{sheet: s}
	case "pretty_table":
		return &prettyFormat{sheet: s}
	}
	return nil
}

// joined joins the texts of the cells. A missing cell leaves no gap.
func joined(cells []erlang.Term, separator string, text func(int, erlang.Term) string) string {
	var out []string
	for i, c := range cells {
		if c != nil {
			out = append(out, text(i, c))
		}
	}
	return strings.Join(out, separator)
}

type tableFormat struct {
	sheet
	headed bool
}

func (f *tableFormat) row(out *bufio.Writer, cells []erlang.Term) {
	if !f.headed && !f.silent && !f.noHeaders {
		out.WriteString(joined(cells, "\t", func(i int, _ erlang.Term) string { return f.names[i] }) + "\n")
	}
	f.headed = true
	out.WriteString(joined(cells, "\t", func(i int, t erlang.Term) string {
		text := erlang.Cell(t)
		if gap := utf8.RuneCountInString(f.names[i]) - utf8.RuneCountInString(text); f.pad && gap > 0 {
			text += strings.Repeat(" ", gap)
		}
		return text
	}) + "\n")
}

func (f *tableFormat) end(out *bufio.Writer, rows int) {
	if rows == 0 && !f.streamed {
		out.WriteByte('\n')
	}
}

type csvFormat struct {
	sheet
	headed bool
}

func (f *csvFormat) row(out *bufio.Writer, cells []erlang.Term) {
	if !f.headed {
		f.headed = true
		out.WriteString(joined(cells, ",", func(i int, _ erlang.Term) string { return `"` + f.names[i] + `"` }) + "\n")
	}
	out.WriteString(joined(cells, ",", func(_ int, t erlang.Term) string {
		return `"` + strings.ReplaceAll(erlang.Cell(t), `"`, `""`) + `"`
	}) + "\n")
}

// end writes for an empty result what the tools of 3.10, 4.0 and 4.3 print: nothing if they print the listing row by
// row. If they print the listing only when it is complete, they print three empty lines, two of them with CRLF.
func (f *csvFormat) end(out *bufio.Writer, rows int) {
	if rows == 0 && !f.streamed {
		out.WriteString("\r\n\r\n\n")
	}
}

type jsonFormat struct {
	sheet
	stream, begun bool
}

func (f *jsonFormat) row(out *bufio.Writer, cells []erlang.Term) {
	switch {
	case f.stream:
	case f.begun:
		out.WriteByte(',')
	default:
		out.WriteString("[\n")
	}
	f.begun = true
	out.WriteString("{" + joined(cells, ",", func(i int, t erlang.Term) string {
		return erlang.JSON(erlang.Binary(f.names[i])) + ":" + erlang.JSON(t)
	}) + "}\n")
	if f.stream {
		out.WriteByte('\n')
	}
}

func (f *jsonFormat) end(out *bufio.Writer, rows int) {
	switch {
	case f.stream:
	case rows > 0:
		out.WriteString("]\n")
	case f.streamed:
		out.WriteString("[\n]\n")
	default:
		out.WriteString("[]\n")
	}
}

// erlangFormat prints one term, a list of lists of pairs or of maps.
type erlangFormat struct {
	sheet
	list *erlang.ListWriter
}

func (f *erlangFormat) row(out *bufio.Writer, cells []erlang.Term) {
	f.begin(out)
	if f.maps {
		f.list.Add(f.entries(cells))
		return
	}
	pairs := erlang.List{}
	for i, c := range cells {
		if c != nil {
			pairs = append(pairs, erlang.Tuple{erlang.Atom(f.names[i]), c})
		}
	}
	f.list.Add(pairs)
}

func (f *erlangFormat) entries(cells []erlang.Term) erlang.Map {
	entries := erlang.Map{}
	for i, c := range cells {
		switch c {
		case nil:
			continue
		case nothing:
			c = erlang.Binary("")
		}
		entries = append(entries, erlang.Entry{Key: erlang.Atom(f.names[i]), Value: c})
	}
	return entries
}

func (f *erlangFormat) end(out *bufio.Writer, _ int) {
	f.begin(out)
	f.list.End()
	out.WriteByte('\n')
}

func (f *erlangFormat) begin(out *bufio.Writer) {
	if f.list == nil {
		f.list = erlang.NewListWriter(out)
	}
}
