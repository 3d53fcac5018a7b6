package survey

import (
	"context"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/record"
	"github.com/rabbitctl/rabbitctl/pkg/topology"
)

// Policies lists policies and operator policies by virtual host: of one virtual host or, if vhost is "", of all that
// the user may see.
func Policies(ctx context.Context, c *broker.Client, vhost string) (map[string][]topology.Policy, error) {
	type found struct {
		vhost string
		topology.Policy
	}
	bind := func(b *record.Binder, f *found) {
		b.Text("vhost", &f.vhost)
		b.Text("name", &f.Name)
		b.Text("pattern", &f.Pattern)
		b.Text("apply-to", &f.ApplyTo)
		b.Int("priority", &f.Priority)
		b.Map("definition", &f.Definition)
	}
	out := map[string][]topology.Policy{}
	for _, operator := range []bool{false, true} {
		rows := (*broker.Client).Policies
		if operator {
			rows = (*broker.Client).OperatorPolicies
		}
		policies, err := listed(ctx, c, within(vhost, rows), bind)
		if err != nil {
			return nil, err
		}
		for _, f := range policies {
			f.Operator = operator
			out[f.vhost] = append(out[f.vhost], f.Policy)
		}
	}
	return out, nil
}
