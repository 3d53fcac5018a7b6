package survey

import (
	"context"
	"strconv"
	"strings"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/queues"
	"github.com/rabbitctl/rabbitctl/pkg/record"
	"github.com/rabbitctl/rabbitctl/pkg/routing"
	"github.com/rabbitctl/rabbitctl/pkg/topology"
)

// Router follows messages through one virtual host. It reads only the exchanges and queues that a message reaches, and
// each only once, because a virtual host can have 100,000 of both.
type Router struct {
	client *broker.Client
	vhost  string
	facts  routing.Facts
	// asked means that the overview has been read, which is necessary for exchanges of some types.
	asked bool
	// all are the policies of the virtual host. They are read when they first matter; unread means that this user may not
	// read them.
	all    []topology.Policy
	unread bool
}

// NewRouter makes a router. It sends no request.
func NewRouter(c *broker.Client, vhost string) *Router {
	return &Router{client: c, vhost: vhost,
		facts: routing.Facts{Exchanges: map[string]*routing.Exchange{}, Queues: map[string]*routing.Queue{}}}
}

// Facts returns the facts that have been read so far.
func (r *Router) Facts() routing.Facts { return r.facts }

// Route follows a message. A virtual host that does not exist is an error; an exchange or a queue that does not exist
// is not.
func (r *Router) Route(ctx context.Context, m routing.Message) (routing.Route, error) {
	for {
		way := r.facts.Route(m)
		if len(way.UnreadExchanges)+len(way.UnreadQueues) == 0 {
			return way, nil
		}
		for _, name := range way.UnreadExchanges {
			x, err := r.exchange(ctx, name)
			if err != nil {
				return way, err
			}
			r.facts.Exchanges[name] = x
		}
		if len(way.UnreadExchanges) == 0 {
			if err := r.queues(ctx, way.UnreadQueues); err != nil {
				return way, err
			}
		}
	}
}

// exchange reads an exchange with its bindings. It returns nil if no exchange has that name, and an error if the
// virtual host does not exist.
func (r *Router) exchange(ctx context.Context, name string) (*routing.Exchange, error) {
	called := name
	if name == routing.Default {
		called = "amq.default"
	}
	if err := addressable("exchange", called); err != nil {
		return nil, err
	}
	raw, err := r.client.Exchange(ctx, r.vhost, called)
	if broker.IsNotFound(err) {
		return nil, r.client.EnterVHost(ctx, r.vhost)
	}
	if err != nil {
		return nil, err
	}
	x := &routing.Exchange{Name: name, Type: raw.At("type").Text()}
	x.Internal, _ = raw.At("internal").Bool()
	if err := r.alternate(ctx, x, raw.At("arguments"), raw.At("policy").Text()); err != nil {
		return nil, err
	}
	if (x.Type == "headers" || !routing.Basic(x.Type)) && !r.asked {
		overview, err := r.client.Overview(ctx)
		if err != nil {
			return nil, err
		}
		r.asked = true
		r.facts.ExactNumbers = exactNumbers(overview.At("rabbitmq_version").Text())
		offered(&r.facts, overview)
	}
	if name == routing.Default {
		// The bindings of the default exchange are implicit, and have no effect if it is an alternate exchange.
		return x, nil
	}
	reader := record.NewReader(bindBinding)
	if err := each(reader.All(r.client.ExchangeBindings(ctx, r.vhost, name, reader.Columns())), func(b listedBinding) {
		x.Bindings = append(x.Bindings, b.Binding)
	}); err != nil {
		return nil, err
	}
	return x, nil
}

// offered notes the types of exchanges that the overview lists.
func offered(f *routing.Facts, overview record.Value) {
	types := map[string]bool{}
	overview.At("exchange_types").Each(func(t record.Value) {
		enabled, told := t.At("enabled").Bool()
		types[t.At("name").Text()] = enabled || !told
	})
	if len(types) > 0 {
		f.Types, f.Node = types, overview.At("node").Text()
	}
}

