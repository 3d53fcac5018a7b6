package user

import (
	"github.com/rabbitctl/rabbitctl/pkg/change"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

func clearPassword() verb.Change {
	return verb.Of(change.ClearPassword, verb.About{
		Short: "Remove a user's password",
		Long: `Remove a user's password, so that no password opens the account. Tags and permissions stay, and so do logins
that need no password, by a certificate for example. It asks first; without a terminal it needs --yes.`,
		Example: `  rabbitctl clear_password app
  rabbitctl clear_password app --yes`,
	})
}
