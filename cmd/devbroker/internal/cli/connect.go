package cli

import (
	"time"

	"github.com/spf13/cobra"

	"github.com/rabbitctl/rabbitctl/cmd/devbroker/internal/traffic"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
)

func newConnect(e *env) *cobra.Command {
	var (
		where endpointFlags
		i     traffic.Idling
	)
	cmd := &cobra.Command{
		Use:   "connect",
		Short: "Hold idle connections open",
		Long: `Opens connections that send nothing, prints ready, and closes them after --for, or on SIGTERM or SIGINT.
If the broker closes a connection, connect prints closed: REASON and exits 69.`,
		Example: `  devbroker connect --for 30s --connection-name idle
  devbroker connect --connections 10 --channels 5 --for 1m`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			switch {
			case i.Connections < 1 || i.Connections > 10000:
				return fail.Usagef("--connections takes 1 to 10000, not %d", i.Connections)
			case i.Channels < 0 || i.Channels > 2047:
				return fail.Usagef("--channels takes 0 to 2047, not %d", i.Channels)
			case i.For <= 0:
				return fail.Usagef("--for must be above 0, not %s", i.For)
			}
			var err error
			if i.Endpoint, err = where.endpoint(e); err != nil {
				return err
			}
			return i.Run(cmd.Context(), traffic.NewLines(e.out))
		},
	}
	where.add(cmd)
	cmd.Flags().DurationVar(&i.For, "for", 30*time.Second, "how long to keep them open")
	cmd.Flags().IntVar(&i.Connections, "connections", 1, "how many connections")
	cmd.Flags().IntVar(&i.Channels, "channels", 0, "channels on each connection")
	cmd.Flags().StringVar(&i.Exclusive, "exclusive-queue", "",
		"declare an exclusive queue of this name on the first connection")
	return cmd
}

func newChurn(e *env) *cobra.Command {
	var (
		where endpointFlags
		c     traffic.Churning
	)
	cmd := &cobra.Command{
		Use:   "churn",
		Short: "Open and close connections",
		Long: `Opens a connection with a channel and closes it again, --rate times a second for --for. It prints
opened N. If some could not be opened, it also prints failed N and exits 69.`,
		Example: `  devbroker churn --rate 20 --for 10s`,
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			switch {
			case c.Rate <= 0 || c.For <= 0:
				return fail.Usagef("--rate and --for must be above 0")
			case c.Life < 0 || c.Rate*c.Life.Seconds() > 1000:
				return fail.Usagef("--life must not be below 0, or so long that more than 1000 connections are open at once")
			}
			var err error
			if c.Endpoint, err = where.endpoint(e); err != nil {
				return err
			}
			return c.Run(cmd.Context(), traffic.NewLines(e.out))
		},
	}
	where.add(cmd)
	cmd.Flags().Float64Var(&c.Rate, "rate", 20, "connections a second")
	cmd.Flags().DurationVar(&c.Life, "life", 0, "how long each connection stays open")
	cmd.Flags().DurationVar(&c.For, "for", 10*time.Second, "how long to go on")
	return cmd
}
