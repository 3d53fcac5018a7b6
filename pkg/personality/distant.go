package personality

import (
	"context"
	"errors"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/rabbitctl/rabbitctl/pkg/change"
	"github.com/rabbitctl/rabbitctl/pkg/erlang"
	"github.com/rabbitctl/rabbitctl/pkg/erldist"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/inside"
)

// distantChanges returns the commands for changes that the HTTP API does not offer, and that a node makes over Erlang
// distribution.
func distantChanges() []command {
	return distant(
		ofOp(change.SetDiskFreeLimit, command{
			usage: "set_disk_free_limit <disk_limit> | mem_relative <fraction>", valid: validDiskLimit, ready: needsApp,
			banner: func(c *call) string {
				if c.args[0] == "mem_relative" {
					return "Setting disk free limit on " + c.node + " to " + c.args[1] + " times the total RAM ..."
				}
				return "Setting disk free limit on " + c.node + " to " + c.args[0] + " bytes ..."
			}}, asNode),
		ofOp(change.ActivateDiskMonitoring, command{ready: needsApp,
			banner: say("[Re-]activating free disk space monitoring on node %s...")}, asNode),
		ofOp(change.DeactivateDiskMonitoring, command{ready: needsApp,
			banner: say("Deactivating free disk space monitoring on node %s...")}, asNode),
		ofOp(change.SetMemoryHighWatermark, command{
			usage: "set_vm_memory_high_watermark <fraction> | absolute <value>", valid: validMemoryLimit, ready: needsApp,
			banner: func(c *call) string {
				if c.args[0] == "absolute" {
					return "Setting memory threshold on " + c.node + " to " + c.args[1] + " bytes ..."
				}
				return "Setting memory threshold on " + c.node + " to " + c.args[0] + " ..."
			}}, asNode),
		ofOp(change.SetLogLevel, command{usage: "set_log_level <log_level>", valid: validLogLevel, ready: needsApp,
			banner: func(c *call) string { return `Setting log level to "` + c.args[0] + `" ...` }}, asNode),
		ofOp(change.ForceGC, command{
			banner: say("Will ask all processes on node %s to schedule a full sweep GC")}, asNode),
		ofOp(change.StopApp, command{usage: "stop_app", banner: say("Stopping rabbit application on node %s ...")}, asNode),
		// A start can take long: the time limit is a day.
		ofOp(change.StartApp, command{usage: "start_app", seconds: 24 * 3600, banner: say("Starting node %s ...")}, asNode),
		evaluation(),
		stopping(), shutting(),
		ofOp(change.Drain, command{usage: "drain", banner: say(
			"Will put node %s into maintenance mode. The node will no longer serve any client traffic!")}, asMaintenance),
		ofOp(change.Revive, command{usage: "revive", banner: say("Will put node %s back into regular operating mode. " +
			"The node will again serve client traffic and host primary queue replicas.")}, asMaintenance),
		ofOp(change.SuspendListeners, command{usage: "suspend_listeners", banner: say("Will suspend client connection " +
			"listeners on node %s. The node will no longer accept client connections!")}, asNode),
		ofOp(change.ResumeListeners, command{usage: "resume_listeners", banner: say(
			"Will resume client connection listeners on node %s. The node will now accept client connections")}, asNode),
		ofOp(change.ForceBoot, command{usage: "force_boot", ready: needsNoApp}, asForced),
		ofOp(change.Reset, command{usage: "reset", ready: needsNoApp, banner: say("Resetting node %s ...")}, asNode),
		ofOp(change.DecommissionMQTTNode, command{usage: "decommission_mqtt_node <node>", banner: func(c *call) string {
			return "Removing node " + c.args[0] + " from the list of MQTT nodes..."
		}}, asNode),
		ofOp(change.ForceReset, command{usage: "force_reset", ready: needsNoApp,
			banner: say("Forcefully resetting node %s ...")}, asNode),
	)
}

// evaluation returns the command eval. Its expression is an argument, or is read from stdin.
func evaluation() command {
	d := ofOp(change.Eval, command{usage: "eval <expression>", valid: validExpression}, nil)
	d.min, d.run = 0, evaluate
	return d
}

// distant marks commands as run over Erlang distribution.
func distant(all ...command) []command {
	for i := range all {
		all[i].distant = true
	}
	return all
}

// reached connects to the node that -n or the settings name. If they name no node, it connects to the node whose HTTP
// API answers.
func (r *run) reached(ctx context.Context, c *call) error {
	name, _ := r.line.given("node")
	node, err := r.app.Node(name)
	if err != nil {
		return err
	}
	c.erlang = node
	c.node, err = node.Node(ctx)
	return err
}

// needsApp returns an error if RabbitMQ does not run on the node, even though the Erlang node runs.
func needsApp(ctx context.Context, c *call) error {
	up, err := c.erlang.Ask(ctx, erldist.Call{Module: "rabbit", Function: "is_running"})
	if err == nil && up != erlang.Atom("true") {
		return c.misused("Error: this command requires the 'rabbit' app to be running on the target node. Start it with " +
			"'rabbitmqctl start_app'.")
	}
	return err
}

