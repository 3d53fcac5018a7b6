package verb

import (
	"context"

	"github.com/rabbitctl/rabbitctl/pkg/app"
	"github.com/rabbitctl/rabbitctl/pkg/render"
)

// printing is how a listing is to look.
type printing struct {
	app     *app.App
	format  render.Format
	options render.Options
	// totals adds sums of the columns that count.
	totals bool
}

// print reads a listing once, within the time budget, and prints it.
func (p printing) print(ctx context.Context, asked reading, to page) error {
	ctx, cancel, err := p.app.Budget(ctx)
	if err != nil {
		return err
	}
	defer cancel()
	var missing []string
	o := p.options
	o.Unshown = func(columns []string) { missing = columns }
	w, err := render.New(p.format, to.rows, asked.columns(), o)
	if err != nil {
		return err
	}
	progress := p.app.IO.Progress("waiting for " + asked.client.BaseURL())
	defer progress.Stop()
	r := round{reading: asked}
	for row := range r.rows(ctx, progress.Update) {
		if err := w.Row(row); err != nil {
			return err
		}
	}
	// Notes wait until the progress line is gone.
	progress.Stop()
	for _, n := range r.notes {
		to.note("%s", n)
	}
	end := r.end(ctx)
	if end != nil && r.count == 0 {
		return end
	}
	if p.totals {
		t := r.query.Totals()
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
	if end != nil {
		return end
	}
	if why := r.whyEmpty(ctx); why != "" {
		to.note("%s", why)
	}
	return nil
}
