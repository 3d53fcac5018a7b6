package change

import (
	"context"
	"fmt"
	"strings"

	"github.com/rabbitctl/rabbitctl/pkg/erlang"
	"github.com/rabbitctl/rabbitctl/pkg/erldist"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// SuspendListeners makes a node accept no new connections of clients, also none to the management API.
func SuspendListeners() Op {
	return listeners("suspend_listeners", "suspend the listeners for clients", "suspended",
		"open connections stay; new ones, also those to the management API and to Prometheus, are refused until "+
			"resume_listeners")
}

// ResumeListeners makes a node accept connections again.
func ResumeListeners() Op {
	return listeners("resume_listeners", "resume the listeners for clients", "running", "")
}

// listeners returns the change that gives all client listeners of a node the status.
func listeners(name, action, status, note string) Op {
	function, word := "suspend_all_client_listeners", "suspended"
	if status == "running" {
		function, word = "resume_all_client_listeners", "resumed"
	}
	return Op{
		Name: name, Noun: "node", Erlang: true, Loses: status == "suspended",
		Plan: func(ctx context.Context, at Site) (*Plan, error) {
			plan := Once(action, word, func(ctx context.Context) error {
				return at.do(ctx, action, "rabbit_maintenance", function)
			})
			if at.Official {
				return plan, nil
			}
			if err := at.running(ctx); err != nil {
				return nil, err
			}
			all, err := at.clientListeners(ctx)
			if err != nil {
				return nil, err
			}
			plan.Hits = record.Document{listenerSection(all)}
			if len(all) > 0 && len(unlikeStatus(all, status)) == 0 {
				return plan.Already("unchanged"), nil
			}
			if note != "" {
				plan.Notes = []string{note}
			}
			do := plan.Steps[0].Do
			plan.Steps[0].Do = func(ctx context.Context) (Outcome, error) {
				o, err := do(ctx)
				if _, failed := failedOf(err); failed {
					return o, at.halfDone(ctx, status, err)
				}
				return o, err
			}
			return plan.Seen(func(ctx context.Context, o Outcome) (Outcome, error) {
				now, err := at.clientListeners(ctx)
				if left := unlikeStatus(now, status); err == nil && len(left) > 0 {
					err = fail.New(fail.Incomplete, "the node answered ok, but these listeners are not %s: %s", status,
						strings.Join(left, ", ")).Next("look in the node's log")
				}
				return o, err
			}), nil
		},
	}
}

// halfDone returns an error that says which listeners a failed change has not reached. The node changes one listener
// after the other, and stops at the first dead one, for example the listener of a plugin that did not start.
func (s Site) halfDone(ctx context.Context, status string, why error) error {
	now, err := s.clientListeners(ctx)
	if err != nil {
		return why
	}
	left := unlikeStatus(now, status)
	if len(left) == 0 {
		return why
	}
	return fail.New(fail.KindOf(why), "%d of %d listeners are not %s: %s: %w", len(left), len(now), status,
		strings.Join(left, ", "), why).
		Next("if one of these listeners belongs to a plugin that did not start: rabbitctl disable_plugins NAME, then " +
			"run the same command again")
}

// listener is a listener for clients. Its status is running or suspended, or "dead" if the node fails to report it:
// then nothing listens on the port.
type listener struct{ protocol, address, port, status string }

// unlikeStatus returns the protocol and port of each listener whose status differs from the given one.
func unlikeStatus(all []listener, status string) []string {
	var left []string
	for _, l := range all {
		if l.status != status {
			left = append(left, fmt.Sprintf("%s on port %s", l.protocol, l.port))
		}
	}
	return left
}

func listenerSection(all []listener) record.Section {
	s := record.Section{Name: "listeners", Columns: record.Named("protocol", "address", "port", "status")}
	for _, l := range all {
		s.Rows = append(s.Rows, record.Row{record.Of(l.protocol), record.Of(l.address), record.Of(l.port),
			record.Of(l.status)})
	}
	return s
}

// clientListeners returns all listeners of the node except the one for other nodes of the cluster.
func (s Site) clientListeners(ctx context.Context) ([]listener, error) {
	node, err := s.Erlang.Node(ctx)
	if err != nil {
		return nil, err
	}
	all, err := s.ask(ctx, "rabbit_networking", "active_listeners")
	if err != nil {
		return nil, err
	}
	var clients []listener
	list, _ := all.(erlang.List)
	for _, e := range list {
		// e is {listener,Node,Protocol,Host,Address,Port,Options}.
		l, _ := e.(erlang.Tuple)
		if len(l) < 6 || l[1] != erlang.Atom(node) || l[2] == erlang.Atom("clustering") {
			continue
		}
		status, err := s.listenerStatus(ctx, l[4], l[5])
		if err != nil {
			return nil, err
		}
		clients = append(clients, listener{erlang.Cell(l[2]), erlang.Cell(l[4]), erlang.Cell(l[5]), status})
	}
	return clients, nil
}

func (s Site) listenerStatus(ctx context.Context, address, port erlang.Term) (string, error) {
	name, err := s.Erlang.Ask(ctx, call("rabbit_networking", "ranch_ref", address, port))
	if err != nil {
		return "", err
	}
	status, err := s.Erlang.Ask(ctx, call("ranch", "get_status", name))
	if _, failed := failedOf(err); failed && !erldist.IsMissing(err) {
		return "dead", nil
	}
	return erlang.Cell(status), err
}
