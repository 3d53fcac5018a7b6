package personality

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/erlang"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
)

// userLimitChanges bound how many connections and channels a user may have.
func userLimitChanges() []command {
	return []command{
		{
			name: "set_user_limits", usage: "set_user_limits <username> <definition>", min: 2, max: 2, run: setUserLimits,
			banner: func(c *call) string {
				return fmt.Sprintf("Setting user limits to \"%s\" for user \"%s\" ...", c.args[1], c.args[0])
			},
		},
		{
			name: "clear_user_limits", usage: "clear_user_limits <username> <limit_type> | all", min: 2, max: 2,
			run: clearUserLimits,
			banner: func(c *call) string {
				if c.args[1] == "all" {
					return "Clearing all limits for user \"" + c.args[0] + "\" ..."
				}
				return "Clearing \"" + c.args[1] + "\" limit for user \"" + c.args[0] + "\" ..."
			},
		},
	}
}

func setUserLimits(ctx context.Context, c *call) (answer, error) {
	var limits map[string]any
	if f := c.parsed(c.args[1], &limits); f != nil {
		return answer{}, f
	}
	for name, value := range limits {
		_, number := value.(json.Number)
		switch {
		case name != "max-connections" && name != "max-channels":
			return answer{}, no(fail.Unavailable, "Unrecognised terms [{<<%s>>,%v}] in user-limits",
				erlang.JSON(erlang.Binary(name)), value)
		case !number:
			return answer{}, no(fail.Unavailable, "%s should be a number, actually was <<%v>>", name,
				erlang.JSON(erlang.Binary(fmt.Sprint(value))))
		}
	}
	if err := c.needUser(ctx); err != nil {
		return answer{}, err
	}
	for name, value := range limits {
		if err := c.client.SetUserLimit(ctx, c.args[0], name, value); err != nil {
			return answer{}, err
		}
	}
	return answer{}, nil
}

func clearUserLimits(ctx context.Context, c *call) (answer, error) {
	if err := c.needUser(ctx); err != nil {
		return answer{}, err
	}
	names := []string{c.args[1]}
	switch c.args[1] {
	case "all":
		names = []string{"max-connections", "max-channels"}
	case "max-connections", "max-channels":
	default:
		return answer{}, nil // the official tool takes any word
	}
	for _, name := range names {
		if err := c.client.ClearUserLimit(ctx, c.args[0], name); err != nil && !broker.IsNotFound(err) {
			return answer{}, err
		}
	}
	return answer{}, nil
}
