package personality

import (
	"context"
	"slices"
	"strings"

	"github.com/rabbitctl/rabbitctl/pkg/erlang"
	"github.com/rabbitctl/rabbitctl/pkg/erldist"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/inside"
	"github.com/rabbitctl/rabbitctl/pkg/release"
	"github.com/rabbitctl/rabbitctl/pkg/steps"
)

// mirrorColumns are info keys of list_queues that only nodes before 4.0 report, and the HTTP API does not.
const mirrorColumns = "slave_pids synchronised_slave_pids"

// pidColumns are info keys whose values are process identifiers. Only the nodes themselves report these.
const pidColumns = "pid owner_pid exclusive_consumer_pid channel_pid connection"

// meansNode reports whether a listing asks the nodes themselves first: the Erlang cookie was given, the value of -n is
// not @HOST, and either -n is given or a shown column is one of mirrorColumns or pidColumns. Otherwise the listing asks
// the HTTP API first, and the nodes only if the API does not answer.
func (r *run) meansNode(q *question) bool {
	name, named := r.line.given("node")
	if q.nodes == nil || strings.HasPrefix(name, "@") || !named && !onlyNodesHave(q.shown) {
		return false
	}
	return r.app.TellsCookie()
}

// falls reports whether to ask the nodes after an error of the HTTP API: the API did not answer, and the cookie is
// known.
func (r *run) falls(ctx context.Context, l listing, err error) bool {
	if l.nodes == nil || fail.KindOf(err) != fail.Unreachable || ctx.Err() != nil {
		return false
	}
	_, _, missing := r.app.CookieHash(ctx)
	return missing == nil
}

// onlyNodesHave reports whether one of the shown columns is in mirrorColumns or pidColumns.
func onlyNodesHave(shown []string) bool { return anyOf(shown, mirrorColumns+" "+pidColumns) }

// anyOf reports whether one of the names is among the words.
func anyOf(names []string, words string) bool {
	return slices.ContainsFunc(names, func(n string) bool { return slices.Contains(strings.Fields(words), n) })
}

// nodeItself connects to the node that -n or the settings name. If they name no node, it returns an error if the
// settings name a broker; otherwise it connects to the node rabbit on this machine.
func (r *run) nodeItself(ctx context.Context) (*call, error) {
	name, _ := r.line.given("node")
	node, err := r.app.SilentNode(name)
	if err != nil {
		return nil, err
	}
	c := &call{run: r, erlang: node}
	if c.node, err = node.Node(ctx); err != nil {
		c.close()
		return nil, err
	}
	return c, nil
}

// ofNodes prints a listing whose rows come from the nodes. Each node reports its own rows, as with the official tool.
func (c *call) ofNodes(ctx context.Context, q *question) error {
	r := c.run
	if err := needsApp(ctx, c); err != nil {
		return err
	}
	if err := c.refuseItems(ctx, q.shown); err != nil {
		return err
	}
	p := r.page(q)
	defer p.out.Flush()
	if r.line.on("dry-run") {
		p.begin()
		return p.out.Flush()
	}
	err := q.nodes(ctx, c, q, func(row erlang.Term) error {
		p.begin()
		p.rows++
		p.format.row(p.out, cellsOf(row, q.shown))
		_, err := p.out.Write(nil) // returns the first error of all writes so far
		return err
	})
	if err != nil {
		_, err = c.told(ctx, answer{}, err)
		return p.broken(err)
	}
	p.begin()
	return p.end()
}

// Each of the following functions asks the nodes for the rows of one listing.

// queuesOfNodes lists the queues that the options select. Each node reports the queues whose leader it has. One node
// reports the queues that are down.
func queuesOfNodes(ctx context.Context, c *call, q *question, each func(erlang.Term) error) error {
	return inside.EmitQueues(ctx, c.erlang, partsOf(c.line), []string{q.ask.VHost}, q.shown,
		func(queue inside.Queue) error { return each(queue.Row) })
}

func connectionsOfNodes(ctx context.Context, c *call, q *question, each func(erlang.Term) error) error {
	return inside.Connections(ctx, c.erlang, q.shown, each)
}

// amqp10OfNodes lists the connections of the AMQP 1.0 plugin, which only releases before 4.0 have.
func amqp10OfNodes(ctx context.Context, c *call, q *question, each func(erlang.Term) error) error {
	return inside.AMQP10Connections(ctx, c.erlang, q.shown, each)
}

func channelsOfNodes(ctx context.Context, c *call, q *question, each func(erlang.Term) error) error {
	return inside.Channels(ctx, c.erlang, q.shown, each)
}

func consumersOfNodes(ctx context.Context, c *call, q *question, each func(erlang.Term) error) error {
	return inside.Consumers(ctx, c.erlang, q.ask.VHost, each)
}

// neither returns the error if neither HTTP nor Erlang distribution reaches the node.
func (r *run) neither(http, node error) error {
	if !r.app.TellsCookie() {
		return http // no cookie was given, so the user does not expect the node itself to be asked
	}
	return fail.New(fail.KindOf(http), "%w", http).Advise(fail.HintOf(http).
		Say("the node itself cannot be asked over Erlang distribution, either: %s", node).Say("%s", steps.OfTool(node)))
}

// partsOf says which queues the options select. --local takes precedence over the other options.
func partsOf(l line) inside.QueueParts {
	switch online, offline := l.on("online"), l.on("offline"); {
	case l.on("local"):
		return inside.QueueParts{Local: true}
	case online != offline:
		return inside.QueueParts{Led: online, Down: offline}
	}
	return inside.QueueParts{Led: true, Down: true}
}

// refuseItems refuses info keys that the tool of the node's release does not know (measured on 3.10 and 4.3).
func (c *call) refuseItems(ctx context.Context, shown []string) error {
	young := map[string][2]int{"operator_policy": {3, 11}, "effective_policy_definition": {3, 11}, "container_id": {4, 0}}
	old := strings.Fields(mirrorColumns)
	if !anyOf(shown, mirrorColumns) && !slices.ContainsFunc(shown, func(s string) bool { return young[s][0] > 0 }) {
		return nil
	}
	version, err := c.erlang.Ask(ctx, erldist.Call{Module: "rabbit_misc", Function: "version"})
	if err != nil {
		return err
	}
	text, _ := erldist.Characters(version, false)
	var unknown []string
	for _, s := range shown {
		if since := young[s]; !release.AtLeast(text, since[0], since[1]) ||
			slices.Contains(old, s) && release.AtLeast(text, 4, 0) {
			unknown = append(unknown, s)
		}
	}
	if len(unknown) > 0 {
		return c.invalid("Info key(s) " + strings.Join(unknown, ",") + " are not supported")
	}
	return nil
}

// cellsOf returns the values of the shown items of a row, in the order of shown. In place of the term that identifies
// an object, such as a queue, it puts the object's name, and in place of a missing value the empty atom.
func cellsOf(row erlang.Term, shown []string) []erlang.Term {
	cells := make([]erlang.Term, len(shown))
	for i, name := range shown {
		cells[i] = inside.ValueOf(row, name)
		switch object := inside.NameOf(cells[i]); {
		case cells[i] == nil:
			cells[i] = nothing
		case object != "":
			cells[i] = erlang.Binary(object)
		}
	}
	return cells
}
