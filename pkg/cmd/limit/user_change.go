package limit

import (
	"github.com/rabbitctl/rabbitctl/pkg/change"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

func setUser() verb.Change {
	return verb.Of(change.SetUserLimits, verb.About{
		Short: "Limit how many connections and channels a user may have",
		Long: `Limit how many connections and channels a user may have: DEFINITION is a JSON object with max-connections, max-channels or
both. A limit that is not named stays. A negative number means no limit. With 0 the broker refuses every new
connection or channel. Connections and channels that are open stay open.`,
		Example: `  rabbitctl set_user_limits app '{"max-connections": 100}'
  rabbitctl set_user_limits app '{"max-connections": 100, "max-channels": 1000}' --check`,
	})
}

func clearUser() verb.Change {
	return verb.Of(change.ClearUserLimits, verb.About{
		Short: "Remove a limit of a user, or all of them",
		Long: `Remove a limit of a user: max-connections, max-channels, or all. It shows the user's limits and asks; without a terminal
it needs --yes.`,
		Example: `  rabbitctl clear_user_limits app all
  rabbitctl clear_user_limits app max-channels --if-exists --yes`,
	})
}
