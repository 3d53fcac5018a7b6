package user

import (
	"github.com/rabbitctl/rabbitctl/pkg/change"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

func rotatePassword() verb.Change {
	return verb.Of(change.RotatePassword, verb.About{
		Short: "Give a user another password, and show who still uses the old one",
		Long: `Give a user another password, check that the broker accepts a login with it, and list the connections that
the user opened before the change. These connections stay open, but a client that logs in with a password needs the
new one to connect again. The list also has connections that were opened without a password, by a certificate for
example. With --wait the command waits until none of the listed connections is left, at most for --timeout (default
60s). If some are left then, the exit code is 75, and the password is changed anyway. Clients that log in over HTTP
are not seen, since they have no connection.

At a terminal the command asks for the new password, twice. It does not ask with --dry-run. It does not ask either if
--new-password-file, --new-password-command or --new-password-stdin says where the password comes from, or if
--generate makes one and prints it. Without a terminal one of these options is needed, except with --dry-run.`,
		Example: `  rabbitctl rotate_password app --generate
  rabbitctl rotate_password app --new-password-file new.txt --wait --timeout 10m
  rabbitctl rotate_password app --dry-run`,
	})
}
