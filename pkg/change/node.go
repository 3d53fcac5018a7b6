package change

import (
	"context"
	"slices"
	"time"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// flagPatience is how long to look for a change that the broker makes after its answer. firstLook is the first pause
// between two looks, and mostLook the longest.
const (
	flagPatience = 10 * time.Second
	firstLook    = 200 * time.Millisecond
	mostLook     = 2 * time.Second
)

// clusterNodes returns the nodes of the cluster, and those of them that run.
func clusterNodes(ctx context.Context, c *broker.Client) (all, running []string, err error) {
	type node struct {
		name    string
		running bool
	}
	reader := record.NewReader(func(b *record.Binder, n *node) {
		b.Text("name", &n.name)
		b.Flag("running", &n.running)
	})
	for n, err := range reader.All(c.Nodes(ctx, reader.Columns())) {
		if err != nil {
			return nil, nil, err
		}
		all = append(all, n.name)
		if n.running {
			running = append(running, n.name)
		}
	}
	return all, running, nil
}

func runningNodes(ctx context.Context, c *broker.Client) ([]string, error) {
	_, running, err := clusterNodes(ctx, c)
	return running, err
}

func runningNames(ctx context.Context, c *broker.Client, _ string) ([]string, error) {
	return runningNodes(ctx, c)
}

// missingNode returns the error that a node is not in the cluster or does not run; nil if it runs.
func missingNode(name string, running []string) error {
	if slices.Contains(running, name) {
		return nil
	}
	return &Missing{What: "running node", Name: name, Names: runningNames}
}

// ResetStatistics deletes the statistics of all nodes, or of one node. The official tool deletes those of the node that
// -n names, unless --all is given.
func ResetStatistics() Op { return resetStatistics("reset_statistics") }

// ResetStatsDB is ResetStatistics under its official name.
func ResetStatsDB() Op { return resetStatistics("reset_stats_db") }

func resetStatistics(command string) Op {
	var name string
	var all bool
	return Op{
		Name: command, Noun: "running node", NamesNodes: true, Loses: true,
		Params: []Param{{Name: "node", Names: runningNames, Optional: true, In: OwnOnly, Set: textInto(&name)},
			Switch("all", "", &all).Official()},
		Plan: func(ctx context.Context, at Site) (*Plan, error) {
			if at.Official && !all {
				name = at.Node
			}
			of := "all nodes"
			if name != "" {
				of = "node " + name
			}
			plan := Once("reset the statistics of "+of, "reset", func(ctx context.Context) error {
				return at.Broker.ResetStatistics(ctx, name)
			})
			if at.Official {
				return plan, nil
			}
			running, err := runningNodes(ctx, at.Broker)
			if err != nil {
				return nil, err
			}
			if name != "" {
				if err := missingNode(name, running); err != nil {
					return nil, err
				}
				running = []string{name}
			}
			s := record.Section{Name: "nodes", Columns: record.Named("node")}
			for _, n := range running {
				s.Rows = append(s.Rows, record.Row{record.Of(n)})
			}
			plan.Hits = record.Document{s}
			plan.Notes = []string{"message rates and their history begin anew, and message totals begin again with the " +
				"counts of the channels that are open; queues, messages and connections are not changed"}
			return plan, nil
		},
	}
}

// ResetAuthAttempts makes a node set its counts of successful and failed logins to 0.
func ResetAuthAttempts() Op {
	var name string
	return Op{
		Name: "reset_node_auth_attempt_metrics", Noun: "running node", NamesNodes: true, Loses: true, Each: true,
		Params: []Param{Arg("node", &name, runningNames).Own()},
		Plan: func(ctx context.Context, at Site) (*Plan, error) {
			if at.Official {
				name = at.Node
			}
			plan := Once("reset the counters of login attempts of node "+name, "reset", func(ctx context.Context) error {
				return at.Broker.ResetAuthAttempts(ctx, name)
			})
			if at.Official {
				return plan, nil
			}
			running, err := runningNodes(ctx, at.Broker)
			if err != nil {
				return nil, err
			}
			if err := missingNode(name, running); err != nil {
				return nil, err
			}
			hits, err := attempts(ctx, at, name)
			if err != nil {
				return nil, fail.New(fail.KindOf(err), "the counters of node %s: %w", name, err)
			}
			plan.Hits = hits
			return plan, nil
		},
	}
}

// attempts returns the counts of a node's logins, by protocol.
func attempts(ctx context.Context, at Site, name string) (record.Document, error) {
	columns := record.Named("node", "protocol", "auth_attempts", "auth_attempts_failed", "auth_attempts_succeeded")
	s := record.Section{Name: "attempts", Columns: columns}
	for row, err := range at.Broker.AuthAttemptsOf(ctx, name, false, columns) {
		if err != nil {
			return nil, err
		}
		s.Rows = append(s.Rows, row)
	}
	return record.Document{s}, nil
}
