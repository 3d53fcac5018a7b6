package exchange

import (
	"context"
	"slices"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/record"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

func show() verb.Show {
	return verb.Show{
		Name:  "show_exchange",
		Short: "Show an exchange with its bindings, policy and rates",
		Long: `Show an exchange with its rates, the bindings that lead away from it and those that lead to it. The exchange is in the
virtual host / unless -p names another. The default exchange, whose name is empty, is called amq.default here.`,
		Example: `  rabbitctl show_exchange orders
  rabbitctl show_exchange orders -p prod -o json | jq .bindings`,
		Args:   []verb.Arg{name()},
		Scoped: true,
		Read:   read,
	}
}

func read(ctx context.Context, c *broker.Client, ask verb.Ask) (record.Document, error) {
	exchange := ask.Args[0]
	raw, err := c.Exchange(ctx, ask.VHost, exchange)
	if err != nil {
		return nil, verb.Absent(ctx, c, err, "exchange", ask.VHost, exchange, name())
	}
	columns, err := table().Select([]string{"vhost", "name", "type", "durable", "auto_delete", "internal", "arguments",
		"policy", "user_who_performed_action"})
	if err != nil {
		return nil, err
	}
	d := record.Document{record.Object("", columns, raw), verb.Rates(raw.At("message_stats"), "publish_in", "publish_out")}
	away := []record.Column{{Name: "destination_name", From: "destination"}, {Name: "destination_kind",
		From: "destination_type"},
		{Name: "routing_key"}, {Name: "arguments", Kind: record.Map}}
	if d, err = verb.Attach(d, "bindings", away, c.ExchangeBindings(ctx, ask.VHost, exchange, away)); err != nil {
		return nil, err
	}
	to := []record.Column{{Name: "source_name", From: "source"}, {Name: "routing_key"},
		{Name: "arguments", Kind: record.Map}}
	return verb.Attach(d, "bound_to", to, c.BindingsToExchange(ctx, ask.VHost, exchange, to))
}

// name is the argument that names an exchange.
func name() verb.Arg {
	return verb.Arg{Name: "EXCHANGE",
		Complete: func(ctx context.Context, c *broker.Client, vhost string) ([]string, error) {
			names, err := record.Texts(c.Exchanges(ctx, vhost, record.Named("name")))
			return slices.DeleteFunc(names, func(name string) bool { return name == "" }), err
		}}
}
