package personality

import (
	"context"
	"strings"

	"github.com/rabbitctl/rabbitctl/pkg/erlang"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/record"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

// listener is an address at which a node accepts connections.
type listener struct{ node, protocol, shown, port, purpose string }

// listeners returns the listeners of a node, or of all nodes if node is "". They are the rows of rabbitctl's own
// listing.
func (c *call) listeners(ctx context.Context, node string) ([]listener, error) {
	noun, ok := c.own.listing("listeners")
	if !ok {
		return nil, fail.New(fail.Internal, "there is no listing of listeners")
	}
	reader := record.NewReader(func(b *record.Binder, l *listener) {
		for name, into := range map[string]*string{"node": &l.node, "protocol": &l.protocol, "interface": &l.shown,
			"port": &l.port, "purpose": &l.purpose} {
			column, _ := noun.Table.Find(name)
			b.Column(column, func(v record.Value) { *into = v.Text() })
		}
	})
	var all []listener
	for l, err := range reader.All(noun.Rows(ctx, c.client, verb.Ask{Host: verb.Silent(c.app)}, reader.Columns())) {
		if err != nil {
			return nil, err
		}
		if node == "" || l.node == node {
			all = append(all, l)
		}
	}
	return all, nil
}

func (l listener) line() string {
	return "Interface: " + l.shown + ", port: " + l.port + ", protocol: " + l.protocol + ", purpose: " + l.purpose
}

func listenerTerms(all []listener) erlang.List {
	out := erlang.List{}
	for _, l := range all {
		out = append(out, object("node", erlang.Atom(l.node), "protocol", erlang.Atom(l.protocol), "interface",
			erlang.Binary(l.shown),
			"port", erlang.Number(l.port), "purpose", erlang.Binary(l.purpose)))
	}
	return out
}

// listenerTable returns the listeners as a table, for the formatters that print tables.
func listenerTable(all []listener) *table {
	t := &table{names: strings.Fields("node protocol interface port purpose")}
	for _, l := range all {
		t.rows = append(t.rows, []erlang.Term{erlang.Atom(l.node), erlang.Atom(l.protocol), erlang.Binary(l.shown),
			erlang.Number(l.port), erlang.Binary(l.purpose)})
	}
	return t
}

func reportListeners(ctx context.Context, c *call) (answer, error) {
	all, err := c.listeners(ctx, c.node)
	if err != nil {
		return answer{}, err
	}
	var lines []string
	for _, l := range all {
		lines = append(lines, l.line())
	}
	a := answer{text: strings.Join(lines, "\n"), data: object("result", erlang.Atom("ok"), "node", erlang.Atom(c.node),
		"listeners", listenerTerms(all))}
	if format := c.option("formatter", ""); format == "csv" || format == "erlang" {
		a.table = listenerTable(all)
	}
	return a, nil
}

// textsOf returns the elements of a list as strings.
func textsOf(v record.Value) []string {
	var all []string
	v.Each(func(e record.Value) { all = append(all, e.Text()) })
	return all
}
