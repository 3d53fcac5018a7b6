package verb

import (
	"context"

	"github.com/rabbitctl/rabbitctl/pkg/app"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/health"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// report runs the check on each broker, and makes one report of all results.
func (c Check) report(ctx context.Context, a *app.App, sources []source) (Report, error) {
	progress := a.IO.Progress("asking " + names(sources))
	answers := askEach(ctx, sources, progress, func(ctx context.Context, one source) (Report, error) {
		return c.judge(ctx, one.client, one.ask)
	})
	progress.Stop()
	say(answers, func(format string, args ...any) { note(a, format, args...) })
	if a.Context() == "" {
		return answers[0].got, answers[0].err
	}
	for i, one := range answers {
		switch fail.KindOf(one.err) {
		case "":
		case fail.Canceled, fail.Usage:
			return Report{}, one.err
		default:
			answers[i].got = Unjudged(one.err)
		}
	}
	return c.besides(answers), nil
}

// besides makes one report of the check's results on several brokers.
func (c Check) besides(answers []answer[Report]) Report {
	var r Report
	var results []health.Named
	documents := make([]answer[record.Document], len(answers))
	for i, one := range answers {
		named := health.Named{Check: c.Name, Context: one.app.Context(), Result: one.got.Result}
		named.Details = textsIn(named.Context, named.Details)
		results = append(results, named)
		if len(one.got.Parts) > 0 {
			named.Figures = nil // each part shows its own
		}
		r.Parts = append(r.Parts, named)
		for _, p := range one.got.Parts {
			p.Context, p.Details = named.Context, textsIn(named.Context, p.Details)
			r.Parts = append(r.Parts, p)
		}
		documents[i] = answer[record.Document]{source: one.source, got: one.got.Evidence}
	}
	r.Result = health.Beside(results)
	r.Evidence = together(documents)
	return r
}

// partSection makes a section with a row for each check of a bundle, and for each context. It is not for people: they
// see the same in the details.
func partSection(parts []health.Named) record.Section {
	s := record.Section{Name: "checks", Columns: []record.Column{{Name: "check"}, {Name: "status"}, {Name: "summary"},
		{Name: "details", Kind: record.List}, {Name: "looked_at"}, {Name: "figures", Kind: record.List}}}
	if parts[0].Context != "" {
		s.Columns = append([]record.Column{{Name: besideName}}, s.Columns...)
	}
	for _, p := range parts {
		row := record.Row{record.Of(p.Check), record.Of(p.Status), record.Of(p.Summary), list(p.Details),
			record.Of(p.LookedAt), list(p.Figures)}
		if p.Context != "" {
			row = append(record.Row{record.Of(p.Context)}, row...)
		}
		s.Rows = append(s.Rows, row)
	}
	return s
}
