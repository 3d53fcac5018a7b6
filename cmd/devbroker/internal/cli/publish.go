package cli

import (
	"time"

	"github.com/spf13/cobra"

	"github.com/rabbitctl/rabbitctl/cmd/devbroker/internal/traffic"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
)

func newPublish(e *env) *cobra.Command {
	var (
		where      endpointFlags
		p          traffic.Publishing
		queue      string
		persistent bool
		properties []string
	)
	cmd := &cobra.Command{
		Use:   "publish --queue Q | --exchange X [--routing-key K]",
		Short: "Publish messages",
		Long: `Publishes messages and prints the results, one a line: published N, confirmed N, nacked N, unconfirmed N,
returned CODE TEXT exchange=X key=K, blocked: REASON, unblocked, closed: REASON.

It publishes --count messages, or as many as possible during --for, or one. It declares nothing. Bodies are "message 1",
"message 2" and so on.`,
		Example: `  devbroker publish --queue orders --count 7
  devbroker publish --exchange amq.topic --routing-key a.b --mandatory --confirm
  devbroker publish --queue orders --rate 20 --for 30s --connection-name slow --size 1024`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			flags := cmd.Flags()
			switch {
			case flags.Changed("queue") == flags.Changed("exchange"):
				return fail.Usagef("either --queue or --exchange is needed")
			case flags.Changed("queue") && flags.Changed("routing-key"):
				return fail.Usagef("--queue sets the routing key; use --routing-key only with --exchange")
			case flags.Changed("count") && p.Count < 1:
				return fail.Usagef("--count must be above 0, not %d", p.Count)
			case p.ConfirmLimit <= 0:
				return fail.Usagef("--confirm-timeout must be above 0, not %s", p.ConfirmLimit)
			}
			for flag, value := range map[string]float64{"rate": p.Rate, "for": p.For.Seconds(), "size": float64(p.Size)} {
				if err := notNegative(flag, value); err != nil {
					return err
				}
			}
			if flags.Changed("queue") {
				p.Key = queue
			}
			if p.Count == 0 && p.For == 0 {
				p.Count = 1
			}
			if persistent {
				p.Message.DeliveryMode = 2
			}
			for _, text := range properties {
				if err := traffic.SetProperty(&p.Message, text); err != nil {
					return err
				}
			}
			var err error
			if p.Endpoint, err = where.endpoint(e); err != nil {
				return err
			}
			return p.Run(cmd.Context(), traffic.NewLines(e.out))
		},
	}
	where.add(cmd)
	cmd.Flags().StringVar(&queue, "queue", "", "publish to this queue, by the default exchange")
	cmd.Flags().StringVar(&p.Exchange, "exchange", "", "publish to this exchange")
	cmd.Flags().StringVar(&p.Key, "routing-key", "", "routing key")
	cmd.Flags().IntVar(&p.Count, "count", 0, "how many messages (default 1, or no limit with --for)")
	cmd.Flags().Float64Var(&p.Rate, "rate", 0, "messages a second (default as fast as possible)")
	cmd.Flags().DurationVar(&p.For, "for", 0, "how long to publish, for example 30s")
	cmd.Flags().BoolVar(&p.Confirm, "confirm", false,
		"use publisher confirms and wait for them; exit 75 if some are missing")
	cmd.Flags().DurationVar(&p.ConfirmLimit, "confirm-timeout", 10*time.Second, "how long to wait for confirms at the end")
	cmd.Flags().BoolVar(&p.Mandatory, "mandatory", false,
		"set the flag mandatory, so that unroutable messages are returned")
	cmd.Flags().IntVar(&p.Size, "size", 0, "length of each body in bytes (default that of its text)")
	cmd.Flags().StringVar(&p.Body, "body", "", `text of each body (default "message N")`)
	cmd.Flags().BoolVar(&persistent, "persistent", false, "delivery mode 2")
	cmd.Flags().StringArrayVar(&properties, "property", nil, "NAME=VALUE, or header.NAME=VALUE; repeatable")
	return cmd
}
