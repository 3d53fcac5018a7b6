package node

import (
	"context"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/record"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

func serverVersion() verb.Show {
	return ofOverview("server_version", "Show the RabbitMQ version of the node that answers", "rabbitmq_version", "node")
}

func erlangVersion() verb.Show {
	return ofOverview("erlang_version", "Show the Erlang version of the node that answers", "erlang_version",
		"erlang_full_version", "node")
}

// ofOverview returns a command that shows these members of the overview.
func ofOverview(name, short string, members ...string) verb.Show {
	return verb.Show{
		Name:  name,
		Short: short,
		Long: short +
			". During an upgrade the nodes of a cluster can have different versions: --host asks another node. " +
			"list_nodes shows their names.",
		Example: "  rabbitctl " + name + "\n  rabbitctl " + name + " -o json | jq -r ." + members[0],
		Read: func(ctx context.Context, c *broker.Client, _ verb.Ask) (record.Document, error) {
			overview, err := c.Brief(ctx)
			if err != nil {
				return nil, err
			}
			var fields []record.Field
			for _, m := range members {
				fields = append(fields, record.Field{Column: record.Column{Name: m}, Value: overview.At(m)})
			}
			return record.Document{record.Fields("", fields...)}, nil
		},
	}
}
