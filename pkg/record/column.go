// Package record describes listings as data: which columns a listing has, where each value stands in the API's JSON,
// and rows of raw values, picked out of that JSON without decoding the rest.
//
// A row distinguishes absent, null and 0. A malformed value affects only its own cell, never the listing.
package record

import (
	"cmp"
	"slices"
	"strings"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
)

// Kind says what a column's values mean, which decides how they are shown to a person.
type Kind int

const (
	Text      Kind = iota // a name or a word
	Count                 // a whole number of things
	Ordinal               // a whole number that is no amount: a port, a priority, a place in a log
	Bytes                 // a whole number of bytes
	Rate                  // things per second
	ByteRate              // bytes per second
	Ratio                 // 0 to 1
	Seconds               // a duration in seconds
	Millis                // a duration in milliseconds
	Timestamp             // a moment, in milliseconds since 1970 in the API
	Flag                  // true or false
	List                  // an array of words
	Map                   // an object: arguments, a policy's definition, client properties
)

func (k Kind) String() string {
	return [...]string{"text", "count", "number", "bytes", "rate", "byte rate", "ratio", "seconds", "milliseconds", "time",
		"flag", "list", "map"}[k]
}

// Number tells whether values of the kind are numbers. Not all can be summed: ratios, ports and times are numbers too.
func (k Kind) Number() bool { return k >= Count && k <= Timestamp }

// Column is one column of a listing.
type Column struct {
	// Name is the info key of rabbitmqctl, if rabbitmqctl has one for this column: for example messages_ready. It is the
	// header, the JSON member, and what is typed on the command line.
	Name string
	// From is the dotted path of the value in the API's object: message_stats.publish_details.rate. "" means Name.
	From string
	// Else is the path that is read if the value at Path is absent or null, for example node for the leader of a classic
	// queue; in a column of kind List, a single word there counts as a list of one. "" means that the value stays absent.
	Else string
	// Const is the value of every row, for a fact that the API does not send; nil means that the value is read.
	Const Value
	// Unset is a text that the API sends in place of a missing value, such as undefined, an atom of Erlang. A value with
	// this text counts as absent. It must not be a text that a person could have chosen.
	Unset string
	// Kind is the kind of the values.
	Kind Kind
	// Help describes the column in one line, for --help, completion and the reference page.
	Help string
	// Missing says why the HTTP API has no such value; "" means that the API has it. A column with Missing is accepted, as
	// rabbitmqctl accepts it, and is always empty.
	Missing string
	// Advises says that the values are texts of rabbitctl which can advise its commands. With several contexts, such a
	// command names the context of its row.
	Advises bool
	// Spare says how early the column is left out of a table that is too wide for the screen: 1 is left out first. Columns
	// with 0 are left out after all others, from the right. Columns are left out at a terminal only.
	Spare int
}

// Path returns the path of the value in the API's object: From or, if that is empty, Name.
func (c Column) Path() string {
	if c.From != "" {
		return c.From
	}
	return c.Name
}

// Table is everything a listing of one noun can show.
type Table struct {
	// Noun names the rows, in the plural: "queues".
	Noun string
	// Columns are all columns, in the order in which the help shows them.
	Columns []Column
	// Name is the column that --match and --exclude compare; "" means the column called name or, in a table without it,
	// the first column of text.
	Name string
	// Default are the names of the columns that are shown if none is asked for.
	Default []string
	// Spare are the names of the default columns that are left out first if the screen is too narrow, in this order.
	Spare []string
	// Open are the API's objects whose members can be asked for by a dotted name: message_stats.publish.
	Open []string
	// Member is such a dotted name, for the help; "" means the first object of Open with NAME.
	Member string
	// Foreign are those objects of Open whose members the broker does not name, so a member's name says nothing about its
	// values. A column that shows such an object as a whole can hold any value, too.
	Foreign []string
}

