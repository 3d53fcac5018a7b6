package change

import (
	"context"
	"fmt"
	"slices"
	"strconv"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/erlang"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/prose"
	"github.com/rabbitctl/rabbitctl/pkg/record"
	"github.com/rabbitctl/rabbitctl/pkg/topology"
)

// growing changes the members of many quorum queues. The API has requests that do so for many queues at once, but a
// broker answers such a request before all queues are changed, and never reports the result. So growing sends a request
// for each queue. Only with an official tool over Erlang distribution, grow and shrink are one call for all queues: the
// node's answer has the results.
type growing struct {
	node, strategy, membership, vhosts, names string
	errorsOnly                                bool
	// shrinks means that members are removed, not added.
	shrinks bool
	// to is the number of members that each queue is to have.
	to int
}

// memberColumns returns the columns of the section "members" of an outcome: size is the number of members that a queue
// has after an attempt, or null if it is not known; result is the result of the attempt.
func memberColumns() []record.Column { return record.Named("vhost", "name", "size", "result") }

func (g *growing) params(first Param) []Param {
	return []Param{first,
		{Name: "strategy", Free: true, Words: []string{"all", "even"}, Set: textInto(&g.strategy)},
		Flag("vhost-pattern", "only queues in virtual hosts that match this regular expression", &g.vhosts),
		Flag("queue-pattern", "only queues whose names match this regular expression", &g.names),
		membershipFlag(&g.membership), Switch("errors-only", "", &g.errorsOnly).Official()}
}

func (g *growing) nodeParam() Param {
	return Param{Name: "node", Free: true, Names: runningNames, Set: textInto(&g.node)}
}

// check refuses an unknown strategy, and patterns that only the broker (PCRE) can evaluate: this program chooses the
// queues itself.
func (g *growing) check() error {
	if g.strategy != "all" && g.strategy != "even" {
		return fail.Usagef("STRATEGY: %q is neither all nor even", g.strategy).
			Next("even takes the queues with an even number of members")
	}
	for _, p := range []struct{ option, pattern string }{{"vhost-pattern", g.vhosts}, {"queue-pattern", g.names}} {
		if _, err := (topology.Policy{Pattern: p.pattern}).Matcher(); err != nil {
			return fail.Usagef("--%s %s is refused here: %s", p.option, p.pattern, err).
				Next("check the brackets, or write it without features that only PCRE has, such as lookahead")
		}
	}
	return nil
}

// chosen returns a function that reports whether the patterns and the strategy choose a queue.
func (g *growing) chosen() (func(replicated) bool, error) {
	vhost, err := topology.Policy{Pattern: g.vhosts}.Matcher()
	if err != nil {
		return nil, err
	}
	name, err := topology.Policy{Pattern: g.names}.Matcher()
	return func(q replicated) bool {
		return (g.strategy == "all" || len(q.members)%2 == 0) && vhost(q.vhost) && name(q.name)
	}, err
}

// member returns the membership to send to the broker; "" stands for promotable, which is the broker's default.
func (g *growing) member() string {
	if g.membership == "promotable" {
		return ""
	}
	return g.membership
}

// GrowMembers adds a member on a node to each chosen quorum queue that has none on that node.
func GrowMembers() Op {
	g := &growing{vhosts: ".*", names: ".*"}
	return Op{
		Name: "grow", Noun: RunningNode, NamesNodes: true, Many: true, Compares: true,
		Params: g.params(g.nodeParam()), Check: g.check,
		OrErlang: true,
		Plan: func(ctx context.Context, at Site) (*Plan, error) {
			if at.Official && at.Erlang != nil {
				return at.inOneCall("add a member on node "+g.node+" to quorum queues", "rabbit_quorum_queue", "grow",
					erlang.Atom(g.node), erlang.Binary(g.vhosts), erlang.Binary(g.names), erlang.Atom(g.strategy)), nil
			}
			way, running, chosen, err := g.before(ctx, at)
			if err == nil && !at.Official {
				err = missingNode(g.node, running)
			}
			if err != nil {
				return nil, err
			}
			return g.plan(ctx, at, way, "add a member on node "+g.node+" to", func(q replicated) bool {
				return slices.Contains(running, g.node) && !slices.Contains(q.members, g.node) && chosen(q)
			}, func(ctx context.Context, q replicated, tell telling) error {
				size, err := g.grown(ctx, at, way, q, g.node, len(q.members))
				return tell(size, err)
			})
		},
	}
}

