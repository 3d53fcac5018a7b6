package personality

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/rabbitctl/rabbitctl/pkg/erlang"
	"github.com/rabbitctl/rabbitctl/pkg/inside"
)

// distantLogs returns the commands that show a node's log and its events.
func distantLogs() []command {
	const lines = 50
	return []command{
		{
			name: "log_tail", usage: "log_tail [--number|-N <number>] [--timeout <timeout>]",
			switches: switches{"number": integer}, letters: map[string]string{"N": "number"},
			banner: func(c *call) string {
				return fmt.Sprintf("Last %d log lines on node %s ...", c.number("number", lines), c.node)
			},
			run: func(ctx context.Context, c *call) (answer, error) {
				file, err := c.logFile(ctx)
				if err != nil {
					return c.told(ctx, answer{}, err)
				}
				all, err := inside.LogTail(ctx, c.erlang, file, c.number("number", lines))
				if err != nil {
					return c.told(ctx, answer{}, err)
				}
				if !c.machine() {
					return answer{printed: true}, c.print(strings.Join(all, "\n") + "\n")
				}
				if len(all) == 0 {
					return answer{printed: true}, c.print("[]\n")
				}
				for i, line := range all {
					all[i] = erlang.JSON(object("message", erlang.Binary(line)))
				}
				return answer{printed: true}, c.print("[\n" + strings.Join(all, "\n,") + "\n]\n")
			},
		},
		{
			name: "log_tail_stream", usage: "log_tail_stream [--duration|-d <seconds>] [--timeout <timeout>]",
			switches: switches{"duration": integer}, letters: map[string]string{"d": "duration"}, seconds: endless,
			banner: func(c *call) string {
				length := ""
				if n := c.number("duration", 0); n > 0 {
					length = fmt.Sprintf(" for %d seconds", n)
				}
				return "Streaming logs from node " + c.node + length + " ..."
			},
			run: func(ctx context.Context, c *call) (answer, error) {
				file, err := c.logFile(ctx)
				if err == nil {
					err = inside.LogStream(ctx, c.erlang, file, c.duration(), c.print)
				}
				return c.told(ctx, answer{printed: true}, err)
			},
		},
		{
			name: "consume_event_stream", usage: "consume_event_stream [--duration|-d <seconds>] [--pattern <pattern>]",
			switches: switches{"duration": integer, "pattern": text}, letters: map[string]string{"d": "duration"},
			seconds: endless,
			run: func(ctx context.Context, c *call) (answer, error) {
				err := inside.Events(ctx, c.erlang, c.duration(), c.option("pattern", ".*"), func(event erlang.Term) error {
					return c.print(erlang.JSON(event) + "\n")
				})
				if err == nil {
					err = c.print("\n") // the tools print an empty line at the end, too
				}
				return c.told(ctx, answer{printed: true}, err)
			},
		},
	}
}

// endless is the time limit, in seconds, of commands that run until the user interrupts them: one year.
const endless = 365 * 24 * 3600

// logFile returns the log file that the official tools read. If that is the log of upgrades, a note says so, because
// users usually want the node's own log.
func (c *call) logFile(ctx context.Context) (string, error) {
	file, err := inside.LogFile(ctx, c.erlang, true)
	if err == nil && strings.HasSuffix(file, "_upgrade.log") {
		fmt.Fprintln(c.app.IO.Err, "note: like "+c.tool+" of this release, this reads the log of upgrades; rabbitctl "+
			c.command+" reads the node's own log")
	}
	return file, err
}

func (c *call) duration() time.Duration { return time.Duration(c.number("duration", 0)) * time.Second }

// number returns the value of an option for a whole number. If the option is not given, it returns its second argument.
func (c *call) number(name string, otherwise int) int {
	typed, ok := c.line.given(name)
	n, err := strconv.Atoi(typed)
	if !ok || err != nil {
		return otherwise
	}
	return n
}
