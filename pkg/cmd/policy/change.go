package policy

import (
	"github.com/rabbitctl/rabbitctl/pkg/change"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

func set() verb.Change {
	return verb.Of(change.SetPolicy, verb.About{
		Short: "Set a policy, or say that it is as wanted",
		Long: `Set a policy: create it, or replace the one of this name. The outcome is created, changed or unchanged.

PATTERN is a regular expression that names must match, and DEFINITION a JSON object. Of the policies that match, the one
with the highest priority applies, and no other. --dry-run shows the queues that this policy would apply to, which
policy it replaces there, and which messages they would lose at once: a limit such as max-length drops messages beyond
the limit, and message-ttl drops messages that are too old. If messages or queues may be lost, it asks; without a
terminal it needs --yes.`,
		Example: `  rabbitctl set_policy limits '^orders\.' '{"max-length":100000}' --apply-to queues
  rabbitctl set_policy limits '^orders\.' '{"max-length":100000}' --priority 5 --dry-run`,
	})
}

func setOperator() verb.Change {
	return verb.Of(change.SetOperatorPolicy, verb.About{
		Short: "Set an operator policy, or say that it is as wanted",
		Long: `Set an operator policy: create it, or replace the one with this name. The outcome is created, changed or
unchanged. An operator policy is merged with the policy that applies; if both set the same limit, the lower one
counts. --dry-run shows the queues that the operator policy would apply to, and which messages they would lose at once.
If messages or queues may be lost, it asks; without a terminal it needs --yes.`,
		Example: `  rabbitctl set_operator_policy cap '.*' '{"max-length":1000000}' --apply-to queues`,
	})
}

func clearOne() verb.Change {
	return verb.Of(change.ClearPolicy, verb.About{
		Short: "Remove a policy",
		Long: `Remove policies. It shows the queues that each of these policies applies to now, and the policy that
applies to each queue after the removal. Then it asks; without a terminal it needs --yes.`,
		Example: `  rabbitctl clear_policy limits
  rabbitctl clear_policy limits -p prod --if-exists --yes`,
	})
}

func clearOperator() verb.Change {
	return verb.Of(change.ClearOperatorPolicy, verb.About{
		Short: "Remove an operator policy",
		Long: `Remove operator policies. It shows the queues that each of these operator policies applies to now, and the
operator policy that applies to each queue after the removal. Then it asks; without a terminal it needs --yes.`,
		Example: "  rabbitctl clear_operator_policy cap\n  rabbitctl clear_operator_policy cap -p prod --if-exists --yes",
	})
}
