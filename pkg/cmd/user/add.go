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
  unchanged  the user exists with exactly the tags of --tags (without --tags: no tags), and the password is right
  differs    the user exists with other tags or another password (exit 4); nothing is changed

At a terminal the command asks for the password, twice, unless --new-password-file, --new-password-command or
--new-password-stdin says where it comes from, or --generate makes one. Without a terminal, one of these flags is
needed. The password is never taken from the command line, where every user of this machine could read it. For an
existing user --generate prints no password. The outcome is then "differs", except with --check and --dry-run.

With --check and with --dry-run the command asks for no password, and needs none of these flags. --check
compares the password only if a flag other than --generate says where it comes from. --dry-run never compares
it. If the password is not compared, only the tags decide.

A new user has no permissions: rabbitctl set_permissions gives it some.`,
		Example: `  rabbitctl add_user app
  rabbitctl add_user app --generate -o json
  rabbitctl add_user monitor --tags monitoring --new-password-file /run/secrets/monitor
  pass show mq/app | rabbitctl add_user app --new-password-stdin`,
	})
}
