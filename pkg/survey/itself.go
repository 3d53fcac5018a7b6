package survey

import (
	"context"
	"slices"
	"strconv"

	"github.com/rabbitctl/rabbitctl/pkg/erlang"
	"github.com/rabbitctl/rabbitctl/pkg/erldist"
	"github.com/rabbitctl/rabbitctl/pkg/health"
	"github.com/rabbitctl/rabbitctl/pkg/inside"
)

// Itself is what a node reports about itself over Erlang distribution. This works even if the node's management API
// does not answer.
type Itself struct {
	// Node has the node's name, whether RabbitMQ runs on it, and its present figures of disk and memory.
	health.Node
	// Booting means that RabbitMQ does not run yet, because it is starting.
	Booting bool
	// Version is the version of RabbitMQ.
	Version string
	// Alarms are the alarms that the node knows about, on any node of its cluster.
	Alarms []health.Alarm
	// Members are the nodes of its cluster. Silent are the members that, as the node sees it, do not run. A node on which
	// RabbitMQ is stopped reports neither.
	Members, Silent []string
}

// NotRunning says why RabbitMQ does not run on the node: it is stopped, or still starting.
func (n Itself) NotRunning() *inside.Stopped {
	return &inside.Stopped{Node: n.Name, Booting: n.Booting}
}

// OwnAlarms returns the alarms of the node itself.
func (n Itself) OwnAlarms() []health.Alarm {
	return slices.DeleteFunc(slices.Clone(n.Alarms), func(a health.Alarm) bool { return a.Node != n.Name })
}

// OfItself asks a node about itself. If RabbitMQ does not run on the node, only Name, Running, Booting and Version are
// set.
func OfItself(ctx context.Context, node *erldist.Client) (Itself, error) {
	q := asking{ctx: ctx, node: node}
	var n Itself
	n.Name, q.err = node.Node(ctx)
	n.Running = q.ask("rabbit", "is_running") == erlang.Atom("true")
	n.Version = letters(q.ask("rabbit_misc", "version"))
	if q.err != nil {
		return n, q.err
	}
	if !n.Running {
		var err error
		n.Booting, err = inside.Booting(ctx, node)
		return n, err
	}
	n.DiskFree = reckoned(q.ask("rabbit_disk_monitor", "get_disk_free"))
	n.DiskLimit = reckoned(q.ask("rabbit_disk_monitor", "get_disk_free_limit"))
	n.MemoryUsed = reckoned(q.ask("vm_memory_monitor", "get_process_memory"))
	n.MemoryLimit = reckoned(q.ask("vm_memory_monitor", "get_memory_limit"))
	n.Alarms = alarmsIn(q.ask("rabbit_alarm", "get_alarms"))
	// In 3.10 the module rabbit_nodes has only the functions all and all_running. In 4.3 it also has list_members and
	// list_running.
	n.Members = atoms(q.first("rabbit_nodes", "list_members", "all"))
	running := atoms(q.first("rabbit_nodes", "list_running", "all_running"))
	for _, member := range n.Members {
		if !slices.Contains(running, member) {
			n.Silent = append(n.Silent, member)
		}
	}
	if q.err != nil {
		return n, q.err
	}
	watched, known, err := DiskWatched(ctx, node)
	n.DiskUnwatched = known && !watched
	return n, err
}

// DiskWatched tells whether a node watches its free disk space. There is no call for this, so DiskWatched reads the
// state of the disk monitor as 3.10 and 4.3 have it. known is false if the state of this release has another form.
func DiskWatched(ctx context.Context, node *erldist.Client) (watched, known bool, err error) {
	q := asking{ctx: ctx, node: node}
	state, _ := q.ask("sys", "get_state", erlang.Atom("rabbit_disk_monitor")).(erlang.Tuple)
	const alarmed, enabled, size = 7, 8, 13
	if q.err != nil || len(state) != size || state[0] != erlang.Atom("state") {
		return false, false, q.err
	}
	if _, is := truth(state[alarmed]); !is {
		return false, false, nil
	}
	watched, known = truth(state[enabled])
	return watched, known, nil
}

// asking asks a node several questions, one after the other. After the first error it asks no more.
type asking struct {
	ctx  context.Context
	node *erldist.Client
	err  error
}

func (q *asking) ask(module, function string, args ...erlang.Term) erlang.Term {
	if q.err != nil {
		return nil
	}
	t, err := q.node.Ask(q.ctx, erldist.Call{Module: module, Function: function, Args: args})
	q.err = err
	return t
}

// first calls the first of the functions that exists in the node's release.
func (q *asking) first(module string, functions ...string) erlang.Term {
	for i, function := range functions {
		t := q.ask(module, function)
		if i == len(functions)-1 || !erldist.IsMissing(q.err) {
			return t
		}
		q.err = nil
	}
	return nil
}

func truth(t erlang.Term) (value, known bool) {
	return t == erlang.Atom("true"), t == erlang.Atom("true") || t == erlang.Atom("false")
}

// reckoned reads a number. For anything else, such as NaN, it keeps the text.
func reckoned(t erlang.Term) health.Reading {
	var r health.Reading
	if n, is := t.(erlang.Number); is {
		var err error
		if r.Value, err = strconv.ParseFloat(string(n), 64); err == nil {
			r.Known = true
			return r
		}
	}
	if t != nil {
		r.Raw = erlang.Cell(t)
	}
	return r
}

// alarmsIn reads a list of {{resource_limit,Resource,Node},[]}. Other elements, such as file_descriptor_limit, are left
// out: they are not alarms that block publishers.
func alarmsIn(t erlang.Term) []health.Alarm {
	var alarms []health.Alarm
	list, _ := t.(erlang.List)
	for _, e := range list {
		pair, _ := e.(erlang.Tuple)
		if len(pair) != 2 {
			continue
		}
		limit, _ := pair[0].(erlang.Tuple)
		if len(limit) == 3 && limit[0] == erlang.Atom("resource_limit") {
			alarms = append(alarms, health.Alarm{Node: erlang.Cell(limit[2]), Resource: erlang.Cell(limit[1])})
		}
	}
	return alarms
}

func atoms(t erlang.Term) []string {
	var names []string
	list, _ := t.(erlang.List)
	for _, e := range list {
		names = append(names, erlang.Cell(e))
	}
	slices.Sort(names)
	return names
}

func letters(t erlang.Term) string {
	s, _ := erldist.Characters(t, false)
	return s
}
