package federation

import (
	"github.com/rabbitctl/rabbitctl/pkg/change"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

func declare() verb.Change {
	return verb.Of(change.DeclareFederationUpstream, verb.About{
		Short: "Declare a federation upstream",
		Long: `Declare a federation upstream, a broker from which exchanges and queues here get messages: create it, or
replace the one with that name. A URI with a password belongs in a file, or standard input, since other users of the
machine can see the command line; what is shown has *** for the password.

Links come with a policy that has federation-upstream or federation-upstream-set; list_federation_links shows them. It
needs the plugin rabbitmq_federation. For a setting without an option here use set_parameter.`,
		Example: `  rabbitctl declare_federation_upstream east --uri amqp://east.example.com --max-hops 2
  rabbitctl declare_federation_upstream east --uri-file uri.txt --ack-mode on-confirm -p prod --check`,
	})
}

func remove() verb.Change {
	return verb.Of(change.DeleteFederationUpstream, verb.About{
		Short: "Delete a federation upstream",
		Long: `Delete federation upstreams, and with them their links. It shows both and asks; without a terminal it needs --yes. What
waits at the upstream in the queue of an exchange's link is deleted there.`,
		Example: `  rabbitctl delete_federation_upstream east
  rabbitctl delete_federation_upstream east west -p prod --if-exists --yes`,
	})
}

func restart() verb.Change {
	return verb.Of(change.RestartFederationLink, verb.About{
		Short: "Restart a federation link",
		Long: `Restart a federation link: it connects anew to its upstream. "restarted" means that the broker accepted the
request; list_federation_links shows the identifiers, and whether the link runs.`,
		Example: `  rabbitctl restart_federation_link ebee35f8
  rabbitctl list_federation_links id --where 'status == "error"' --no-table-headers | xargs -n1 rabbitctl restart_federation_link`,
	})
}
