package user

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/rabbitctl/rabbitctl/pkg/app"
	"github.com/rabbitctl/rabbitctl/pkg/change"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

// authenticate is the command that tries a password. It has none of the command types of package verb, because it
// changes nothing and lists nothing.
type authenticate struct{}

// Title is the name of the command, and the line that describes it.
func (authenticate) Title() (name, short string) {
	return "authenticate_user", "Check whether a password opens a user's account"
}

// Cobra makes the command.
func (h authenticate) Cobra(a *app.App) *cobra.Command {
	var password verb.TypedPassword
	title, short := h.Title()
	cmd := &cobra.Command{
		Use:   title + " USER",
		Short: short,
		Long: `Check whether a password opens a user's account, also for a user without a tag for the HTTP API. The broker
logs a wrong password, and counts it as a failed login. If the password opens the account, the command prints
"success", and the exit code is 0. If the broker refuses the login, the exit code is 77.

At a terminal the command asks for the password, unless --try-password-file, --try-password-command or
--try-password-stdin says where it comes from. Without a terminal, one of these flags is needed. The password is
never taken from the command line, where every user of this machine could read it.`,
		Example: `  rabbitctl authenticate_user app
  pass show mq/app | rabbitctl authenticate_user app --try-password-stdin`,
		RunE: func(cmd *cobra.Command, args []string) error {
			text, err := password.Read(cmd, a)
			if err != nil {
				return err
			}
			client, err := a.Broker()
			if err != nil {
				return err
			}
			ctx, cancel, err := a.Budget(cmd.Context())
			if err != nil {
				return err
			}
			defer cancel()
			opens, err := change.Opens(ctx, client, args[0], text)
			switch {
			case err != nil:
				return err
			case !opens:
				return fail.New(fail.Denied, "%s refuses user %s with this password", client.BaseURL(), args[0]).
					Next("is the user there? rabbitctl list_users")
			}
			_, err = fmt.Fprintln(a.IO.Out, "success")
			return err
		},
	}
	verb.Takes(cmd, a, name())
	password.Flags(cmd.Flags(), "try-password", "the password to try", false)
	return cmd
}
