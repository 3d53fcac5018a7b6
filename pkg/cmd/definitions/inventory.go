package definitions

import (
	"context"
	"maps"
	"slices"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/change"
	"github.com/rabbitctl/rabbitctl/pkg/definitions"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// nodes counts the nodes, and reads the plugins that are enabled, with their versions if a node runs them.
func (i *inventory) nodes(ctx context.Context, c *broker.Client) error {
	type node struct{ running, enabled, applications record.Value }
	reader := record.NewReader(func(b *record.Binder, n *node) {
		b.Value("running", func(v record.Value) { n.running = v })
		b.Value("enabled_plugins", func(v record.Value) { n.enabled = v })
		b.Value("applications", func(v record.Value) { n.applications = v })
	})
	nodes, running := 0, 0
	for n, err := range reader.All(c.Nodes(ctx, reader.Columns())) {
		if err != nil {
			return err
		}
		nodes++
		if up, _ := n.running.Bool(); up {
			running++
		}
		versions := map[string]record.Value{}
		n.applications.Each(func(a record.Value) { versions[a.At("name").Text()] = a.At("version") })
		n.enabled.Each(func(name record.Value) {
			v := versions[name.Text()]
			if string(v) == string(i.versions["rabbitmq_version"]) {
				v = nil // a plugin of RabbitMQ itself: RabbitMQ's version is compared once
			}
			if v.Known() || i.plugins[name.Text()] == nil {
				i.plugins[name.Text()] = known(v, "enabled")
			}
		})
	}
	i.counts["nodes"], i.counts["nodes_running"] = record.Of(nodes), record.Of(running)
	return nil
}

// declares reads what is declared, and counts it. If the user may not read it, declares sets hidden and returns no
// error, since the rest can be compared.
func (i *inventory) declares(ctx context.Context, c *broker.Client) error {
	d, err := change.Declared(ctx, c, "")
	if fail.KindOf(err) == fail.Denied {
		i.hidden = err
		return nil
	}
	if err != nil {
		return err
	}
	i.declared = d
	for _, k := range definitions.Kinds() {
		if k != definitions.Queues {
			i.counts[k.String()] = record.Of(own(d.Of(k)))
		}
	}
	return nil
}

// own counts the objects, except those that every broker creates by itself.
func own(all []definitions.Object) (n int) {
	for _, o := range all {
		if !definitions.Noise(o) {
			n++
		}
	}
	return n
}

func known(v record.Value, otherwise string) record.Value {
	if v.Known() {
		return v
	}
	return record.Of(otherwise)
}

// countNames returns the names of the counts, in the order of the rows.
func countNames() []string {
	names := []string{"messages", "messages_ready", "messages_unacknowledged", "connections", "channels", "consumers",
		"nodes", "nodes_running", "queues"}
	for _, k := range definitions.Kinds() {
		if k != definitions.Queues {
			names = append(names, k.String())
		}
	}
	return names
}

// fact is a row: its values, by column.
type fact = map[string]record.Value

// differences returns the rows: all counts and versions, and the plugins, feature flags and objects that are not the
// same.
func differences(a, b inventory) []fact {
	var all []fact
	for _, name := range countNames() {
		all = append(all, figure("count", name, a.counts[name], b.counts[name]))
	}
	for _, name := range []string{"cluster_name", "rabbitmq_version", "erlang_version"} {
		all = append(all, figure("version", name, a.versions[name], b.versions[name]))
	}
	for _, x := range []struct {
		what string
		a, b map[string]record.Value
	}{{"plugin", a.plugins, b.plugins}, {"feature flag", a.flags, b.flags}} {
		if x.a == nil || x.b == nil {
			continue
		}
		names := maps.Clone(x.a)
		maps.Copy(names, x.b)
		for _, name := range slices.Sorted(maps.Keys(names)) {
			if f := besides(x.what, name, x.a[name], x.b[name]); f["result"].Text() != "same" {
				all = append(all, f)
			}
		}
	}
	if a.declared == nil || b.declared == nil {
		return all
	}
	for _, d := range definitions.Compare(a.declared, b.declared) {
		all = append(all, ofObject(d))
	}
	return all
}

// figure returns the row of a count or a version. Every broker has each of them. So if a broker does not report one,
// the result is unknown, and not only_a or only_b.
func figure(what, name string, a, b record.Value) fact {
	f := besides(what, name, a, b)
	if !a.Known() || !b.Known() {
		f["result"] = record.Of("unknown")
	}
	return f
}

// besides returns a row that compares the value a with the value b.
func besides(what, name string, a, b record.Value) fact {
	result := changed
	switch {
	case string(a) == string(b):
		result = "same"
	case !b.Known():
		result = onlyA
	case !a.Known():
		result = onlyB
	}
	return fact{"what": record.Of(what), "name": record.Of(name), "a": a, "b": b, "result": record.Of(result)}
}

// ofObject returns the row of an object that differs.
func ofObject(d definitions.Difference) fact {
	f := fact{"what": record.Of(d.Object.Kind.Word()), "name": record.Of(d.Object.Name()),
		"result": record.Of(wordOf(d))}
	if d.Object.Kind.Scoped() {
		f["vhost"] = record.Of(d.Object.VHost)
	}
	if d.A != nil {
		f["a"] = record.Of("yes")
	}
	if d.B != nil {
		f["b"] = record.Of("yes")
	}
	if len(d.Members) > 0 {
		var names []string
		for _, m := range d.Members {
			names = append(names, m.Name)
		}
		f["members"] = record.Of(names)
	}
	return f
}
