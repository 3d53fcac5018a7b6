package user

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/rabbitctl/rabbitctl/pkg/app"
	"github.com/rabbitctl/rabbitctl/pkg/change"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

// hashPassword is the command that makes the hash of a password. It has none of the command types of package verb,
// because it asks no broker.
type hashPassword struct{}

// Title is the name of the command, and the line that describes it.
func (hashPassword) Title() (name, short string) {
	return "hash_password", "Make the hash of a password, without a broker"
}

// Cobra makes the command.
func (h hashPassword) Cobra(a *app.App) *cobra.Command {
	var password verb.TypedPassword
	name, short := h.Title()
	cmd := &cobra.Command{
		Use:   name,
		Short: short,
		Long: `Make the hash of a password, as RabbitMQ keeps it by default (SHA-256, with a random salt): for definitions, and for
add_user --pre-hashed-password. No broker is asked.

--new-password-file, --new-password-command or --new-password-stdin says where the password comes from. If none of
them is given, the command asks for it at a terminal, twice; without a terminal one of them is needed. It is never
taken from the command line, where every user of this machine could read it.`,
		Example: `  rabbitctl hash_password
  pass show mq/app | rabbitctl hash_password --new-password-stdin`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return nil
			}
			return fail.Usagef("the password is not taken from the command line, where others could read it").
				Next("--new-password-file, --new-password-command and --new-password-stdin read it")
		},
		RunE: func(cmd *cobra.Command, _ []string) error {
			text, err := password.Read(cmd, a)
			if err != nil {
				return err
			}
			_, err = fmt.Fprintln(a.IO.Out, change.Hashed(text))
			return err
		},
	}
	password.Flags(cmd.Flags(), "new-password", "the password to hash", true)
	return cmd
}
