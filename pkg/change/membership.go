package change

import (
	"context"
	"fmt"
	"slices"

	"github.com/rabbitctl/rabbitctl/pkg/erlang"
	"github.com/rabbitctl/rabbitctl/pkg/erldist"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/record"
	"github.com/rabbitctl/rabbitctl/pkg/release"
)

// patience is how long a node may take to answer another node, in milliseconds.
const patience = 5000

// since4 reports whether the node's release is at least 4.minor.
func (s Site) since4(ctx context.Context, minor int) (bool, error) {
	t, err := s.ask(ctx, "rabbit_misc", "version")
	return release.AtLeast(text(t), 4, minor), err
}

// members returns the nodes of the cluster, as the connected node knows them; nil if that node does not know them:
// 4.3.6 lists no node, not even itself, while RabbitMQ is stopped there.
func (s Site) members(ctx context.Context) ([]string, error) {
	node, err := s.Erlang.Node(ctx)
	if err != nil {
		return nil, err
	}
	all, err := s.ask(ctx, "rabbit_nodes", "list_members")
	if erldist.IsMissing(err) {
		all, err = s.Erlang.Ask(ctx, call("rabbit_mnesia", "cluster_nodes", erlang.Atom("all")))
	}
	if names := atoms(all); err == nil && slices.Contains(names, node) {
		return names, nil
	}
	return nil, err
}

// otherMembers returns the members without the connected node; nil if that node does not know them.
func (s Site) otherMembers(ctx context.Context) ([]string, error) {
	node, err := s.Erlang.Node(ctx)
	if err != nil {
		return nil, err
	}
	all, err := s.members(ctx)
	if all == nil || err != nil {
		return nil, err
	}
	return slices.DeleteFunc(all, func(m string) bool { return m == node }), nil
}

// membersFor returns the nodes of the cluster that another node belongs to. The connected node asks that other node for
// them.
func (s Site) membersFor(ctx context.Context, other string) ([]string, error) {
	all, err := s.askOf(ctx, other, "rabbit_nodes", "list_members")
	if f, ok := failedOf(err); ok && missingThere(f) {
		all, err = s.askOf(ctx, other, "rabbit_mnesia", "cluster_nodes", erlang.Atom("all"))
	}
	return atoms(all), err
}

// askOf calls a function of another node, through the connected node.
func (s Site) askOf(ctx context.Context, other, module, function string, args ...erlang.Term) (erlang.Term, error) {
	t, err := s.Erlang.Ask(ctx, call("rpc", "call", erlang.Atom(other), erlang.Atom(module), erlang.Atom(function),
		erlang.List(args), erlang.Int(patience)))
	if f, ok := failedOf(err); ok && (f.Reason == erlang.Atom("nodedown") || f.Reason == erlang.Atom("timeout")) {
		node, unknown := s.Erlang.Node(ctx)
		if unknown != nil {
			return nil, unknown
		}
		if f.Reason == erlang.Atom("timeout") {
			return nil, fail.New(fail.Unavailable, "node %s did not answer node %s within %d s", other, node, patience/1000).
				Next("if rabbitctl eval \"net_adm:ping('%[1]s').\" --node %[2]s prints pong, look in the log of node %[1]s; "+
					"if not, node %[2]s does not reach it", other, fail.Word(node))
		}
		return nil, fail.New(fail.Unavailable, "node %s does not reach node %s", node, other).
			Next("node %[1]s has to run, with the same Erlang cookie and under exactly this name, and its port has to "+
				"be open: then rabbitctl eval \"net_adm:ping('%[1]s').\" --node %[2]s prints pong", other, fail.Word(node))
	}
	return t, err
}

// missingThere reports whether the call failed because the other node does not have the function.
func missingThere(f *erldist.Failed) bool {
	reason, _ := f.Reason.(erlang.Tuple)
	if len(reason) == 2 && reason[0] == erlang.Atom("EXIT") {
		reason, _ = reason[1].(erlang.Tuple)
	}
	return len(reason) == 2 && reason[0] == erlang.Atom("undef")
}

// atoms returns the atoms of an Erlang list, as strings.
func atoms(t erlang.Term) []string {
	list, _ := t.(erlang.List)
	var names []string
	for _, e := range list {
		if a, ok := e.(erlang.Atom); ok {
			names = append(names, string(a))
		}
	}
	return names
}

func membersSection(names []string) record.Section {
	s := record.Section{Name: "members", Columns: record.Named("node")}
	for _, n := range names {
		s.Rows = append(s.Rows, record.Row{record.Of(n)})
	}
	return s
}

// ChangeClusterNodeType makes a node keep the metadata on its disk, or only in its memory.
func ChangeClusterNodeType() Op {
	var wanted string
	kind := Param{Name: "type", Free: true, Words: []string{"disc", "ram"}, Set: textInto(&wanted)}
	return Op{
		Name: "change_cluster_node_type", Noun: "node", Erlang: true, Params: []Param{kind},
		Check: func() error {
			if wanted != "disc" && wanted != "ram" {
				return fail.Usagef("%q is neither disc nor ram", wanted)
			}
			return nil
		},
		Plan: func(ctx context.Context, at Site) (*Plan, error) {
			action := fmt.Sprintf("change the node's type to %s", wanted)
			plan := Once(action, "changed", func(ctx context.Context) error {
				return at.firstOf(ctx, action, []function{{"rabbit_db_cluster", "change_node_type"},
					{"rabbit_mnesia", "change_cluster_node_type"}}, erlang.Atom(wanted))
			})
			now, err := at.nodeType(ctx)
			switch {
			case err != nil:
				return nil, err
			case now == wanted:
				return Finished("unchanged"), nil
			case at.Official:
				return plan, nil
			}
			later, err := at.since4(ctx, 3)
			if err == nil && later {
				err = errTypeless()
			}
			if err == nil {
				err = at.stopped(ctx)
			}
			if err != nil {
				return nil, err
			}
			plan.Hits = record.Document{record.Fields("", record.Field{Column: record.Column{Name: "type_now"},
				Value: record.Of(now)})}
			return plan.Seen(func(ctx context.Context, o Outcome) (Outcome, error) {
				now, err := at.nodeType(ctx)
				if err == nil && now != wanted {
					err = fail.New(fail.Unavailable, "the node answered ok, but its type is %s", now).Next("look in the node's log")
				}
				return o, err
			}), nil
		},
	}
}

// errTypeless returns the error for a release without types of nodes: from 4.3 on, a node always answers disc.
func errTypeless() error {
	return fail.New(fail.Unavailable, "the node's release has no node types: each node keeps the metadata on its disk")
}

// nodeType returns the type of the node: disc or ram.
func (s Site) nodeType(ctx context.Context) (string, error) {
	t, err := s.ask(ctx, "rabbit_db_cluster", "node_type")
	if erldist.IsMissing(err) {
		t, err = s.ask(ctx, "rabbit_mnesia", "node_type")
	}
	if erldist.IsMissing(err) {
		return "", errTypeless()
	}
	return text(t), err
}
