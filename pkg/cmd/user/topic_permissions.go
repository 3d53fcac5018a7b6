package user

import (
	"github.com/rabbitctl/rabbitctl/pkg/change"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

func setTopicPermissions() verb.Change {
	return verb.Of(change.SetTopicPermissions, verb.About{
		Short: "Set a user's topic permissions for an exchange",
		Long: `Set which routing keys a user may use with a topic exchange of the virtual host of -p (default /): WRITE is a
regular expression for the routing keys with which the user publishes, READ for those with which the user binds. They
replace what the user had for that exchange. Where the user has no topic permission for an exchange, all routing keys
are allowed, and set_permissions alone decides.`,
		Example: `  rabbitctl set_topic_permissions app events '^app\.' '.*'
  rabbitctl set_topic_permissions app amq.topic '^app\.' '^app\.' -p prod --check`,
	})
}

func clearTopicPermissions() verb.Change {
	return verb.Of(change.ClearTopicPermissions, verb.About{
		Short: "Remove a user's topic permissions",
		Long: `Remove a user's topic permissions in the virtual host of -p (default /): for one exchange, or without
EXCHANGE for all exchanges. The user may then use all routing keys with these exchanges: only the permissions of
set_permissions decide. It shows the topic permissions and asks; without a terminal it needs --yes.`,
		Example: `  rabbitctl clear_topic_permissions app events
  rabbitctl clear_topic_permissions app -p prod --if-exists --yes`,
	})
}
