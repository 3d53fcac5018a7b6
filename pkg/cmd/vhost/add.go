package vhost

import (
	"github.com/rabbitctl/rabbitctl/pkg/change"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

func add() verb.Change {
	return verb.Of(change.AddVHost, verb.About{
		Short: "Add a virtual host; if it exists, say whether it is as wanted",
		Long: `Add a virtual host, and report the outcome:

  created    the virtual host did not exist
  unchanged  the virtual host exists with the given settings
  differs    the virtual host exists with other settings (exit 4); nothing is changed

Only the given settings are compared. The outcome is "differs", too, if the virtual host was added and the
broker stored other settings than the given ones. The user that the command logs in as gets all permissions in a
virtual host that the command adds; rabbitctl set_permissions gives permissions to other users.`,
		Example: `  rabbitctl add_vhost prod
  rabbitctl add_vhost prod --description 'orders and stock' --tags production,eu --default-queue-type quorum
  rabbitctl add_vhost prod --default-queue-type quorum --check`,
	})
}
