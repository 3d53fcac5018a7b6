package change

import (
	"context"
	"maps"
	"slices"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// RestartVHost starts a virtual host that has stopped. The official tool starts it on the node of -n; rabbitctl on the
// node of --node or, without it, on every node on which it does not run.
func RestartVHost() Op {
	var node string
	return Op{
		Name: "restart_vhost", Noun: "vhost", NamesNodes: true, Scoped: true,
		Params: []Param{{Name: "node", Help: "only on this node", Role: Option, In: OwnOnly, Names: nodeNames,
			Set: textInto(&node)}},
		Plan: func(ctx context.Context, at Site) (*Plan, error) {
			has, err := hostOf(ctx, at.Broker, at.VHost)
			if err != nil {
				return nil, err
			}
			nodes := slices.Sorted(maps.Keys(has.states))
			switch {
			case at.Official:
				nodes = []string{at.Node}
			case node != "" && !slices.Contains(nodes, node):
				members, err := nodeNames(ctx, at.Broker, "")
				if err != nil {
					return nil, err
				}
				if !slices.Contains(members, node) {
					return nil, &Missing{What: "node", Name: node}
				}
				fallthrough
			case node != "":
				nodes = []string{node}
			}
			plan := &Plan{}
			for _, on := range nodes {
				if has.states[on] != "running" {
					plan.Steps = append(plan.Steps, startVHost(at, on))
				}
			}
			if len(plan.Steps) == 0 {
				return Finished("unchanged"), nil
			}
			return plan, nil
		},
	}
}

func nodeNames(ctx context.Context, c *broker.Client, _ string) ([]string, error) {
	return record.Texts(c.Nodes(ctx, record.Named("name")))
}

// startVHost returns the step that starts a virtual host on a node, and checks that it runs there.
func startVHost(at Site, node string) Step {
	return Step{Action: "start virtual host " + at.VHost + " on node " + node, Item: node,
		Do: func(ctx context.Context) (Outcome, error) {
			return Outcome{Word: "started"}, at.Broker.RestartVHost(ctx, at.VHost, node)
		},
		See: func(ctx context.Context, o Outcome) (Outcome, error) {
			has, err := hostOf(ctx, at.Broker, at.VHost)
			switch {
			case err != nil:
				return o, fail.New(fail.Incomplete, "whether virtual host %s runs on node %s cannot be read back: %w", at.VHost,
					node, err)
			case has.states[node] != "running":
				return o, fail.New(fail.Incomplete, "the broker accepted the start of virtual host %s, but it does not run on "+
					"node %s", at.VHost, node).Next("the log of that node says why the virtual host stops")
			}
			return o, nil
		}}
}
