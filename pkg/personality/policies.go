package personality

import (
	"context"
	"fmt"

	"github.com/rabbitctl/rabbitctl/pkg/change"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
)

// policyChanges returns the commands that change policies.
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
	}
}

func policyCleared(_ context.Context, _ *call, _ change.Outcome, err error) (answer, error) {
	if change.MissingOf(err) != nil {
		err = no(fail.Unavailable, "Parameter does not exist")
	}
	return answer{}, err
}
