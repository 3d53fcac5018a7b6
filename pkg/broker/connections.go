package broker

import (
	"context"
	"iter"
	"strconv"
	"time"

	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// Connections lists client connections of every protocol that the user may see. A connection is listed from the next
// collection of the statistics on (every five seconds by default), not before (measured on 3.10.8 and 4.3.6).
func (c *Client) Connections(ctx context.Context, columns []record.Column) iter.Seq2[record.Row, error] {
	path := Path("connections")
	return c.readable(ctx, "connections", path, c.Rows(ctx, path, Uncached(OfColumns(columns)), columns))
}

// VHostConnections lists the client connections to a virtual host, as Connections does.
func (c *Client) VHostConnections(ctx context.Context, vhost string,
	columns []record.Column) iter.Seq2[record.Row, error] {
	path := Path("vhosts", vhost, "connections")
	return c.readable(ctx, "connections", path, c.Rows(ctx, path, Uncached(OfColumns(columns)), columns))
}

// Channels lists the channels of AMQP 0-9-1 connections.
func (c *Client) Channels(ctx context.Context, columns []record.Column) iter.Seq2[record.Row, error] {
	path := Path("channels")
	return c.readable(ctx, "channels", path, c.Rows(ctx, path, Uncached(OfColumns(columns)), columns))
}

// ChannelsOver lists channels with samples of their counters. In message_stats each counter has the value of the newest
// sample, and its details have the older samples, one for each step, as far back as age. Brokers keep samples for an
// hour, and report 0 for older ones (measured on 3.10 and 4.3).
func (c *Client) ChannelsOver(ctx context.Context, age, step time.Duration,
	columns []record.Column) iter.Seq2[record.Row, error] {
	query := OfColumns(columns)
	query.Set("msg_rates_age", strconv.Itoa(int(age/time.Second)))
	query.Set("msg_rates_incr", strconv.Itoa(int(step/time.Second)))
	return c.Rows(ctx, Path("channels"), query, columns)
}