// asNode gives the result of a request to a node. If the node succeeded, nothing is printed. If the node failed or
// refused, the error has the reason in the form of reasonOf. Other errors stay unchanged.
func asNode(_ context.Context, _ *call, _ change.Outcome, err error) (answer, error) {
	var failed *erldist.Failed
	var refused *inside.Refused
	switch {
	case errors.As(err, &failed):
		return answer{}, no(fail.Unavailable, "%s", reasonOf(failed.Reason))
	case errors.As(err, &refused):
		return answer{}, no(fail.Unavailable, "%s", reasonOf(refused.Reason))
	}
	return answer{}, err
}

// reasonOf returns the reason of a failed function as text. An atom or a string (a list of characters) is returned as
// it is, any other term as Elixir shows it.
func reasonOf(reason erlang.Term) string {
	if t, ok := reason.(erlang.Tuple); ok && len(t) == 2 && t[0] == erlang.Atom("EXIT") {
		reason = t[1]
	}
	switch word := reason.(type) {
	case erlang.Atom:
		return string(word)
	case erlang.String:
		return string(word)
	}
	return erlang.Elixir(reason)
}

// badArgument refuses an argument without saying what is wrong with it.
func (c *call) badArgument() *fault {
	f := c.invalid("Bad argument.")
	f.kind = fail.Data
	return f
}

func isSize(text string) bool {
	return regexp.MustCompile(`^[0-9]+(k|kiB|kB|M|MiB|MB|G|GiB|GB)?$`).MatchString(text)
}

func validDiskLimit(c *call) *fault {
	_, odd := strconv.ParseInt(c.args[0], 10, 64)
	switch {
	case c.args[0] == "mem_relative" && len(c.args) < 2:
		return c.invalid("not enough arguments.")
	case c.args[0] == "mem_relative":
		if f, err := strconv.ParseFloat(c.args[1], 64); err != nil || f < 0 {
			return c.badArgument()
		}
	case len(c.args) > 1:
		return c.invalid("too many arguments.")
	case odd != nil && !isSize(c.args[0]):
		return c.badArgument()
	}
	return nil
}

func validMemoryLimit(c *call) *fault {
	switch {
	case c.args[0] == "absolute" && len(c.args) < 2:
		return c.invalid("not enough arguments.")
	case c.args[0] == "absolute" && isSize(c.args[1]):
		return nil
	case c.args[0] == "absolute" && regexp.MustCompile(`^-?[0-9.]`).MatchString(c.args[1]):
		return c.bad("The threshold should be an integer.")
	case c.args[0] == "absolute":
		return c.badArgument()
	case len(c.args) > 1:
		return c.invalid("too many arguments.")
	}
	f, err := strconv.ParseFloat(c.args[0], 64)
	switch {
	case err != nil:
		return c.badArgument()
	case f < 0 || f > 1:
		return c.bad("The threshold should be a fraction between 0.0 and 1.0")
	}
	return nil
}

func validLogLevel(c *call) *fault {
	known := []string{"debug", "info", "warning", "error", "critical", "none"}
	if !slices.Contains(known, c.args[0]) {
		return no(fail.Unavailable, "level %s is not supported. Try one of %s", c.args[0], strings.Join(known, ", "))
	}
	return nil
}

// longestExpression is how many bytes of an expression are read from stdin at most.
const longestExpression = 1 << 20

func validExpression(c *call) *fault {
	if len(c.args) == 0 {
		typed, err := io.ReadAll(io.LimitReader(c.app.IO.In, longestExpression))
		if err != nil || strings.TrimSpace(string(typed)) == "" {
			return no(fail.Data, "Expression to evaluate is not provided via argument or stdin")
		}
		c.args = []string{string(typed)}
	}
	if strings.TrimSpace(c.args[0]) == "" {
		return c.invalid(`"Expression must not be blank"`)
	}
	return nil
}

// evaluate runs an expression on the node. What the expression prints goes to stdout at once; the answer is the value
// of the expression.
func evaluate(ctx context.Context, c *call) (answer, error) {
	e := &change.Evaluation{Expression: c.args[0], Args: c.args[1:], Print: func(text string) {
		_, _ = io.WriteString(c.app.IO.Out, text)
	}}
	printed, value, err := e.Run(ctx, c.erlang)
	var unparsed *change.Unparsed
	var thrown *change.Thrown
	switch {
	case errors.As(err, &unparsed):
		return answer{}, c.invalid(strconv.Quote(unparsed.Why))
	case errors.As(err, &thrown):
		return answer{}, thrownBy(thrown.Value)
	case err != nil:
		return asNode(ctx, c, change.Outcome{}, err)
	}
	data := object("node", erlang.Atom(c.node), "result", erlang.Atom("ok"), "value", value)
	return answer{text: printed, data: data}, nil
}

// thrownBy returns the error for a value that the expression has thrown. {error,Text} has an error message and an exit
// code of its own.
func thrownBy(value erlang.Term) error {
	if t, ok := value.(erlang.Tuple); ok && len(t) == 2 && t[0] == erlang.Atom("error") {
		if text, ok := t[1].(erlang.String); ok {
			return no(fail.Data, "Evaluation failed: %s", string(text))
		}
		return no(fail.Unavailable, "%s", reasonOf(t[1]))
	}
	return no(fail.Unavailable, "%s", reasonOf(value))
}
