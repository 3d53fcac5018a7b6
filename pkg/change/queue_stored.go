package change

import (
	"context"
	"fmt"
	"iter"
	"time"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/record"
	"github.com/rabbitctl/rabbitctl/pkg/topology"
)

// storedQueue returns the properties with which a queue was declared, as the API shows them.
func storedQueue(raw record.Value) topology.Queue {
	q := topology.Queue{
		VHost: raw.At("vhost").Text(),
		Name:  raw.At("name").Text(),
		Type:  raw.At("type").Text(),
	}
	q.Durable, _ = raw.At("durable").Bool()
	q.AutoDelete, _ = raw.At("auto_delete").Bool()
	q.Exclusive, _ = raw.At("exclusive").Bool()
	q.Arguments = raw.At("arguments").Map()
	if kind, ok := q.Arguments["x-queue-type"].(string); ok && q.Type == "" {
		q.Type = kind
	}
	delete(q.Arguments, "x-queue-type")
	return q
}

// deciders reads the policies and the default queue type, which decide the properties of an existing queue besides the
// declaration. It leaves out those that the user may not read: the answer is then less detailed, but not wrong.
func (d *queueDeclaration) deciders(ctx context.Context, raw record.Value) (topology.Deciders, error) {
	raw, err := d.withPolicies(ctx, raw)
	if err != nil {
		return topology.Deciders{}, err
	}
	by := topology.Deciders{Policy: raw.At("policy").Text(), OperatorPolicy: raw.At("operator_policy").Text()}
	// Read the list of policies: only administrators and policymakers may read a single policy, but all users with
	// permissions in the virtual host may list its policies.
	policy, err := d.policy(ctx, by.Policy, d.at.Broker.Policies)
	if err != nil {
		return by, err
	}
	by.PolicyKeys = policy.definition.Map()
	if n, known := policy.priority.Int(); known {
		by.PolicyPriority = &n
	}
	operator, err := d.policy(ctx, by.OperatorPolicy, d.at.Broker.OperatorPolicies)
	if err != nil {
		return by, err
	}
	by.OperatorKeys = operator.definition.Map()
	if d.want.Type == "" {
		if by.DefaultType, err = d.at.Broker.DefaultQueueType(ctx, d.want.VHost); err != nil {
			return by, optional(err)
		}
	}
	return by, nil
}

// withPolicies makes sure that raw contains the queue's policies. The API does not report the policies of a queue that
// is younger than the statistics interval. Newer releases report them in a request without statistics, older ones only
// after some seconds.
func (d *queueDeclaration) withPolicies(ctx context.Context, raw record.Value) (record.Value, error) {
	if !raw.At("policy").Absent() {
		return raw, nil
	}
	fresh, err := d.at.Broker.QueueWithoutStats(ctx, d.want.VHost, d.want.Name)
	if err != nil {
		return raw, err
	}
	if !fresh.At("policy").Absent() || !fresh.At("effective_policy_definition").Absent() {
		return fresh, nil
	}
	_, err = settle(ctx, d.at, 7*time.Second, func() (bool, error) {
		now, err := d.at.Broker.Queue(ctx, d.want.VHost, d.want.Name)
		if err == nil {
			raw = now
		}
		return !now.At("policy").Absent(), err
	})
	return raw, err
}

// decidingPolicy is a policy that applies to the queue.
type decidingPolicy struct {
	name                 string
	definition, priority record.Value
}

// policy returns the policy of that name. Its values are absent if no policy has the name, or if the user may not see it.
func (d *queueDeclaration) policy(ctx context.Context, name string,
	list func(context.Context, string, []record.Column) iter.Seq2[record.Row, error]) (decidingPolicy, error) {
	if name == "" {
		return decidingPolicy{}, nil
	}
	reader := record.NewReader(func(b *record.Binder, p *decidingPolicy) {
		b.Text("name", &p.name)
		b.Value("definition", func(v record.Value) { p.definition = v })
		b.Value("priority", func(v record.Value) { p.priority = v })
	})
	for p, err := range reader.All(list(ctx, d.want.VHost, reader.Columns())) {
		switch {
		case err != nil:
			return decidingPolicy{}, optional(err)
		case p.name == name:
			return p, nil
		}
	}
	return decidingPolicy{}, nil
}

// optional returns nil for an error that says that the user may not read something, or that it does not exist. It
// returns any other error unchanged.
func optional(err error) error {
	if k := fail.KindOf(err); k == fail.Denied || k == fail.NotFound {
		return nil
	}
	return err
}

// warnings returns notes about settings that the broker accepts silently: arguments that have no effect, and settings
// that lose messages later.
func (d *queueDeclaration) warnings(ctx context.Context) []string {
	out := d.want.Unknown()
	if d.want.Arguments["x-overflow"] == "reject-publish-dlx" && d.want.Type == "quorum" {
		out = append(out, "overflow reject-publish-dlx is for classic queues: a quorum queue drops its oldest messages with it")
	}
	exchange, _ := d.want.Arguments["x-dead-letter-exchange"].(string)
	if exchange == "" {
		return out
	}
	if _, err := d.at.Broker.Exchange(ctx, d.want.VHost, exchange); broker.IsNotFound(err) {
		out = append(out,
			fmt.Sprintf("the dead-letter exchange %s does not exist in virtual host %s: until it does, dead-lettered "+
				"messages are lost without an error (with dead-letter-strategy at-least-once they stay in the queue)",
				exchange, d.want.VHost))
	}
	return out
}
