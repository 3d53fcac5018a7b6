package policy

import (
	"github.com/rabbitctl/rabbitctl/pkg/change"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

func set() verb.Change {
	return verb.Of(change.SetPolicy, verb.About{
		Short: "Set a policy, or say that it is as wanted",
		Long: `Set a policy: create it, or replace the one of this name. The outcome is created, changed or unchanged.

PATTERN is a regular expression that names must match, and DEFINITION a JSON object. Of the policies that match,
only the one with the highest priority applies; an operator policy is merged with it. --dry-run shows the queues
that this policy would apply to, which policy it replaces there, and what they would lose at once: a limit such as
max-length drops messages beyond the limit, and message-ttl drops messages that are too old. If messages or queues
may be lost, the command asks; without a terminal it needs --yes.`,
		Example: `  rabbitctl set_policy limits '^orders\.' '{"max-length":100000}' --apply-to queues
  rabbitctl set_policy limits '^orders\.' '{"max-length":100000}' --priority 5 --dry-run`,
	})
}

func setOperator() verb.Change {
	return verb.Of(change.SetOperatorPolicy, verb.About{
		Short: "Set an operator policy, or say that it is as wanted",
		Long: `Set an operator policy: create it, or replace the one with this name. The outcome is created, changed or
unchanged. PATTERN is a regular expression that names must match, and DEFINITION a JSON object.

Of the operator policies that match a queue, only the one with the highest --priority applies. One with a key that
the type of the queue does not support is passed over. The operator policy is merged with the policy that applies to
the queue. If both set the same key, the lower value counts for limits such as max-length and message-ttl, and the
higher value for target-group-size and delayed-retry-min. A negative delivery-limit is no limit, so it does not count
if the other value is a limit. For any other key the value of the operator policy counts.

--dry-run shows the queues that the operator policy would apply to, and what they would lose at once. If messages
or queues may be lost, the command asks; without a terminal it needs --yes. If the queues cannot be listed, --dry-run
says so, and the command does not ask.`,
		Example: `  rabbitctl set_operator_policy cap '.*' '{"max-length":1000000}' --apply-to queues`,
	})
}

func clearOne() verb.Change {
	return verb.Of(change.ClearPolicy, verb.About{
		Short: "Remove a policy",
		Long: `Remove the policies NAME... of a virtual host. The names can also be in the file of --from-file; without any
name the command is refused. The policies are removed in the order in which they are named. For each of them, the
command shows the queues that it applies to when its turn comes, and the policy that then applies to each queue in
its place. This can be a policy that is named later: until its own turn comes, it can make the queue drop messages.
Then the command asks; without a terminal it needs --yes.`,
		Example: `  rabbitctl clear_policy limits
  rabbitctl clear_policy limits -p prod --if-exists --yes`,
	})
}

func clearOperator() verb.Change {
	return verb.Of(change.ClearOperatorPolicy, verb.About{
		Short: "Remove an operator policy",
		Long: `Remove the operator policies NAME... of a virtual host. The names can also be in the file of --from-file;
without any name the command is refused. The operator policies are removed in the order in which they are named. For
each of them, the command shows the queues that it applies to when its turn comes, and the operator policy that then
applies to each queue in its place. This can be an operator policy that is named later: until its own turn comes, it
can make the queue drop messages. Then the command asks; without a terminal it needs --yes.`,
		Example: "  rabbitctl clear_operator_policy cap\n  rabbitctl clear_operator_policy cap -p prod --if-exists --yes",
	})
}
