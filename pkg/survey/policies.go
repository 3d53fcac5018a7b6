package survey

import (
	"context"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/topology"
)

// Policies lists policies and operator policies by virtual host, of all virtual hosts that the user may see where vhost
// is "".
func Policies(ctx context.Context, c *broker.Client, vhost string) (map[string][]topology.Policy, error) {
	columns := named("vhost", "name", "pattern", "apply-to", "priority", "definition")
	out := map[string][]topology.Policy{}
	for _, operator := range []bool{false, true} {
		rows := c.Policies(ctx, vhost, columns)
		if operator {
			rows = c.OperatorPolicies(ctx, vhost, columns)
		}
		for row, err := range rows {
			if err != nil {
				return nil, err
			}
			p := topology.Policy{Operator: operator, Name: row[1].Text(), Pattern: row[2].Text(), ApplyTo: row[3].Text(), Definition: row[5].Map()}
			p.Priority, _ = row[4].Int()
			out[row[0].Text()] = append(out[row[0].Text()], p)
		}
	}
	return out, nil
}
