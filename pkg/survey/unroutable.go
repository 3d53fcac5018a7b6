package survey

import (
	"bytes"
	"context"
	"maps"
	"slices"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/diagnose"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/health"
	"github.com/rabbitctl/rabbitctl/pkg/queues"
	"github.com/rabbitctl/rabbitctl/pkg/record"
	"github.com/rabbitctl/rabbitctl/pkg/routing"
	"github.com/rabbitctl/rabbitctl/pkg/topology"
)

// Unroutable reads everything that decides how messages are routed, sorted by virtual host: for one virtual host or, if
// vhost is "", for all that the user may see. Counts come from the statistics and are up to five seconds old.
func Unroutable(ctx context.Context, c *broker.Client, vhost string) ([]diagnose.RoutingFacts, error) {
	u := newUnroutable(c, vhost, func() (record.Value, error) { return c.Overview(ctx) })
	if err := u.routes(ctx); err != nil {
		return nil, err
	}
	routed := routedQueues{}
	once := newRepeated()
	type queue struct {
		vhost, name string
		routedQueue
	}
	reader := record.NewReader(func(b *record.Binder, q *queue) {
		b.Value("vhost", func(v record.Value) { q.vhost = once.text(v) })
		b.Text("name", &q.name)
		bindRouted(b, &q.routedQueue)
	})
	if err := each(reader.All(queues.Read(ctx, c, vhost, reader.Columns())), func(q queue) {
		routed.add(q.vhost, q.name, q.routedQueue, once)
	}); err != nil {
		return nil, err
	}
	return u.with(routed), nil
}

func newUnroutable(c *broker.Client, vhost string, overview func() (record.Value, error)) *unroutable {
	return &unroutable{client: c, vhost: vhost, overview: overview, hosts: map[string]*diagnose.RoutingFacts{}}
}

type unroutable struct {
	client *broker.Client
	vhost  string
	// overview lists the types of exchanges that the broker offers.
	overview func() (record.Value, error)
	hosts    map[string]*diagnose.RoutingFacts
	// all are the policies by virtual host; unread says why they could not be read, or is "" if they were read.
	all    map[string][]topology.Policy
	unread string
}

// routes reads everything except the queues.
func (u *unroutable) routes(ctx context.Context) error {
	for _, read := range []func(context.Context) error{u.policies, u.exchanges, u.bindings, u.totals} {
		if err := read(ctx); err != nil {
			return err
		}
	}
	return u.types()
}

// types notes which types of exchanges the broker offers. It reads this only if an exchange has a type that not every
// broker has.
func (u *unroutable) types() error {
	for _, f := range u.hosts {
		for _, x := range f.Exchanges {
			if routing.Basic(x.Type) {
				continue
			}
			overview, err := u.overview()
			if err != nil {
				return err
			}
			for _, f := range u.hosts {
				offered(&f.Facts, overview)
			}
			return nil
		}
	}
	return nil
}

// with returns the facts of each virtual host, including its queues.
func (u *unroutable) with(queues routedQueues) []diagnose.RoutingFacts {
	for vhost, all := range queues {
		u.host(vhost).Queues = all
	}
	var out []diagnose.RoutingFacts
	for _, name := range slices.Sorted(maps.Keys(u.hosts)) {
		out = append(out, *u.hosts[name])
	}
	return out
}

func (u *unroutable) host(name string) *diagnose.RoutingFacts {
	f := u.hosts[name]
	if f == nil {
		f = &diagnose.RoutingFacts{VHost: name, Flows: map[string]diagnose.Flow{}, Policies: u.all[name],
			PoliciesUnread: u.unread,
			Facts: routing.Facts{Exchanges: map[string]*routing.Exchange{}, Queues: map[string]*routing.Queue{},
				Whole: true}}
		u.hosts[name] = f
	}
	return f
}

func (u *unroutable) policies(ctx context.Context) error {
	all, err := Policies(ctx, u.client, u.vhost)
	if fail.KindOf(err) == fail.Denied {
		u.unread = "this user may not read the policies"
		return nil
	}
	u.all = all
	return err
}

