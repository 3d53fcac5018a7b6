package change

import (
	"context"

	"github.com/rabbitctl/rabbitctl/pkg/erlang"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// SuspendListeners lets a node take no new connections.
func SuspendListeners() Op {
	return Op{
		Name: "suspend_listeners", Noun: "node", Erlang: true, Loses: true,
		Plan: func(ctx context.Context, at Site) (*Plan, error) {
			const action = "take no new connections on the node's listeners"
			plan := Once(action, "suspended", func(ctx context.Context) error {
				return at.do(ctx, action, "rabbit_maintenance", "suspend_all_client_listeners")
			})
			if at.Official {
				return plan, nil
			}
			if err := at.running(ctx); err != nil {
				return nil, err
			}
			if err := at.clientListeners(ctx, plan); err != nil {
				return nil, err
			}
			plan.Notes = []string{"connections that are open stay; a new one is not answered, one to the management API " +
				"neither, until resume_listeners"}
			return plan, nil
		},
	}
}

// ResumeListeners lets a node take connections again.
func ResumeListeners() Op {
	return Op{
		Name: "resume_listeners", Noun: "node", Erlang: true,
		Plan: func(ctx context.Context, at Site) (*Plan, error) {
			const action = "take connections again on the node's listeners"
			plan := Once(action, "resumed", func(ctx context.Context) error {
				return at.do(ctx, action, "rabbit_maintenance", "resume_all_client_listeners")
			})
			if at.Official {
				return plan, nil
			}
			if err := at.running(ctx); err != nil {
				return nil, err
			}
			return plan, at.clientListeners(ctx, plan)
		},
	}
}

// clientListeners adds the listeners of the node to a plan: all but the one for other nodes.
func (s Site) clientListeners(ctx context.Context, plan *Plan) error {
	node, err := s.Erlang.Node(ctx)
	if err != nil {
		return err
	}
	all, err := s.ask(ctx, "rabbit_networking", "active_listeners")
	if err != nil {
		return err
	}
	hits := record.Section{Name: "listeners", Columns: record.Named("protocol", "address", "port")}
	list, _ := all.(erlang.List)
	for _, e := range list {
		// {listener,Node,Protocol,Host,Address,Port,Options}
		l, _ := e.(erlang.Tuple)
		if len(l) < 6 || l[1] != erlang.Atom(node) || l[2] == erlang.Atom("clustering") {
			continue
		}
		hits.Rows = append(hits.Rows, record.Row{record.Of(erlang.Cell(l[2])), record.Of(erlang.Cell(l[4])),
			record.Of(erlang.Cell(l[5]))})
	}
	plan.Hits = record.Document{hits}
	return nil
}
