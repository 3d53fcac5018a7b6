package broker

import (
	"context"
	"iter"
	"net/http"
	"net/url"

	rabbithole "github.com/michaelklishin/rabbit-hole/v2"

	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// Exchange returns one exchange, with everything that the API reports of it.
func (c *Client) Exchange(ctx context.Context, vhost, name string) (record.Value, error) {
	return c.value(ctx, Path("exchanges", vhost, name), nil, objectIn(vhost, name))
}

// ExchangeSettings are the properties with which an exchange is declared.
type ExchangeSettings struct {
	Type       string         `json:"type"`
	Durable    bool           `json:"durable"`
	AutoDelete bool           `json:"auto_delete"`
	Internal   bool           `json:"internal"`
	Arguments  map[string]any `json:"arguments"`
}

// DeclareExchange declares an exchange. If it exists with other properties, the error is a Refusal with status 400. Of
// the arguments the broker compares only alternate-exchange, and ignores other differences.
func (c *Client) DeclareExchange(ctx context.Context, vhost, name string, s ExchangeSettings) error {
	return c.send(ctx, sent{method: http.MethodPut, path: Path("exchanges", vhost, name), body: s})
}

// DeleteExchange removes an exchange with its bindings. If there is no such exchange, the error is a Refusal with
// status 404.
func (c *Client) DeleteExchange(ctx context.Context, vhost, name string) error {
	return c.done(c.hole(ctx).DeleteExchange(vhost, name))
}

// DeleteUnusedExchange removes an exchange from which no binding leads away. If one does, the error is a Refusal with
// status 400.
func (c *Client) DeleteUnusedExchange(ctx context.Context, vhost, name string) error {
	return c.send(ctx, sent{method: http.MethodDelete, path: Path("exchanges", vhost, name),
		query: url.Values{"if-unused": {"true"}}})
}

// Ends are the two ends of bindings. Kind is the kind of the destination: queue or exchange.
type Ends struct{ Source, Kind, Destination string }

// BindingsBetween lists the bindings from an exchange to a queue or another exchange. If the source or the destination
// does not exist, the list is empty.
func (c *Client) BindingsBetween(ctx context.Context, vhost string, e Ends,
	columns []record.Column) iter.Seq2[record.Row, error] {
	return c.Rows(ctx, Path("bindings", vhost, "e", e.Source, e.Kind[:1], e.Destination), OfColumns(columns), columns)
}

// Bind makes a binding. If the binding exists already, nothing changes, and the broker does not report that. If the
// source or the destination does not exist, the error is a Refusal with status 404.
func (c *Client) Bind(ctx context.Context, vhost string, e Ends, key string, arguments map[string]any) error {
	return c.done(c.hole(ctx).DeclareBinding(vhost, rabbithole.BindingInfo{Source: e.Source, Destination: e.Destination,
		DestinationType: e.Kind, RoutingKey: key, Arguments: arguments}))
}

// Unbind removes the binding with this properties_key. If there is no such binding, the error is a Refusal with status
// 404.
func (c *Client) Unbind(ctx context.Context, vhost string, e Ends, properties string) error {
	return c.done(c.hole(ctx).DeleteBinding(vhost, rabbithole.BindingInfo{Source: e.Source, Destination: e.Destination,
		DestinationType: e.Kind, PropertiesKey: properties}))
}
