package policy

import (
	"github.com/rabbitctl/rabbitctl/pkg/change"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

func declare() verb.Change {
	return verb.Of(change.DeclarePolicy, verb.About{
		Short: "Set a policy by options, or say that it is as wanted",
		Long: `Set a policy as set_policy does, with options for the keys in place of JSON: create it, or replace the one
with this name. It says created, changed or unchanged. Keys that the policy has now and that are not named are
removed; update_policy keeps them.

PATTERN is a regular expression that names must match. Lengths of time and sizes take units, as 10m and 20MB; a number
without a unit is in milliseconds or bytes. --max-age needs a unit: Y, M (month), D, h, m or s. --set sets any key,
also one without an option. A key that the release does not have is refused. A note names each key that has no effect
on what --apply-to names. Some keys make queues of a type that does not support them ignore the whole policy. If the
policy then applies to no queue, or to queues of one type only, a note says so.

--dry-run shows the queues that the policy would apply to. If the policy can drop messages or delete queues, the
column effect says what each queue would lose; where it is empty, the queue loses nothing. If something could be
lost, the command asks; without a terminal it needs --yes.`,
		Example: `  rabbitctl declare_policy limits '^orders\.' --max-length 100000 --overflow reject-publish --apply-to queues
  rabbitctl declare_policy retry '^jobs' --dead-letter-exchange dlx --message-ttl 1h --priority 5 --dry-run
  rabbitctl declare_policy logs '^logs' --max-age 7D --apply-to streams --check`,
	})
}

func declareOperator() verb.Change {
	return verb.Of(change.DeclareOperatorPolicy, verb.About{
		Short: "Set an operator policy by options, or say that it is as wanted",
		Long: `Set an operator policy as set_operator_policy does, with options for the keys in place of JSON. It says
created, changed or unchanged. The operator policy that applies to a queue is merged with the policy that applies to
it. If both set the same key, the lower value counts for limits such as max-length and message-ttl, and the higher
value for target-group-size and delayed-retry-min. For any other key the value of the operator policy counts. If
messages could be lost or queues be deleted, the command asks; without a terminal it needs --yes.`,
		Example: `  rabbitctl declare_operator_policy cap '.*' --max-length 1000000 --apply-to queues
  rabbitctl declare_operator_policy cap '.*' --max-length 1000000 --apply-to queues --check`,
	})
}
