package plugin_test

import (
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/cmd/plugin"
	"github.com/rabbitctl/rabbitctl/pkg/internal/cmdtest"
)

// nodes has a node that runs all its plugins, one where an enabled plugin does not run, and two without applications.
const nodes = `[
 {"name":"rabbit@a","enabled_plugins":["rabbitmq_management","rabbitmq_stream"],"applications":[
  {"name":"crypto","description":"CRYPTO","version":"5.1.2"},
  {"name":"rabbitmq_management","description":"Management","version":"4.3.6"},
  {"name":"rabbitmq_stream","description":"Stream","version":"4.3.6"}]},
 {"name":"rabbit@b","enabled_plugins":["rabbitmq_stream"],"applications":[{"name":"rabbit","version":"4.3.6"}]},
 {"name":"rabbit@c","enabled_plugins":["rabbitmq_shovel"]},
 {"name":"rabbit@d"}]`

// booting is a node whose figures come from an early moment of its boot, when the plugin had not started yet.
const booting = `[{"name":"rabbit@a","uptime":6100,"enabled_plugins":["rabbitmq_management"],"applications":[{"name":"rabbit","version":"4.3.6"}]}]`

const asked = "nodes?columns=name%2Cenabled_plugins%2Capplications%2Cuptime"

func TestCommands(t *testing.T) {
	t.Parallel()
	cmdtest.Cases(t, plugin.Commands, "", []cmdtest.Case{
		{Name: "default", Words: "list_plugins", Answers: map[string]string{asked: nodes}},
		{Name: "json", Words: "list_plugins name running version description -o json",
			Answers: map[string]string{asked: nodes}},
		{Name: "broken ones", Words: "list_plugins node name --where !running", Answers: map[string]string{asked: nodes}},
		{Name: "just booted", Words: "list_plugins -o json", Answers: map[string]string{asked: booting}},
	})
}