// alternate finds the alternate exchange. An argument takes precedence over a policy (measured on 3.10, 4.0 and 4.3).
func (r *Router) alternate(ctx context.Context, x *routing.Exchange, arguments record.Value, policy string) error {
	if name, ok := arguments.Map()["alternate-exchange"].(string); ok {
		x.Alternate, x.AlternateBy = name, "argument"
		return nil
	}
	if policy == "" {
		return nil
	}
	all, err := r.allPolicies(ctx)
	if err != nil {
		return err
	}
	if r.unread {
		x.AlternateUnknown = "this user may not read policy " + policy + ", which may name an alternate exchange"
		return nil
	}
	for _, p := range all {
		if name, ok := p.Definition["alternate-exchange"].(string); ok && p.Name == policy && !p.Operator {
			x.Alternate, x.AlternateBy = name, "policy "+policy
		}
	}
	return nil
}

// allPolicies returns the policies of the virtual host. It reads the listing, because the broker shows a single policy
// only to users with the tag policymaker, but the listing to everyone with access (measured on 3.10, 4.0 and 4.3).
func (r *Router) allPolicies(ctx context.Context) ([]topology.Policy, error) {
	if r.all == nil {
		all, err := Policies(ctx, r.client, r.vhost)
		if r.unread = fail.KindOf(err) == fail.Denied; err != nil && !r.unread {
			return nil, err
		}
		r.all = append([]topology.Policy{}, all[r.vhost]...)
	}
	return r.all, nil
}

// listedBinding is a binding in a listing, with its source.
type listedBinding struct {
	routing.Binding
	vhost, source string
}

func bindBinding(b *record.Binder, l *listedBinding) {
	b.Text("destination", &l.To)
	b.Value("destination_type", func(v record.Value) { l.ToExchange = v.Text() == "exchange" })
	b.Text("routing_key", &l.Key)
	b.Map("arguments", &l.Arguments)
	b.Text("source", &l.source)
	b.Text("vhost", &l.vhost)
}

// exactNumbers tells whether headers exchanges of the release distinguish 5 from 5.0. The answer is
// true if the version cannot be read.
func exactNumbers(release string) bool {
	major, rest, _ := strings.Cut(release, ".")
	minor, _, _ := strings.Cut(rest, ".")
	x, err := strconv.Atoi(major)
	y, errMinor := strconv.Atoi(minor)
	return err != nil || errMinor != nil || x > 3 || x == 3 && y >= 13
}

// addressable refuses a name that cannot be part of a path of the API.
func addressable(what, name string) error {
	if name != "" && !broker.Addressable(name) { // the empty name is the default exchange's
		return fail.New(fail.Unavailable, "the HTTP API cannot address the %s that is called %q", what, name)
	}
	return nil
}

// queuesOneByOne is the largest number of queues that are read one by one. For more queues one listing is cheaper.
const queuesOneByOne = 20

// queues reads, for each of the queues, the facts that decide what happens to a message there.
func (r *Router) queues(ctx context.Context, names []string) error {
	single := len(names) <= queuesOneByOne
	for _, name := range names {
		single = single && name != "" && addressable("queue", name) == nil
	}
	if !single {
		return r.listedQueues(ctx, names)
	}
	for _, name := range names {
		raw, err := r.client.Queue(ctx, r.vhost, name)
		if broker.IsNotFound(err) {
			if err := r.client.EnterVHost(ctx, r.vhost); err != nil {
				return err
			}
			r.facts.Queues[name] = nil
			continue
		}
		if err != nil {
			return err
		}
		fresh, err := r.client.QueueWithoutStats(ctx, r.vhost, name)
		if err != nil && !broker.IsNotFound(err) {
			return err
		}
		q := queue(raw, fresh)
		if broker.WithoutMajority(raw) == "" {
			q.State = r.client.QueueState(ctx, raw).Text()
		}
		if q.Type != "classic" {
			has, err := r.client.QueueCount(ctx, r.vhost, name, q.Type)
			if err != nil {
				return err
			}
			q.Ready = Reading(has.Ready)
		}
		if err := r.complete(ctx, q); err != nil {
			return err
		}
		r.facts.Queues[name] = q
	}
	return nil
}

