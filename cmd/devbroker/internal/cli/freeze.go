package cli

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/rabbitctl/rabbitctl/cmd/devbroker/internal/cluster"
	"github.com/rabbitctl/rabbitctl/cmd/devbroker/internal/state"
)

// nodeTarget is the name of a node on devbroker's command line.
func nodeTarget(b state.Broker, n state.Node) string { return fmt.Sprintf("%s/%d", b.Name, n.Index) }

func newFreeze(e *env) *cobra.Command {
	return signalCommand(e, "frozen", cluster.Engine.Freeze, &cobra.Command{
		Use:   "freeze NAME[/N]",
		Short: "Freeze a node, as if its machine hung",
		Long: `Sends SIGSTOP to the node, or to all nodes of the broker: until thaw, connections stay open and get no answer.
In a cluster the other nodes treat the node as down after about a minute.`,
		Example: `  devbroker freeze rabbit-4.3-x3/3`,
	})
}

func newThaw(e *env) *cobra.Command {
	return signalCommand(e, "thawed", cluster.Engine.Thaw, &cobra.Command{
		Use:     "thaw NAME[/N]",
		Short:   "Let a frozen node continue",
		Long:    `Sends SIGCONT to the node, or to all nodes of the broker. A node that is not frozen keeps running.`,
		Example: `  devbroker thaw rabbit-4.3-x3/3`,
	})
}

func signalCommand(e *env, done string, do func(cluster.Engine, state.Broker, []state.Node) error,
	cmd *cobra.Command) *cobra.Command {
	cmd.Args = cobra.ExactArgs(1)
	cmd.RunE = func(_ *cobra.Command, args []string) error {
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
		nodes, err := t.nodes(b)
		if err != nil {
			return err
		}
		if err := do(engine, b, nodes); err != nil {
			return err
		}
		for _, n := range nodes {
			if _, err := fmt.Fprintf(e.out, "%s is %s\n", nodeTarget(b, n), done); err != nil {
				return err
			}
		}
		return nil
	}
	return cmd
}
