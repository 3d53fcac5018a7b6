package cli

import (
	"fmt"

	"github.com/spf13/cobra"
)

func newURL(e *env) *cobra.Command {
	var (
		index                    int
		amqp, prometheus, stream bool
	)
	cmd := &cobra.Command{
		Use:   "url [NAME[/N]]",
		Short: "Print a node's address",
		Long: `Prints the address of a node's management API with the default user's credentials, or of another listener.
Without a name it takes the only broker, or the broker with the default name of the installed release.`,
		Example: `  export RABBITCTL_URL=$(devbroker url)
  devbroker url rabbit-4.3-x3/2 --amqp`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			var t target
			if len(args) > 0 {
				var err error
				if t, err = parseTarget(args[0]); err != nil {
					return err
				}
			}
			if index != 0 {
				t.index = index
			}
			b, err := e.broker(t.name)
			if err != nil {
				return err
			}
			n, err := t.first(b)
			if err != nil {
				return err
			}
			url := n.URL()
			switch {
			case amqp:
				url = n.AMQPURL()
			case prometheus:
				url = n.PrometheusURL()
			case stream:
				url = n.StreamURL()
			}
			_, err = fmt.Fprintln(e.out, url)
			return err
		},
	}
	cmd.Flags().IntVar(&index, "node", 0, "the node's number, from 1 (default 1)")
	cmd.Flags().BoolVar(&amqp, "amqp", false, "the AMQP address")
	cmd.Flags().BoolVar(&prometheus, "prometheus", false, "the address of the metrics")
	cmd.Flags().BoolVar(&stream, "stream", false, "the address of the stream protocol")
	cmd.MarkFlagsMutuallyExclusive("amqp", "prometheus", "stream")
	return cmd
}
