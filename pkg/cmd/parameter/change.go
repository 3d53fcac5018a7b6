package parameter

import (
	"github.com/rabbitctl/rabbitctl/pkg/change"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

func set() verb.Change {
	return verb.Of(change.SetParameter, verb.About{
		Short: "Set a runtime parameter",
		Long: `Set a runtime parameter of a component in a virtual host: create it, or replace the existing one of this
name. The value is a JSON document. Put a value with a password into a file or standard input, since other users of
the machine can see the command line. The output shows *** instead of the passwords of URIs. For shovels and
federation upstreams, declare_shovel and declare_federation_upstream have options for the keys.`,
		Example: `  rabbitctl set_parameter federation-upstream upstream-1 '{"uri":"amqp://upstream","max-hops":2}'
  rabbitctl set_parameter shovel move-orders --value-file shovel.json --check`,
	})
}

func clearOne() verb.Change {
	return verb.Of(change.ClearParameter, verb.About{
		Short: "Clear a runtime parameter",
		Long: `Clear a runtime parameter of a component in a virtual host. It shows the value and asks; without a terminal it needs
--yes.`,
		Example: `  rabbitctl clear_parameter federation-upstream upstream-1
  rabbitctl clear_parameter shovel move-orders -p prod --if-exists --yes`,
	})
}

func setGlobal() verb.Change {
	return verb.Of(change.SetGlobalParameter, verb.About{
		Short: "Set a cluster-wide runtime parameter",
		Long: `Set a runtime parameter of the whole cluster: create it, or replace the one with that name. The value is a JSON
document, so a string needs double quotes.

The parameter cluster_name is the name of the cluster. If it changes, links of exchange federation restart and can lose
messages (see set_cluster_name). If such links run, the command says so and asks; without a terminal it needs --yes.`,
		Example: `  rabbitctl set_global_parameter mqtt_default_vhosts '{"O=client,CN=guest":"/"}'
  rabbitctl set_global_parameter region '"eu-west"' --check`,
	})
}

func clearGlobal() verb.Change {
	return verb.Of(change.ClearGlobalParameter, verb.About{
		Short: "Clear a cluster-wide runtime parameter",
		Long: `Clear the runtime parameters NAME... of the whole cluster. The names can also be in the file of --from-file;
without any name the command is refused. The command shows their values and asks; without a terminal it needs
--yes.`,
		Example: `  rabbitctl clear_global_parameter region
  rabbitctl clear_global_parameter region mqtt_default_vhosts --if-exists --yes`,
	})
}
