package limit

import (
	"github.com/rabbitctl/rabbitctl/pkg/change"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

func setVHost() verb.Change {
	return verb.Of(change.SetVHostLimits, verb.About{
		Short: "Replace the limits of a virtual host",
		Long: `Replace the limits of the virtual host of -p (default /): DEFINITION is a JSON object with max-connections,
max-queues or both. A limit that is not named is removed, and a negative number means no limit. With 0 the broker
refuses every new connection or queue. Connections and queues that exist stay.`,
		Example: `  rabbitctl set_vhost_limits '{"max-connections": 1000}'
  rabbitctl set_vhost_limits '{"max-connections": 1000, "max-queues": 500}' -p prod --dry-run
  rabbitctl set_vhost_limits '{"max-queues": 500}' -p prod --check`,
	})
}

func clearVHost() verb.Change {
	return verb.Of(change.ClearVHostLimits, verb.About{
		Short: "Remove all limits of a virtual host",
		Long: `Remove all limits of the virtual host of -p (default /). It shows them and asks; without a terminal it needs
--yes.`,
		Example: `  rabbitctl clear_vhost_limits -p prod
  rabbitctl clear_vhost_limits -p prod --if-exists --yes`,
	})
}
