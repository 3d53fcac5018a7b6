package broker

import (
	"context"
	"iter"
	"strings"

	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// ConnectionsOver lists the connections whose protocol begins with the given word: MQTT, Web MQTT, STOMP, AMQP 1-0. The
// API lists the connections of all protocols together, so this function picks the rows.
func (c *Client) ConnectionsOver(ctx context.Context, protocol string,
	columns []record.Column) iter.Seq2[record.Row, error] {
	wide := append(columns[:len(columns):len(columns)], record.Column{Name: "protocol"})
	return narrowed(c.Connections(ctx, wide), len(columns), func(row record.Row) bool {
		return strings.HasPrefix(row[len(columns)].Text(), protocol)
	})
}
