package verb

import (
	"github.com/spf13/cobra"

	"github.com/rabbitctl/rabbitctl/pkg/app"
	"github.com/rabbitctl/rabbitctl/pkg/config"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
)

// fixable adds --fix and the flags of a change. With --fix the command makes the change instead of the check.
func (c Check) fixable(cmd *cobra.Command, a *app.App) {
	fix := *c.Fix
	fix.Name, fix.distant = c.Name, true
	var wanted bool
	var f changeFlags
	cmd.Flags().BoolVar(&wanted, "fix", false, c.FixHelp)
	fix.changeFlags(cmd, &f)
	for _, name := range []string{"dry-run", "journal", "yes"} {
		flag := cmd.Flags().Lookup(name)
		flag.Usage = "with --fix: " + flag.Usage
	}
	config.BindReachFlags(cmd.Flags())
	look := cmd.RunE
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		only, without := []string{"dry-run", "journal", "yes"}, "--%s is for --fix only"
		if wanted {
			only, without = []string{"output", "contexts"}, "--%s and --fix exclude each other"
		}
		for _, name := range only {
			if cmd.Flags().Changed(name) {
				return fail.Usagef(without, name)
			}
		}
		if wanted {
			return fix.run(cmd, a, args, f)
		}
		return look(cmd, args)
	}
}
