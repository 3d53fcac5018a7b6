package contexts

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/rabbitctl/rabbitctl/pkg/app"
	"github.com/rabbitctl/rabbitctl/pkg/config"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

func path(a *app.App) *cobra.Command {
	return &cobra.Command{
		Use:   "path",
		Short: "Print where the configuration file is",
		Long: `Print the path of the configuration file, whether it exists or not: that of --config, else that of
RABBITCTL_CONFIG, else rabbitctl/config.toml in $XDG_CONFIG_HOME, else in ~/.config (on Windows in %AppData%).`,
		Example: `  rabbitctl config path
  "$EDITOR" "$(rabbitctl config path)"`,
		Args: verb.Exactly(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			base, err := config.ReadBase(input(cmd, a))
			if err != nil {
				return err
			}
			if base.File == "" {
				return fail.New(fail.Config, "there is no home folder for the configuration file").
					Next("set HOME, or name a file with --config")
			}
			_, err = fmt.Fprintln(a.IO.Out, base.File)
			return err
		},
		ValidArgsFunction: cobra.NoFileCompletions,
	}
}
