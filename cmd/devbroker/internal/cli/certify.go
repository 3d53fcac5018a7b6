package cli

import (
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/rabbitctl/rabbitctl/cmd/devbroker/internal/certificate"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
)

func newCertify(e *env) *cobra.Command {
	var until time.Duration
	cmd := &cobra.Command{
		Use:   "certify NAME[/N]",
		Short: "Give a node with TLS a new certificate, or an expired one",
		Long: `Replaces the certificate, the key and the certificate authority of the node, or of all nodes of the
broker. The broker must have been started with --tls. The nodes use the new files from the next connection on.`,
		Example: `  devbroker certify tls --for 240h
  devbroker certify tls --for -24h`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			t, err := parseTarget(args[0])
			if err != nil {
				return err
			}
			engine, err := e.engine(nil)
			if err != nil {
				return err
			}
			b, err := e.broker(t.name)
			if err != nil {
				return err
			}
			if !b.TLS {
				return fail.Usagef("%s has no TLS", b.Name).Next("devbroker up --tls --name NAME starts a broker with TLS")
			}
			nodes, err := t.nodes(b)
			if err != nil {
				return err
			}
			expires := time.Now().Add(until).UTC()
			for _, n := range nodes {
				if err := certificate.Renew(b.CertificateDir(n), expires); err != nil {
					return err
				}
				// Without this the node keeps its old certificate for up to two minutes.
				if _, err := engine.Tool(cmd.Context(), b, n, "rabbitmqctl", "eval", "ssl:clear_pem_cache()."); err != nil {
					return err
				}
				if _, err := fmt.Fprintf(e.out, "%s has a certificate until %s\n", nodeTarget(b, n),
					expires.Format(time.RFC3339)); err != nil {
					return err
				}
			}
			return nil
		},
	}
	cmd.Flags().DurationVar(&until, "for", 365*24*time.Hour,
		"how long the certificate is valid; negative: how long ago it expired")
	return cmd
}
