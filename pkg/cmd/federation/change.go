package federation

import (
	"github.com/rabbitctl/rabbitctl/pkg/change"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

func declare() verb.Change {
	return verb.Of(change.DeclareFederationUpstream, verb.About{
		Short: "Declare a federation upstream",
		Long: `Declare a federation upstream: create it, or replace the existing one of this name. If it is replaced, its
settings that are not given are removed. An upstream is a broker from which exchanges and queues of this broker get
messages. Give a URI with a password by --uri-file, in a file or on standard input, since other users of the machine
can see the command line. The output shows *** instead of the password.

The broker starts links when a policy sets federation-upstream, federation-upstream-set or
federation-upstream-pattern; list_federation_links shows them. The broker needs the plugin rabbitmq_federation. For
a setting that has no option here, use set_parameter federation-upstream.`,
		Example: `  rabbitctl declare_federation_upstream east --uri amqp://east.example.com --max-hops 2
  rabbitctl declare_federation_upstream east --uri-file uri.txt --ack-mode on-confirm -p prod --check`,
	})
}

func remove() verb.Change {
	return verb.Of(change.DeleteFederationUpstream, verb.About{
		Short: "Delete a federation upstream",
		Long: `Delete federation upstreams and their links. It shows both and asks; without a terminal it needs --yes. Each
exchange link that is connected then deletes its queue on the upstream broker, with the messages that wait there,
unless resource-cleanup-mode is never.`,
		Example: `  rabbitctl delete_federation_upstream east
  rabbitctl delete_federation_upstream east west -p prod --if-exists --yes`,
	})
}

func restart() verb.Change {
	return verb.Of(change.RestartFederationLink, verb.About{
		Short: "Restart a federation link",
		Long: `Restart a federation link: it connects again to its upstream. "restarted" means that the broker accepted the
request; list_federation_links shows the identifiers, and whether the link runs. The command asks for confirmation only
in a protected context. Without a terminal, as with xargs, it needs --yes there.`,
		Example: `  rabbitctl restart_federation_link ebee35f8
  rabbitctl list_federation_links id --where 'status == "error"' --no-table-headers | xargs -r -n1 rabbitctl restart_federation_link`,
	})
}
