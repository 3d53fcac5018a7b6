package personality

import (
	"context"
	"fmt"
	"strings"

	"github.com/rabbitctl/rabbitctl/pkg/erlang"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// mirroringCommands returns the commands about mirrored classic queues, which brokers do not have since 4.0. On these
// brokers the official tools always fail; this program fails with a reason.
func mirroringCommands() []command {
	return []command{
		{
			name:   "check_if_cluster_has_classic_queue_mirroring_policy",
			banner: say("Checking if cluster has any classic queue mirroring policy ..."),
			run: func(ctx context.Context, c *call) (answer, error) {
				var found []string
				for _, operator := range []bool{false, true} {
					rows, err := c.mirrored(ctx, operator)
					if err != nil {
						return answer{}, err
					}
					for _, row := range rows {
						found = append(found, fmt.Sprintf("%s in vhost %s", erlang.Cell(row[1]), erlang.Cell(row[0])))
					}
				}
				if len(found) > 0 {
					return answer{}, failed("Policies that enable classic queue mirroring: %s", strings.Join(found, ", "))
				}
				return well(whenSilent, "Cluster reported no policies that enable classic queue mirroring"), nil
			},
		},
		{
			name:   "list_policies_with_classic_queue_mirroring",
			banner: say("Listing policies with classic queue mirroring ..."), run: listMirrored(false),
		},
		{
			name:   "list_operator_policies_with_classic_queue_mirroring",
			banner: say("Listing operator policies with classic queue mirroring ..."), run: listMirrored(true),
		},
		{
			name:   "remove_classic_queue_mirroring_from_policies",
			banner: say("Will remove keys that enable classic queue mirroring from all regular and operator policies"),
			run: func(ctx context.Context, c *call) (answer, error) {
				if _, err := c.mirrored(ctx, false); err != nil {
					return answer{}, err
				}
				return answer{}, no(fail.Unavailable,
					"the HTTP API changes policies one by one\n  next: %s set_policy for each policy, without its ha- keys", c.tool)
			},
		},
	}
}

func listMirrored(operator bool) func(context.Context, *call) (answer, error) {
	return func(ctx context.Context, c *call) (answer, error) {
		rows, err := c.mirrored(ctx, operator)
		return answer{table: &table{names: strings.Fields(policyColumns), rows: rows}, format: "table"}, err
	}
}

// mirrored returns the policies that mirror queues: operator policies if operator is true.
func (c *call) mirrored(ctx context.Context, operator bool) ([][]erlang.Term, error) {
	if c.since(4, 0) {
		return nil, no(fail.Unavailable, "RabbitMQ %s has no classic queue mirroring", c.overview.At("rabbitmq_version").
			Text())
	}
	reader := record.NewReader(bindPolicy)
	policies := c.client.Policies(ctx, "", reader.Columns())
	if operator {
		policies = c.client.OperatorPolicies(ctx, "", reader.Columns())
	}
	var rows [][]erlang.Term
	for row, err := range reader.All(policies) {
		if err != nil {
			return nil, err
		}
		if row.definition.At("ha-mode").Known() {
			rows = append(rows, row.terms(compact(row.definition)))
		}
	}
	return rows, nil
}
