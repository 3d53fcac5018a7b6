package personality

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/change"
	"github.com/rabbitctl/rabbitctl/pkg/erlang"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/inside"
	"github.com/rabbitctl/rabbitctl/pkg/queues"
	"github.com/rabbitctl/rabbitctl/pkg/record"
	"github.com/rabbitctl/rabbitctl/pkg/topology"
)

// leaderCommands returns the commands that move leaders of queues, and the command that lists the policies that match a
// queue or an exchange.
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
		rebalancing(), postUpgrade(),
	}
}

// rebalancing returns the command rebalance. The API moves leaders of all queues, and answers before they have moved.
// To move leaders of only some queues, the command asks a node itself.
func rebalancing() command {
	d := ofOp(change.Rebalance, command{
		usage: "rebalance < all | quorum | stream > [--vhost-pattern <pattern>] [--queue-pattern <pattern>]",
		valid: func(c *call) *fault {
			if !slices.Contains([]string{"all", "quorum", "stream", "classic"}, c.args[0]) {
				return no(fail.Unavailable, "type %s is not supported. Try one of all, quorum, stream.", c.args[0])
			}
			return nil
		},
		banner: func(c *call) string { return "Re-balancing leaders of " + c.args[0] + " queues..." },
		ready:  rebalances,
		distantIf: func(c *call) bool {
			return c.args[0] != "all" || c.option("vhost-pattern", ".*") != ".*" || c.option("queue-pattern", ".*") != ".*"
		},
	}, rebalanced)
	d.byNode = byNodeRebalanced("rebalance", func(rows []erlang.Term) answer {
		t := &table{}
		for _, row := range rows {
			for _, p := range inside.Terms(row) {
				if !slices.Contains(t.names, p.Name) {
					t.names = append(t.names, p.Name)
				}
			}
		}
		for _, row := range rows {
			counts := map[string]erlang.Term{}
			for _, p := range inside.Terms(row) {
				counts[p.Name] = p.Value
			}
			var cells []erlang.Term
			for _, name := range t.names {
				if counts[name] == nil {
					counts[name] = erlang.Int(0)
				}
				cells = append(cells, counts[name])
			}
			t.rows = append(t.rows, cells)
		}
		return answer{table: t, format: "pretty_table"}
	})
	return d
}

// rebalances refuses a type of queue that the release cannot rebalance: stream before 4.0, and classic since 4.0.
func rebalances(ctx context.Context, c *call) error {
	if c.erlang != nil {
		if err := c.learn(ctx); err != nil {
			return err
		}
	}
	others, known := "classic", "all, quorum, stream"
	if !c.since(4, 0) {
		others, known = "stream", "all, classic, quorum"
	}
	if c.args[0] == others {
		return no(fail.Unavailable, "type %s is not supported. Try one of %s.", others, known)
	}
	return nil
}

// byNodeRebalanced returns a function that moves leaders over Erlang distribution. end makes the answer from the
// resulting rows.
func byNodeRebalanced(name string, end func(rows []erlang.Term) answer) func(context.Context, *call) (answer, error) {
	return func(ctx context.Context, c *call) (answer, error) {
		var rows []erlang.Term
		_, err := c.change(ctx, change.RebalanceByNode(name, &rows))
		return c.told(ctx, end(rows), err)
	}
}

// postUpgrade returns the command post_upgrade. It rebalances leaders, and then reports how many leaders each node has.
func postUpgrade() command {
	d := ofOp(func() change.Op { return change.RebalanceByNode("post_upgrade", new([]erlang.Term)) }, command{
		usage: "post_upgrade", ready: needsApp, distant: true,
		banner: say("Executing post upgrade tasks...\nRebalancing queue masters..."),
	}, nil)
	d.run = byNodeRebalanced("post_upgrade", func(rows []erlang.Term) answer {
		var lines []string
		for _, row := range rows {
			lines = append(lines, erlang.Elixir(row))
		}
		return answer{text: strings.Join(lines, "\n"), data: object("result", erlang.Atom("ok"), "value", erlang.List(rows))}
	})
	return d
}

// listMatching lists the policies that match the queue or exchange, by descending priority: the first one applies.
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
		return answer{}, no(fail.Internal, "no policy applies to a %s: --object-type must be queue or exchange", kind)
	}
	if broker.IsNotFound(err) {
		return answer{}, c.missingQueue()
	}
	if err != nil {
		return answer{}, err
	}
	t := &table{names: strings.Fields(policyColumns)}
	var rows []policyRow
	reader := record.NewReader(bindPolicy)
	for row, err := range reader.All(c.client.Policies(ctx, c.vhost(), reader.Columns())) {
		if err != nil {
			return answer{}, err
		}
		policy := topology.Policy{Pattern: row.pattern, ApplyTo: row.applyTo, Definition: row.definition.Map()}
		matches, err := policy.Matches(object)
		if err != nil {
			return answer{}, no(fail.Unavailable,
				"whether policy %s matches is not known here: only the broker understands its pattern %s", row.name,
				row.pattern)
		}
		if matches && len(policy.Unsuited(object.Type)) == 0 {
			rows = append(rows, row)
		}
	}
	slices.SortStableFunc(rows, func(a, b policyRow) int {
		x, _ := a.priority.Int()
		y, _ := b.priority.Int()
		return -cmp.Compare(x, y)
	})
	for _, row := range rows {
		var pairs strings.Builder
		for name, value := range row.definition.Members() {
			pairs.WriteString(erlang.Text(erlang.Tuple{erlang.Binary(name), plainTerm(value)}))
		}
		t.rows = append(t.rows, row.terms(pairs.String()))
	}
	return answer{table: t, format: "pretty_table"}, nil
}

// policyRow is a policy in a listing.
type policyRow struct {
	vhost, name, pattern, applyTo string
	definition, priority          record.Value
}

func bindPolicy(b *record.Binder, p *policyRow) {
	b.Text("vhost", &p.vhost)
	b.Text("name", &p.name)
	b.Text("pattern", &p.pattern)
	b.Text("apply-to", &p.applyTo)
	b.Value("definition", func(v record.Value) { p.definition = v })
	b.Value("priority", func(v record.Value) { p.priority = v })
}

// terms returns the cells of the policy in the order of policyColumns. The argument definition is the text of the
// policy's definition.
func (p policyRow) terms(definition string) []erlang.Term {
	return []erlang.Term{erlang.Binary(p.vhost), erlang.Binary(p.name), erlang.Binary(p.pattern),
		erlang.Binary(p.applyTo), erlang.Binary(definition), plainTerm(p.priority)}
}

// rebalanced reports how many leaders each node has as soon as the broker has accepted the request. The broker goes on
// moving leaders after that.
func rebalanced(ctx context.Context, c *call, _ change.Outcome, err error) (answer, error) {
	if err != nil {
		return answer{}, err
	}
	second, kind := "Number of streams", "stream"
	if !c.since(4, 0) {
		second, kind = "Number of replicated classic queues", "mirrored"
	}
	quorum, others := map[string]int64{}, map[string]int64{}
	var nodes []string
	type queue struct{ kind, leader string }
	reader := record.NewReader(func(b *record.Binder, q *queue) {
		b.Text("type", &q.kind)
		b.Column(record.Column{Name: "leader", Else: "node"}, func(v record.Value) { q.leader = v.Text() })
	})
	for q, err := range reader.All(queues.Read(ctx, c.client, "", reader.Columns())) {
		if err != nil {
			return answer{}, err
		}
		node := q.leader
		switch q.kind {
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
