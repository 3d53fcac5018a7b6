package change

import (
	"context"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// SuperStream is an existing super stream. Streams are its partitions, in their order; Keys are their routing keys, in
// the same order.
type SuperStream struct {
	VHost, Name   string
	Streams, Keys []string
}

// SuperStreams lists the super streams of a virtual host, or of all virtual hosts if vhost is "". A bound queue for
// which listed returns true is a stream. For any other bound queue, SuperStreams asks the broker for the type, because
// listings leave out some queues of stopped nodes.
func SuperStreams(ctx context.Context, c *broker.Client, vhost string,
	listed func(vhost, queue string) bool) ([]SuperStream, error) {
	all, err := superStreamExchanges(ctx, c, vhost)
	if err != nil {
		return nil, err
	}
	for i, s := range all {
		read := &boundQueues{at: Site{Broker: c, VHost: s.VHost}}
		isStream := func(ctx context.Context, queue string) (bool, error) {
			if listed(s.VHost, queue) {
				return true, nil
			}
			return read.mayBeStream(ctx, queue)
		}
		partitions, _, err := partitionsOf(ctx, read.at, s.Name, isStream)
		if broker.IsNotFound(err) {
			continue // deleted in the meantime
		}
		if err != nil {
			return nil, err
		}
		for _, p := range partitions {
			all[i].Streams, all[i].Keys = append(all[i].Streams, p.queue), append(all[i].Keys, p.key)
		}
	}
	return all, nil
}

// superStreamExchanges finds super streams by their exchanges. It does not look for partitions.
func superStreamExchanges(ctx context.Context, c *broker.Client, vhost string) ([]SuperStream, error) {
	type exchange struct{ vhost, name, mark string }
	reader := record.NewReader(func(b *record.Binder, of *exchange) {
		b.Text("vhost", &of.vhost)
		b.Text("name", &of.name)
		b.Text("arguments.x-super-stream", &of.mark)
	})
	var all []SuperStream
	for e, err := range reader.All(c.Exchanges(ctx, vhost, reader.Columns())) {
		if err != nil {
			return nil, err
		}
		if e.mark == "true" {
			all = append(all, SuperStream{VHost: e.vhost, Name: e.name})
		}
	}
	return all, nil
}

// SuperStreamNames returns the names of the super streams of a virtual host.
func SuperStreamNames(ctx context.Context, c *broker.Client, vhost string) (names []string, err error) {
	all, err := superStreamExchanges(ctx, c, vhost)
	for _, s := range all {
		names = append(names, s.Name)
	}
	return names, err
}
