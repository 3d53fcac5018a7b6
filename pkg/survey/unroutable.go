package survey

import (
	"context"
	"maps"
	"slices"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/diagnose"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/record"
	"github.com/rabbitctl/rabbitctl/pkg/routing"
	"github.com/rabbitctl/rabbitctl/pkg/topology"
)

// Unroutable asks for everything by which messages are routed, of one virtual host or, where vhost is "", of all that
// the user may see; sorted by virtual host. Counts are those of the statistics, up to five seconds old.
func Unroutable(ctx context.Context, c *broker.Client, vhost string) ([]diagnose.RoutingFacts, error) {
	u := newUnroutable(c, vhost, func() (record.Value, error) { return c.Overview(ctx) })
	if err := u.routes(ctx); err != nil {
		return nil, err
	}
	queues := routedQueues{}
	once := newRepeated()
	if err := each(c.Queues(ctx, vhost, routedColumns()), func(row record.Row) { queues.add(row, once) }); err != nil {
		return nil, err
	}
	return u.with(queues), nil
}

func newUnroutable(c *broker.Client, vhost string, overview func() (record.Value, error)) *unroutable {
	return &unroutable{client: c, vhost: vhost, overview: overview, hosts: map[string]*diagnose.RoutingFacts{}}
}

type unroutable struct {
	client *broker.Client
	vhost  string
	// overview tells of the types of exchanges that are offered.
	overview func() (record.Value, error)
	hosts    map[string]*diagnose.RoutingFacts
	// all are the policies by virtual host; unread says why they could not be read, "" when they could.
	all    map[string][]topology.Policy
	unread string
}

// routes asks for everything but the queues.
func (u *unroutable) routes(ctx context.Context) error {
	for _, read := range []func(context.Context) error{u.policies, u.exchanges, u.bindings, u.totals} {
		if err := read(ctx); err != nil {
			return err
		}
	}
	return u.types()
}

// types notes which types of exchanges are offered, where one is met that not every broker has.
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

// with are the facts of each virtual host, once the queues are there.
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
		f = &diagnose.RoutingFacts{VHost: name, Flows: map[string]diagnose.Flow{}, Policies: u.all[name], PoliciesUnread: u.unread,
			Facts: routing.Facts{Exchanges: map[string]*routing.Exchange{}, Queues: map[string]*routing.Queue{}, Whole: true}}
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
	columns := named("vhost", "name", "type", "internal", "arguments", "policy", "message_stats.publish_in", "message_stats.publish_out",
		"message_stats.publish_in_details.rate")
	for row, err := range u.client.Exchanges(ctx, u.vhost, columns) {
		if err != nil {
			return err
		}
		f := u.host(row[0].Text())
		x := &routing.Exchange{Name: row[1].Text(), Type: row[2].Text()}
		x.Internal, _ = row[3].Bool()
		policy := row[5].Text()
		if policy != "" {
			x.PolicyName = "policy " + policy
		}
		if name, ok := row[4].Map()["alternate-exchange"].(string); ok {
			x.Alternate, x.AlternateBy = name, "argument"
		} else if i := slices.IndexFunc(f.Policies, func(p topology.Policy) bool { return p.Name == policy && !p.Operator }); i >= 0 {
			if name, ok := f.Policies[i].Definition["alternate-exchange"].(string); ok {
				x.Alternate, x.AlternateBy = name, x.PolicyName
			}
		} else if policy != "" {
			x.AlternateUnknown = u.unread
		}
		f.Exchanges[x.Name] = x
		f.Flows[x.Name] = diagnose.Flow{In: Reading(row[6]), Out: Reading(row[7]), Rate: Reading(row[8])}
	}
	return nil
}

func (u *unroutable) bindings(ctx context.Context) error {
	for row, err := range u.client.Bindings(ctx, u.vhost, bindingColumns()) {
		if err != nil {
			return err
		}
		source := row[4].Text()
		if source == routing.Default {
			continue
		}
		if x := u.host(row[5].Text()).Exchanges[source]; x != nil {
			x.Bindings = append(x.Bindings, binding(row))
		}
	}
	return nil
}

// routedQueues are queues as far as it matters to routing, by virtual host and name.
type routedQueues map[string]map[string]*routing.Queue

func routedColumns() []record.Column {
	return named("vhost", "name", "type", "arguments", "policy", "operator_policy", "effective_policy_definition")
}

func (all routedQueues) add(row record.Row, once repeated) *routing.Queue {
	q := &routing.Queue{Name: row[1].Text(), Type: once.text(row[2]), Arguments: once.object(row[3])}
	policies(q, row[4].Text(), row[5].Text(), row[6])
	q.Policy, q.PolicyName = once.object(row[6]), once.word(q.PolicyName)
	vhost := once.text(row[0])
	if all[vhost] == nil {
		all[vhost] = map[string]*routing.Queue{}
	}
	all[vhost][q.Name] = q
	return q
}

// totals are what the broker counts for whole virtual hosts.
func (u *unroutable) totals(ctx context.Context) error {
	columns := named("name", "message_stats.drop_unroutable", "message_stats.drop_unroutable_details.rate", "message_stats.return_unroutable")
	for row, err := range u.client.VHosts(ctx, columns) {
		if err != nil {
			return err
		}
		// The listing has virtual hosts that this user may not look into.
		if f := u.hosts[row[0].Text()]; f != nil {
			f.Dropped, f.DroppedRate, f.Returned = Reading(row[1]), Reading(row[2]), Reading(row[3])
		}
	}
	return nil
}
