// Package listener has the command about what nodes listen on.
package listener

import (
	"context"
	"iter"
	"strings"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/inside"
	"github.com/rabbitctl/rabbitctl/pkg/record"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

// Commands returns the commands of this package, in the order in which the help lists them.
func Commands() []verb.Command { return []verb.Command{list()} }

func list() verb.List {
	return verb.List{
		Name:  "listeners",
		Short: "List the addresses and ports that nodes listen on",
		Long: `List the addresses and ports that the cluster's nodes listen on, with protocol and purpose.
--where 'node == "rabbit@a"' lists those of one node. The command needs the tag monitoring.`,
		Example: `  rabbitctl listeners
  rabbitctl listeners --where 'protocol startsWith "amqp"' --sort node,port
  rabbitctl listeners node port --where '!(protocol contains "ssl" || protocol startsWith "https")' -o json`,
		Group: "node",
		Table: record.Table{
			Noun:    "listeners",
			Default: []string{"node", "interface", "port", "protocol", "purpose"},
			Columns: []record.Column{
				{Name: "node", Kind: record.Text, Help: "the node"},
				{Name: "interface", Kind: record.Text,
					Help: "the address, in brackets for IPv6; [::] and 0.0.0.0 mean all addresses"},
				{Name: "port", Kind: record.Text, Help: "the port"},
				{Name: "protocol", Kind: record.Text, Help: "the broker's name of the protocol, such as amqp/ssl or clustering"},
				{Name: "purpose", Kind: record.Text, Help: "what it is for"},
				{Name: "ip_address", Kind: record.Text, Help: "the address as the API has it"},
				{Name: "tls", Kind: record.Flag, Help: "whether it uses TLS (4.3 and later)"},
				{Name: "socket_opts", Kind: record.Map, Help: "the options of its socket"},
			},
		},
		Rows: rows,
	}
}

func rows(ctx context.Context, c *broker.Client, _ verb.Ask, columns []record.Column) iter.Seq2[record.Row, error] {
	return func(yield func(record.Row, error) bool) {
		overview, err := c.Overview(ctx)
		if err != nil {
			yield(nil, err)
			return
		}
		if !overview.At("listeners").Known() {
			// For a user without the tag monitoring, the overview has no listeners and gives no reason.
			yield(nil, c.Hidden(ctx, "the listeners of "+c.BaseURL()))
			return
		}
		var listeners []record.Value
		overview.At("listeners").Each(func(l record.Value) { listeners = append(listeners, l) })
		for _, l := range listeners {
			row := make(record.Row, len(columns))
			for i, c := range columns {
				switch c.Name {
				case "interface":
					row[i] = record.Of(bracketed(l.At("ip_address").Text()))
				case "purpose":
					row[i] = record.Of(inside.Purpose(l.At("protocol").Text()))
				default:
					row[i] = l.At(c.Path())
				}
			}
			if !yield(row, nil) {
				return
			}
		}
	}
}

func bracketed(address string) string {
	if strings.Contains(address, ":") {
		return "[" + address + "]"
	}
	return address
}
