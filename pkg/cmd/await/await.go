// Package await has the commands that wait until a condition holds: await_ready and wait_for.
package await

import (
	"context"
	"time"

	"github.com/spf13/cobra"

	"github.com/rabbitctl/rabbitctl/pkg/app"
	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/config"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

// Commands returns the commands of this noun, in the order of the help. lists are the listings that wait_for can wait
// for.
func Commands(lists []verb.List) []verb.Command { return []verb.Command{ready{}, rows{lists}} }

// try checks once whether the wait is over. If it is, done is true and word says what was found; otherwise word says
// what is still missing. An error that does not go away with time ends the wait, too: see faults.
type try func(ctx context.Context) (done bool, word string, err error)

// waiting has what a waiting command needs: the broker, the interval between two looks, and the condition in words.
type waiting struct {
	app      *app.App
	client   *broker.Client
	interval time.Duration
	// patience is the time limit of one look, so that a request that gets lost does not use up the whole time.
	patience time.Duration
	// known means that the broker's users are taken to exist already, so that a refused login ends the wait.
	known bool
	// until is the beginning of the error when the time is over: "http://a is not ready".
	until string
}

// poll calls look until it reports that the wait is over, and returns the word of the last call. If the time is over
// before that, the error says what the last look saw.
func (w waiting) poll(ctx context.Context, look try) (string, error) {
	ctx, cancel, err := w.app.Budget(ctx)
	if err != nil {
		return "", err
	}
	defer cancel()
	progress := w.app.IO.Progress("asking " + w.client.BaseURL())
	defer progress.Stop()
	seen := faults{}
	var next fail.Advice // the advice for the error in last
	for last := ""; ; {
		done, word, err := w.once(ctx, look)
		lasting := w.lasting(&seen, err)
		switch {
		case done:
			return word, nil
		case fail.KindOf(err) == fail.Canceled:
			return "", err
		case err != nil && last != "" && w.ends(ctx):
			// This look may have failed for lack of time. The look before it saw more.
			return "", w.over(last, next)
		case lasting:
			return "", err
		case err != nil:
			word = err.Error()
		}
		last, next = word, fail.HintOf(err)
		progress.Update("waiting: %s", last)
		if w.app.Sleep(ctx, w.interval) != nil {
			if ctx.Err() == context.Canceled {
				return "", fail.Ended(ctx)
			}
			return "", w.over(last, next)
		}
	}
}

// ends reports whether the time is over, or will be over before the next look.
func (w waiting) ends(ctx context.Context) bool {
	deadline, bounded := ctx.Deadline()
	return ctx.Err() != nil || bounded && time.Until(deadline) < w.interval
}

func (w waiting) once(ctx context.Context, look try) (bool, string, error) {
	ctx, cancel := context.WithTimeout(ctx, w.patience)
	defer cancel()
	return look(ctx)
}

// over returns the error of a wait whose time is over. If the last look failed, next says what to do about that.
func (w waiting) over(last string, next fail.Advice) error {
	length := ""
	if s, err := w.app.Settings(); err == nil {
		length = s.Timeout.String()
	}
	return fail.New(fail.Timeout, "%s after %s: %s", w.until, length, last).
		Advise(next.Without(fail.WaitLonger).Do(fail.WaitLonger))
}

// intervalFlag adds the flag --interval.
func intervalFlag(cmd *cobra.Command, d *time.Duration) {
	config.DurationFlag(cmd.Flags(), d, "interval", time.Second, "look again every `INTERVAL`")
}

// checkInterval refuses an interval so short that the requests would burden the broker.
func checkInterval(d time.Duration) error {
	if d < 100*time.Millisecond {
		return fail.Usagef("--interval %s is too short", d).Next("100ms is the shortest")
	}
	return nil
}
