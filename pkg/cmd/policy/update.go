package policy

import (
	"github.com/rabbitctl/rabbitctl/pkg/change"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

func update() verb.Change {
	return verb.Of(change.UpdatePolicy, verb.About{
		Short: "Change some keys of a policy, and keep all else",
		Long: `Change some keys of a policy: --set adds or replaces a key, --unset removes one, and all other keys stay
as they are. The outcome is changed or unchanged. The value of a well-known key takes units, as in message-ttl=10m
and max-length-bytes=2GB. The value of any other key is sent as a number or a boolean if it looks like one.
KEY:string=VALUE and KEY:json=VALUE give the type of the value. --dry-run shows what changes, and the queues that
the policy applies to. If messages or queues may be lost, the command asks; without a terminal it needs --yes.`,
		Example: `  rabbitctl update_policy limits --set max-length=5000 --unset message-ttl
  rabbitctl update_policy limits --set message-ttl=10m -p prod --dry-run
  rabbitctl update_policy limits --priority 7 --check`,
	})
}

func updateOperator() verb.Change {
	return verb.Of(change.UpdateOperatorPolicy, verb.About{
		Short: "Change some keys of an operator policy, and keep all else",
		Long: `Change some keys of an operator policy: --set adds or replaces a key, --unset removes one, and all other
keys stay as they are. The outcome is changed or unchanged. If messages or queues may be lost, the command asks;
without a terminal it needs --yes.`,
		Example: "  rabbitctl update_operator_policy cap --set max-length=1000000",
	})
}

func rename() verb.Change {
	return verb.Of(change.RenamePolicy, verb.About{
		Short: "Give a policy another name",
		Long: `Give a policy another name. The command creates the policy under the new name, and deletes the old one when
the broker lists the new one, so no queue is ever without the policy. If a run was interrupted, the same command
finishes it. If a policy with other settings already has the new name, nothing is changed (exit 4). With --if-exists the
command can be run again after it has succeeded.`,
		Example: "  rabbitctl rename_policy limits orders-limits\n  rabbitctl rename_policy limits orders-limits -p prod --dry-run",
	})
}

func renameOperator() verb.Change {
	return verb.Of(change.RenameOperatorPolicy, verb.About{
		Short: "Give an operator policy another name",
		Long: `Give an operator policy another name. The command creates the operator policy under the new name, and
deletes the old one when the broker lists the new one. If a run was interrupted, the same command finishes it. If an
operator policy with other settings already has the new name, nothing is changed (exit 4). With --if-exists the command
can be run again after it has succeeded.`,
		Example: "  rabbitctl rename_operator_policy cap length-cap",
	})
}
