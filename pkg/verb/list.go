package verb

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/rabbitctl/rabbitctl/pkg/app"
	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/config"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/query"
	"github.com/rabbitctl/rabbitctl/pkg/record"
	"github.com/rabbitctl/rabbitctl/pkg/render"
)

// List is a command that prints rows.
type List struct {
	// Name is the command, rabbitmqctl's where it has one: list_queues.
	Name string
	// Short is one line without a full stop; Long and Example are shown by --help. Long gets the columns added.
	Short, Long, Example string
	// Args name what the rows belong to, before the columns; most listings have none.
	Args []Arg
	// Table has the columns.
	Table record.Table
	// Scoped means that the rows belong to virtual hosts, so that -p narrows them.
	Scoped bool
	// Rows asks the broker for the rows with exactly these columns.
	Rows Rows
	// Flags adds flags of the command's own; nil: none.
	Flags func(*pflag.FlagSet)
	// Validate checks flags and arguments before anything is sent; nil: nothing to check.
	Validate func(ask Ask) error
}

// listFlags are what every listing takes.
type listFlags struct {
	spec      query.Spec
	noHeaders bool
	watch     time.Duration
	rounds    int
	// columns are those given by a flag, as other tools take them.
	columns []string
}

// Title is the name and the line about it.
func (l List) Title() (name, short string) { return l.Name, l.Short }

// Cobra makes the command.
func (l List) Cobra(a *app.App) *cobra.Command {
	var f listFlags
	cmd := &cobra.Command{
		Use:     usage(l.Name, l.Args) + " [COLUMN ...]",
		Short:   l.Short,
		Long:    l.long(),
		Example: l.Example,
		Args: func(cmd *cobra.Command, got []string) error {
			return exactly(l.Args)(cmd, got[:min(len(got), len(l.Args))])
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			return l.run(cmd, a, args, f)
		},
	}
	completeArgs(cmd, a, l.Args, "")
	complete := cmd.ValidArgsFunction
	cmd.ValidArgsFunction = func(cmd *cobra.Command, got []string, prefix string) ([]string, cobra.ShellCompDirective) {
		if len(got) < len(l.Args) {
			return complete(cmd, got, prefix)
		}
		return completeColumns(l.Table)(cmd, got, prefix)
	}
	flags := cmd.Flags()
	flags.StringVar(&f.spec.Where, "where", "", "keep rows for which `EXPR` is true: 'messages > 1000 && consumers == 0'")
	flags.StringArrayVar(&f.spec.Match, "match", nil, "keep rows whose name matches `REGEX` (may be repeated: any)")
	flags.StringArrayVar(&f.spec.Exclude, "exclude", nil, "leave out rows whose name matches `REGEX` (may be repeated)")
	flags.StringVar(&f.spec.GroupBy, "group-by", "", "one row for each value of `COLUMN,...`: count, sums and maxima; not with --totals")
	flags.StringVar(&f.spec.Sort, "sort", "", "order by `COLUMN,...`; -COLUMN sorts from high to low")
	flags.IntVar(&f.spec.Limit, "limit", 0, "print at most `N` rows")
	flags.BoolVar(&f.spec.Totals, "totals", false, "add sums of the columns that count (table, tsv, csv, markdown)")
	flags.BoolVar(&f.noHeaders, "no-table-headers", false, "leave out the header line")
	flags.StringSliceVar(&f.columns, "columns", nil, "the columns, as behind the command")
	_ = flags.MarkHidden("columns")
	config.DurationFlag(flags, &f.watch, "watch", 0, "print again every `INTERVAL` (2s) until interrupted; a terminal also shows what changed, and per second")
	flags.IntVar(&f.rounds, "rounds", 0, "end --watch after `N` rounds")
	if l.Scoped {
		vhostFlag(cmd, a)
	}
	withFlags(cmd, l.Flags)
	_ = cmd.RegisterFlagCompletionFunc("group-by", completeColumnList(l.Table))
	_ = cmd.RegisterFlagCompletionFunc("sort", completeColumnList(l.Table, "-"))
	_ = cmd.RegisterFlagCompletionFunc("where", completeColumns(l.Table))
	return cmd
}

