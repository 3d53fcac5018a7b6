package personality

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/rabbitctl/rabbitctl/pkg/change"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
)

// policyChanges are the commands that change policies and runtime parameters.
func policyChanges() []command {
	setting := func(what string) func(*call) string {
		return func(c *call) string {
			return fmt.Sprintf("Setting %s \"%s\" for pattern \"%s\" to \"%s\" with priority \"%s\" for vhost \"%s\" ...",
				what, c.args[0], c.args[1], c.args[2], c.option("priority", "0"), c.vhost())
		}
	}
	clearing := func(what string) func(*call) string {
		return func(c *call) string {
			return "Clearing " + what + " \"" + c.args[0] + "\" on vhost \"" + c.vhost() + "\" ..."
		}
	}
	return []command{
		ofOp(change.SetPolicy, command{
			banner: setting("policy"),
			usage:  "set_policy [--vhost <vhost>] [--priority <priority>] [--apply-to <apply-to>] <name> <pattern> <definition>",
		}, nil),
		ofOp(change.SetOperatorPolicy, command{
			banner: setting("operator policy override"),
			usage:  "set_operator_policy [--vhost <vhost>] [--priority <priority>] [--apply-to <apply-to>] <name> <pattern> <definition>",
		}, nil),
		ofOp(change.ClearPolicy, command{
			usage: "clear_policy [--vhost <vhost>] <name>", banner: clearing("policy"),
		}, policyCleared),
		ofOp(change.ClearOperatorPolicy, command{
			usage: "clear_operator_policy [--vhost <vhost>] <name>", banner: clearing("operator policy"),
		}, policyCleared),
		{
			name: "set_parameter", usage: "set_parameter [--vhost <vhost>] <component_name> <name> <value>", min: 3, max: 3,
			run: setParameter,
			banner: func(c *call) string {
				return fmt.Sprintf("Setting runtime parameter \"%s\" for component \"%s\" to \"%s\" in vhost \"%s\" ...", c.args[1],
					c.args[0], c.args[2], c.vhost())
			},
		},
		{
			name: "clear_parameter", usage: "clear_parameter [--vhost <vhost>] <component_name> <name>", min: 2, max: 2,
			run: clearParameter,
			banner: func(c *call) string {
				return fmt.Sprintf("Clearing runtime parameter \"%s\" for component \"%s\" on vhost \"%s\" ...", c.args[1],
					c.args[0], c.vhost())
			},
		},
		{
			name: "set_global_parameter", usage: "set_global_parameter <name> <value>", min: 2, max: 2, run: setGlobalParameter,
			banner: func(c *call) string {
				return fmt.Sprintf("Setting global runtime parameter \"%s\" to \"%s\" ...", c.args[0], c.args[1])
			},
		},
		{
			name: "clear_global_parameter", usage: "clear_global_parameter <name>", min: 1, max: 1, run: clearGlobalParameter,
			banner: func(c *call) string { return "Clearing global runtime parameter \"" + c.args[0] + "\" ..." },
		},
	}
}

func policyCleared(_ context.Context, _ *call, _ change.Outcome, err error) (answer, error) {
	if change.MissingOf(err) != nil {
		err = no(fail.Unavailable, "Parameter does not exist")
	}
	return answer{}, err
}

func setParameter(ctx context.Context, c *call) (answer, error) {
	if c.args[0] == "policy" {
		return answer{}, no(fail.Unavailable, "policies may not be set using this method")
	}
	var value json.RawMessage
	if f := c.parsed(c.args[2], &value); f != nil {
		return answer{}, f
	}
	if err := addressable(c.vhost(), c.args[0], c.args[1]); err != nil {
		return answer{}, err
	}
	return answer{}, c.inVHost(ctx, c.client.SetParameter(ctx, c.args[0], c.vhost(), c.args[1], value))
}

func clearParameter(ctx context.Context, c *call) (answer, error) {
	if c.args[0] == "policy" {
		return answer{}, no(fail.Unavailable, "policies may not be cleared using this method")
	}
	if err := addressable(c.vhost(), c.args[0], c.args[1]); err != nil {
		return answer{}, err
	}
	return answer{}, missingParameter(c.client.ClearParameter(ctx, c.args[0], c.vhost(), c.args[1]))
}

func setGlobalParameter(ctx context.Context, c *call) (answer, error) {
	var value json.RawMessage
	if f := c.parsed(c.args[1], &value); f != nil {
		return answer{}, f
	}
	if err := addressable(c.args[0]); err != nil {
		return answer{}, err
	}
	return answer{}, c.client.SetGlobalParameter(ctx, c.args[0], value)
}

func clearGlobalParameter(ctx context.Context, c *call) (answer, error) {
	if err := addressable(c.args[0]); err != nil {
		return answer{}, err
	}
	return answer{}, missingParameter(c.client.ClearGlobalParameter(ctx, c.args[0]))
}

// parsed reads a JSON document of the command line.
func (c *call) parsed(text string, into any) *fault {
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	if err := d.Decode(into); err != nil || d.More() {
		return no(fail.Unavailable, "Could not parse JSON document: %s", text)
	}
	return nil
}
