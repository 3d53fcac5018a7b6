package cli

import (
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
)

func newStop(e *env) *cobra.Command {
	return &cobra.Command{
		Use:   "stop NAME[/N]",
		Short: "Stop a node and keep its data",
		Long: `Shuts the node, or all nodes of the broker, down cleanly, and kills a node that has not ended after
2 minutes. Data, ports and the broker's epmd stay; start or up start the node again. A node that is not running is not an
error.`,
		Example: `  devbroker stop rabbit-4.3-x3/2`,
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			t, err := parseTarget(args[0])
			if err != nil {
				return err
			}
			progress := newProgress(e.err)
			defer progress.stop()
			engine, err := e.engine(progress.step)
			if err != nil {
				return err
			}
			if err := engine.Stop(cmd.Context(), t.name, t.nodes); err != nil {
				return err
			}
			_, err = fmt.Fprintf(e.out, "%s is stopped\n", args[0])
			return err
		},
	}
}

func newStart(e *env) *cobra.Command {
	var timeout time.Duration
	cmd := &cobra.Command{
		Use:   "start NAME[/N]",
		Short: "Start a node that was stopped or died",
		Long: `Starts the node, or all nodes of the broker, and returns when they answer. A node that is running
already is not an error. In a cluster a node may wait for a node that stopped after it: start that node too.`,
		Example: `  devbroker start rabbit-4.3-x3/2`,
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			t, err := parseTarget(args[0])
			if err != nil {
				return err
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
			if err := engine.Start(cmd.Context(), t.name, t.nodes, timeout); err != nil {
				return err
			}
			_, err = fmt.Fprintf(e.out, "%s is running\n", args[0])
			return err
		},
	}
	cmd.Flags().DurationVar(&timeout, "timeout", 180*time.Second,
		"how long a boot may take without a new line in any node's log")
	return cmd
}
