package personality

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/erlang"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/queues"
	"github.com/rabbitctl/rabbitctl/pkg/record"
	"github.com/rabbitctl/rabbitctl/pkg/topology"
)

// leaderCommands are those about where leaders are and which policy applies.
func leaderCommands() []command {
	return []command{
		{
			name: "list_policies_that_match", usage: "list_policies_that_match [--vhost <vhost>] [--object-type <type>] <name>",
			min: 1, max: 1,
			switches: switches{"object-type": text}, run: listMatching,
			banner: func(c *call) string {
				return "Listing policies that match " + c.option("object-type", "queue") + " '" + c.args[0] + "' in vhost '" +
					c.vhost() + "' ..."
			},
		},
		{
			name:  "rebalance",
			usage: "rebalance < all | quorum | stream > [--vhost-pattern <pattern>] [--queue-pattern <pattern>]", min: 1, max: 1,
			switches: switches{"vhost-pattern": text, "queue-pattern": text}, run: rebalance,
			valid: func(c *call) *fault {
				if !slices.Contains([]string{"all", "quorum", "stream", "classic"}, c.args[0]) {
					return no(fail.Unavailable, "type %s is not supported. Try one of all, quorum, stream.", c.args[0])
				}
				if c.args[0] != "all" || c.option("vhost-pattern", ".*") != ".*" || c.option("queue-pattern", ".*") != ".*" {
					return no(fail.Unavailable,
						"the HTTP API rebalances the leaders of all queues, not of some\n  next: %s rebalance all; or run %s on the broker's own machine", c.tool, c.tool)
				}
				return nil
			},
			banner: func(c *call) string { return "Re-balancing leaders of all queues..." },
		},
	}
}

// listMatching lists the policies whose pattern matches, the one that applies first.
func listMatching(ctx context.Context, c *call) (answer, error) {
	if err := addressable(c.vhost(), c.args[0]); err != nil {
		return answer{}, err
	}
	kind := c.option("object-type", "queue")
	object := topology.Object{Name: c.args[0], Exchange: kind == "exchange"}
	var err error
	switch kind {
	case "exchange":
		_, err = c.client.Exchange(ctx, c.vhost(), c.args[0])
	case "queue":
		var queue record.Value
		queue, err = c.client.Queue(ctx, c.vhost(), c.args[0])
		object.Type = queue.At("type").Text()
	default:
		return answer{}, no(fail.Internal, "no policy applies to a %s: say queue or exchange", kind)
	}
	if broker.IsNotFound(err) {
		return answer{}, c.missingQueue()
	}
	if err != nil {
		return answer{}, err
	}
	t := &table{names: strings.Fields(policyColumns)}
	var rows []record.Row
	columns := []record.Column{{Name: "vhost"}, {Name: "name"}, {Name: "pattern"}, {Name: "apply-to"},
		{Name: "definition"}, {Name: "priority"}}
	for row, err := range c.client.Policies(ctx, c.vhost(), columns) {
		if err != nil {
			return answer{}, err
		}
		policy := topology.Policy{Pattern: row[2].Text(), ApplyTo: row[3].Text(), Definition: row[4].Map()}
		matches, err := policy.Matches(object)
		if err != nil {
			return answer{}, no(fail.Unavailable,
				"whether policy %s matches cannot be told here: its pattern %s is understood by the broker only", row[1].Text(),
				row[2].Text())
		}
		if matches && len(policy.Unsuited(object.Type)) == 0 {
			rows = append(rows, row)
		}
	}
	slices.SortStableFunc(rows, func(a, b record.Row) int {
		x, _ := a[5].Int()
		y, _ := b[5].Int()
		return -cmp.Compare(x, y)
	})
	for _, row := range rows {
		var pairs strings.Builder
		for name, value := range row[4].Members() {
			pairs.WriteString(erlang.Text(erlang.Tuple{erlang.Binary(name), plainTerm(value)}))
		}
		t.rows = append(t.rows, []erlang.Term{erlang.Binary(row[0].Text()), erlang.Binary(row[1].Text()),
			erlang.Binary(row[2].Text()), erlang.Binary(row[3].Text()),
			erlang.Binary(pairs.String()), plainTerm(row[5])})
	}
	return answer{table: t, format: "pretty_table"}, nil
}

// rebalance tells how many leaders each node has when the broker has taken the request; it goes on moving them after
// that.
func rebalance(ctx context.Context, c *call) (answer, error) {
	if err := c.client.Rebalance(ctx); err != nil {
		return answer{}, err
	}
	second, kind := "Number of streams", "stream"
	if !c.since(4, 0) {
		second, kind = "Number of replicated classic queues", "mirrored"
	}
	quorum, others := map[string]int64{}, map[string]int64{}
	var nodes []string
	for row, err := range queues.Read(ctx, c.client, "", []record.Column{{Name: "type"}, {Name: "leader", Else: "node"}}) {
		if err != nil {
			return answer{}, err
		}
		node := row[1].Text()
		switch row[0].Text() {
		case "quorum":
			quorum[node]++
		case kind:
			others[node]++
		default:
			continue
		}
		if !slices.Contains(nodes, node) {
			nodes = append(nodes, node)
		}
	}
	slices.Sort(nodes)
	t := &table{names: []string{"Node name", "Number of quorum queues", second}}
	data := erlang.List{}
	for _, node := range nodes {
		t.rows = append(t.rows, []erlang.Term{erlang.Atom(node), erlang.Int(quorum[node]), erlang.Int(others[node])})
		data = append(data, object("Node name", erlang.Atom(node), "Number of quorum queues", erlang.Int(quorum[node]),
			second, erlang.Int(others[node])))
	}
	return answer{table: t, format: "pretty_table", data: object("node", erlang.Atom(c.node), "result", erlang.Atom("ok"),
		"value", data)}, nil
}
