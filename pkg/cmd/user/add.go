package user

import (
	"github.com/rabbitctl/rabbitctl/pkg/change"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

func add() verb.Change {
	return verb.Of(change.AddUser, verb.About{
		Short: "Add a user; if it exists, say whether it is as wanted",
		Long: `Add a user, and report the outcome:

  created    the user did not exist
  unchanged  the user exists with these tags, and the password opens its account
  differs    the user exists with other tags or another password (exit 4); nothing is changed

The password is asked for at a terminal, twice. Elsewhere --new-password-file, --new-password-command or
--new-password-stdin says where it comes from, or --generate makes one. It is never taken from the command line, where
every user of this machine could read it. With --generate an existing user always differs, and no password is printed.
--check compares the password only if a flag says where it comes from.

A new user has no permissions: rabbitctl set_permissions gives it some.`,
		Example: `  rabbitctl add_user app
  rabbitctl add_user app --generate -o json
  rabbitctl add_user monitor --tags monitoring --new-password-file /run/secrets/monitor
  pass show mq/app | rabbitctl add_user app --new-password-stdin`,
	})
}