// long is the long help with the columns, so that help and table cannot disagree.
func (l List) long() string {
	var b strings.Builder
	b.WriteString(strings.TrimSpace(l.Long))
	fmt.Fprintf(&b, "\n\nColumns (default: %s):\n", strings.Join(l.Table.Default, " "))
	width := 0
	for _, c := range l.Table.Columns {
		width = max(width, len(c.Name))
	}
	for _, c := range l.Table.Columns {
		help := c.Help
		if c.Missing != "" {
			help = "always empty: " + c.Missing
		}
		fmt.Fprintf(&b, "  %-*s  %s\n", width, c.Name, help)
	}
	if len(l.Table.Open) > 0 {
		fmt.Fprintf(&b, "and the members of %s, dotted: %s\n", strings.Join(l.Table.Open, ", "), openExample(l.Table))
	}
	fmt.Fprintf(&b, `
--group-by makes one row of all rows with the same values: the columns that it names, count, and for each shown column X
that counts sum_X and max_X. --sort and --limit are then about these rows, --where and --match about those that they are
made of. Values that the broker did not send are left out of sums. rabbitctl %s --group-by %s --sort -count`, usage(l.Name, l.Args), groupExample(l.Table))
	return b.String()
}

// groupExample is a column by which a person might group: not the name, of which each row has its own.
func groupExample(t record.Table) string {
	for _, n := range append(t.Default[:len(t.Default):len(t.Default)], t.Names()...) {
		c, _ := t.Find(n)
		if c.Missing == "" && (c.Kind == record.Text || c.Kind == record.Flag) && !strings.HasSuffix(n, "name") {
			return n
		}
	}
	return t.Default[0]
}

func openExample(t record.Table) string {
	for _, o := range t.Open {
		if o == "message_stats" {
			return "message_stats.publish_details.rate"
		}
	}
	return t.Open[0] + ".NAME"
}

func (l List) run(cmd *cobra.Command, a *app.App, args []string, f listFlags) error {
	owners := min(len(args), len(l.Args))
	ask := Ask{Args: args[:owners], app: a}
	columns, err := l.Table.Select(slices.Concat(args[owners:], f.columns))
	if err != nil {
		return err
	}
	q, err := query.Compile(f.spec, l.Table, columns)
	if err != nil {
		return err
	}
	columns = q.Shown()
	if cmd.Flags().Changed("group-by") && strings.TrimSpace(f.spec.GroupBy) == "" {
		return fail.Usagef("--group-by names no column")
	}
	if cmd.Flags().Changed("limit") && f.spec.Limit == 0 {
		return fail.Usagef("--limit 0 would print nothing").Next("leave it out for all rows")
	}
	if f.rounds < 0 || f.rounds > 0 && f.watch == 0 {
		return fail.Usagef("--rounds needs --watch and a number above 0")
	}
	if cmd.Flags().Changed("watch") && f.watch < 100*time.Millisecond {
		return fail.Usagef("--watch %s is too often", f.watch).Next("brokers renew their statistics every 5s: --watch 5s")
	}
	out, err := format(a)
	if err != nil {
		return err
	}
	if f.spec.Totals && !render.HasTotals(out) {
		return fail.Usagef("--totals has no place in the format %s", out).Next("use table, tsv, csv or markdown")
	}
	if l.Scoped {
		if ask.VHost, err = scope(a, ""); err != nil {
			return err
		}
	}
	if l.Validate != nil {
		if err := l.Validate(ask); err != nil {
			return err
		}
	}
	client, err := a.Broker()
	if err != nil {
		return err
	}
	for _, c := range columns {
		if c.Missing != "" {
			note(a, "column %s is empty: %s", c.Name, c.Missing)
		}
	}
	o := options(a)
	o.NoHeaders = f.noHeaders
	once := func(ctx context.Context, o render.Options, to page) error {
		return l.once(ctx, a, client, ask, q, columns, out, o, f.spec.Totals, to)
	}
	if f.watch > 0 {
		return watch(cmd.Context(), a, f.watch, f.rounds, o, once)
	}
	return once(cmd.Context(), o, streamsOf(a))
}