// GrowToCount adds members to the chosen quorum queues until each has the wanted number, or one on each running node.
func GrowToCount() Op {
	g := &growing{vhosts: ".*", names: ".*"}
	return Op{
		Name: "grow_to_count", Noun: "queue", NamesNodes: true, Many: true, Compares: true, OrErlang: true,
		Params: g.params(Param{Name: "node_count", Free: true, Set: func(text string) (err error) {
			if g.to, err = strconv.Atoi(text); err != nil || g.to < 1 {
				return fail.Usagef("%q is not a whole number above 0, or out of range", text)
			}
			return nil
		}}),
		Check: g.check,
		Plan: func(ctx context.Context, at Site) (*Plan, error) {
			way, running, chosen, err := g.before(ctx, at)
			if err != nil {
				return nil, err
			}
			to := min(g.to, len(running))
			what := fmt.Sprintf("add members until there are %d in each of", to)
			if to < g.to {
				what = fmt.Sprintf("add members until there are %d, not %d, in each of", to, g.to)
			}
			plan, err := g.plan(ctx, at, way, what,
				func(q replicated) bool { return len(q.members) < to && chosen(q) },
				func(ctx context.Context, q replicated, tell telling) error {
					size := len(q.members)
					for _, node := range running {
						if size == to || slices.Contains(q.members, node) {
							continue
						}
						var err error
						size, err = g.grown(ctx, at, way, q, node, size)
						if err = tell(size, err); err != nil {
							return err
						}
					}
					return nil
				})
			if err == nil && to < g.to {
				note := fmt.Sprintf("only %s, so no queue gets more than %s", prose.Plural(to, "node runs", "nodes run"),
					prose.Plural(to, "member", "members"))
				plan.Notes = append(plan.Notes, note)
				if plan.Done != nil {
					plan.Done.Notes = append(plan.Done.Notes, note)
				}
			}
			return plan, err
		},
	}
}

// ShrinkMembers removes the members that quorum queues have on a node, except a queue's only member. Since 4.3 the
// official tool refuses a node that does not run; package personality does that, not this change.
func ShrinkMembers() Op {
	g := &growing{shrinks: true, strategy: "all", vhosts: ".*", names: ".*"}
	node := g.nodeParam()
	node.Names = nodeNames
	return Op{
		Name: "shrink", Noun: "node", NamesNodes: true, Many: true, Loses: true, OrErlang: true,
		Params: []Param{node, Switch("errors-only", "", &g.errorsOnly).Official()},
		Plan: func(ctx context.Context, at Site) (*Plan, error) {
			if at.Official && at.Erlang != nil {
				return at.inOneCall("delete the members of quorum queues on node "+g.node, "rabbit_quorum_queue", "shrink_all",
					erlang.Atom(g.node)), nil
			}
			way, err := at.raft(ctx, "")
			if err != nil {
				return nil, err
			}
			if err := g.inCluster(ctx, at, way); err != nil {
				return nil, err
			}
			return g.plan(ctx, at, way, "delete the member on node "+g.node+" of",
				func(q replicated) bool { return slices.Contains(q.members, g.node) },
				func(ctx context.Context, q replicated, tell telling) error { return tell(g.shrunk(ctx, at, way, q)) })
		},
	}
}

// inCluster refuses a node that is not in the cluster, unless queues still have members on it: members can stay on a
// node that was removed.
func (g *growing) inCluster(ctx context.Context, at Site, way raft) error {
	if at.Official {
		return nil
	}
	all, _, err := way.nodes(ctx)
	if err != nil || slices.Contains(all, g.node) {
		return err
	}
	left, err := way.queues(ctx, func(q replicated) bool { return slices.Contains(q.members, g.node) })
	if err != nil || len(left) > 0 {
		return err
	}
	return &Missing{What: "node", Name: g.node, Names: func(context.Context, *broker.Client, string) ([]string, error) {
		return all, nil
	}}
}

// before finds out what a change of members needs: the way to change them, the running nodes, and the function that
// reports whether a queue is chosen.
func (g *growing) before(ctx context.Context, at Site) (way raft, running []string, chosen func(replicated) bool,
	err error) {
	if way, err = at.raft(ctx, g.membership); err != nil {
		return nil, nil, nil, err
	}
	if _, running, err = way.nodes(ctx); err != nil {
		return nil, nil, nil, err
	}
	chosen, err = g.chosen()
	return way, running, chosen, err
}
