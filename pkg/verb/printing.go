package verb

import (
	"context"

	"github.com/rabbitctl/rabbitctl/pkg/app"
	"github.com/rabbitctl/rabbitctl/pkg/render"
)

// printing says how to print a listing.
type printing struct {
	app     *app.App
	format  render.Format
	options render.Options
	// totals means that the sums of the columns that can be summed are added.
	totals bool
}

// print reads a listing once, within the time budget of each broker, and prints it.
func (p printing) print(ctx context.Context, asked reading, to page) error {
	var missing []string
	o := p.options
	o.Unshown = func(columns []string) { missing = columns }
	w, err := render.New(p.format, to.rows, asked.columns(), o)
	if err != nil {
		return err
	}
	progress := p.app.IO.Progress("waiting for " + names(asked.sources))
	defer progress.Stop()
	r := round{reading: asked}
	for row := range r.rows(ctx, progress.Update) {
		if err := w.Row(row); err != nil {
			return err
		}
	}
	// Notes wait until the progress line is gone.
	progress.Stop()
	say(r.parts, to.note)
	end := r.end()
	if end != nil && r.count == 0 && !r.answered() {
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
	return end
}
