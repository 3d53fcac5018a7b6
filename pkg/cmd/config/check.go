package contexts

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/rabbitctl/rabbitctl/pkg/app"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/record"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

func check(a *app.App) *cobra.Command {
	return &cobra.Command{
		Use:   "check [NAME]",
		Short: "Check that the broker of a context accepts its user",
		Long: `Log in to the management API of a context's broker. The output ok means: the address is right, and the
user and the password are accepted. With https it also means that the broker's certificate is trusted, unless insecure
is set. Without NAME, check the broker that this command line uses.`,
		Example: `  rabbitctl config check
  rabbitctl config check prod`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return nil
			}
			return verb.Exactly(nameArg())(cmd, args)
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 {
				if f := cmd.Flag("context"); f.Changed && f.Value.String() != args[0] {
					return fail.Usagef("--context %s and NAME %s are different contexts", f.Value, args[0])
				}
				if err := cmd.Flags().Set("context", args[0]); err != nil {
					return err
				}
				a.UseFlags(cmd.Context(), cmd.Flags(), true)
			}
			d, err := open(cmd, a)
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
			who, err := client.Whoami(ctx)
			if err != nil {
				return err
			}
			d.note("note", fmt.Sprintf("%s accepts user %s, with tags %s", client.BaseURL(), who.At("name").Text(),
				who.At("tags").Text()))
			return d.outcome("ok", field("url", client.BaseURL()),
				record.Field{Column: record.Column{Name: "username"}, Value: who.At("name")},
				record.Field{Column: record.Column{Name: "tags"}, Value: who.At("tags")})
		},
		ValidArgsFunction: oneName(Complete(a)),
	}
}
