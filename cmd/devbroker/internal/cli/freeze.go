package cli

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/rabbitctl/rabbitctl/cmd/devbroker/internal/cluster"
	"github.com/rabbitctl/rabbitctl/cmd/devbroker/internal/state"
)

// nodeTarget is how a person calls one node.
func nodeTarget(b state.Broker, n state.Node) string { return fmt.Sprintf("%s/%d", b.Name, n.Index) }

func newFreeze(e *env) *cobra.Command {
	return signalCommand(e, "frozen", cluster.Engine.Freeze, &cobra.Command{
		Use:   "freeze NAME[/N]",
		Short: "Stop a node where it is, as a hung machine would",
		Long: `Sends SIGSTOP to the node, or to all nodes of the broker: connections stay open and nothing is answered, until thaw.
In a cluster the others take the node for lost after about a minute.`,
		Example: `  devbroker freeze rabbit-4.3-x3/3`,
	})
}

func newThaw(e *env) *cobra.Command {
	return signalCommand(e, "thawed", cluster.Engine.Thaw, &cobra.Command{
		Use:     "thaw NAME[/N]",
		Short:   "Let a frozen node go on",
		Long:    `Sends SIGCONT to the node, or to all nodes of the broker. A node that is not frozen just runs on.`,
		Example: `  devbroker thaw rabbit-4.3-x3/3`,
	})
}

func signalCommand(e *env, done string, do func(cluster.Engine, state.Broker, []state.Node) error, cmd *cobra.Command) *cobra.Command {
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
