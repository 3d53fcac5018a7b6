package change

import (
	"context"
	"fmt"
	"slices"

	"github.com/rabbitctl/rabbitctl/pkg/erldist"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/inside"
	"github.com/rabbitctl/rabbitctl/pkg/prose"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// ForceStandaloneKhepriBoot makes a node the only member of its metadata store. It is for a node whose fellow members
// are lost for ever.
func ForceStandaloneKhepriBoot() Op {
	var typed string
	return Op{
		Name: "force_standalone_khepri_boot", Noun: "node", Erlang: true, Loses: true,
		Params: []Param{Arg("node", &typed, nil).Own()},
		Plan: func(ctx context.Context, at Site) (*Plan, error) {
			const action = "drop all other members of the metadata store"
			plan := Once(action, "changed", func(ctx context.Context) error {
				return at.do(ctx, action, "rabbit_khepri", "force_shrink_member_to_current_member")
			})
			if at.Official {
				return plan, nil
			}
			if err := at.isNamed(ctx, typed); err != nil {
				return nil, err
			}
			on, err := inside.HasKhepri(ctx, at.Erlang)
			if err == nil && !on {
				err = fail.New(fail.Unavailable, "node %s does not keep its metadata in Khepri", typed).
					Next("rabbitctl force_boot lets a node with Mnesia start without the others")
			}
			if err != nil {
				return nil, err
			}
			others, err := at.storeMembers(ctx, typed)
			switch {
			case err != nil:
				return nil, err
			case len(others) == 0:
				return plan.Already("unchanged"), nil
			}
			section := membersSection(others)
			section.Name = "dropped"
			plan.Hits = record.Document{section}
			plan.Dangers = []string{fmt.Sprintf("%s dropped from the metadata store, and metadata that only a dropped node "+
				"has is lost; reset a dropped node before RabbitMQ is started on it again",
				prose.Plural(len(others), "node is", "nodes are"))}
			return plan.Seen(func(ctx context.Context, o Outcome) (Outcome, error) {
				left, err := at.storeMembers(ctx, typed)
				if err == nil && len(left) > 0 {
					err = fail.New(fail.Unavailable, "the node answered ok, but its metadata store still has %s",
						prose.Plural(len(left), "other member", "other members")).Next("look in the node's log")
				}
				return o, err
			}), nil
		},
	}
}

// storeMembers returns the other members of the node's metadata store. While RabbitMQ is stopped the store does not run
// either, and the node lists no member, not even itself (4.3.6). While RabbitMQ waits for other nodes at its start, the
// node lists all members.
func (s Site) storeMembers(ctx context.Context, node string) ([]string, error) {
	t, err := s.ask(ctx, "rabbit_khepri", "locally_known_nodes")
	if erldist.IsMissing(err) {
		t, err = s.ask(ctx, "rabbit_khepri", "nodes")
	}
	if err != nil {
		return nil, err
	}
	all := atoms(t)
	if !slices.Contains(all, node) {
		return nil, fail.New(fail.Unavailable, "the metadata store does not run on node %s, so its members are not known and "+
			"cannot be dropped", node).Next("rabbitctl start_app --node %[1]s starts it; if start_app waits for the other "+
			"nodes, then while it waits, in a second terminal: rabbitctl force_standalone_khepri_boot %[1]s --node %[1]s",
			fail.Word(node))
	}
	return slices.DeleteFunc(all, func(name string) bool { return name == node }), nil
}
