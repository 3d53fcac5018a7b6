package personality

import (
	"context"
	"fmt"
	"iter"
	"slices"
	"strings"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/erlang"
	"github.com/rabbitctl/rabbitctl/pkg/record"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

// question is a listing with the columns, filters and format of the command line.
type question struct {
	listing
	noun  verb.List
	ask   verb.Ask
	shown []string
	// columns are the shown columns, and after them the columns that only this program needs.
	columns []record.Column
	format  string
	banner  []string
	// own is the node that -n names. Without -n it is the node that answered if the rows depend on the node that is asked;
	// otherwise it is "".
	own string
	special
}

// special has the fields that the prepare function of a listing can set.
type special struct {
	// subject is what %s in the banner stands for.
	subject string
	// seconds is the default time limit, which a line before the banner prints; 0 means no default and no such line.
	seconds int
	// headless means that a table has no header unless --table-headers says so.
	headless bool
	// none is printed if there are no rows; %s in it stands for the node's name. If none is "", the formatter prints an
	// empty result.
	none string
	// local means that the rows depend on the node that is asked.
	local bool
	// hidden are columns that are needed but not shown.
	hidden []string
	// mark is a column that has no value in rows whose figures the API does not have yet. "" means that there are no such
	// rows.
	mark string
	// stops means that a row can be about a stopped queue, and that the column state shows this.
	stops bool
	// maps means that, with the formatter erlang, the official tool prints a map for each row, not a list of pairs, and
	// <<>> for a missing value.
	maps bool
	// ready asks the broker, before the first line is printed, for facts on which the rows depend. nil means that there
	// are none.
	ready func(ctx context.Context, client *broker.Client) error
	// rows reads the rows in place of the noun. If it is nil, the noun reads the rows.
	rows func(ctx context.Context, client *broker.Client) iter.Seq2[record.Row, error]
	// keep reports whether the official tool lists the row. nil means that it lists all rows.
	keep func(cell func(string) record.Value) bool
	// change returns the term that the tool prints in a cell: t, which was made from the API's value, or another one. nil
	// means that the tool prints t in all cells.
	change func(column string, cell func(string) record.Value, t erlang.Term) erlang.Term
	// print prints other output in place of the rows. If it is nil, the rows are printed.
	print func(ctx context.Context, client *broker.Client) error
}

// question checks the command line, and returns the listing with the columns, filters and format that it asks for. If
// the user only asked for help, question returns nil.
func (r *run) question(l listing, noun verb.List) (*question, error) {
	r.usage = l.usage
	q := &question{listing: l, noun: noun, ask: verb.Ask{Host: verb.Silent(r.app)}, format: "table"}
	if l.format != "" {
		q.format = l.format
	}
	if f, ok := r.line.given("formatter"); ok {
		q.format = strings.ToLower(f)
	}
	known, letters := globals()
	for name, k := range l.switches {
		known[name] = k
	}
	if q.format == "table" {
		known["table-headers"], known["pad-to-header"] = truth, truth
	}
	r.line = parse(r.typed, known, letters)
	if len(r.line.invalid) > 0 {
		return nil, r.invalid(r.line.refused())
	}
	if r.line.on("help") {
		return nil, r.print(r.listingHelp(l))
	}
	if newFormatter(q.format, sheet{}) == nil {
		return nil, r.invalid(fmt.Sprintf("no formatter %s", q.format))
	}
	if len(r.line.words) == 0 {
		return nil, r.swallowed()
	}
	words, err := q.whose(r, r.line.words[1:])
	if err != nil {
		return nil, err
	}
	if err := q.pick(words, r); err != nil {
		return nil, err
	}
	if q.about == aboutNode {
		q.local, q.hidden = true, []string{"node"}
	}
	if l.prepare != nil {
		l.prepare(r, q)
	}
	q.take()
	q.head(r)
	return q, nil
}

// whose finds out which virtual host or user the rows belong to. It returns the arguments that follow: the columns.
func (q *question) whose(r *run, words []string) ([]string, error) {
	switch {
	case q.about == aboutUser && len(words) == 0:
		return nil, r.invalid("not enough arguments.")
	case q.about == aboutUser && len(words) > 1, q.about != aboutUser && !q.free && len(words) > 0:
		return nil, r.invalid("too many arguments.")
	case q.about == aboutUser:
		q.ask.Args, q.subject = words, words[0]
		return nil, nil
	case q.about.inVHost():
		q.ask.VHost = "/"
		if vhost, ok := r.line.given("vhost"); ok {
			q.ask.VHost = vhost
		}
		q.subject = q.ask.VHost
	}
	return words, nil
}

// pick finds the columns to show: the columns that the words name, each only once, or the default columns.
func (q *question) pick(words []string, r *run) error {
	var unknown []string
	for _, w := range words {
		for _, name := range strings.Split(w, ",") {
			name = strings.TrimSpace(name)
			switch {
			case name == "" || slices.Contains(q.shown, name) || slices.Contains(unknown, name):
			case !slices.Contains(q.columnNames(), name) &&
				!(r.app.TellsCookie() && anyOf([]string{name}, q.nodeColumns)):
				unknown = append(unknown, name)
			default:
				q.shown = append(q.shown, name)
			}
		}
	}
	if len(unknown) > 0 {
		return r.invalid("Info key(s) " + strings.Join(unknown, ",") + " are not supported")
	}
	if len(q.shown) == 0 {
		q.shown = q.listing.shown()
	}
	return nil
}

// take finds the columns that the noun has to read.
func (q *question) take() {
	for _, name := range slices.Concat(q.shown, q.hidden, strings.Fields(q.order)) {
		if q.at(name) < 0 {
			q.columns = append(q.columns, q.column(name))
		}
	}
}

// column returns the noun's column of that name. If the noun lacks the column, the API lacks it, too.
func (q *question) column(name string) record.Column {
	c, ok := q.noun.Table.Find(name)
	if !ok {
		c = record.Column{Name: name, Missing: "the HTTP API does not report it"}
	}
	if name == "leader" {
		c.Else = ""
	}
	// The tools print even a text that only stands for a missing value, such as undefined.
	c.Unset = ""
	return c
}

// at returns the index of a column, -1 if it is not among the columns.
func (q *question) at(name string) int {
	return slices.IndexFunc(q.columns, func(c record.Column) bool { return c.Name == name && name != "" })
}

// head sets the lines that are printed before the rows.
func (q *question) head(r *run) {
	if r.line.on("quiet") || r.line.on("silent") || readable(q.format) {
		return
	}
	if limit := r.limit(q.seconds); q.seconds > 0 {
		q.banner = append(q.banner, "Timeout: "+seconds(limit)+" seconds ...")
	}
	text := q.listing.banner
	if strings.Contains(text, "%s") && q.about != aboutNode {
		text = fmt.Sprintf(text, q.subject)
	}
	q.banner = append(q.banner, text)
}

// fillNode puts the node's name into the texts, and keeps only the rows of that node.
func (q *question) fillNode() {
	for i := range q.banner {
		q.banner[i] = strings.ReplaceAll(q.banner[i], "%s", q.own)
	}
	q.none = strings.ReplaceAll(q.none, "%s", q.own)
	among := q.keep
	q.keep = func(cell func(string) record.Value) bool {
		return cell("node").Text() == q.own && (among == nil || among(cell))
	}
}
