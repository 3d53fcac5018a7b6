package broker

import (
	"context"
	"iter"
	"strings"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// StreamConnections lists the connections of stream clients. Like the other listings of plugins, it fails with kind
// Unavailable if the plugin is disabled.
func (c *Client) StreamConnections(ctx context.Context, vhost string,
	columns []record.Column) iter.Seq2[record.Row, error] {
	return c.ofPlugin(ctx, "rabbitmq_stream_management", "stream/connections", vhost, columns)
}

// StreamConsumers lists the subscriptions of stream clients.
func (c *Client) StreamConsumers(ctx context.Context, vhost string,
	columns []record.Column) iter.Seq2[record.Row, error] {
	return c.ofPlugin(ctx, "rabbitmq_stream_management", "stream/consumers", vhost, columns)
}

// StreamPublishers lists the publishers of stream clients.
func (c *Client) StreamPublishers(ctx context.Context, vhost string,
	columns []record.Column) iter.Seq2[record.Row, error] {
	return c.ofPlugin(ctx, "rabbitmq_stream_management", "stream/publishers", vhost, columns)
}

// Shovels lists the shovels that nodes run, static ones included, which belong to no virtual host.
func (c *Client) Shovels(ctx context.Context, vhost string, columns []record.Column) iter.Seq2[record.Row, error] {
	return c.ofPlugin(ctx, "rabbitmq_shovel_management", "shovels", vhost, columns)
}

// FederationLinks lists the links that policies make out of federation upstreams.
func (c *Client) FederationLinks(ctx context.Context, vhost string,
	columns []record.Column) iter.Seq2[record.Row, error] {
	return c.ofPlugin(ctx, "rabbitmq_federation_management", "federation-links", vhost, columns)
}

// FederationUpstreams lists the upstreams that are declared. Their URIs hold passwords in the clear.
func (c *Client) FederationUpstreams(ctx context.Context, vhost string,
	columns []record.Column) iter.Seq2[record.Row, error] {
	return c.ofPlugin(ctx, "rabbitmq_federation", "parameters/federation-upstream", vhost, columns)
}

// ofPlugin lists a collection that only a plugin offers. With a virtual host, a 404 means that the plugin is disabled
// or that the virtual host does not exist. So ofPlugin then asks for the virtual host, and the error says which of the
// two is missing.
func (c *Client) ofPlugin(ctx context.Context, plugin, collection, vhost string,
	columns []record.Column) iter.Seq2[record.Row, error] {
	words := strings.Split(collection, "/")
	if vhost != "" {
		words = append(words, vhost)
	}
	rows := c.readable(ctx, collection, Path(words...), c.Rows(ctx, Path(words...), OfColumns(columns), columns))
	return func(yield func(record.Row, error) bool) {
		for row, err := range rows {
			if IsNotFound(err) {
				err = c.pluginOff(collection, plugin)
				if vhost != "" {
					if shut := c.EnterVHost(ctx, vhost); shut != nil {
						err = shut
					}
				}
			}
			if !yield(row, err) || err != nil {
				return
			}
		}
	}
}

func (c *Client) pluginOff(collection, plugin string) error {
	e := fail.New(fail.Unavailable, "%s does not offer %s: its plugin %s is off", c.base, collection, plugin).
		Do(fail.EnablePlugin, plugin)
	e.Err = missingHere{}
	return e
}
