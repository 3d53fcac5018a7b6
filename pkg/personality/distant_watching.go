package personality

import (
	"context"
	"fmt"
	"math"
	"time"

	"github.com/rabbitctl/rabbitctl/pkg/erlang"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/inside"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

// distantWatching returns the commands observer and remote_shell. The tools open an interactive program on the terminal
// for them. Here observer prints a page, and remote_shell reads line by line.
func distantWatching() []command {
	const interval = 5
	return []command{
		{name: "observer", usage: "observer [--interval <seconds>]", switches: switches{"interval": integer},
			letters: map[string]string{"i": "interval"}, seconds: endless,
			banner: say("Starting a CLI observer interface on node %s..."),
			run: func(ctx context.Context, c *call) (answer, error) {
				err := c.observe(ctx, time.Duration(max(c.number("interval", interval), 1))*time.Second)
				if fail.KindOf(err) == fail.Canceled {
					err = nil // the user ends observer by an interruption
				}
				return c.told(ctx, answer{printed: true}, err)
			}},
		{name: "remote_shell", usage: "remote_shell", seconds: endless, changes: true,
			banner: say("Starting an interactive Erlang shell on node %s... Press 'Ctrl+C' or 'Ctrl+\\' to exit."),
			run: func(ctx context.Context, c *call) (answer, error) {
				return answer{printed: true}, verb.RunShell(ctx, c.app, c.erlang, c.tool+" "+c.command, "")
			}},
	}
}

// observe prints the processes that use the most resources: repeatedly at a terminal, otherwise once.
func (c *call) observe(ctx context.Context, every time.Duration) error {
	const most = 20
	for {
		all, _, err := inside.Processes(ctx, c.erlang, "memory", most, time.Second)
		if err != nil {
			return err
		}
		if c.app.IO.OutTTY {
			fmt.Fprint(c.app.IO.Out, "\x1b[H\x1b[2J")
		}
		t := &table{names: []string{"name", "pid", "memory", "reductions/s", "messages waiting", "function"}}
		for _, p := range all {
			t.rows = append(t.rows, []erlang.Term{erlang.Binary(p.Name), erlang.Binary(p.PID), erlang.Int(p.Memory),
				erlang.Int(int64(math.Round(p.PerSecond))), erlang.Int(p.Queue), erlang.Binary(p.Function)})
		}
		if err := c.tabulate(t, c.option("formatter", "table")); err != nil || !c.app.IO.OutTTY {
			return err
		}
		if err := c.app.Sleep(ctx, every); err != nil {
			return fail.Ended(ctx)
		}
	}
}
