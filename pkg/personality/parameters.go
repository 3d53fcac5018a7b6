package personality

import (
	"fmt"

	"github.com/rabbitctl/rabbitctl/pkg/change"
)

// parameterChanges returns the commands that change runtime parameters.
func parameterChanges() []command {
	return []command{
		ofOp(change.SetParameter, command{
			usage: "set_parameter [--vhost <vhost>] <component_name> <name> <value>",
			banner: func(c *call) string {
				return fmt.Sprintf("Setting runtime parameter \"%s\" for component \"%s\" to \"%s\" in vhost \"%s\" ...", c.args[1],
					c.args[0], c.args[2], c.vhost())
			},
		}, nil),
		ofOp(change.ClearParameter, command{
			usage: "clear_parameter [--vhost <vhost>] <component_name> <name>",
			banner: func(c *call) string {
				return fmt.Sprintf("Clearing runtime parameter \"%s\" for component \"%s\" on vhost \"%s\" ...", c.args[1],
					c.args[0], c.vhost())
			},
		}, policyCleared),
		ofOp(change.SetGlobalParameter, command{
			usage: "set_global_parameter <name> <value>",
			banner: func(c *call) string {
				return fmt.Sprintf("Setting global runtime parameter \"%s\" to \"%s\" ...", c.args[0], c.args[1])
			},
		}, nil),
		ofOp(change.ClearGlobalParameter, command{
			usage:  "clear_global_parameter <name>",
			banner: func(c *call) string { return "Clearing global runtime parameter \"" + c.args[0] + "\" ..." },
		}, policyCleared),
	}
}