// once asks, and prints one listing.
func (l List) once(ctx context.Context, a *app.App, client *broker.Client, ask Ask, q *query.Query,
	columns []record.Column, out render.Format, o render.Options, totals bool, to page) error {
	ctx, cancel, err := a.Budget(ctx)
	if err != nil {
		return err
	}
	defer cancel()
	var missing []string
	o.Unshown = func(columns []string) { missing = columns }
	w, err := render.New(out, to.rows, columns, o)
	if err != nil {
		return err
	}
	progress := a.IO.Progress("waiting for " + client.BaseURL())
	defer progress.Stop()
	ask.Say, ask.MayLag = progress.Update, true
	// Notes wait until the progress line is gone.
	var notes []string
	ask.notes = &notes
	rows, failed := 0, error(nil)
	sent, none := seen(l.Rows(ctx, client, ask, q.Columns()))
	for row, err := range q.Rows(sent) {
		if err != nil {
			failed = err
			break
		}
		if rows++; rows%1000 == 0 {
			progress.Update("%d %s so far", rows, l.Table.Noun)
		}
		if err := w.Row(row); err != nil {
			return err
		}
	}
	progress.Stop()
	for _, n := range notes {
		to.note("%s", n)
	}
	if failed != nil && rows == 0 && fail.KindOf(failed) == fail.Incomplete {
		return incomplete(failed, rows, l.noun(q))
	}
	if failed != nil && rows == 0 {
		return Explain(ctx, client, failed, ask.VHost)
	}
	if totals {
		t := q.Totals()
		if err := w.Totals(t.Cells, t.Rows, t.Unknown); err != nil {
			return err
		}
	}
	if err := w.Close(); err != nil {
		return err
	}
	if len(missing) > 0 {
		to.note("%s", NoRoom(missing, render.TSV))
	}
	if failed != nil {
		return incomplete(failed, rows, l.noun(q))
	}
	if none() && l.Scoped {
		l.whyEmpty(ctx, to, client, ask.VHost)
	}
	return nil
}

// noun names the rows that are printed.
func (l List) noun(q *query.Query) string {
	if q.Grouped() {
		return "groups of the " + l.Table.Noun + " read so far"
	}
	return l.Table.Noun
}

// seen passes rows on, and tells afterwards whether there were none at all.
func seen(rows iter.Seq2[record.Row, error]) (passed iter.Seq2[record.Row, error], none func() bool) {
	count := 0
	return func(yield func(record.Row, error) bool) {
		for row, err := range rows {
			count++
			if !yield(row, err) {
				return
			}
		}
	}, func() bool { return count == 0 }
}

// incomplete says that the rows printed are not all.
func incomplete(err error, rows int, noun string) error {
	var known *fail.Error
	hint := ""
	if errors.As(err, &known) {
		hint = known.Hint
	}
	if fail.KindOf(err) == fail.Canceled {
		return err
	}
	e := fail.New(fail.Incomplete, "incomplete: %d %s printed, then: %w", rows, noun, err)
	e.Hint = hint
	return e
}

// whyEmpty notes when nothing is listed because the user has access to no virtual host: to such a user a full broker
// looks empty, whatever its tags.
func (l List) whyEmpty(ctx context.Context, to page, client *broker.Client, vhost string) {
	if vhost != "" {
		return
	}
	if blind, err := client.SeesNothing(ctx); err != nil || !blind {
		return
	}
	user := client.Username()
	to.note("user %s has access to no virtual host, so it sees no %s; rabbitmqctl set_permissions -p / %s '' '' '.*' gives it some",
		user, l.Table.Noun, user)
}
