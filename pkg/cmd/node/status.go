package node

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/health"
	"github.com/rabbitctl/rabbitctl/pkg/record"
	"github.com/rabbitctl/rabbitctl/pkg/steps"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

func status() verb.Show {
	return verb.Show{
		Name:  "status",
		Short: "Show the cluster at a glance: versions, alarms, nodes, totals",
		Long: `Show the cluster at a glance: versions, alarms in effect, each node's memory and disk, totals and
listeners. Alarms are up to date; the nodes' figures can be ten seconds old. For about a minute after a node has
stopped answering, the figures of all nodes, the totals and the listeners are missing, and the exit code is 75. A
user without the tag monitoring sees no nodes and no listeners. If the management API does not answer, and rabbitctl
finds an Erlang cookie (~/.erlang.cookie is enough), status shows what one node, that of --node, reports about
itself over Erlang distribution (see rabbitctl help transports).`,
		Example: `  rabbitctl status
  rabbitctl status -o json | jq .nodes`,
		Read: readStatus, Itself: itself,
	}
}

func readStatus(ctx context.Context, c *broker.Client, ask verb.Ask) (record.Document, error) {
	overview, whole, err := c.Glimpse(ctx, nil)
	if err != nil {
		return nil, err
	}
	alarms, err := alarmSection(ctx, c)
	if err != nil {
		return nil, err
	}
	d := record.Document{cluster(overview), alarms}
	nodes, missing, err := nodeSection(ctx, c)
	var silence *broker.Silence
	switch {
	case fail.KindOf(err) == fail.Denied:
		why := c.Hidden(ctx, "nodes and listeners")
		ask.Note("%s (%s)", why, steps.Words(why.Hint))
		err = nil
	case err != nil && !errors.As(err, &silence):
		return nil, err
	default:
		d = append(d, nodes)
		verb.SayUntold(ctx, c, ask)
	}
	if len(missing) > 0 {
		ask.Note("%s, so alarms there are unknown", health.DoNotAnswer(missing))
	}
	if whole {
		d = append(d, totals(overview))
	}
	// For users without the tag monitoring, the overview has no listeners. An empty section would look as if the node had
	// none.
	if overview.At("listeners").Known() {
		d = append(d, listeners(overview))
	}
	return d, err
}

func cluster(overview record.Value) record.Section {
	field := func(name, from string) record.Field {
		return record.Field{Column: record.Column{Name: name}, Value: overview.At(from)}
	}
	return record.Fields("",
		field("cluster_name", "cluster_name"), field("node", "node"), field("rabbitmq_version", "rabbitmq_version"),
		field("erlang_version", "erlang_version"), field("product_name", "product_name"), field("rates_mode", "rates_mode"),
		field("default_queue_type", "default_queue_type"))
}

func alarmSection(ctx context.Context, c *broker.Client) (record.Section, error) {
	s := record.Section{Name: "alarms", Columns: []record.Column{{Name: "node"}, {Name: "resource"}}}
	alarms, err := c.Alarms(ctx)
	if err != nil {
		return s, err
	}
	for _, a := range alarms {
		s.Rows = append(s.Rows, record.Row{record.Of(a.Node), record.Of(a.Resource)})
	}
	return s, nil
}

// nodeSection has the nodes that the broker reports. missing has the names of those that do not run. While a node is
// silent, nodeSection returns a section and an error whose cause is a broker.Silence.
func nodeSection(ctx context.Context, c *broker.Client) (s record.Section, missing []string, err error) {
	s.Name = "nodes"
	if s.Columns, err = table().Select(nil); err != nil {
		return s, nil, err
	}
	at := func(name string) int {
		return slices.IndexFunc(s.Columns, func(c record.Column) bool { return c.Name == name })
	}
	name, running := at("name"), at("running")
	for row, err := range c.Nodes(ctx, s.Columns) {
		if err != nil {
			return s, missing, err
		}
		if up, known := row[running].Bool(); known && !up {
			missing = append(missing, row[name].Text())
		}
		s.Rows = append(s.Rows, row)
	}
	return s, missing, nil
}

func totals(overview record.Value) record.Section {
	var fields []record.Field
	for _, path := range []string{"object_totals.connections", "object_totals.channels", "object_totals.consumers",
		"object_totals.queues",
		"object_totals.exchanges", "queue_totals.messages", "queue_totals.messages_ready",
		"queue_totals.messages_unacknowledged"} {
		name := path[strings.IndexByte(path, '.')+1:]
		fields = append(fields, record.Field{Column: record.Column{Name: name, Kind: record.Count}, Value: overview.At(path)})
	}
	return record.Fields("totals", fields...)
}

func listeners(overview record.Value) record.Section {
	s := record.Section{Name: "listeners", Columns: []record.Column{{Name: "node"}, {Name: "protocol"},
		{Name: "ip_address"}, {Name: "port"}}}
	overview.At("listeners").Each(func(l record.Value) {
		s.Rows = append(s.Rows, record.Row{l.At("node"), l.At("protocol"), l.At("ip_address"), l.At("port")})
	})
	return s
}
