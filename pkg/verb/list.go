package verb

import (
	"cmp"
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/rabbitctl/rabbitctl/pkg/app"
	"github.com/rabbitctl/rabbitctl/pkg/config"
	"github.com/rabbitctl/rabbitctl/pkg/query"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// List is a command that prints rows.
type List struct {
	// Name is the name of the command, the same as rabbitmqctl's if that has the command: list_queues.
	Name string
	// Short is one line without a full stop. Long and Example are shown by --help; the columns are added to Long.
	Short, Long, Example string
	// Args name the object that the rows belong to. They come before the columns; most listings have none.
	Args []Arg
	// Table describes the columns.
	Table record.Table
	// Group is the column by which the help groups rows in its example; "" means vhost, unless it is the name of a row.
	Group string
	// Scoped means that the rows belong to virtual hosts, so -p limits the listing to one of them.
	Scoped bool
	// OneVHost means that a Scoped listing is always about one virtual host: / unless -p or the context names another.
	OneVHost bool
	// Rows asks the broker for the rows with exactly these columns.
	Rows Rows
	// Flags adds the command's own flags; nil means none.
	Flags func(*pflag.FlagSet)
	// Defaults returns the default columns for the flags that were given; nil means always those of Table.
	Defaults func() []string
	// Validate checks flags and arguments before anything is sent; nil means that there is nothing to check.
	Validate func(ask Ask) error

	// brokers returns the brokers to ask; nil means the brokers that the options name.
	brokers func(ctx context.Context, args []string) ([]*app.App, error)
}

// listFlags are the flags of every listing.
type listFlags struct {
	spec      query.Spec
	noHeaders bool
	watch     time.Duration
	rounds    int
	// columns are the columns that were given by a flag, as other tools accept them.
	columns []string
}

// Title returns the name of the command and its description in one line.
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
			return Exactly(l.Args...)(cmd, got[:min(len(got), len(l.Args))])
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			return l.run(cmd, a, args, f)
		},
	}
	completeArgs(cmd, a, l.Args, usualVHost(l.OneVHost))
	complete := cmd.ValidArgsFunction
	cmd.ValidArgsFunction = func(cmd *cobra.Command, got []string, prefix string) ([]string, cobra.ShellCompDirective) {
		if len(got) < len(l.Args) {
			return complete(cmd, got, prefix)
		}
		return completeColumns(l.Table)(cmd, got, prefix)
	}
	flags := cmd.Flags()
	flags.StringVar(&f.spec.Where, "where", "", "keep rows for which `EXPR` is true, for example "+l.whereExample())
	named, _ := l.Table.NameColumn()
	flags.StringArrayVar(&f.spec.Match, "match", nil,
		"keep rows whose "+named.Name+" matches `REGEX` (may be repeated: one match is enough)")
	flags.StringArrayVar(&f.spec.Exclude, "exclude", nil,
		"leave out rows whose "+named.Name+" matches `REGEX` (may be repeated)")
	flags.StringVar(&f.spec.GroupBy, "group-by", "",
		"one row for each value of `COLUMN,...`: count, sums and maxima; not with --totals")
	flags.StringVar(&f.spec.Sort, "sort", "", "order by `COLUMN,...`; -COLUMN sorts from high to low")
	flags.IntVar(&f.spec.Limit, "limit", 0, "print at most `N` rows")
	flags.BoolVar(&f.spec.Totals, "totals", false,
		"add a row with the sums of counts, bytes and rates (only with -o table, tsv, csv, markdown or html)")
	flags.BoolVar(&f.noHeaders, "no-table-headers", false, "leave out the header line of table, tsv and csv")
	flags.StringSliceVar(&f.columns, "columns", nil, "the `COLUMNS`, as behind the command")
	_ = flags.MarkHidden("columns")
	config.DurationFlag(flags, &f.watch, "watch", 0,
		"print again every `INTERVAL`, for example 2s, until interrupted; a table at a terminal also shows the changes "+
			"since the last round, in total and per second")
	flags.IntVar(&f.rounds, "rounds", 0, "end --watch after `N` rounds")
	if l.Scoped {
		vhostFlag(cmd, a, usualVHost(l.OneVHost))
	}
	contextsFlag(cmd, a)
	withFlags(cmd, l.Flags)
	_ = cmd.RegisterFlagCompletionFunc("group-by", completeColumnList(l.Table))
	_ = cmd.RegisterFlagCompletionFunc("sort", completeColumnList(l.Table, "-"))
	_ = cmd.RegisterFlagCompletionFunc("where", completeColumns(l.Table))
	return cmd
}

// long returns the long help with the columns of the table, so the two cannot differ.
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
		fmt.Fprintf(&b, "The members of %s are columns, too, for example %s\n", strings.Join(l.Table.Open, ", "),
			cmp.Or(l.Table.Member, l.Table.Open[0]+".NAME"))
	}
	b.WriteString(`
--group-by COLUMN,... prints one row for each combination of values in these columns. Each row has these columns, a
column named count (how many rows the group has), and sum_X and max_X for each other column X that is a count, a size
in bytes or a rate, if the arguments (not the flags) name X, or name no column and X is a default column. --where,
--match and --exclude choose rows before they are grouped; --sort and --limit apply to the groups. Values that the
broker did not send are left out of sums and maxima.`)
	if c, ok := l.group(); ok {
		fmt.Fprintf(&b, " Example:\nrabbitctl %s --group-by %s --sort -count", usage(l.Name, l.Args), c.Name)
	}
	return b.String()
}

// group returns the column by which the help groups rows in its example. ok is false if there is no column in which
// many rows have the same value.
func (l List) group() (c record.Column, ok bool) {
	if l.Group != "" {
		return l.Table.Find(l.Group)
	}
	named, _ := l.Table.NameColumn()
	c, ok = l.Table.Find("vhost")
	return c, ok && c.Name != named.Name
}

// whereExample returns a filter over columns that the table has.
func (l List) whereExample() string {
	_, messages := l.Table.Find("messages")
	_, consumers := l.Table.Find("consumers")
	if messages && consumers {
		return "'messages > 1000 && consumers == 0'"
	}
	for _, c := range l.Table.Columns {
		// A name with a hyphen would be read as a subtraction.
		if c.Missing == "" && (c.Kind == record.Count || c.Kind == record.Bytes) && !strings.Contains(c.Name, "-") {
			return "'" + c.Name + " > 100'"
		}
	}
	if c, ok := l.group(); ok && c.Kind == record.Flag {
		return "'" + c.Name + " == true'"
	} else if ok {
		return "'" + c.Name + " == \"X\"'"
	}
	named, _ := l.Table.NameColumn()
	return "'" + named.Name + " contains \"X\"'"
}
