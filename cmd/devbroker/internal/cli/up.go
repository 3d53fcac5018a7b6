package cli

import (
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/rabbitctl/rabbitctl/cmd/devbroker/internal/cluster"
	"github.com/rabbitctl/rabbitctl/cmd/devbroker/internal/install"
	"github.com/rabbitctl/rabbitctl/cmd/devbroker/internal/state"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
)

func newUp(e *env) *cobra.Command {
	var (
		req     cluster.Request
		timeout time.Duration
	)
	cmd := &cobra.Command{
		Use:   "up",
		Short: "Start a broker, and fetch its release when it is missing",
		Long: `Starts a broker and returns when its nodes answer; the nodes keep running. If the broker exists, up
starts nodes that died or were stopped, thaws frozen nodes, changes nothing else, and prints the same facts.

The last lines on stdout are one line for each node, of key=value pairs separated by spaces. Progress goes to stderr.

The programs come from the installed rabbitmq-server if it has the wanted release, else from apt-get, else from a
newer suite of this machine's Debian mirror, unpacked into the cache folder (both need root), else from a container
image.`,
		Example: `  devbroker up
  devbroker up --release 4.0
  devbroker up --release 4.3 --nodes 3 --name demo
  devbroker up --name blind --set 'management_agent.disable_metrics_collector = true'`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if req.Release == "installed" {
				req.Release = ""
			}
			if req.Release != "" {
				if err := install.CheckRelease(req.Release); err != nil {
					return err
				}
			}
			if req.Name != "" {
				if err := state.CheckName(req.Name); err != nil {
					return err
				}
			}
			if cmd.Flags().Changed("nodes") && (req.Nodes < 1 || req.Nodes > 7) {
				return fail.Usagef("--nodes takes 1 to 7, not %d", req.Nodes)
			}
			for _, line := range req.Settings {
				if key, value, ok := strings.Cut(line, "="); !ok || strings.TrimSpace(key) == "" ||
					strings.TrimSpace(value) == "" || strings.ContainsAny(line, "\r\n") {
					return fail.Usagef("--set %q is not a line of rabbitmq.conf: write KEY = VALUE", line)
				}
			}
			if timeout <= 0 {
				return fail.Usagef("--timeout must be above 0, not %s", timeout)
			}
			progress := newProgress(e.err)
			defer progress.stop()
			engine, err := e.engine(progress.step)
			if err != nil {
				return err
			}
			b, err := engine.Up(cmd.Context(), req, timeout)
			if err != nil {
				return err
			}
			return e.printFacts(b)
		},
	}
	cmd.Flags().StringVar(&req.Release, "release", "", "release: 3.10, 4.0, 4.3 or installed (default the installed one)")
	cmd.Flags().IntVar(&req.Nodes, "nodes", 0, "number of nodes, 1 to 7; several form a cluster (default 1)")
	cmd.Flags().StringVar(&req.Name, "name", "",
		"the broker's name (default rabbit-RELEASE, rabbit-RELEASE-xN for a cluster)")
	cmd.Flags().StringArrayVar(&req.Settings, "set", nil,
		"a `LINE` of rabbitmq.conf for every node, KEY = VALUE; repeatable")
	cmd.Flags().BoolVar(&req.TLS, "tls", false, "also listen for AMQP over TLS, with a self-signed certificate")
	cmd.Flags().BoolVar(&req.TLSDistribution, "tls-distribution", false,
		"nodes and tools speak Erlang distribution over TLS, each with a certificate")
	cmd.Flags().DurationVar(&timeout, "timeout", 180*time.Second,
		"how long a boot may take without a new line in any node's log")
	return cmd
}

// printFacts prints one line for each node. Scripts read these lines: append new fields at the end, and change nothing
// else.
func (e *env) printFacts(b state.Broker) error {
	for _, n := range b.Nodes {
		tls := ""
		if b.TLS {
			tls = fmt.Sprintf(" amqps=127.0.0.1:%d certificates=%s", n.Ports.AMQPS, b.CertificateDir(n))
		}
		_, err := fmt.Fprintf(e.out,
			"name=%s index=%d node=%s release=%s version=%s url=%s amqp_url=%s prometheus_url=%s stream_url=%s%s\n",
			b.Name, n.Index, n.Node, b.Release, b.Version, n.URL(), n.AMQPURL(), n.PrometheusURL(), n.StreamURL(), tls)
		if err != nil {
			return err
		}
	}
	return nil
}
