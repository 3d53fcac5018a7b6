package personality

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
)

// policyChanges are the commands that change policies and runtime parameters.
func policyChanges() []command {
	options := switches{"priority": integer, "apply-to": text}
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
		{
			name: "set_policy", min: 3, max: 3, switches: options, banner: setting("policy"), run: setPolicy(false),
			usage: "set_policy [--vhost <vhost>] [--priority <priority>] [--apply-to <apply-to>] <name> <pattern> <definition>",
		},
		{
			name: "set_operator_policy", min: 3, max: 3, switches: options, banner: setting("operator policy override"),
			run:   setPolicy(true),
			usage: "set_operator_policy [--vhost <vhost>] [--priority <priority>] [--apply-to <apply-to>] <name> <pattern> <definition>",
		},
		{name: "clear_policy", usage: "clear_policy [--vhost <vhost>] <name>", min: 1, max: 1, banner: clearing("policy"),
			run: clearPolicy(false)},
		{
			name: "clear_operator_policy", usage: "clear_operator_policy [--vhost <vhost>] <name>", min: 1, max: 1,
			banner: clearing("operator policy"), run: clearPolicy(true),
		},
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

func setPolicy(operator bool) func(context.Context, *call) (answer, error) {
	return func(ctx context.Context, c *call) (answer, error) {
		var definition json.RawMessage
		if f := c.parsed(c.args[2], &definition); f != nil {
			return answer{}, f
		}
		if err := addressable(c.vhost(), c.args[0]); err != nil {
			return answer{}, err
		}
		priority, err := strconv.Atoi(c.option("priority", "0"))
		if err != nil {
			return answer{}, no(fail.Unavailable, "a priority of %s is out of range", c.option("priority", "0"))
		}
		return answer{}, c.inVHost(ctx, c.client.SetPolicy(ctx, operator, c.vhost(), c.args[0], broker.PolicySettings{
			Pattern: c.args[1], Definition: definition, Priority: priority, ApplyTo: c.option("apply-to", "all"),
		}))
	}
}

func clearPolicy(operator bool) func(context.Context, *call) (answer, error) {
	return func(ctx context.Context, c *call) (answer, error) {
		if err := addressable(c.vhost(), c.args[0]); err != nil {
			return answer{}, err
		}
		return answer{}, missingParameter(c.client.ClearPolicy(ctx, operator, c.vhost(), c.args[0]))
	}
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
