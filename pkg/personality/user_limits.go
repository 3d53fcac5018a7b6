package personality

import (
	"context"
	"errors"
	"fmt"

	"github.com/rabbitctl/rabbitctl/pkg/change"
	"github.com/rabbitctl/rabbitctl/pkg/erlang"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
)

// userLimitChanges returns the commands that limit how many connections and channels a user may have.
func userLimitChanges() []command {
	return []command{
		ofOp(change.SetUserLimits, command{
			usage: "set_user_limits <username> <definition>",
			banner: func(c *call) string {
				return fmt.Sprintf("Setting user limits to \"%s\" for user \"%s\" ...", c.args[1], c.args[0])
			},
		}, userLimited),
		ofOp(change.ClearUserLimits, command{
			usage: "clear_user_limits <username> <limit_type> | all",
			banner: func(c *call) string {
				if c.args[1] == "all" {
					return "Clearing all limits for user \"" + c.args[0] + "\" ..."
				}
				return "Clearing \"" + c.args[1] + "\" limit for user \"" + c.args[0] + "\" ..."
			},
		}, userLimited),
	}
}

// userLimited reports an unknown limit and a missing user in the words of the official tool.
func userLimited(_ context.Context, _ *call, _ change.Outcome, err error) (answer, error) {
	var bad *change.BadLimit
	m := change.MissingOf(err)
	switch {
	case errors.As(err, &bad) && !bad.Known:
		return answer{}, no(fail.Unavailable, "Unrecognised terms [{<<%s>>,%v}] in user-limits",
			erlang.JSON(erlang.Binary(bad.Name)), bad.Value)
	case bad != nil:
		return answer{}, no(fail.Unavailable, "%s should be a number, actually was <<%v>>", bad.Name,
			erlang.JSON(erlang.Binary(fmt.Sprint(bad.Value))))
	case m != nil:
		return answer{}, missingUser(m.Name)
	}
	return answer{}, err
}
