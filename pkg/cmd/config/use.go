package contexts

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/rabbitctl/rabbitctl/pkg/app"
	"github.com/rabbitctl/rabbitctl/pkg/config"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

func use(a *app.App) *cobra.Command {
	var none bool
	cmd := &cobra.Command{
		Use:   "use NAME",
		Short: "Make a context the default",
		Long: `Make a context the default, which is used when neither --context nor RABBITCTL_CONTEXT names another. With
--none, the configuration file has no default afterwards; the section [default] of ~/.rabbitmqadmin.conf is then the
default, if there is one. The result is printed: changed or unchanged.`,
		Example: `  rabbitctl config use prod
  rabbitctl config use --none`,
		Args: func(cmd *cobra.Command, args []string) error {
			if !none {
				return verb.Exactly(nameArg())(cmd, args)
			}
			if len(args) > 0 {
				return fail.Usagef("--none and NAME exclude each other")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			name := ""
			if !none {
				name = args[0]
			}
			if name == "" && !none {
				return fail.Usagef("NAME is empty").Next("--none unsets the default")
			}
			d, err := open(cmd, a)
			if err != nil {
				return err
			}
			ctx, cancel := d.within(cmd.Context())
			defer cancel()
			result, err := config.UseContext(ctx, d.base.File, name, a.Getenv)
			if err != nil {
				return err
			}
			if err := d.outcome(string(result), field("context", name), field("file", d.base.File)); err != nil {
				return err
			}
			if none && d.adminDefault() {
				d.note("note", "the section default of ~/.rabbitmqadmin.conf is the default now")
			}
			if other := a.Getenv("RABBITCTL_CONTEXT"); other != "" && other != name {
				d.note("note", fmt.Sprintf("RABBITCTL_CONTEXT is set and stronger than the default: context %s is used", other))
			}
			return nil
		},
		ValidArgsFunction: oneName(Complete(a)),
	}
	cmd.Flags().BoolVar(&none, "none", false, "have no default context")
	return cmd
}
