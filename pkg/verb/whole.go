package verb

import (
	"context"
	"strings"

	"github.com/spf13/cobra"

	"github.com/rabbitctl/rabbitctl/pkg/app"
	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/query"
)

// Whole is a listing of objects that can also be printed whole, as text or as bytes, for example messages.
type Whole struct {
	List
	// Instead are the names of the flags that ask for whole objects instead of rows. Of the flags of every listing, only
	// --where, --limit and -p can be combined with them.
	Instead []string
	// Print returns the output. It may contain any bytes; but if terminal is set, it must not contain anything that
	// controls a terminal.
	Print func(ctx context.Context, c *broker.Client, ask Ask, q *query.Query, terminal bool) (text []byte, err error)
}

// Cobra makes the command.
func (w Whole) Cobra(a *app.App) *cobra.Command {
	cmd := w.List.Cobra(a)
	rows := cmd.RunE
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		for _, flag := range w.Instead {
			if cmd.Flags().Changed(flag) {
				return w.print(cmd, a, args, flag)
			}
		}
		return rows(cmd, args)
	}
	return cmd
}

func (w Whole) print(cmd *cobra.Command, a *app.App, args []string, by string) error {
	if err := w.fits(cmd, a, args, by); err != nil {
		return err
	}
	where, _ := cmd.Flags().GetString("where")
	limit, _ := cmd.Flags().GetInt("limit")
	q, err := query.Compile(query.Spec{Where: where, Limit: limit}, w.Table, nil)
	if err != nil {
		return err
	}
	if w.Validate != nil {
		if err := w.Validate(Ask{Host: hostOf(a), Args: args, Limit: limit}); err != nil {
			return err
		}
	}
	sources, err := sourcesOf(cmd.Context(), a, args, w.Scoped, usualVHost(w.OneVHost))
	if err != nil {
		return err
	}
	progress := a.IO.Progress("waiting for " + names(sources))
	answers := askEach(cmd.Context(), sources, progress, func(ctx context.Context, one source) ([]byte, error) {
		one.ask.Limit = limit
		text, err := w.Print(ctx, one.client, one.ask, q, a.IO.OutTTY)
		return text, Explain(ctx, one.client, err, one.ask.VHost)
	})
	progress.Stop()
	for _, one := range answers {
		if _, err := a.IO.Out.Write(one.got); err != nil {
			return err
		}
	}
	say(answers, func(format string, args ...any) { note(a, format, args...) })
	return failure(answers, "")
}

// fits refuses flags and arguments that concern only rows.
func (w Whole) fits(cmd *cobra.Command, a *app.App, args []string, by string) error {
	flags := cmd.Flags()
	for _, other := range append([]string{"match", "exclude", "group-by", "sort", "totals", "columns",
		"watch", "rounds", "contexts"}, w.Instead...) {
		if flags.Changed(other) && other != by {
			return fail.Usagef("--%s and --%s exclude each other", by, other)
		}
	}
	if len(args) > len(w.Args) {
		return fail.Usagef("--%s takes no columns", by).Next("leave out --%s, or %s", by, args[len(w.Args)])
	}
	s, err := a.Settings()
	if err != nil {
		return err
	}
	if strings.HasPrefix(s.Origin("formatter"), "flag ") {
		return fail.Usagef("--%s prints a form of its own, so it cannot be combined with -o", by).
			Next("name the columns instead: rabbitctl %s", usage(w.Name, w.Args)+" headers body -o json")
	}
	return nil
}
