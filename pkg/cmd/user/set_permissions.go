package user

import (
	"github.com/rabbitctl/rabbitctl/pkg/change"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

func setPermissions() verb.Change {
	return verb.Of(change.SetPermissions, verb.About{
		Short: "Say what a user may do in a virtual host",
		Long: `Say what a user may do in the virtual host of -p ("/" without): CONFIGURE, WRITE and READ are regular expressions for the
names of queues and exchanges. They replace what the user had there. '.*' is everything, and '^$' nothing, not even the default
exchange, which permissions know as amq.default. What was there before is shown by --dry-run; --check only compares.

With --all-vhosts, or for those whose names --match chooses, it is about several virtual hosts. Where it replaces what the
user may do in one of them it then asks; without a terminal it needs --yes.`,
		Example: `  rabbitctl set_permissions app '^app-.*' '.*' '.*'
  rabbitctl set_permissions monitor '^$' '^$' '.*' -p prod
  rabbitctl set_permissions app '.*' '.*' '.*' -p prod --check
  rabbitctl set_permissions monitor '^$' '^$' '.*' --all-vhosts --dry-run
  rabbitctl set_permissions app '^app-.*' '.*' '.*' --match '^eu-' --yes`,
	})
}

func clearPermissions() verb.Change {
	return verb.Of(change.ClearPermissions, verb.About{
		Short: "Take a user's access to a virtual host away",
		Long: `Take a user's access to the virtual host of -p ("/" without) away. It shows what the user may do there and asks; without
a terminal it needs --yes. Connections that are open stay, but what they do from then on is refused. With --all-vhosts, or
for those whose names --match chooses, it is about several virtual hosts.`,
		Example: `  rabbitctl clear_permissions old-app -p prod
  rabbitctl clear_permissions old-app --if-exists --yes
  rabbitctl clear_permissions old-app --all-vhosts --dry-run`,
	})
}
