// Package policy has the commands about policies and operator policies.
package policy

import (
	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/record"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

// Commands returns the commands of this package, in the order in which the help lists them.
func Commands() []verb.Command {
	return []verb.Command{list(), listOperator(), listMatching(), explain(), listMirroring(), listMirroringOperator(),
		declare(), set(), update(), rename(), clearOne(), declareOperator(), setOperator(), updateOperator(),
		renameOperator(), clearOperator()}
}

func list() verb.List {
	return verb.List{
		Name:  "list_policies",
		Short: "List policies",
		Long: `List policies, of all virtual hosts unless -p names one. If several policies match a queue or an exchange,
only the one with the highest priority applies.`,
		Example: `  rabbitctl list_policies
  rabbitctl list_policies -p / --sort priority
  rabbitctl list_policies name pattern definition.message-ttl`,
		Table:  table("policies"),
		Scoped: true,
		Rows:   verb.OfVHost((*broker.Client).Policies),
	}
}

func listOperator() verb.List {
	return verb.List{
		Name:  "list_operator_policies",
		Short: "List operator policies",
		Long: `List operator policies, of all virtual hosts unless -p names one. The broker merges the operator policy that
applies to a queue with the policy that applies to it. If both set the same limit, such as max-length or message-ttl,
the lower one counts. For most other keys that both set, the value of the operator policy counts.`,
		Example: "  rabbitctl list_operator_policies -p /",
		Table:   table("operator policies"),
		Scoped:  true,
		Rows:    verb.OfVHost((*broker.Client).OperatorPolicies),
	}
}

// table has the columns of rabbitmqctl, for policies and for operator policies. A definition is shown as JSON, as
// rabbitmqctl does.
func table(noun string) record.Table {
	return record.Table{
		Noun:    noun,
		Default: []string{"vhost", "name", "pattern", "apply-to", "definition", "priority"},
		Open:    []string{"definition"},
		Columns: []record.Column{
			{Name: "vhost", Kind: record.Text, Help: "the virtual host"},
			{Name: "name", Kind: record.Text, Help: "the policy's name"},
			{Name: "pattern", Kind: record.Text, Help: "the regular expression that names must match"},
			{Name: "apply-to", Kind: record.Text,
				Help: "all, queues, classic_queues, quorum_queues, streams or exchanges (never in operator policies)"},
			{Name: "definition", Kind: record.Text, Help: "what it sets"},
			{Name: "priority", Kind: record.Ordinal,
				Help: "a number; of several " + noun + " that match, the one with the highest number applies"},
		},
	}
}
