package cli

import (
	"github.com/spf13/cobra"

	"github.com/rabbitctl/rabbitctl/cmd/devbroker/internal/process"
)

// newLaunch is the command that devbroker runs to start a process that outlives it; see process.Launch.
func newLaunch() *cobra.Command {
	return &cobra.Command{
		Use:    "launch SPEC",
		Short:  "Become the program of a launch file (internal)",
		Long:   "Records its process and replaces itself with the program that the launch file names. Only devbroker runs this.",
		Hidden: true,
		Args:   cobra.ExactArgs(1),
		RunE:   func(_ *cobra.Command, args []string) error { return process.Become(args[0]) },
	}
}
