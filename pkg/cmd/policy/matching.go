package policy

import (
	"cmp"
	"context"
	"iter"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/queues"
	"github.com/rabbitctl/rabbitctl/pkg/record"
	"github.com/rabbitctl/rabbitctl/pkg/topology"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

func listMatching() verb.List {
	kind := queueKind
	l := verb.List{
		Name:  "list_policies_that_match",
		Short: "List the policies that match a queue or an exchange",
		Long: `List the policies and operator policies that match a queue, a stream or an exchange, and whether the broker
reports each as in effect. The policies come first, then the operator policies, both from the highest priority to the
lowest. NAME is in the virtual host / unless -p names another.

At most one policy applies to NAME, and at most one operator policy: those with the highest priority. Operator policies
do not apply to exchanges. If several policies have the highest priority, only the broker knows which of them applies.
The broker skips a policy if the queue's type does not support one of its keys: such a policy is not listed, and a note
names it. in_effect can be some seconds old, and is empty where the broker does not report it. rabbitctl cannot evaluate
some patterns that the broker can evaluate (PCRE). If a policy has such a pattern, and the broker does not report it as
in effect, the policy is left out, an error names it, and the exit code is 75.`,
		Example: `  rabbitctl list_policies_that_match orders
  rabbitctl list_policies_that_match orders -p prod name definition.message-ttl in_effect
  rabbitctl list_policies_that_match events --object-type exchange`,
		Args:   []verb.Arg{{Name: "NAME", Complete: names(&kind)}},
		Group:  "kind",
		Table:  table("policies"),
		Scoped: true, OneVHost: true,
		Flags: func(fs *pflag.FlagSet) {
			fs.StringVar(&kind, "object-type", queueKind, "`TYPE` of NAME: queue (also for a stream) or exchange")
		},
		Validate: func(verb.Ask) error {
			if kind != queueKind && kind != exchangeKind {
				return fail.Usagef("--object-type %s: the type is queue (also for a stream) or exchange", kind)
			}
			return nil
		},
		Rows: func(
			ctx context.Context, c *broker.Client, ask verb.Ask, columns []record.Column,
		) iter.Seq2[record.Row, error] {
			return matching(ctx, c, kind, ask, columns)
		},
	}
	l.Table.Default = []string{"kind", "name", "pattern", "apply-to", "priority", "in_effect", "definition"}
	l.Table.Columns = append(l.Table.Columns,
		record.Column{Name: "kind", Kind: record.Text, Help: "policy or operator policy"},
		record.Column{Name: "in_effect", Kind: record.Flag, Help: "whether the broker reports that it applies to the object"})
	return l
}

const (
	queueKind    = "queue"
	exchangeKind = "exchange"
)

// object is a queue, a stream or an exchange that policies are matched with.
type object struct {
	topology.Object
	// policy and operator are the names of the policy and the operator policy in effect. A name is "" if none is in
	// effect, and absent if the broker does not report it.
	policy, operator record.Value
	// arguments has the arguments with which the object was declared. effective is the merged definition of both policies,
	// as far as the broker reports it.
	arguments map[string]any
	effective record.Value
}

// named returns the name of the policy, or of the operator policy, in effect.
func (o object) named(operator bool) record.Value {
	if operator {
		return o.operator
	}
	return o.policy
}

// says returns whether the broker reports that the policy is in effect. The value is absent if the broker does not
// report which policy is in effect.
func (o object) says(p topology.Policy) record.Value {
	named := o.named(p.Operator)
	if named.Absent() {
		return nil
	}
	return record.Of(named.Text() == p.Name)
}

// noun returns what the object is: an exchange, a stream or, for example, a classic queue.
func (o object) noun() string {
	switch {
	case o.Exchange:
		return "exchange"
	case o.Type == "stream" || o.Type == "":
		return cmp.Or(o.Type, "queue")
	}
	return o.Type + " queue"
}

func look(ctx context.Context, c *broker.Client, kind, vhost, name string) (object, error) {
	o := object{Object: topology.Object{Name: name, Exchange: kind == exchangeKind}}
	read := c.Queue
	if o.Exchange {
		read = c.Exchange
	}
	raw, err := read(ctx, vhost, name)
	if err != nil {
		return o, verb.Absent(ctx, c, err, kind, vhost, name, verb.Arg{Complete: names(&kind)})
	}
	o.policy, o.operator = raw.At("policy"), raw.At("operator_policy")
	o.arguments, o.effective = raw.At("arguments").Map(), raw.At("effective_policy_definition")
	if o.Exchange {
		// The API leaves out the member policy if no policy applies.
		if o.policy.Absent() {
			o.policy = record.Of("")
		}
		return o, nil
	}
	o.Type = raw.At("type").Text()
	fresh, err := c.QueueWithoutStats(ctx, vhost, name)
	if err != nil {
		return o, err
	}
	// In this answer, counts come from the queue itself. If the queue reports them, it also reports its policy; without
	// the member policy, no policy applies. Classic and quorum queues do this since 4.0. Only quorum queues report their
	// operator policy this way, since 4.3 (measured).
	if fresh.At("messages_ready").Known() {
		o.policy = record.Of(fresh.At("policy").Text())
	}
	if operator := fresh.At("operator_policy"); operator.Known() {
		o.operator = operator
	}
	switch now := fresh.At("effective_policy_definition"); {
	case now.Known():
		o.effective = now
	case o.policy.Text() != raw.At("policy").Text() || o.operator.Text() != raw.At("operator_policy").Text():
		o.effective = nil // the statistics have the definition of other policies
	}
	return o, nil
}

// match is a policy that matches, with its row.
type match struct {
	topology.Policy
	row record.Row
}

func matching(ctx context.Context, c *broker.Client, kind string, ask verb.Ask,
	columns []record.Column) iter.Seq2[record.Row, error] {
	return func(yield func(record.Row, error) bool) {
		vhost := ask.VHost
		o, err := look(ctx, c, kind, vhost, ask.Args[0])
		if err != nil {
			yield(nil, err)
			return
		}
		found, untold, err := compare(ctx, c, vhost, o, columns)
		if err != nil {
			yield(nil, err)
			return
		}
		found = slices.DeleteFunc(found, func(m match) bool {
			keys := m.Unsuited(o.Type)
			if applies, _ := o.says(m.Policy).Bool(); applies || len(keys) == 0 {
				return false
			}
			ask.Note("%s does not apply: a %s does not support %s", kindOf(m.Policy)+" "+m.Name, o.noun(),
				strings.Join(keys, ", "))
			return true
		})
		for _, m := range found {
			for i, column := range columns {
				switch column.Name {
				case "kind":
					m.row[i] = record.Of(kindOf(m.Policy))
				case "in_effect":
					m.row[i] = o.says(m.Policy)
				}
			}
			if !yield(m.row, nil) {
				return
			}
		}
		for _, operator := range []bool{false, true} {
			if first := disputed(found, o, operator); first != "" {
				ask.Note("by pattern and priority %s should apply, but the broker reports that it does not: if policies have "+
					"just changed, look again in some seconds", first)
			}
		}
		if len(untold) > 0 {
			yield(nil, fail.New(fail.Incomplete,
				"policies left out, because only the broker understands their patterns: %s", strings.Join(untold, ", ")).
				Next("see which one is in effect: %s", fail.Command("show_"+kind, "-p", vhost, ask.Args[0])))
		}
	}
}

// disputed returns the first policy, or operator policy, that matches, if the broker reports that neither this policy
// nor another one of the same priority is in effect. Otherwise disputed returns "".
func disputed(found []match, o object, operator bool) string {
	first := slices.IndexFunc(found, func(m match) bool { return m.Operator == operator })
	if first < 0 {
		return ""
	}
	for _, m := range found[first:] {
		if applies, told := o.says(m.Policy).Bool(); m.Operator == operator && m.Priority == found[first].Priority &&
			(applies || !told) {
			return ""
		}
	}
	return kindOf(found[first].Policy) + " " + found[first].Name
}

func kindOf(p topology.Policy) string {
	if p.Operator {
		return "operator policy"
	}
	return "policy"
}

// compare reads the policies and returns those that match or that the broker reports as in effect, the highest rank
// first. untold has the other policies whose pattern only the broker understands.
func compare(ctx context.Context, c *broker.Client, vhost string, o object,
	columns []record.Column) (found []match, untold []string, err error) {
	// The columns that the comparison needs follow after the requested columns.
	all := slices.Clone(columns)
	for i := range all {
		if all[i].Name == "kind" || all[i].Name == "in_effect" {
			all[i].Const = record.Of("")
		}
	}
	own := len(all)
	for _, name := range []string{"name", "pattern", "apply-to", "priority", "definition"} {
		all = append(all, record.Column{Name: name})
	}
	for _, operator := range []bool{false, true} {
		if operator && o.Exchange {
			break // operator policies do not apply to exchanges
		}
		rows := c.Policies(ctx, vhost, all)
		if operator {
			rows = c.OperatorPolicies(ctx, vhost, all)
		}
		for row, err := range rows {
			if err != nil {
				return nil, nil, err
			}
			p := topology.Policy{Operator: operator, Name: row[own].Text(), Pattern: row[own+1].Text(),
				ApplyTo:    row[own+2].Text(),
				Definition: row[own+4].Map()}
			p.Priority, _ = row[own+3].Int()
			matches, err := p.Matches(o.Object)
			switch applies, _ := o.says(p).Bool(); {
			case applies, err == nil && matches:
				found = append(found, match{p, slices.Clone(row[:own])})
			case err != nil:
				untold = append(untold, kindOf(p)+" "+p.Name)
			}
		}
	}
	slices.SortStableFunc(found, func(a, b match) int { return topology.ByRank(a.Policy, b.Policy) })
	return found, untold, nil
}

// names returns a function that lists the queues or the exchanges of a virtual host. The function reads kind when it is
// called, since a flag can change kind.
func names(kind *string) func(ctx context.Context, c *broker.Client, vhost string) ([]string, error) {
	return func(ctx context.Context, c *broker.Client, vhost string) ([]string, error) {
		columns := record.Named("name")
		rows := queues.Read(ctx, c, vhost, columns)
		if *kind == exchangeKind {
			rows = c.Exchanges(ctx, vhost, columns)
		}
		names, err := record.Texts(rows)
		return slices.DeleteFunc(names, func(name string) bool { return name == "" }), err
	}
}
