package plugin_test

import (
	"strings"
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/cmd/plugin"
	"github.com/rabbitctl/rabbitctl/pkg/internal/brokertest"
	"github.com/rabbitctl/rabbitctl/pkg/internal/cmdtest"
	"github.com/rabbitctl/rabbitctl/pkg/internal/golden"
)

// A node that runs, one where a plugin does not run, and one that is down.
const nodes = `[
 {"name":"rabbit@a","enabled_plugins":["rabbitmq_management","rabbitmq_stream"],"applications":[
  {"name":"crypto","description":"CRYPTO","version":"5.1.2"},
  {"name":"rabbitmq_management","description":"Management","version":"4.3.6"},
  {"name":"rabbitmq_stream","description":"Stream","version":"4.3.6"}]},
 {"name":"rabbit@b","enabled_plugins":["rabbitmq_stream"],"applications":[{"name":"rabbit","version":"4.3.6"}]},
 {"name":"rabbit@c","enabled_plugins":["rabbitmq_shovel"]},
 {"name":"rabbit@d"}]`

const asked = "nodes?columns=name%2Cenabled_plugins%2Capplications"

func TestCommands(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, request, body, words string }{
		{"default", asked, nodes, "list_plugins"},
		{"json", asked, nodes, "list_plugins name running version description -o json"},
		{"broken ones", asked, nodes, "list_plugins node name --where !running"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := brokertest.New(t)
			if tt.request != "" {
				s.JSON("GET /api/"+tt.request, 200, tt.body)
			}
			r := cmdtest.Run{Commands: plugin.Commands()}
			golden.Check(t, tt.name, "$ rabbitctl "+tt.words+"\n"+r.Do(t, s, strings.Fields(tt.words)...).Golden(s))
		})
	}
}
