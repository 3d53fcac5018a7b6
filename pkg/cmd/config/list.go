package contexts

import (
	"github.com/spf13/cobra"

	"github.com/rabbitctl/rabbitctl/pkg/app"
	"github.com/rabbitctl/rabbitctl/pkg/config"
	"github.com/rabbitctl/rabbitctl/pkg/query"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

func list(a *app.App) *cobra.Command {
	var spec query.Spec
	var noHeaders bool
	cmd := &cobra.Command{
		Use:   "list [COLUMN ...]",
		Short: "List contexts",
		Long: `List the contexts of the configuration file, then those of ~/.rabbitmqadmin.conf with other names. It never
shows a password, only which key gives the password. It sends nothing to a broker.

Columns (default: current name url username password protected file):
` + columnHelp(),
		Example: `  rabbitctl config list
  rabbitctl config list name url --where protected
  rabbitctl config list -o json`,
		Args: cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			columns, err := table().Select(args)
			if err != nil {
				return err
			}
			q, err := query.Compile(spec, table(), columns)
			if err != nil {
				return err
			}
			d, err := open(cmd, a)
			if err != nil {
				return err
			}
			l, err := config.List(d.in)
			if err != nil {
				return err
			}
			if err := d.rows(columns, q.Rows(rows(l, q.Columns())), noHeaders); err != nil {
				return err
			}
			for _, w := range warnings(l) {
				d.note("warning", w)
			}
			if len(l.Contexts) == 0 {
				d.note("note", "there are no contexts; rabbitctl config set NAME url=URL username=USER creates one")
			}
			return nil
		},
		ValidArgsFunction: completeColumns,
	}
	cmd.Flags().StringVar(&spec.Where, "where", "",
		"keep rows for which `EXPR` is true: 'protected && username == \"ops\"'")
	cmd.Flags().StringVar(&spec.Sort, "sort", "", "order by `COLUMN,...`; -COLUMN sorts from high to low")
	cmd.Flags().BoolVar(&noHeaders, "no-table-headers", false, "leave out the header line")
	_ = cmd.RegisterFlagCompletionFunc("where", completeColumns)
	_ = cmd.RegisterFlagCompletionFunc("sort", completeColumns)
	return cmd
}

func rows(l *config.Listing, columns []record.Column) func(func(record.Row, error) bool) {
	return func(yield func(record.Row, error) bool) {
		for _, c := range l.Contexts {
			object := facts(c, l)
			row := make(record.Row, len(columns))
			for i, column := range columns {
				row[i] = object.At(column.Path())
			}
			if !yield(row, nil) {
				return
			}
		}
	}
}

// warnings returns the warnings of the listing, then one for each context with a wrong address, then one if the context
// that this command line uses does not exist.
func warnings(l *config.Listing) []string {
	all := l.Warnings
	found := false
	for _, c := range l.Contexts {
		if _, err := c.Endpoint(); err != nil {
			all = append(all, err.Error())
		}
		found = found || c.Name == l.Current
	}
	if !found && l.Current != "" {
		all = append(all, "this command line uses context "+l.Current+", which does not exist")
	}
	return all
}
