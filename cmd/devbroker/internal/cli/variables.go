package cli

import (
	"fmt"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/rabbitctl/rabbitctl/cmd/devbroker/internal/certificate"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
)

func newEnv(e *env) *cobra.Command {
	return &cobra.Command{
		Use:   "env [NAME[/N]]",
		Short: "Print the variables by which rabbitctl reaches a node",
		Long: `Prints the variables by which rabbitctl reaches a node over HTTP and over Erlang distribution, one on each line: the
address with the default user's credentials, the node's name, the port of its epmd and the file of its Erlang cookie, and the
files for TLS of a broker with --tls-distribution.
Without a name it takes the only broker, or the broker with the default name of the installed release.`,
		Example: `  export $(devbroker env)
  env $(devbroker env rabbit-4.3-x3/2) rabbitctl set_disk_free_limit 1GB`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			var t target
			if len(args) > 0 {
				var err error
				if t, err = parseTarget(args[0]); err != nil {
					return err
				}
			}
			b, err := e.broker(t.name)
			if err != nil {
				return err
			}
			n, err := t.first(b)
			if err != nil {
				return err
			}
			if b.EpmdPort == 0 {
				return fail.New(fail.Unavailable, "%s has no epmd of its own that can be reached from here", b.Name)
			}
			lines := []string{"RABBITCTL_URL=" + n.URL(), "RABBITCTL_NODE=" + n.Node,
				fmt.Sprintf("RABBITCTL_EPMD_PORT=%d", b.EpmdPort),
				"RABBITCTL_ERLANG_COOKIE_FILE=" + filepath.Join(b.Home(), ".erlang.cookie")}
			if b.TLSDistribution {
				files := certificate.In(b.DistributionDir())
				lines = append(lines, "RABBITCTL_TLS_DISTRIBUTION=true", "RABBITCTL_CACERT="+files.Authorities,
					"RABBITCTL_CERT="+files.Certificate, "RABBITCTL_KEY="+files.Key)
			}
			_, err = fmt.Fprintln(e.out, strings.Join(lines, "\n"))
			return err
		},
	}
}
