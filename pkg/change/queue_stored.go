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

// storedQueue is what a queue was declared with, as the API shows it.
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

// deciders reads what, beside the declaration, decides the properties of an existing queue: policies and the default
// queue type. What this user may not read is left out, which only makes the answer less detailed.
func (d *queueDeclaration) deciders(ctx context.Context, raw record.Value) (topology.Deciders, error) {
	raw, err := d.withPolicies(ctx, raw)
	if err != nil {
		return topology.Deciders{}, err
	}
	by := topology.Deciders{Policy: raw.At("policy").Text(), OperatorPolicy: raw.At("operator_policy").Text()}
	// Only administrators and policymakers may read one policy, but all who see the virtual host may list them.
	if by.PolicyKeys, err = d.definition(ctx, by.Policy, d.at.Broker.Policies); err != nil {
		return by, err
	}
	if by.OperatorKeys, err = d.definition(ctx, by.OperatorPolicy, d.at.Broker.OperatorPolicies); err != nil {
		return by, err
	}
	if d.want.Type == "" {
		if by.DefaultType, err = d.at.Broker.DefaultQueueType(ctx, d.want.VHost); err != nil {
			return by, optional(err)
		}
	}
	return by, nil
}

// withPolicies makes sure that the queue's policies are known. For a queue younger than the statistics interval
// the API does not report them: newer releases do in a request without statistics, older ones only after some seconds.
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

// definition is what the policy of that name sets; nil where there is none, or this user may not see it.
func (d *queueDeclaration) definition(ctx context.Context, name string,
	list func(context.Context, string, []record.Column) iter.Seq2[record.Row, error]) (map[string]any, error) {
	if name == "" {
		return nil, nil
	}
	type policy struct {
		name       string
		definition record.Value
	}
	reader := record.NewReader(func(b *record.Binder, p *policy) {
		b.Text("name", &p.name)
		b.Value("definition", func(v record.Value) { p.definition = v })
	})
	for p, err := range reader.All(list(ctx, d.want.VHost, reader.Columns())) {
		switch {
		case err != nil:
			return nil, optional(err)
		case p.name == name:
			return p.definition.Map(), nil
		}
	}
	return nil, nil
}

// optional drops an error that says that this user may not read something, or that it is gone.
func optional(err error) error {
	if k := fail.KindOf(err); k == fail.Denied || k == fail.NotFound {
		return nil
	}
	return err
}

// warnings are about settings that the broker accepts silently, and that lose messages later.
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
			fmt.Sprintf("the dead-letter exchange %s does not exist in virtual host %s: rejected and expired messages will be lost without an error", exchange, d.want.VHost))
	}
	return out
}
