package personality

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/rabbitctl/rabbitctl/pkg/change"
	"github.com/rabbitctl/rabbitctl/pkg/erlang"
	"github.com/rabbitctl/rabbitctl/pkg/inside"
	"github.com/rabbitctl/rabbitctl/pkg/render"
)

// queueReads returns the commands that report what only the node itself knows about queues.
func queueReads() []command { return []command{peek(), awaitMirrors()} }

// noteOf prints a note on stderr that the official tools do not print.
func (c *call) noteOf(text string) error {
	_, err := fmt.Fprintln(c.app.IO.Err, "note: "+render.Escape(text))
	return err
}

func peek() command {
	return command{
		name: "peek", usage: "peek [--vhost <vhost>] <queue> <position> [--timeout <timeout>]", min: 2, max: 2,
		ready: needsRelease,
		valid: func(c *call) *fault {
			if n, err := strconv.Atoi(c.args[1]); err != nil || n < 1 {
				return c.invalid(`"position value must be a positive integer"`)
			}
			return nil
		},
		banner: func(c *call) string {
			return "Peeking at quorum queue " + c.args[0] + " at position " + c.args[1] + " on node " + c.node + " ..."
		},
		run: func(ctx context.Context, c *call) (answer, error) {
			position, _ := strconv.Atoi(c.args[1])
			message, err := inside.Peek(ctx, c.erlang, c.vhost(), c.args[0], position)
			if r := inside.RefusedBy(err); r != nil {
				if r.Reason == erlang.Atom("not_found") {
					return answer{}, c.targetMissing()
				}
				return answer{}, c.refusedWith(r, map[string]string{
					"no_message_at_pos":           "Target queue does not have a message at that position",
					"classic_queue_not_supported": "Cannot peek into a classic queue"})
			}
			t := &table{names: []string{"keys", "values"}}
			var pairs []any
			for _, p := range inside.Terms(message) {
				t.rows = append(t.rows, []erlang.Term{erlang.Binary(p.Name), p.Value})
				pairs = append(pairs, p.Name, p.Value)
			}
			return c.told(ctx, answer{table: t, format: "pretty_table",
				data: object("message", object(pairs...), "result", erlang.Atom("ok"))}, err)
		},
	}
}

// awaitMirrors returns the command await_online_synchronized_mirror. Only 3.x has it, because only 3.x has mirrored
// queues.
func awaitMirrors() command {
	const most = 120
	return command{
		name: "await_online_synchronized_mirror", usage: "await_online_synchronized_mirror", seconds: most,
		ready: needsRelease, grace: awaitGrace,
		banner: func(c *call) string {
			return "Will wait for a synchronised mirror be online for all classic mirrored queues for " +
				strconv.FormatFloat(c.limit(most).Seconds(), 'f', 0, 64) + " seconds..."
		},
		run: func(ctx context.Context, c *call) (answer, error) {
			alone, ok, err := inside.AwaitMirrors(ctx, c.erlang, c.limit(most))
			if f := c.notInRelease(err); f != nil {
				return answer{}, f
			}
			const single = "Target node seems to be the only one in a single node cluster, the command does not apply"
			switch {
			case err == nil && alone:
				return answer{text: single, hush: whenQuiet}, nil
			case err == nil && !ok:
				return answer{}, c.timeIsUp("no synchronised mirror came online for at least some classic mirrored queues")
			}
			return c.told(ctx, answer{}, err)
		},
	}
}

// awaitGrace is how much longer than the time limit the command may take. The node checks once for each 200 ms of the
// time limit, and the checks themselves take time, too (3.10.8: 4.5 s for a limit of 4 s).
const awaitGrace = 30 * time.Second

// mirrorChanges returns the commands that synchronise mirrored queues. They exist on 3.x only.
func mirrorChanges() []command {
	banner := func(doing string) func(*call) string {
		return func(c *call) string { return doing + " queue '" + c.args[0] + "' in vhost '" + c.vhost() + "' ..." }
	}
	end := func(ctx context.Context, c *call, o change.Outcome, err error) (answer, error) {
		a, err := saying("", nil)(ctx, c, o, err)
		if err == nil {
			a.text = o.Facts.Fact("answer").Text()
		}
		return a, err
	}
	return []command{
		ofOp(change.SyncQueue, command{usage: "sync_queue [--vhost <vhost>] <queue>", ready: needsRelease,
			banner: banner("Synchronising")}, end),
		ofOp(change.CancelSyncQueue, command{usage: "cancel_sync_queue [--vhost <vhost>] <queue>", ready: needsRelease,
			banner: banner("Stopping synchronising")}, end),
	}
}
