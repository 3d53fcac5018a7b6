package contexts

import (
	"github.com/spf13/cobra"

	"github.com/rabbitctl/rabbitctl/pkg/app"
	"github.com/rabbitctl/rabbitctl/pkg/config"
	"github.com/rabbitctl/rabbitctl/pkg/record"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

func show(a *app.App) *cobra.Command {
	var set bool
	cmd := &cobra.Command{
		Use:   "show",
		Short: "Show every option, its value and where it comes from",
		Long: `Show every option with its value and its origin: a flag, a variable, a context with its file, or the
built-in default. A command with the same flags would use these values. Secrets are hidden. It sends nothing to a
broker, reads no password, and runs no password command.`,
		Example: `  rabbitctl config show
  rabbitctl config show --context prod -p orders
  rabbitctl config show --set -o json`,
		Args: verb.Exactly(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			d, err := open(cmd, a)
			if err != nil {
				return err
			}
			// Do not ask a person, and do not read standard input.
			a.UseFlags(cmd.Context(), cmd.Flags(), false)
			settings, err := a.Settings()
			if err != nil {
				return err
			}
			columns := []record.Column{{Name: "option"}, {Name: "value"}, {Name: "origin"}}
			if err := d.rows(columns, values(settings, set), false); err != nil {
				return err
			}
			for _, w := range settings.Warnings {
				d.note("warning", w)
			}
			return nil
		},
		ValidArgsFunction: cobra.NoFileCompletions,
	}
	cmd.Flags().BoolVar(&set, "set", false, "leave out options that are not set, and defaults")
	config.BindVHostFlag(cmd.Flags())
	return cmd
}

// values returns the rows of config show. If set is true, it leaves out options without a value and options that have
// their default.
func values(s *config.Settings, set bool) func(func(record.Row, error) bool) {
	return func(yield func(record.Row, error) bool) {
		for _, v := range s.Values() {
			if set && (v.Origin == "" || v.Origin == "default") {
				continue
			}
			value, origin := record.Of(v.Text), record.Of(v.Origin)
			if v.Origin == "" {
				value, origin = nil, nil
			}
			if !yield(record.Row{record.Of(v.Option.Name), value, origin}, nil) {
				return
			}
		}
	}
}
