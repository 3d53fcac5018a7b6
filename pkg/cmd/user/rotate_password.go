package user

import (
	"github.com/rabbitctl/rabbitctl/pkg/change"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

func rotatePassword() verb.Change {
	return verb.Of(change.RotatePassword, verb.About{
		Short: "Give a user another password, and show who still uses the old one",
		Long: `Give a user another password, check that the broker accepts a login with it, and list the connections
that were opened with the old one. These connections stay open, but their clients cannot log in again with the old
password. With --wait the command waits until none of them is left, at most for --timeout; if some are left then, the
exit code is 75, and the password is changed anyway. Clients that log in over HTTP are not seen, since they have no
connection.

At a terminal the command asks for the new password, twice. It does not ask if --new-password-file,
--new-password-command or --new-password-stdin says where the password comes from, or if --generate makes one and
prints it. Without a terminal one of these options is needed, except with --dry-run.`,
		Example: `  rabbitctl rotate_password app --generate
  rabbitctl rotate_password app --new-password-file new.txt --wait --timeout 10m
  rabbitctl rotate_password app --dry-run`,
	})
}
