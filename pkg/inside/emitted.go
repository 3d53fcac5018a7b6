package inside

import (
	"context"
	"time"

	"github.com/rabbitctl/rabbitctl/pkg/erlang"
	"github.com/rabbitctl/rabbitctl/pkg/erldist"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
)

// Connections calls the function "each" with one row for every client connection. A row has the given items, as pairs.
// A node reports only its own connections, so every running node is asked. The rows come in the order in which the
// nodes send them.
func Connections(ctx context.Context, n Node, items []string, each func(row erlang.Term) error) error {
	return emitted(ctx, n, "rabbit_networking", "emit_connection_info_local", atoms(items), each)
}

// AMQP10Connections is like Connections, for the AMQP 1.0 plugin of releases before 4.0.
func AMQP10Connections(ctx context.Context, n Node, items []string, each func(row erlang.Term) error) error {
	return emitted(ctx, n, "rabbit_amqp1_0", "emit_connection_info_local", atoms(items), each)
}

// Channels is like Connections, for channels.
func Channels(ctx context.Context, n Node, items []string, each func(row erlang.Term) error) error {
	return emitted(ctx, n, "rabbit_channel", "emit_info_local", atoms(items), each)
}

// Consumers is like Connections, for the consumers of the queues in a virtual host. Items cannot be chosen: nodes send
// all of them.
func Consumers(ctx context.Context, n Node, vhost string, each func(row erlang.Term) error) error {
	return emitted(ctx, n, "rabbit_amqqueue", "emit_consumers_local", erlang.Binary(vhost),
		func(ofQueue erlang.Term) error {
			for _, row := range listed(ofQueue) {
				if err := each(row); err != nil {
					return err
				}
			}
			return nil
		})
}

// emitted asks each running node for its own part of a listing.
func emitted(ctx context.Context, n Node, module, function string, what erlang.Term,
	each func(row erlang.Term) error) error {
	nodes, err := RunningNodes(ctx, n)
	if err != nil {
		return err
	}
	rows := erldist.Rows{Module: module, Function: function, Args: func(ref erlang.Ref, to erlang.Pid) []erlang.Term {
		return []erlang.Term{what, ref, to}
	}}
	return n.Everywhere(ctx, nodes, []erldist.Rows{rows}, nil, each)
}

// Environment returns the configuration of each application of the node, by name.
func Environment(ctx context.Context, n Node) (erlang.Term, error) {
	return ask(ctx, n, "rabbit", "environment")
}

// EnvironmentText returns what Environment returns, as the node's own Erlang prints it.
func EnvironmentText(ctx context.Context, n Node) (string, error) {
	all, err := Environment(ctx, n)
	if err != nil {
		return "", err
	}
	text, err := ask(ctx, n, "io_lib", "format", erlang.String("~p"), erlang.List{all})
	if err != nil {
		return "", err
	}
	chars, ok := erldist.Characters(text, true)
	if !ok {
		return "", fail.New(fail.Data, "the node's answer with its environment is not text")
	}
	return chars, nil
}

// Status returns what the node reports about itself, as pairs.
func Status(ctx context.Context, n Node) (erlang.Term, error) { return ask(ctx, n, "rabbit", "status") }

// Health runs the health check that nodes before 4.0 have. wrong is the problem that the check reports; "" if there is
// none.
func Health(ctx context.Context, n Node, node string, within time.Duration) (wrong string, err error) {
	said, err := ask(ctx, n, "rabbit_health_check", "node", erlang.Atom(node), erlang.Int(within.Milliseconds()))
	if pair, ok := said.(erlang.Tuple); ok && len(pair) == 2 && pair[0] == erlang.Atom("error_string") {
		return characters(pair[1]), err
	}
	_, err = granted(said, err)
	return "", err
}

// QuorumStatus returns the members of a quorum queue, with the state of each, as rows of pairs.
func QuorumStatus(ctx context.Context, n Node, vhost, queue string) ([]erlang.Term, error) {
	rows, err := granted(ask(ctx, n, "rabbit_quorum_queue", "status", erlang.Binary(vhost), erlang.Binary(queue)))
	return listed(rows), err
}

// StreamStatus returns the replicas of a stream, with the offsets of each, as rows of pairs.
func StreamStatus(ctx context.Context, n Node, vhost, stream string) ([]erlang.Term, error) {
	rows, err := granted(ask(ctx, n, "rabbit_stream_queue", "status", erlang.Binary(vhost), erlang.Binary(stream)))
	return listed(rows), err
}

// StreamTracking returns the offsets and sequence numbers that a stream has stored, as rows of pairs.
func StreamTracking(ctx context.Context, n Node, vhost, stream string) ([]erlang.Term, error) {
	rows, err := granted(ask(ctx, n, "rabbit_stream_queue", "tracking_status", erlang.Binary(vhost),
		erlang.Binary(stream)))
	return listed(rows), err
}
