package inside

import (
	"context"
	"errors"

	"github.com/rabbitctl/rabbitctl/pkg/erlang"
	"github.com/rabbitctl/rabbitctl/pkg/erldist"
)

// Coordinator returns the members of the stream coordinator as rows of pairs.
func Coordinator(ctx context.Context, n Node) ([]erlang.Term, error) {
	if err := NeedsRabbit(ctx, n); err != nil {
		return nil, err
	}
	rows, err := granted(ask(ctx, n, "rabbit_stream_coordinator", "status"))
	return listed(rows), err
}

// HasStreams reports whether a stream is declared in any virtual host.
func HasStreams(ctx context.Context, n Node) (bool, error) {
	all, err := ask(ctx, n, "rabbit_amqqueue", "list_by_type", erlang.Atom("stream"))
	return len(listed(all)) > 0, err
}

// CoordinatorSilent reports whether the error means that the coordinator of streams does not run, or does not answer:
// the coordinator starts with the first stream. Without a coordinator, a single node fails with function_clause; a node
// of a cluster returns coordinator_not_started_or_available (4.0.5 and 4.3.6).
func CoordinatorSilent(err error) bool {
	if r := RefusedBy(err); r != nil {
		return r.Reason == erlang.Atom("coordinator_not_started_or_available")
	}
	var f *erldist.Failed
	return errors.As(err, &f) && !f.Missing() && reasonIs(f.Reason, "function_clause")
}

// reasonIs reports whether t is {'EXIT',{Reason,Stack}} or {Reason,Stack} with the given reason.
func reasonIs(t erlang.Term, reason string) bool {
	pair, _ := t.(erlang.Tuple)
	if len(pair) == 2 && pair[0] == erlang.Atom("EXIT") {
		pair, _ = pair[1].(erlang.Tuple)
	}
	return len(pair) > 0 && pair[0] == erlang.Atom(reason)
}

func atoms(names []string) erlang.List {
	out := erlang.List{}
	for _, n := range names {
		out = append(out, erlang.Atom(n))
	}
	return out
}

// ConsumerGroups returns the groups of single active consumers of streams in a virtual host, as rows of pairs with the
// wanted columns.
func ConsumerGroups(ctx context.Context, n Node, vhost string, columns []string) ([]erlang.Term, error) {
	rows, err := granted(ask(ctx, n, "rabbit_stream_sac_coordinator", "consumer_groups", erlang.Binary(vhost),
		atoms(columns)))
	return listed(rows), err
}

// GroupConsumers returns the consumers of one group of single active consumers, as rows of pairs with the wanted
// columns. known is false if the group does not exist.
func GroupConsumers(ctx context.Context, n Node, vhost, stream, reference string,
	columns []string) (rows []erlang.Term, known bool, err error) {
	all, err := granted(ask(ctx, n, "rabbit_stream_sac_coordinator", "group_consumers", erlang.Binary(vhost),
		erlang.Binary(stream), erlang.Binary(reference), atoms(columns)))
	if r := RefusedBy(err); r != nil && r.Reason == erlang.Atom("not_found") {
		return nil, false, nil
	}
	return listed(all), true, err
}

// StoredOffset returns the offset that is stored in a stream under a reference. known is false if no offset is stored.
func StoredOffset(ctx context.Context, n Node, vhost, stream, reference string) (offset erlang.Term, known bool,
	err error) {
	rows, err := granted(ask(ctx, n, "rabbit_stream_queue", "tracking_status", erlang.Binary(vhost),
		erlang.Binary(stream)))
	for _, row := range listed(rows) {
		if ValueOf(row, "type") == erlang.Atom("offset") && characters(ValueOf(row, "reference")) == reference {
			return ValueOf(row, "value"), true, err
		}
	}
	return nil, false, err
}

// NotInRelease reports whether the error says that the node's release does not have the function that was called.
func NotInRelease(err error) bool { return erldist.IsMissing(err) }
