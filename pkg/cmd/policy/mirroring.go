package policy

import (
	"context"
	"iter"
	"slices"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/record"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

func listMirroring() verb.List {
	return verb.List{
		Name:  "list_policies_with_classic_queue_mirroring",
		Short: "List policies that ask for mirrored classic queues",
		Long: `List the policies that set ha-mode, and so ask for mirrored classic queues, of all virtual hosts unless -p
names one. 4.0 and later have no mirrored queues: there ha-mode changes nothing for classic queues, and each of them
is on one node only. On every release, a policy that sets ha-mode does not apply to quorum queues and streams at all.`,
		Example: `  rabbitctl list_policies_with_classic_queue_mirroring
  rabbitctl list_policies_with_classic_queue_mirroring vhost name definition.ha-mode -o json`,
		Table:  table("policies"),
		Scoped: true,
		Rows:   mirroring((*broker.Client).Policies),
	}
}

func listMirroringOperator() verb.List {
	return verb.List{
		Name:  "list_operator_policies_with_classic_queue_mirroring",
		Short: "List operator policies that ask for mirrored classic queues",
		Long: `List the operator policies that set ha-mode, and so ask for mirrored classic queues, of all virtual hosts
unless -p names one. 4.0 and later have no mirrored queues: there ha-mode changes nothing for classic queues. On
every release, an operator policy that sets ha-mode does not apply to quorum queues and streams at all.`,
		Example: "  rabbitctl list_operator_policies_with_classic_queue_mirroring -p /",
		Table:   table("operator policies"),
		Scoped:  true,
		Rows:    mirroring((*broker.Client).OperatorPolicies),
	}
}

// mirroring lists only those policies that set ha-mode.
func mirroring(
	list func(*broker.Client, context.Context, string, []record.Column) iter.Seq2[record.Row, error],
) verb.Rows {
	return func(
		ctx context.Context, c *broker.Client, ask verb.Ask, columns []record.Column,
	) iter.Seq2[record.Row, error] {
		return func(yield func(record.Row, error) bool) {
			for row, err := range list(c, ctx, ask.VHost, append(slices.Clone(columns), record.Column{Name: "definition"})) {
				if err != nil {
					yield(nil, err)
					return
				}
				if last := len(row) - 1; row[last].At("ha-mode").Known() && !yield(row[:last], nil) {
					return
				}
			}
		}
	}
}