// Names returns the names of all columns, in the table's order.
func (t Table) Names() []string {
	names := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		names[i] = c.Name
	}
	return names
}

// NameColumn returns the column that --match and --exclude compare. ok is false if the table has no such column.
func (t Table) NameColumn() (name Column, ok bool) {
	if c, ok := t.Find(cmp.Or(t.Name, "name")); ok && c.Missing == "" {
		return c, true
	}
	for _, c := range t.Columns {
		if c.Kind == Text && c.Missing == "" {
			return c, true
		}
	}
	return Column{}, false
}

// Find returns the column with that name: a column of the table, or a member of one of its open objects.
func (t Table) Find(name string) (Column, bool) {
	for _, c := range t.Columns {
		if c.Name == name {
			return c, true
		}
	}
	if root, member, dotted := strings.Cut(name, "."); dotted && member != "" && slices.Contains(t.Open, root) {
		from := ""
		if i := slices.IndexFunc(t.Columns, func(c Column) bool { return c.Name == root && c.From != "" }); i >= 0 {
			from = t.Columns[i].From + "." + member
		}
		c := Column{Name: name, From: from, Kind: guessKind(name), Help: "member of " + root}
		if slices.Contains(t.Foreign, root) {
			c.Kind = Text
		}
		if strings.HasSuffix(name, ".peer_host") || strings.HasSuffix(name, ".peer_port") {
			c.Unset = "undefined"
		}
		return c, true
	}
	return Column{}, false
}

// Select finds the columns by name, in the order of the words, each once. A word may hold several names separated by
// commas, as rabbitmqctl takes them. Without words it returns the default columns. An unknown name is a usage error
// that suggests the nearest name. Columns that were chosen by name have no Spare: their order already says which of
// them matter.
func (t Table) Select(words []string) ([]Column, error) {
	var names []string
	for _, w := range words {
		for _, n := range strings.Split(w, ",") {
			if n = strings.TrimSpace(n); n != "" && !slices.Contains(names, n) {
				names = append(names, n)
			}
		}
	}
	var spare []string
	if len(names) == 0 {
		names, spare = t.Default, t.Spare
	}
	columns := make([]Column, 0, len(names))
	for _, n := range names {
		c, ok := t.Find(n)
		if !ok {
			return nil, t.unknown(n)
		}
		c.Spare = slices.Index(spare, n) + 1
		columns = append(columns, c)
	}
	return columns, nil
}

func (t Table) unknown(name string) error {
	return fail.Usagef("%s have no column %q%s", t.Noun, name, fail.DidYouMean(name, append(t.Names(), t.Open...))).
		Advise(t.Hint(name))
}

// Hint returns the next step for an unknown name. It lists all columns only if no column has a similar name.
func (t Table) Hint(name string) fail.Advice {
	if fail.Nearest(name, append(t.Names(), t.Open...)) != "" {
		return fail.Do(fail.SeeColumns)
	}
	return fail.Say("columns: %s", strings.Join(t.Names(), " "))
}

// guessKind guesses the kind of an API member that no table describes, from its name.
func guessKind(name string) Kind {
	last := name[strings.LastIndexByte(name, '.')+1:]
	switch {
	case last == "rate" && countsBytes(name):
		return ByteRate
	case last == "rate":
		return Rate
	case strings.HasSuffix(last, "_details"):
		return Map
	case strings.Contains(last, "bytes"):
		return Bytes
	case strings.HasPrefix(name, "message_stats."):
		return Count
	}
	return Text
}

// countsBytes tells whether a rate with this dotted name is one of bytes: recv_oct_details.rate, mem_used_details.rate,
// disk_free_details.rate, message_bytes_details.rate.
func countsBytes(name string) bool {
	for _, word := range []string{"_oct_details.", "bytes", "mem_used_details.", "disk_free_details."} {
		if strings.Contains(name, word) {
			return true
		}
	}
	return false
}
