package broker

import (
	"context"
	"iter"

	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// scoped lists a collection of the API for one virtual host, or for all that the user may see if vhost is "". If
// narrows is false for the collection, scoped ignores vhost.
func (c *Client) scoped(ctx context.Context, collection, vhost string,
	columns []record.Column) iter.Seq2[record.Row, error] {
	rows := func(path string) iter.Seq2[record.Row, error] { return c.Rows(ctx, path, OfColumns(columns), columns) }
	if !narrows(collection) {
		return c.readable(ctx, collection, Path(collection), rows(Path(collection)))
	}
	return c.Listed(ctx, collection, vhost, rows)
}

// Exchanges lists exchanges, the nameless default one included.
func (c *Client) Exchanges(ctx context.Context, vhost string, columns []record.Column) iter.Seq2[record.Row, error] {
	return c.scoped(ctx, "exchanges", vhost, columns)
}

// Bindings lists bindings, those of the default exchange included.
func (c *Client) Bindings(ctx context.Context, vhost string, columns []record.Column) iter.Seq2[record.Row, error] {
	return c.scoped(ctx, "bindings", vhost, columns)
}

// Consumers lists consumers, those of the stream protocol included.
func (c *Client) Consumers(ctx context.Context, vhost string, columns []record.Column) iter.Seq2[record.Row, error] {
	return c.scoped(ctx, "consumers", vhost, columns)
}

// Policies lists policies. Of the policies that match a queue or an exchange, brokers apply the one with the highest
// priority.
func (c *Client) Policies(ctx context.Context, vhost string, columns []record.Column) iter.Seq2[record.Row, error] {
	return c.scoped(ctx, "policies", vhost, columns)
}

// OperatorPolicies lists the operator policies of a virtual host, or of all that the user may see if vhost is "".
func (c *Client) OperatorPolicies(ctx context.Context, vhost string,
	columns []record.Column) iter.Seq2[record.Row, error] {
	return c.scoped(ctx, "operator-policies", vhost, columns)
}

// VHostLimits lists the limits of virtual hosts that have any.
func (c *Client) VHostLimits(ctx context.Context, vhost string, columns []record.Column) iter.Seq2[record.Row, error] {
	return c.scoped(ctx, "vhost-limits", vhost, columns)
}

// Users lists users. The broker sends the hashes of their passwords only if a column asks for them.
func (c *Client) Users(ctx context.Context, columns []record.Column) iter.Seq2[record.Row, error] {
	return c.scoped(ctx, "users", "", columns)
}

// GlobalParameters lists cluster-wide runtime parameters.
func (c *Client) GlobalParameters(ctx context.Context, columns []record.Column) iter.Seq2[record.Row, error] {
	return c.scoped(ctx, "global-parameters", "", columns)
}

// UserLimits lists the limits of users that have any.
func (c *Client) UserLimits(ctx context.Context, columns []record.Column) iter.Seq2[record.Row, error] {
	return c.scoped(ctx, "user-limits", "", columns)
}

// LimitsOfUser lists the limits of one user: at most one row.
func (c *Client) LimitsOfUser(ctx context.Context, user string, columns []record.Column) iter.Seq2[record.Row, error] {
	return c.Rows(ctx, Path("user-limits", user), OfColumns(columns), columns)
}

// FeatureFlags lists the feature flags.
func (c *Client) FeatureFlags(ctx context.Context, columns []record.Column) iter.Seq2[record.Row, error] {
	return c.scoped(ctx, "feature-flags", "", columns)
}

// DeprecatedFeatures lists the deprecated features, whether they are in use or not. On releases before 3.13 the error
// is a Refusal with status 404.
func (c *Client) DeprecatedFeatures(ctx context.Context, columns []record.Column) iter.Seq2[record.Row, error] {
	return c.scoped(ctx, "deprecated-features", "", columns)
}

// Permissions lists what users may configure, write and read.
func (c *Client) Permissions(ctx context.Context, vhost string, columns []record.Column) iter.Seq2[record.Row, error] {
	return c.ofVHost(ctx, "permissions", vhost, columns)
}

// TopicPermissions lists what users may publish and read by routing key.
func (c *Client) TopicPermissions(ctx context.Context, vhost string,
	columns []record.Column) iter.Seq2[record.Row, error] {
	return c.ofVHost(ctx, "topic-permissions", vhost, columns)
}

// ofVHost lists a collection that the API keeps below a virtual host.
func (c *Client) ofVHost(ctx context.Context, collection, vhost string,
	columns []record.Column) iter.Seq2[record.Row, error] {
	path := Path(collection)
	if vhost != "" {
		path = Path("vhosts", vhost, collection)
	}
	return c.readable(ctx, collection, path, c.Rows(ctx, path, OfColumns(columns), columns))
}

// UserPermissions lists what a user may configure, write and read.
func (c *Client) UserPermissions(ctx context.Context, user string,
	columns []record.Column) iter.Seq2[record.Row, error] {
	path := Path("users", user, "permissions")
	return c.readable(ctx, "permissions", path, c.Rows(ctx, path, OfColumns(columns), columns))
}

// UserTopicPermissions lists what a user may publish and read by routing key.
func (c *Client) UserTopicPermissions(ctx context.Context, user string,
	columns []record.Column) iter.Seq2[record.Row, error] {
	path := Path("users", user, "topic-permissions")
	return c.readable(ctx, "topic-permissions", path, c.Rows(ctx, path, OfColumns(columns), columns))
}

// ExchangeBindings lists the bindings that lead away from an exchange.
func (c *Client) ExchangeBindings(ctx context.Context, vhost, name string,
	columns []record.Column) iter.Seq2[record.Row, error] {
	return c.Rows(ctx, Path("exchanges", vhost, name, "bindings", "source"), OfColumns(columns), columns)
}

// BindingsToExchange lists the bindings that lead to an exchange.
func (c *Client) BindingsToExchange(ctx context.Context, vhost, name string,
	columns []record.Column) iter.Seq2[record.Row, error] {
	return c.Rows(ctx, Path("exchanges", vhost, name, "bindings", "destination"), OfColumns(columns), columns)
}

// ConnectionChannels lists the channels of a connection.
func (c *Client) ConnectionChannels(ctx context.Context, name string,
	columns []record.Column) iter.Seq2[record.Row, error] {
	return c.Rows(ctx, Path("connections", name, "channels"), OfColumns(columns), columns)
}

// Parameters lists the runtime parameters of plugins. The API can narrow the list to a virtual host only together with
// a component, so this function picks the rows of the virtual host itself.
func (c *Client) Parameters(ctx context.Context, vhost string, columns []record.Column) iter.Seq2[record.Row, error] {
	wide := append(columns[:len(columns):len(columns)], record.Column{Name: "vhost"})
	path := Path("parameters")
	all := c.readable(ctx, "parameters", path, c.Rows(ctx, path, OfColumns(wide), wide))
	return narrowed(all, len(columns), func(row record.Row) bool {
		return vhost == "" || row[len(columns)].Text() == vhost
	})
}

// narrowed passes on the rows that are wanted, and cuts each of them to the given number of columns.
func narrowed(rows iter.Seq2[record.Row, error], columns int,
	wanted func(record.Row) bool) iter.Seq2[record.Row, error] {
	return func(yield func(record.Row, error) bool) {
		for row, err := range rows {
			if err == nil {
				if !wanted(row) {
					continue
				}
				row = row[:columns:columns]
			}
			if !yield(row, err) || err != nil {
				return
			}
		}
	}
}
