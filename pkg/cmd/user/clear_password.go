package user

import (
	"github.com/rabbitctl/rabbitctl/pkg/change"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

func clearPassword() verb.Change {
	return verb.Of(change.ClearPassword, verb.About{
		Short: "Leave a user without a password",
		Long: `Leave a user without a password, so that none opens its account any more. Tags and permissions stay, and so do logins
that need no password, by a certificate for example. It asks first; without a terminal it needs --yes.`,
		Example: `  rabbitctl clear_password app
  rabbitctl clear_password app --yes`,
	})
}