func (u *unroutable) exchanges(ctx context.Context) error {
	type found struct {
		vhost, policy string
		arguments     map[string]any
		exchange      routing.Exchange
		flow          diagnose.Flow
	}
	all, err := listed(ctx, u.client, within(u.vhost, (*broker.Client).Exchanges), func(b *record.Binder, x *found) {
		b.Text("vhost", &x.vhost)
		b.Text("name", &x.exchange.Name)
		b.Text("type", &x.exchange.Type)
		b.Flag("internal", &x.exchange.Internal)
		b.Map("arguments", &x.arguments)
		b.Text("policy", &x.policy)
		reading(b, "message_stats.publish_in", &x.flow.In)
		reading(b, "message_stats.publish_out", &x.flow.Out)
		reading(b, "message_stats.publish_in_details.rate", &x.flow.Rate)
	})
	for i := range all {
		x, f := &all[i].exchange, u.host(all[i].vhost)
		u.alternate(x, f.Policies, all[i].arguments, all[i].policy)
		f.Exchanges[x.Name], f.Flows[x.Name] = x, all[i].flow
	}
	return err
}

// alternate finds the alternate exchange. An argument sets it, or the policy that the parameter policy names.
func (u *unroutable) alternate(x *routing.Exchange, policies []topology.Policy, arguments map[string]any,
	policy string) {
	if policy != "" {
		x.PolicyName = "policy " + policy
	}
	if name, ok := arguments["alternate-exchange"].(string); ok {
		x.Alternate, x.AlternateBy = name, "argument"
		return
	}
	i := slices.IndexFunc(policies, func(p topology.Policy) bool { return p.Name == policy && !p.Operator })
	switch {
	case i >= 0:
		if name, ok := policies[i].Definition["alternate-exchange"].(string); ok {
			x.Alternate, x.AlternateBy = name, x.PolicyName
		}
	case policy != "":
		x.AlternateUnknown = u.unread
	}
}

func (u *unroutable) bindings(ctx context.Context) error {
	reader := record.NewReader(bindBinding)
	return each(reader.All(u.client.Bindings(ctx, u.vhost, reader.Columns())), func(b listedBinding) {
		if b.source == routing.Default {
			return
		}
		if x := u.host(b.vhost).Exchanges[b.source]; x != nil {
			x.Bindings = append(x.Bindings, b.Binding)
		}
	})
}

// routedQueues holds the properties of queues that matter to routing, by virtual host and name.
type routedQueues map[string]map[string]*routing.Queue

// routedQueue has the members of a queue that routing depends on, as the broker sent them.
type routedQueue struct{ kind, arguments, policy, operator, definition record.Value }

func bindRouted(b *record.Binder, q *routedQueue) {
	b.Value("type", func(v record.Value) { q.kind = v })
	b.Value("arguments", func(v record.Value) { q.arguments = v })
	b.Value("policy", func(v record.Value) { q.policy = v })
	b.Value("operator_policy", func(v record.Value) { q.operator = v })
	b.Value("effective_policy_definition", func(v record.Value) { q.definition = v })
}

// add stores a queue under its name. Queues with the same type, arguments and policies share one value, which has no
// name, since nearly all of very many queues are alike.
func (all routedQueues) add(vhost, name string, sent routedQueue, once repeated) *routing.Queue {
	alike := bytes.Join([][]byte{sent.kind, sent.arguments, sent.policy, sent.operator, sent.definition}, []byte{0})
	q := once.queues[string(alike)]
	if q == nil {
		q = &routing.Queue{Type: sent.kind.Text(), Arguments: sent.arguments.Map()}
		policies(q, sent.policy.Text(), sent.operator.Text(), sent.definition)
		once.queues[string(alike)] = q
	}
	if all[vhost] == nil {
		all[vhost] = map[string]*routing.Queue{}
	}
	all[vhost][name] = q
	return q
}

// totals reads the counters of whole virtual hosts.
func (u *unroutable) totals(ctx context.Context) error {
	all, err := unroutableByVHost(ctx, u.client)
	for _, n := range all {
		// The listing can include virtual hosts that this user may not look into.
		if f := u.hosts[n.Name]; f != nil {
			f.Dropped, f.DroppedRate, f.Returned = n.Dropped, n.DroppedRate, n.Returned
		}
	}
	return err
}

// unroutableByVHost lists all virtual hosts with the broker's counters of their unroutable messages. There are no such
// counters for a single exchange: the broker counts only the messages that come in and go out there (3.10, 4.3).
func unroutableByVHost(ctx context.Context, c *broker.Client) ([]health.UnroutableVHost, error) {
	return listed(ctx, c, (*broker.Client).VHosts, func(b *record.Binder, v *health.UnroutableVHost) {
		b.Text("name", &v.Name)
		reading(b, "message_stats.drop_unroutable", &v.Dropped)
		reading(b, "message_stats.drop_unroutable_details.rate", &v.DroppedRate)
		reading(b, "message_stats.return_unroutable", &v.Returned)
		reading(b, "message_stats.return_unroutable_details.rate", &v.ReturnedRate)
	})
}
