package cli

import (
	"os"

	"github.com/spf13/cobra"

	"github.com/rabbitctl/rabbitctl/cmd/devbroker/internal/demo"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
)

func newDemo(e *env) *cobra.Command {
	d := demo.Demo{}
	cmd := &cobra.Command{
		Use:   "demo",
		Short: "Show what rabbitctl is for, on a real broker",
		Long: `Starts a broker called demo and runs rabbitctl against it: a queue declared twice, messages counted at
once, and a disk alarm explained and ended. It exits 0 only if every command gave the expected result. The broker keeps
running.`,
		Example: `  devbroker demo --rabbitctl bin/rabbitctl
  devbroker demo --release 4.3 --rabbitctl bin/rabbitctl`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			self, err := os.Executable()
			if err != nil {
				return fail.New(fail.Unavailable, "cannot find the devbroker program: %w", err)
			}
			d.Devbroker, d.Out, d.Err = self, e.out, e.err
			return d.Run(cmd.Context())
		},
	}
	cmd.Flags().StringVar(&d.Rabbitctl, "rabbitctl", "rabbitctl", "the rabbitctl to show")
	cmd.Flags().StringVar(&d.Release, "release", "", "the broker's release: 3.10, 4.0 or 4.3 (default: the installed one)")
	return cmd
}
