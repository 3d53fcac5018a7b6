package change

import (
	"context"

	"github.com/rabbitctl/rabbitctl/pkg/erlang"
	"github.com/rabbitctl/rabbitctl/pkg/erldist"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
)

// Drain puts a node into maintenance: the node closes its client connections, accepts no new ones, and moves its
// leaders to other nodes.
func Drain() Op {
	return Op{
		Name: "drain", Noun: "node", Erlang: true, Loses: true, Lasting: true,
		Plan: func(ctx context.Context, at Site) (*Plan, error) {
			plan := Once("start maintenance mode", "drained", func(ctx context.Context) error {
				return at.maintain(ctx, "put the node into maintenance", "drain")
			})
			if at.Official {
				return plan, nil
			}
			done, err := at.inMaintenance(ctx, true)
			if err != nil {
				return nil, err
			}
			if done {
				return plan.Already("unchanged"), nil
			}
			if err := at.hit(ctx, plan); err != nil {
				return nil, err
			}
			plan.Notes = append(plan.Notes, "all clients of the node are disconnected; until rabbitctl revive or "+
				"a restart of the node, no listener of the node, not even that of the management API, takes new connections")
			return plan.Seen(at.maintenanceSeen(true)), nil
		},
	}
}

// Revive ends the maintenance of a node: it accepts client connections again. Leaders do not move back to it.
func Revive() Op {
	return Op{
		Name: "revive", Noun: "node", Erlang: true, Lasting: true,
		Plan: func(ctx context.Context, at Site) (*Plan, error) {
			plan := Once("end the node's maintenance", "revived", func(ctx context.Context) error {
				return at.maintain(ctx, "end the node's maintenance", "revive")
			})
			if at.Official {
				return plan, nil
			}
			done, err := at.inMaintenance(ctx, false)
			if err != nil {
				return nil, err
			}
			if done {
				return plan.Already("unchanged"), nil
			}
			plan.Notes = []string{"the leaders of its queues do not come back by themselves: rabbitctl rebalance"}
			return plan.Seen(at.maintenanceSeen(false)), nil
		},
	}
}

// Unmaintained is the cause of an error about a node whose release has no maintenance mode.
type Unmaintained struct{ Node string }

func (u *Unmaintained) Error() string {
	return "the release of node " + u.Node + " has no maintenance mode"
}

func (s Site) maintain(ctx context.Context, what, function string) error {
	err := s.do(ctx, what, "rabbit_maintenance", function)
	if !erldist.IsMissing(err) {
		return err
	}
	node, unknown := s.Erlang.Node(ctx)
	if unknown != nil {
		return unknown
	}
	return fail.New(fail.Unavailable, "%w", &Unmaintained{node})
}

// inMaintenance reports whether the node's maintenance mode is already as wanted: on if wanted is true, off if it is
// false. It refuses a node on which RabbitMQ does not run: from 4.3 on, such a node answers ok to a change of
// maintenance and changes nothing.
func (s Site) inMaintenance(ctx context.Context, wanted bool) (bool, error) {
	if err := s.running(ctx); err != nil {
		return false, err
	}
	now, err := s.maintained(ctx)
	return now == wanted, err
}

func (s Site) maintenanceSeen(wanted bool) func(context.Context, Outcome) (Outcome, error) {
	return func(ctx context.Context, o Outcome) (Outcome, error) {
		now, err := s.maintained(ctx)
		if err != nil || now == wanted {
			return o, err
		}
		how := "is not in maintenance mode"
		if now {
			how = "is still in maintenance mode"
		}
		return o, fail.New(fail.Unavailable, "the node answered ok, but it %s", how).Next("look in the node's log")
	}
}

func (s Site) maintained(ctx context.Context) (bool, error) {
	node, err := s.Erlang.Node(ctx)
	if err != nil {
		return false, err
	}
	state, err := s.Erlang.Ask(ctx, call("rabbit_maintenance", "status_local_read", erlang.Atom(node)))
	return state == erlang.Atom("draining"), err
}
