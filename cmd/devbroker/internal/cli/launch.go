package cli

import (
	"github.com/spf13/cobra"

	"github.com/rabbitctl/rabbitctl/cmd/devbroker/internal/process"
)

// newLaunch is what devbroker runs itself as when it starts a process that outlives it; see process.Launch.
func newLaunch() *cobra.Command {
	return &cobra.Command{
		Use:    "launch SPEC",
		Short:  "Turn into the program of a launch file (internal)",
		Long:   "Records its own process and turns into the program that the launch file names. devbroker runs this itself.",
		Hidden: true,
		Args:   cobra.ExactArgs(1),
		RunE:   func(_ *cobra.Command, args []string) error { return process.Become(args[0]) },
	}
}
