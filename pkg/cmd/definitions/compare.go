package definitions

import (
	"context"
	"iter"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/definitions"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/record"
	"github.com/rabbitctl/rabbitctl/pkg/steps"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

func compareBrokers() verb.Pair {
	return verb.Pair{
		List: verb.List{
			Name:  "compare_brokers",
			Short: "Compare two brokers: counts, versions, plugins, and what they declare",
			Long: `Compare two brokers, A and B. CONTEXT_A and CONTEXT_B are their contexts; the word "broker:" stands
for the broker that this command talks to. Each count and each version has a row, whether alike or not. A plugin, a
feature flag or an object has a row only if one of the brokers lacks it or if it differs. Objects are users, virtual
hosts, permissions, parameters, policies, exchanges, queues and bindings.

--watch repeats the comparison, and shows at a terminal how the counts change. This helps in a migration from one
broker to another: the messages of A go down to 0, its connections go over to B. Counts of messages are up to 10 s
old. --where 'what == "count"' shows only the counts, and --where 'result != "same"' leaves out what is alike.

The user needs the tag monitoring on both brokers, and to compare what they declare, the tag administrator on both.
If the tag administrator is missing on one broker, what they declare is not compared, nor are feature flags if that
broker is older than 3.13; all else is compared, and the exit code is 75. If all is compared, the exit code is 0, also
if the brokers differ.

The column members names the fields of an object that differ, and diff_definitions shows how they differ. If a broker
lacks an object that its release would refuse, diff_definitions says why.`,
			Example: `  rabbitctl compare_brokers blue green
  rabbitctl compare_brokers blue green --where 'what == "count"' --watch 5s
  rabbitctl compare_brokers prod broker: --where 'result != "same"' -o json`,
			Args:  []verb.Arg{{Name: "CONTEXT_A", Free: true}, {Name: "CONTEXT_B", Free: true}},
			Group: "what",
			Table: record.Table{
				Noun:    "comparisons",
				Default: []string{"what", "vhost", "name", "a", "b", "result", "members"},
				Spare:   []string{"members", "vhost"},
				Columns: []record.Column{
					{Name: "what", Kind: record.Text, Help: "count, version, plugin, feature flag, or the kind of an object"},
					{Name: "vhost", Kind: record.Text, Help: "the virtual host of an object"},
					{Name: "name", Kind: record.Text, Help: "what is counted, or the name of the object"},
					{Name: "a", Kind: record.Count, Help: "the count, version or state on A; yes where it has the object"},
					{Name: "b", Kind: record.Count, Help: "the same on B"},
					{Name: "result", Kind: record.Text, Help: "same, changed, only_a, only_b, or unknown where a broker does not report it"},
					{Name: "members", Kind: record.List, Help: "which fields of the object differ"},
				},
			},
		},
		Own:  ownBroker,
		Both: compared,
	}
}

// compared returns the rows of the comparison. It reads both brokers at the same time.
func compared(ctx context.Context, a, b verb.Peer, ask verb.Ask, columns []record.Column) iter.Seq2[record.Row, error] {
	return func(yield func(record.Row, error) bool) {
		ask.Waiting("asking %s and %s", a.Name, b.Name)
		one, two, err := verb.AskBoth(ctx, a, b, inventoryOf)
		if err != nil {
			yield(nil, err)
			return
		}
		for _, facts := range differences(one, two) {
			if !yield(record.Filled(columns, facts), nil) {
				return
			}
		}
		for _, x := range []struct {
			of   inventory
			peer verb.Peer
		}{{one, a}, {two, b}} {
			if x.of.hidden != nil {
				err := fail.New(fail.Incomplete, "%s of %s cannot be read: %w", x.of.unread(), x.peer.Name, x.of.hidden)
				next := fail.HintOf(x.of.hidden)
				if x.peer.Name != ownBroker {
					next = steps.InContext(next, x.peer.Name)
				}
				yield(nil, err.Advise(next))
				return
			}
		}
	}
}

// inventory has the facts of one broker that are compared.
type inventory struct {
	counts, versions map[string]record.Value
	plugins, flags   map[string]record.Value
	declared         *definitions.Document
	// hidden is the error if the user may not read the feature flags, or what the broker declares. Then flags or declared
	// is nil.
	hidden error
}

// unread names what the user may not read.
func (i *inventory) unread() string {
	switch {
	case i.flags != nil:
		return "the definitions"
	case i.declared != nil:
		return "the feature flags"
	}
	return "the feature flags and the definitions"
}

func inventoryOf(ctx context.Context, c *broker.Client) (inventory, error) {
	all := inventory{counts: map[string]record.Value{}, versions: map[string]record.Value{},
		plugins: map[string]record.Value{}, flags: map[string]record.Value{}}
	overview, err := c.Overview(ctx)
	if err != nil {
		return all, err
	}
	for _, name := range []string{"cluster_name", "rabbitmq_version", "erlang_version"} {
		all.versions[name] = overview.At(name)
	}
	for _, name := range []string{"connections", "channels", "consumers", "queues"} {
		all.counts[name] = overview.At("object_totals." + name)
	}
	for _, name := range []string{"messages", "messages_ready", "messages_unacknowledged"} {
		all.counts[name] = overview.At("queue_totals." + name)
		if n, known := all.counts["queues"].Int(); known && n == 0 && !all.counts[name].Known() {
			all.counts[name] = record.Of(0) // without queues, 3.10 leaves out these totals
		}
	}
	if err := all.nodes(ctx, c); err != nil {
		return all, err
	}
	type flag struct {
		name  string
		state record.Value
	}
	reader := record.NewReader(func(b *record.Binder, f *flag) {
		b.Text("name", &f.name)
		b.Value("state", func(v record.Value) { f.state = v })
	})
	for f, err := range reader.All(c.FeatureFlags(ctx, reader.Columns())) {
		if fail.KindOf(err) == fail.Denied { // before 3.13 only administrators see them (by RabbitMQ's source)
			all.flags, all.hidden = nil, err
			break
		}
		if err != nil {
			return all, err
		}
		all.flags[f.name] = f.state
	}
	return all, all.declares(ctx, c)
}
