package cli

import (
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"

	"github.com/rabbitctl/rabbitctl/pkg/app"
)

// release is the version that is being worked towards; a build from a tagged module knows its own.
const release = "0.1.0-dev"

// Version is the program's version: the module's where it was installed as one, else release.
func Version() string {
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" && info.Main.Version != "(devel)" {
		return info.Main.Version
	}
	return release
}

func version(a *app.App) *cobra.Command {
	return &cobra.Command{
		Use:     "version",
		Short:   "Print the version of rabbitctl",
		Long:    "Print the version of rabbitctl. The broker's is in `rabbitctl status`.",
		Example: "  rabbitctl version",
		Args:    cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			_, err := fmt.Fprintf(a.IO.Out, "rabbitctl %s (%s, %s/%s)\n", a.Version, runtime.Version(), runtime.GOOS, runtime.GOARCH)
			return err
		},
	}
}