// queue joins two answers about a queue: raw is from the statistics, and fresh from the queue itself. Each may lack
// facts that the other has.
func queue(raw, fresh record.Value) *routing.Queue {
	either := func(path string) record.Value {
		if v := fresh.At(path); v.Known() {
			return v
		}
		return raw.At(path)
	}
	q := &routing.Queue{
		Name: raw.At("name").Text(), Type: either("type").Text(), State: raw.At("state").Text(),
		Arguments: raw.At("arguments").Map(),
		Ready:     Reading(fresh.At("messages_ready")), ReadyBytes: Reading(raw.At("message_bytes_ready")),
		Consumers: Reading(queues.ConsumerCount(raw, raw.At("state"))),
	}
	if q.Type == "rabbit_classic_queue" {
		// The broker uses this name of the type for a queue whose virtual host is stopped.
		q.Type = "classic"
	}
	if s := broker.WithoutMajority(raw); s != "" {
		q.State = s
	}
	definition := either("effective_policy_definition")
	if now := fresh.At("policy"); now.Known() && now.Text() != raw.At("policy").Text() &&
		fresh.At("effective_policy_definition").Absent() {
		// The statistics are older than the policy, so their definition does not count.
		definition = nil
	}
	policies(q, either("policy").Text(), either("operator_policy").Text(), definition)
	return q
}

func length(list record.Value) (n int) {
	list.Each(func(record.Value) { n++ })
	return n
}

// policies notes the settings that the policies of a queue make. If the definition is absent, the broker does not
// report it yet.
func policies(q *routing.Queue, policy, operator string, definition record.Value) {
	q.PolicyUnknown = definition.Absent()
	q.Policy = definition.Map()
	var names []string
	if policy != "" {
		names = append(names, "policy "+policy)
	}
	if operator != "" {
		names = append(names, "operator policy "+operator)
	}
	q.PolicyName = strings.Join(names, ", ")
}

// complete fills in two facts that, on some releases, neither answer about a single queue has: whether a policy may
// apply to the queue, and the number of ready messages of a classic queue.
func (r *Router) complete(ctx context.Context, q *routing.Queue) error {
	if q.PolicyUnknown {
		governed, err := r.mayBeGoverned(ctx, q)
		if err != nil {
			return err
		}
		q.PolicyUnknown = governed
	}
	if !q.Ready.Known && q.Type == "classic" {
		has, err := r.client.ListedCount(ctx, r.vhost, q.Name)
		q.Ready = Reading(has.Ready)
		return err
	}
	return nil
}

// mayBeGoverned tells whether a policy may apply to the queue. It says yes if this user may not read the policies, or
// if only the broker can match a pattern. The broker itself reports the policy only some seconds after a queue was
// declared.
func (r *Router) mayBeGoverned(ctx context.Context, q *routing.Queue) (bool, error) {
	all, err := r.allPolicies(ctx)
	if err != nil || r.unread {
		return true, err
	}
	for _, p := range all {
		if !p.CoversQueue(q.Type) || len(p.Unsuited(q.Type)) > 0 {
			continue
		}
		if matches, err := p.Matcher(); err != nil || matches(q.Name) {
			return true, nil
		}
	}
	return false, nil
}

// listedQueues reads many queues from one listing, which has no fresh counts.
func (r *Router) listedQueues(ctx context.Context, names []string) error {
	for _, name := range names {
		r.facts.Queues[name] = nil
	}
	reader := record.NewReader(bindListedQueue)
	return each(reader.All(queues.Read(ctx, r.client, r.vhost, reader.Columns())), func(listed listedQueue) {
		q := listed.Queue
		if _, wanted := r.facts.Queues[q.Name]; wanted {
			policies(&q, listed.policy, listed.operator, listed.definition)
			r.facts.Queues[q.Name] = &q
		}
	})
}

// listedQueue is a queue in a listing, with the names of its policies.
type listedQueue struct {
	routing.Queue
	policy, operator string
	definition       record.Value
}

func bindListedQueue(b *record.Binder, q *listedQueue) {
	b.Text("name", &q.Name)
	b.Text("type", &q.Type)
	b.Text("state", &q.State)
	b.Map("arguments", &q.Arguments)
	b.Text("policy", &q.policy)
	b.Text("operator_policy", &q.operator)
	b.Value("effective_policy_definition", func(v record.Value) { q.definition = v })
	reading(b, "messages_ready", &q.Ready)
	reading(b, "message_bytes_ready", &q.ReadyBytes)
	reading(b, "consumers", &q.Consumers)
}
