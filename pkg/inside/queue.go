package inside

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/rabbitctl/rabbitctl/pkg/erlang"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
)

// Location is where a queue is.
type Location struct {
	VHost, Name string
	// Type is classic, quorum or stream.
	Type string
	// Leader is the node that has the leader of the queue, or "" if there is no leader. Members are the nodes that have a
	// member of the queue.
	Leader  string
	Members []string
}

// resource returns the term by which RabbitMQ identifies an object of a virtual host.
func resource(vhost, kind, name string) erlang.Term {
	return erlang.Tuple{erlang.Atom("resource"), erlang.Binary(vhost), erlang.Atom(kind), erlang.Binary(name)}
}

// QueueRecord returns the node's own record of a queue, to be passed back to the node unchanged. It returns nil if the
// queue does not exist.
func QueueRecord(ctx context.Context, n Node, vhost, queue string) (erlang.Term, error) {
	found, err := granted(ask(ctx, n, "rabbit_amqqueue", "lookup", resource(vhost, "queue", queue)))
	if r := RefusedBy(err); r != nil && r.Reason == erlang.Atom("not_found") {
		return nil, nil
	}
	return found, err
}

// QueuePlace returns where a queue is, or nil if the queue does not exist.
func QueuePlace(ctx context.Context, n Node, vhost, queue string) (*Location, error) {
	if err := NeedsRabbit(ctx, n); err != nil {
		return nil, err
	}
	found, err := QueueRecord(ctx, n, vhost, queue)
	if err != nil || found == nil {
		return nil, err
	}
	return placeOf(ctx, n, found)
}

// placeOf returns on which nodes the queue of a record has its leader and its members. Any node can be asked, whichever
// node has the leader. But if the node of a classic queue is stopped, 4.0 with Khepri says nothing, and the Location is
// empty (by RabbitMQ's source).
func placeOf(ctx context.Context, n Node, record erlang.Term) (*Location, error) {
	row, err := ask(ctx, n, "rabbit_amqqueue", "info", record, placeItems())
	if err != nil {
		return nil, err
	}
	return placeIn(row), nil
}

// placeItems returns the items that placeIn reads.
func placeItems() erlang.Term { return atoms([]string{"name", "type", "pid", "leader", "members"}) }

func placeIn(row erlang.Term) *Location {
	p := &Location{Type: QueueType(ValueOf(row, "type")), Leader: erlang.Cell(ValueOf(row, "leader")),
		Members: texts(ValueOf(row, "members"))}
	if len(p.Members) == 0 {
		// A queue without members is a classic queue, and its node counts as the leader. For other queues QueueNode is not
		// used: the process of a quorum queue without a leader can be on a node that does not lead the queue (4.3).
		p.Leader = QueueNode(row)
	}
	p.VHost, p.Name = InVHost(ValueOf(row, "name"))
	slices.Sort(p.Members)
	return p
}

// Places returns where the queues of a virtual host are. Any node knows the places of all queues. The function Queues
// and the official list_queues leave out quorum queues and streams whose leader was on a node that is stopped now
// (3.10, 4.3); Places does not.
func Places(ctx context.Context, n Node, vhost string) ([]Location, error) {
	rows, err := ask(ctx, n, "rabbit_amqqueue", "info_all", erlang.Binary(vhost), placeItems())
	var places []Location
	for _, row := range listed(rows) {
		places = append(places, *placeIn(row))
	}
	return places, err
}

// InVHost returns the virtual host and the name in {resource,VHost,Kind,Name}, or "" for any other term.
func InVHost(t erlang.Term) (vhost, name string) {
	r, _ := t.(erlang.Tuple)
	if len(r) != 4 || r[0] != erlang.Atom("resource") {
		return "", ""
	}
	return characters(r[1]), characters(r[3])
}

// texts returns the elements of an Erlang list as strings.
func texts(t erlang.Term) []string {
	var out []string
	for _, e := range listed(t) {
		out = append(out, erlang.Cell(e))
	}
	return out
}

// PlacesOf returns where all queues of a type (quorum or stream) are, in the order of virtual host and name.
func PlacesOf(ctx context.Context, n Node, kind string) ([]Location, error) {
	if err := NeedsRabbit(ctx, n); err != nil {
		return nil, err
	}
	all, err := ask(ctx, n, "rabbit_amqqueue", "list_by_type", erlang.Atom(kind))
	if err != nil {
		return nil, err
	}
	var places []Location
	for _, record := range listed(all) {
		p, err := placeOf(ctx, n, record)
		if err != nil {
			return nil, err
		}
		places = append(places, *p)
	}
	slices.SortFunc(places, func(a, b Location) int {
		return cmp.Or(cmp.Compare(a.VHost, b.VHost),
			cmp.Compare(a.Name, b.Name))
	})
	return places, nil
}

// QueueNames returns the names of all queues in a virtual host.
func QueueNames(ctx context.Context, n Node, vhost string) ([]string, error) {
	all, err := ask(ctx, n, "rabbit_amqqueue", "list_names", erlang.Binary(vhost))
	var names []string
	for _, r := range listed(all) {
		names = append(names, NameOf(r))
	}
	return names, err
}

// Peek returns the message at a position of a quorum queue, as pairs; the first position is 1. The message stays in its
// place, and its delivery count does not change.
func Peek(ctx context.Context, n Node, vhost, queue string, position int) (erlang.Term, error) {
	return granted(ask(ctx, n, "rabbit_quorum_queue", "peek", erlang.Binary(vhost), erlang.Binary(queue),
		erlang.Int(int64(position))))
}

// StreamID returns the name by which the stream coordinator knows a stream.
func StreamID(ctx context.Context, n Node, vhost, stream string) (erlang.Term, error) {
	found, err := QueueRecord(ctx, n, vhost, stream)
	if err != nil {
		return nil, err
	}
	state, err := ask(ctx, n, "amqqueue", "get_type_state", found)
	m, _ := state.(erlang.Map)
	id := m.Get("name")
	if err == nil && id == nil {
		err = fail.New(fail.Unavailable, "the node does not report the stream coordinator's name for stream %s", stream)
	}
	return id, err
}

// Mirrors returns how many mirrors a classic queue of 3.x has, and how many of the mirrors are synchronised. Both are 0
// if the queue does not exist.
func Mirrors(ctx context.Context, n Node, vhost, queue string) (all, inStep int, err error) {
	found, err := QueueRecord(ctx, n, vhost, queue)
	if err != nil || found == nil {
		return 0, 0, err
	}
	row, err := ask(ctx, n, "rabbit_amqqueue", "info", found, atoms([]string{"slave_pids", "synchronised_slave_pids"}))
	return len(listed(ValueOf(row, "slave_pids"))), len(listed(ValueOf(row, "synchronised_slave_pids"))), err
}

// AwaitMirrors waits until each mirrored queue of 3.x has a synchronised mirror on another node. ok reports whether
// this was reached within the time. alone means that the node is in no cluster: then AwaitMirrors does not wait, and ok
// is true.
func AwaitMirrors(ctx context.Context, n Node, within time.Duration) (alone, ok bool, err error) {
	single, err := ask(ctx, n, "rabbit_nodes", "is_single_node_cluster")
	if err != nil || single == erlang.Atom("true") {
		return true, true, err
	}
	done, err := ask(ctx, n, "rabbit_upgrade_preparation", "await_online_synchronised_mirrors",
		erlang.Int(within.Milliseconds()))
	return false, done == erlang.Atom("true"), err
}
