package personality

import (
	"context"
	"errors"
	"fmt"

	"github.com/rabbitctl/rabbitctl/pkg/change"
	"github.com/rabbitctl/rabbitctl/pkg/erlang"
	"github.com/rabbitctl/rabbitctl/pkg/erldist"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/inside"
	"github.com/rabbitctl/rabbitctl/pkg/render"
)

// needsNoApp returns an error if RabbitMQ runs on the node.
func needsNoApp(ctx context.Context, c *call) error {
	up, err := c.erlang.Ask(ctx, erldist.Call{Module: "rabbit", Function: "is_running"})
	if err == nil && up == erlang.Atom("true") {
		return c.misused("Error: this command requires the 'rabbit' app to be stopped on the target node. Stop it with " +
			"'rabbitmqctl stop_app'.")
	}
	return err
}

// stopping returns the command stop. The argument for the pid file is ignored, because that file is on the node's own
// machine.
func stopping() command {
	const banner = "Stopping and halting node %s ..."
	d := ofOp(change.Stop, command{usage: "stop [--idempotent] [<pidfile>]", banner: say(banner)}, asNode)
	d.max = 1
	d.unreached = func(c *call, err error) (answer, error) {
		if !c.line.on("idempotent") || fail.KindOf(err) != fail.Unreachable {
			return answer{}, err
		}
		c.node = c.run.node()
		text := "Node " + c.node + " is no longer running"
		if err := c.openBanner(d, c); err != nil {
			return answer{}, err
		}
		return answer{text: text}, nil
	}
	return d
}

// shutting returns the command shutdown. The official tool waits until a process on its own machine ends. This program
// waits until the node accepts no more connections.
func shutting() command {
	d := ofOp(change.Shutdown, command{usage: "shutdown [--wait] [--timeout <timeout>]"}, asNode)
	halt := d.run
	d.run = func(ctx context.Context, c *call) (answer, error) {
		if c.option("wait", "true") != "true" {
			return halt(ctx, c)
		}
		said, err := c.erlang.Ask(ctx, erldist.Call{Module: "os", Function: "getpid"})
		if err != nil {
			return answer{}, err
		}
		pid, _ := erldist.Characters(said, false)
		err = c.print(fmt.Sprintf("Shutting down RabbitMQ node %s running at PID %s\nWaiting for PID %s to terminate\n", c.node,
			pid, pid))
		if err != nil {
			return answer{}, err
		}
		if a, err := halt(ctx, c); err != nil {
			return a, err
		}
		return answer{text: fmt.Sprintf("RabbitMQ node %s running at PID %s successfully shut down", c.node, pid)}, nil
	}
	return d
}

// asMaintenance gives the result of drain and revive.
func asMaintenance(ctx context.Context, c *call, o change.Outcome, err error) (answer, error) {
	var none *change.Unmaintained
	if errors.As(err, &none) {
		return answer{}, no(fail.Usage, "Maintenance mode is not supported by node %s", c.node)
	}
	return asNode(ctx, c, o, err)
}

// asForced gives the result of force_boot. The official tool prints nothing, whatever the node answers. If the node
// refuses, this program says so on stderr.
func asForced(ctx context.Context, c *call, o change.Outcome, err error) (answer, error) {
	var refused *inside.Refused
	if errors.As(err, &refused) {
		fmt.Fprintln(c.app.IO.Err, "note: "+render.Escape(fail.InWords(err).Error()))
		return answer{}, nil
	}
	return asNode(ctx, c, o, err)
}
