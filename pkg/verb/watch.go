package verb

import (
	"context"
	"fmt"
	"time"

	"github.com/rabbitctl/rabbitctl/pkg/app"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/render"
)

// watch repeats a listing until the context ends or the rounds are done. At a terminal each round replaces the previous
// one and shows the changes, also per second. Elsewhere an empty line separates the rounds. If the broker does not
// answer, or not completely, watch shows the error and asks again in the next round, so people can see when the broker
// is back. Any other error ends it.
func watch(ctx context.Context, a *app.App, every time.Duration, rounds int, o render.Options,
	once func(context.Context, render.Options, page) error) error {
	deltas := render.NewDeltas()
	to, shown := streamsOf(a), &screen{app: a}
	if o.Terminal {
		o.Deltas = deltas
	}
	for n := 1; ; n++ {
		switch {
		case o.Terminal:
			to = shown.begin(every, &o)
		case n > 1:
			fmt.Fprintln(a.IO.Out)
		}
		deltas.Begin(a.Now())
		err := once(ctx, o, to)
		if err != nil {
			if ctx.Err() != nil {
				return nil
			}
			if k := fail.KindOf(err); k != fail.Unreachable && k != fail.Unavailable && k != fail.Timeout &&
				k != fail.Incomplete {
				return err
			}
		}
		switch {
		case o.Terminal:
			shown.draw(err, n == rounds)
		case err != nil:
			fmt.Fprintf(a.IO.Err, "%s %s\n", a.Now().Format(time.TimeOnly), render.Escape(err.Error()))
		}
		deltas.Next()
		if n == rounds {
			return nil
		}
		if a.Sleep(ctx, every) != nil {
			return nil
		}
	}
}
