// Package plugin has the commands about plugins.
package plugin

import (
	"context"
	"iter"
	"time"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/record"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

// Commands returns the commands of this package, in the order in which the help lists them.
func Commands() []verb.Command {
	return []verb.Command{list(), listInstalled(), directories(), enable(), disable(), set()}
}

func list() verb.List {
	return verb.List{
		Name:  "list_plugins",
		Short: "List the plugins that are enabled on each node",
		Long: `List the plugins that are enabled on each node, and whether they run. The user needs the tag monitoring. The
HTTP API lists only plugins that were enabled explicitly. list_installed_plugins shows all plugins of one node, also
those that are off, and those that run because others need them.`,
		Example: `  rabbitctl list_plugins
  rabbitctl list_plugins --where '!running'
  rabbitctl list_plugins node version --where 'name == "rabbitmq_stream"'`,
		Group: "node",
		Table: record.Table{
			Noun:    "plugins",
			Default: []string{"node", "name", "version", "running"},
			Columns: []record.Column{
				{Name: "node", Kind: record.Text, Help: "the node"},
				{Name: "name", Kind: record.Text, Help: "the plugin"},
				{Name: "version", Kind: record.Text, Help: "its version, empty when it does not run"},
				{Name: "running", Kind: record.Flag,
					Help: "whether it runs; empty while that is not known: on a node that does not run, or that has just started"},
				{Name: "description", Kind: record.Text, Help: "what it is"},
			},
		},
		Rows: verb.OfFigures(rows),
	}
}

// young is the uptime of a node below which its figures may still be from its boot, when only a few plugins ran
// (measured on 3.10 and 4.3: its first figures are from the boot, and the next ones come five seconds later).
const young = 30 * time.Second

func rows(ctx context.Context, c *broker.Client, ask verb.Ask, columns []record.Column) iter.Seq2[record.Row, error] {
	return func(yield func(record.Row, error) bool) {
		type node struct{ name, enabled, applications, uptime record.Value }
		reader := record.NewReader(func(b *record.Binder, n *node) {
			b.Value("name", func(v record.Value) { n.name = v })
			b.Value("enabled_plugins", func(v record.Value) { n.enabled = v })
			b.Value("applications", func(v record.Value) { n.applications = v })
			b.Value("uptime", func(v record.Value) { n.uptime = v })
		})
		for n, err := range reader.All(c.Nodes(ctx, reader.Columns())) {
			if err != nil {
				yield(nil, err)
				return
			}
			uptime, told := n.uptime.Int()
			booting := told && time.Duration(uptime)*time.Millisecond < young
			unsettled := false
			for _, facts := range ofNode(n.name, n.enabled, n.applications) {
				if runs, known := facts["running"].Bool(); booting && known && !runs {
					facts["running"], unsettled = nil, true
				}
				if !yield(record.Filled(columns, facts), nil) {
					return
				}
			}
			if unsettled {
				ask.Note("node %s has just started: it reports some seconds later which of its plugins run", n.name.Text())
			}
		}
	}
}

// ofNode returns, for each plugin that is enabled on a node, its facts by column. For a node that is down, the broker
// does not report which plugins run: the column running is then absent.
func ofNode(node, enabled, applications record.Value) []map[string]record.Value {
	applied := map[string]record.Value{}
	applications.Each(func(a record.Value) { applied[a.At("name").Text()] = a })
	var all []map[string]record.Value
	enabled.Each(func(name record.Value) {
		facts := map[string]record.Value{"node": node, "name": name}
		if applications.Known() {
			a, running := applied[name.Text()]
			facts["running"] = record.Of(running)
			if running {
				facts["version"], facts["description"] = a.At("version"), a.At("description")
			}
		}
		all = append(all, facts)
	})
	return all
}
