package user

import (
	"github.com/rabbitctl/rabbitctl/pkg/change"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

func setPermissions() verb.Change {
	return verb.Of(change.SetPermissions, verb.About{
		Short: "Set a user's permissions in a virtual host",
		Long: `Set a user's permissions in the virtual host of -p (default /): CONFIGURE, WRITE and READ are regular
expressions for the names of queues and exchanges. They replace what the user had there. '.*' allows everything, and
'^$' nothing, not even the default exchange, whose name in permissions is amq.default. --dry-run shows the present
permissions; --check only compares.

--all-vhosts sets the permissions in all virtual hosts, and --match in those whose names match. With either flag the
command asks if it would replace permissions that the user has. In that case it needs --yes without a terminal.`,
		Example: `  rabbitctl set_permissions app '^app-.*' '.*' '.*'
  rabbitctl set_permissions monitor '^$' '^$' '.*' -p prod
  rabbitctl set_permissions app '.*' '.*' '.*' -p prod --check
  rabbitctl set_permissions monitor '^$' '^$' '.*' --all-vhosts --dry-run
  rabbitctl set_permissions app '^app-.*' '.*' '.*' --match '^eu-' --yes`,
	})
}

func clearPermissions() verb.Change {
	return verb.Of(change.ClearPermissions, verb.About{
		Short: "Remove a user's permissions in a virtual host",
		Long: `Remove a user's permissions in the virtual host of -p (default /). It shows what the user may do there and
asks; without a terminal it needs --yes. Open connections stay: their consumers still get messages, and a channel can
use permissions that the broker cached for it. close_all_user_connections ends the connections. With --all-vhosts it
removes the permissions in all virtual hosts, with --match in those whose names match.`,
		Example: `  rabbitctl clear_permissions old-app -p prod
  rabbitctl clear_permissions old-app --if-exists --yes
  rabbitctl clear_permissions old-app --all-vhosts --dry-run`,
	})
}
