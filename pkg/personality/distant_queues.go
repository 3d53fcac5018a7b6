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

// mirrorColumns are info keys of list_queues that HTTP does not have, and nodes before 4.0 do.
const mirrorColumns = "slave_pids synchronised_slave_pids"

// meansNode tells whether a listing of queues is asked of the nodes themselves: somebody has named the node and said what
// the cookie is. Otherwise, or when that node cannot be connected to, HTTP comes first, and the nodes are asked where it
// does not answer.
func (r *run) meansNode(l listing) bool {
	name, named := r.line.given("node")
	return l.nodes && named && !strings.HasPrefix(name, "@") && r.app.TellsCookie()
}

// falls tells whether the nodes are asked since HTTP has ended so: nobody answers there, and the cookie is known.
func (r *run) falls(ctx context.Context, l listing, err error) bool {
	if !l.nodes || fail.KindOf(err) != fail.Unreachable || ctx.Err() != nil {
		return false
	}
	_, _, missing := r.app.CookieHash(ctx)
	return missing == nil
}

// onlyNodesHave tells whether HTTP has not all that is shown.
func onlyNodesHave(shown []string) bool {
	return slices.ContainsFunc(shown, func(s string) bool { return slices.Contains(strings.Fields(mirrorColumns), s) })
}

// nodeItself connects to the node that -n names, or that is meant otherwise.
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

// queues lists queues as the official tool does: each node tells of those that it leads, and one of those that are down.
func (c *call) queues(ctx context.Context, q *question) error {
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
	vhosts := []string{q.ask.VHost}
	err := inside.EmitQueues(ctx, c.erlang, partsOf(r.line), vhosts, q.shown, func(queue inside.Queue) error {
		p.begin()
		p.rows++
		p.format.row(p.out, cellsOf(queue, q.shown))
		_, err := p.out.Write(nil) // the writer keeps its first error
		return err
	})
	if err != nil {
		_, err = c.told(ctx, answer{}, err)
		return p.broken(err)
	}
	p.begin()
	return p.end()
}

// neither is the error when no way leads to the node.
func (r *run) neither(http, node error) error {
	if !r.app.TellsCookie() {
		return http // nobody has said that the node itself can be asked
	}
	return fail.New(fail.KindOf(http), "%w", http).Advise(fail.HintOf(http).
		Say("the node itself cannot be asked, either: %s", node).Say("%s", steps.Of(node)))
}

// partsOf are the queues that the options mean: --local counts before the others.
func partsOf(l line) inside.QueueParts {
	switch online, offline := l.on("online"), l.on("offline"); {
	case l.on("local"):
		return inside.QueueParts{Local: true}
	case online != offline:
		return inside.QueueParts{Led: online, Down: offline}
	}
	return inside.QueueParts{Led: true, Down: true}
}

// refuseItems refuses info keys that the tool of the node's release does not know (3.10 and 4.3 were asked).
func (c *call) refuseItems(ctx context.Context, shown []string) error {
	young, old := []string{"operator_policy", "effective_policy_definition"}, strings.Fields(mirrorColumns)
	if !slices.ContainsFunc(shown, func(s string) bool { return slices.Contains(young, s) || slices.Contains(old, s) }) {
		return nil
	}
	version, err := c.erlang.Ask(ctx, erldist.Call{Module: "rabbit_misc", Function: "version"})
	if err != nil {
		return err
	}
	text, _ := erldist.Characters(version, false)
	var unknown []string
	for _, s := range shown {
		if slices.Contains(young, s) && !release.AtLeast(text, 3, 11) ||
			slices.Contains(old, s) && release.AtLeast(text, 4, 0) {
			unknown = append(unknown, s)
		}
	}
	if len(unknown) > 0 {
		return c.invalid("Info key(s) " + strings.Join(unknown, ",") + " are not supported")
	}
	return nil
}

// cellsOf are the items that are shown, in their order.
func cellsOf(q inside.Queue, shown []string) []erlang.Term {
	cells := make([]erlang.Term, len(shown))
	for i, name := range shown {
		if name == "name" {
			cells[i] = erlang.Binary(q.Name)
			continue
		}
		if cells[i] = inside.ValueOf(q.Row, name); cells[i] == nil {
			cells[i] = nothing
		}
	}
	return cells
}
