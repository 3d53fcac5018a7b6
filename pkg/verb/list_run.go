package verb

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/rabbitctl/rabbitctl/pkg/app"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/query"
	"github.com/rabbitctl/rabbitctl/pkg/render"
)

func (l List) run(cmd *cobra.Command, a *app.App, args []string, f listFlags) error {
	owners := min(len(args), len(l.Args))
	r := reading{list: l}
	words := slices.Concat(args[owners:], f.columns)
	if l.Defaults != nil {
		r.list.Table.Default = l.Defaults()
	}
	if cmd.Flags().Changed("contexts") {
		r.list.Table, words = withContext(r.list.Table), besideWords(words)
	}
	selected, err := r.list.Table.Select(words)
	if err != nil {
		return err
	}
	if r.query, err = query.Compile(f.spec, r.list.Table, selected); err != nil {
		return err
	}
	if err := f.valid(cmd); err != nil {
		return err
	}
	p := printing{app: a, options: options(a), totals: f.spec.Totals}
	p.options.NoHeaders = f.noHeaders
	if p.format, err = format(a); err != nil {
		return err
	}
	if p.totals && !render.HasTotals(p.format) {
		return fail.Usagef("--totals cannot be combined with the format %s", p.format).
			Next("use table, tsv, csv, markdown or html")
	}
	brokers := func(ctx context.Context, _ []string) ([]*app.App, error) { return a.Each(ctx) }
	if l.brokers != nil {
		brokers = l.brokers
	}
	apps, err := brokers(cmd.Context(), args[:owners])
	if err != nil {
		return err
	}
	if r.sources, err = sourcesIn(apps, args[:owners], l.Scoped, usualVHost(l.OneVHost)); err != nil {
		return err
	}
	for i := range r.sources {
		ask := &r.sources[i].ask
		ask.Limit, ask.Named, ask.Filtered = f.spec.Limit, r.query.Named, r.query.Filtered()
	}
	if l.Validate != nil {
		if err := l.Validate(r.sources[0].ask); err != nil {
			return err
		}
	}
	for _, c := range r.query.Shown() {
		if c.Missing != "" {
			note(a, "column %s is empty: %s", c.Name, c.Missing)
		}
	}
	if f.watch > 0 {
		return watch(cmd.Context(), a, f.watch, f.rounds, p.options,
			func(ctx context.Context, o render.Options, to page) error {
				p.options = o
				return p.print(ctx, r, to)
			})
	}
	return p.print(cmd.Context(), r, streamsOf(a))
}

// valid refuses flags that make no sense, alone or together.
func (f listFlags) valid(cmd *cobra.Command) error {
	changed := cmd.Flags().Changed
	switch {
	case changed("group-by") && strings.TrimSpace(f.spec.GroupBy) == "":
		return fail.Usagef("--group-by needs at least one column").Do(fail.SeeColumns)
	case changed("limit") && f.spec.Limit == 0:
		return fail.Usagef("--limit 0 would print nothing").Next("leave it out for all rows")
	case f.rounds < 0 || f.rounds > 0 && f.watch == 0:
		return fail.Usagef("--rounds needs --watch and a number above 0")
	case changed("watch") && f.watch < 100*time.Millisecond:
		return fail.Usagef("--watch %s is below 100ms", f.watch).Next("brokers renew their statistics every 5s: --watch 5s")
	}
	return nil
}
