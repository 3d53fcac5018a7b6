package user

import (
	"github.com/rabbitctl/rabbitctl/pkg/change"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

func changePassword() verb.Change {
	return verb.Of(change.ChangePassword, verb.About{
		Short: "Give a user another password",
		Long: `Give a user another password, and check by a login that the broker accepts it. Tags, permissions and open
connections stay; a client that connects again needs the new password.

At a terminal the command asks for the password, twice, unless --new-password-file, --new-password-command or
--new-password-stdin says where it comes from, or --generate makes one and prints it. Without a terminal, one of
these flags is needed. The password is never taken from the command line, where every user of this machine could
read it.`,
		Example: `  rabbitctl change_password app
  rabbitctl change_password app --generate
  rabbitctl change_password app --new-password-command 'pass show mq/app'`,
	})
}
