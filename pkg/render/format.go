// Package render writes listings and documents in the formats that people and programs read.
//
// The package does not choose rows or columns, and does not examine stdout: Options say whether a person reads the
// output at a terminal. Only then does the package cut texts and use colours. It never writes 0 for a value that the
// broker did not send.
package render

import (
	"io"
	"strings"
	"time"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// Format is the name of a format as it is typed after --formatter.
type Format string

const (
	Table    Format = "table"    // aligned columns, for people
	TSV      Format = "tsv"      // values joined by tabs, as rabbitmqctl -q prints them
	CSV      Format = "csv"      // RFC 4180 with line feeds
	JSON     Format = "json"     // one array, or one object
	JSONL    Format = "jsonl"    // one object on each line
	YAML     Format = "yaml"     // a sequence of mappings, or one mapping
	Markdown Format = "markdown" // a table for a ticket
	HTML     Format = "html"     // a table for a page or a mail
	// Template is typed with its text: template={{.name}}.
	Template Format = "template"
)

// Options say who reads the output. The zero Options are right for a pipe.
type Options struct {
	// Terminal means that a person reads the output on a screen: control characters are escaped, and the table format fits
	// the table to Width.
	Terminal bool
	// Width is the terminal's width in columns; 0 means that it is not known, and nothing is cut. It has an effect only
	// with Terminal.
	Width int
	// Colour allows SGR sequences.
	Colour bool
	// NoHeaders leaves out the header line of table, tsv and csv. The headers of markdown and html tables cannot be left
	// out.
	NoHeaders bool
	// Zone is the time zone of times in the table format at a terminal; nil means the machine's zone.
	Zone *time.Location
	// Unshown, if set, gets the columns that are left out of a table because the screen is too narrow. It is called once
	// for each table that leaves columns out.
	Unshown func(columns []string)
	// Deltas, if set, adds the change since the previous round to the counts and sizes of a table at a terminal.
	Deltas *Deltas
}

// Writer writes one listing. Output is buffered. Every call after a failed write returns the error of that write, so a
// listing can end early when its reader has gone. It is not safe for concurrent use.
type Writer interface {
	// Row writes a row, or keeps it if the format must see more rows first. A row can be shorter than the columns: the
	// missing cells are absent. The caller may change the row after the call.
	Row(row record.Row) error
	// Totals writes sums below the rows. cells has a sum for each column, absent if there is none. rows is the number of
	// rows that were added up, and unknown[i] is the number of these without a number in column i. Call it at most once,
	// after the last row. Formats for which HasTotals is false write nothing.
	Totals(cells record.Row, rows int, unknown []int) error
	// Flush hands everything written so far to the underlying writer.
	Flush() error
	// Close writes the end of the output, and flushes. Without Close the output is incomplete. Call it after an error in
	// the listing too, so that the rows before the error can be read. It does not close the underlying writer.
	Close() error
}

// ParseFormat returns the format with that name. An unknown name and a template that cannot be parsed are usage errors.
// The error for an unknown name shows the nearest name and all names. These include others, the names that only the
// caller knows.
func ParseFormat(name string, others ...string) (Format, error) {
	e, err := find(Format(name), others...)
	if err == nil && e.name == Template {
		_, err = parsed(strings.TrimPrefix(strings.TrimPrefix(name, string(Template)), "="))
	}
	if err != nil {
		return "", err
	}
	return Format(name), nil
}

// Formats returns the names of all formats, in the order in which the help shows them, each with a line of help.
func Formats() []Help {
	var all []Help
	for _, e := range encodings() {
		all = append(all, Help{e.name, e.help})
	}
	return all
}

// Help is a format with its description in one line.
type Help struct {
	Format Format
	Text   string
}

// HasTotals reports whether the format has a place for totals. JSON, JSON lines and YAML have none, because a program
// would read the sums as one more row. Nor has a template.
func HasTotals(f Format) bool {
	e, err := find(f)
	return err == nil && e.totals
}

// New makes the writer of a listing with these columns. An unknown format is a usage error, and so is a template that
// cannot be parsed or that uses a name that is not a column.
func New(format Format, w io.Writer, columns []record.Column, o Options) (Writer, error) {
	e, err := find(format)
	if err != nil {
		return nil, err
	}
	if text, ok := strings.CutPrefix(string(format), templatePrefix); ok {
		t, err := parsed(text)
		if err != nil {
			return nil, err
		}
		if name := unknownField(t, columns); name != "" {
			var names []string
			for _, c := range columns {
				names = append(names, c.Name)
			}
			return nil, fail.Usagef("the template uses .%s, which is not a column of this listing%s",
				name, fail.DidYouMean(name, names)).
				Next("the columns of the command: %s; give those that the template uses as arguments", strings.Join(names, " "))
		}
	}
	return e.listing(buffer(w), columns, o), nil
}

// Document writes the output of a Show command. An unknown format and a template that cannot be applied are usage
// errors; other errors come from w.
//
// In table, markdown and html, a section is a title with aligned lines, or with a small table. In tsv, a section of one
// row is a line of section.name and value for each column; any other section is a header and rows after an empty line.
// In json, jsonl and yaml, the document is one object: the members of an unnamed section of one row are at its top,
// other unnamed rows are the member "rows", and every other section is a member, an object or an array. A document that
// is only an unnamed table is an array. In csv, every cell is a line of section, row, name and value; row counts from 1
// and is empty in a section of one row. A template gets the object of json.
func Document(format Format, w io.Writer, d record.Document, o Options) error {
	e, err := find(format)
	if err != nil {
		return err
	}
	out := buffer(w)
	if err := e.document(out, d, o); err != nil {
		return err
	}
	return out.Flush()
}

// encoding is one format. To add a format, write a file with its encoding and add a line to encodings.
type encoding struct {
	name     Format
	help     string
	totals   bool
	listing  func(out *output, columns []record.Column, o Options) Writer
	document func(out *output, d record.Document, o Options) error
}

func encodings() []encoding {
	return []encoding{
		tableEncoding(),
		tsvEncoding(),
		csvEncoding(),
		jsonEncoding(),
		jsonlEncoding(),
		yamlEncoding(),
		markdownEncoding(),
		htmlEncoding(),
		templateEncoding(""),
	}
}

func find(f Format, others ...string) (encoding, error) {
	if text, ok := strings.CutPrefix(string(f), templatePrefix); ok {
		return templateEncoding(text), nil
	}
	var names []string
	for _, e := range encodings() {
		if e.name == f {
			return e, nil
		}
		names = append(names, string(e.name))
	}
	names = append(names, others...)
	return encoding{}, fail.Usagef("no output format %q%s", string(f), fail.DidYouMean(string(f), names)).
		Next("formats: %s", strings.Join(names, " "))
}
