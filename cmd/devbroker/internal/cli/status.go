package cli

import (
	"encoding/json"
	"fmt"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/rabbitctl/rabbitctl/cmd/devbroker/internal/cluster"
	"github.com/rabbitctl/rabbitctl/cmd/devbroker/internal/state"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
)

// nodeFacts is one node in `status -o json`. Tests and scripts read it, so its keys must not change.
type nodeFacts struct {
	Name           string            `json:"name"`
	Index          int               `json:"index"`
	Node           string            `json:"node"`
	Release        string            `json:"release"`
	Version        string            `json:"version"`
	Source         state.Source      `json:"source"`
	State          cluster.Condition `json:"state"`
	PID            int               `json:"pid"` // 0 when it is not running
	AMQPPort       int               `json:"amqp_port"`
	ManagementPort int               `json:"management_port"`
	PrometheusPort int               `json:"prometheus_port"`
	StreamPort     int               `json:"stream_port"`
	AMQPSPort      int               `json:"amqps_port,omitempty"`      // only with TLS
	CertificateDir string            `json:"certificate_dir,omitempty"` // only with TLS
	DataDir        string            `json:"data_dir"`                  // empty for a container, and so is log_file
	LogFile        string            `json:"log_file"`
	URL            string            `json:"url"`
	AMQPURL        string            `json:"amqp_url"`
	PrometheusURL  string            `json:"prometheus_url"`
	StreamURL      string            `json:"stream_url"`
}

func newStatus(e *env) *cobra.Command {
	var format string
	cmd := &cobra.Command{
		Use:   "status [NAME...]",
		Short: "List brokers and their nodes",
		Long: `Lists the nodes of the named brokers, or of all: running, stopped (ended on purpose, data kept),
frozen, or died. Running means that the process exists, not that it answers. -o json prints an array with all facts
about each node.`,
		Example: `  devbroker status
  devbroker status rabbit-3.10 -o json`,
		RunE: func(_ *cobra.Command, names []string) error {
			if format != "table" && format != "json" {
				return fail.Usagef("-o takes table or json, not %q", format)
			}
			brokers, err := e.named(names)
			if err != nil {
				return err
			}
			facts := []nodeFacts{}
			for _, b := range brokers {
				for _, n := range b.Nodes {
					f, err := factsOf(b, n)
					if err != nil {
						return err
					}
					facts = append(facts, f)
				}
			}
			if format == "json" {
				enc := json.NewEncoder(e.out)
				enc.SetIndent("", "  ")
				enc.SetEscapeHTML(false)
				return enc.Encode(facts)
			}
			return e.printStatus(facts)
		},
	}
	cmd.Flags().StringVarP(&format, "output", "o", "table", "table or json")
	return cmd
}

// named reads the brokers with the given names, or all brokers if no name is given.
func (e *env) named(names []string) ([]state.Broker, error) {
	store, err := state.Locate(e.getenv)
	if err != nil {
		return nil, err
	}
	if len(names) == 0 {
		return store.All()
	}
	var brokers []state.Broker
	for _, name := range names {
		b, err := store.Load(name)
		if err != nil {
			return nil, err
		}
		brokers = append(brokers, b)
	}
	return brokers, nil
}

func factsOf(b state.Broker, n state.Node) (nodeFacts, error) {
	condition, pid, err := cluster.Of(b, n)
	f := nodeFacts{
		Name: b.Name, Index: n.Index, Node: n.Node, Release: b.Release, Version: b.Version, Source: b.Source,
		State: condition, PID: pid,
		AMQPPort: n.Ports.AMQP, ManagementPort: n.Ports.Management, PrometheusPort: n.Ports.Prometheus,
		StreamPort: n.Ports.Stream,
		DataDir:    b.DataDir(n), LogFile: b.LogFile(n),
		URL: n.URL(), AMQPURL: n.AMQPURL(), PrometheusURL: n.PrometheusURL(), StreamURL: n.StreamURL(),
	}
	if b.TLS {
		f.AMQPSPort, f.CertificateDir = n.Ports.AMQPS, b.CertificateDir(n)
	}
	if b.Source == state.Docker {
		f.DataDir, f.LogFile = "", ""
	}
	return f, err
}

func (e *env) printStatus(facts []nodeFacts) error {
	w := tabwriter.NewWriter(e.out, 0, 8, 2, ' ', 0)
	fmt.Fprintln(w, "NAME\tNODE\tVERSION\tSTATE\tPID\tAMQP\tMANAGEMENT\tPROMETHEUS\tSTREAM\tDATA\tLOG")
	for _, f := range facts {
		pid := "-"
		if f.PID != 0 {
			pid = fmt.Sprint(f.PID)
		}
		fmt.Fprintf(w, "%s/%d\t%s\t%s\t%s\t%s\t%d\t%d\t%d\t%d\t%s\t%s\n", f.Name, f.Index, f.Node, f.Version, f.State, pid,
			f.AMQPPort, f.ManagementPort, f.PrometheusPort, f.StreamPort, f.DataDir, f.LogFile)
	}
	return w.Flush()
}
