package route_test

import (
	"strings"
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/cmd/route"
	"github.com/rabbitctl/rabbitctl/pkg/internal/brokertest"
	"github.com/rabbitctl/rabbitctl/pkg/internal/cmdtest"
)

func TestListUnroutable(t *testing.T) {
	t.Parallel()
	const (
		policies  = "?columns=vhost%2Cname%2Cpattern%2Capply-to%2Cpriority%2Cdefinition"
		exchanges = "?columns=vhost%2Cname%2Ctype%2Cinternal%2Carguments%2Cpolicy%2Cmessage_stats.publish_in%2Cmessage_stats.publish_out%2Cmessage_stats.publish_in_details.rate"
		bindings  = "?columns=destination%2Cdestination_type%2Crouting_key%2Carguments%2Csource%2Cvhost"
		queues    = "?columns=vhost%2Cname%2Ctype%2Carguments%2Cpolicy%2Coperator_policy%2Ceffective_policy_definition" +
			"&node_stats_age=60&node_stats_incr=5"
		totals = "vhosts?columns=name%2Cmessage_stats.drop_unroutable%2Cmessage_stats.drop_unroutable_details.rate%2Cmessage_stats.return_unroutable%2Cmessage_stats.return_unroutable_details.rate"

		somePolicies = `[{"vhost":"/","name":"catch","pattern":"^in$","apply-to":"exchanges","priority":1,"definition":{"alternate-exchange":"gone"}},
 {"vhost":"/","name":"idle","pattern":"^zz","apply-to":"all","priority":0,"definition":{"max-length":5}},
 {"vhost":"other","name":"elsewhere","pattern":"^(?!q)","apply-to":"queues","priority":0,"definition":{}}]`
		someExchanges = `[{"vhost":"/","name":"","type":"direct","internal":false,"arguments":{},"message_stats":{"publish_in":9,"publish_out":9}},
 {"vhost":"/","name":"in","type":"direct","internal":false,"arguments":{},"policy":"catch"},
 {"vhost":"/","name":"esc\u001b","type":"direct","internal":false,"arguments":[],"message_stats":{"publish_in":3,"publish_in_details":{"rate":0.4}}},
 {"vhost":"other","name":"in","type":"fanout","internal":false,"arguments":{},"message_stats":{"publish_in":5,"publish_in_details":{"rate":0.0},"publish_out":5}}]`
		someBindings = `[{"vhost":"/","source":"","destination":"q","destination_type":"queue","routing_key":"q","arguments":{}},
 {"vhost":"other","source":"in","destination":"q","destination_type":"queue","routing_key":"","arguments":{}}]`
		someQueues = `[{"vhost":"/","name":"q","type":"classic","state":"running","arguments":{"x-dead-letter-exchange":"lost"},"policy":null,"operator_policy":null,"effective_policy_definition":{}},
 {"vhost":"other","name":"q","type":"quorum","state":"running","arguments":{"x-queue-type":"quorum"}}]`
		someTotals = `[{"name":"/","message_stats":{"drop_unroutable":3,"drop_unroutable_details":{"rate":0.4},"return_unroutable":0}},{"name":"other"},{"name":"not mine","message_stats":{"drop_unroutable":99}}]`
	)
	all := map[string]string{"policies" + policies: somePolicies, "operator-policies" + policies: "[]", "exchanges" +
		exchanges: someExchanges,
		"bindings" + bindings: someBindings, "queues" + queues: someQueues, totals: someTotals}
	tests := []struct {
		name, words string
		answers     map[string]string
	}{
		{"all", "list_unroutable", all},
		{"all terminal", "list_unroutable", all},
		{"json", "list_unroutable|name|do|-o|json|--where|kind == \"queue\"", all},
		{"none", "list_unroutable|-p|a/b", map[string]string{"policies/a%2Fb" + policies: "[]", "operator-policies/a%2Fb" +
			policies: "[]",
			"exchanges/a%2Fb" + exchanges: `[{"vhost":"a/b","name":"","type":"direct"}]`, "bindings/a%2Fb" + bindings: "[]",
			"queues/a%2Fb" + queues: "[]", totals: someTotals}},
		{"no virtual host", "list_unroutable|-p|none", map[string]string{"policies/none" + policies: missing,
			"exchanges/none/amq.default": missing, "vhosts?columns=name": `[{"name":"/"}]`}},
		{"policies may not be read", "list_unroutable", map[string]string{"policies" + policies: denied, "exchanges" +
			exchanges: someExchanges,
			"bindings" + bindings: someBindings, "queues" + queues: someQueues, totals: someTotals}},
		{"wrong column", "list_unroutable|names", nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := brokertest.New(t)
			answer(s, tt.answers)
			words := strings.Split(tt.words, "|")
			r := cmdtest.Run{Commands: route.Commands(), Terminal: strings.HasSuffix(tt.name, "terminal")}
			r.Check(t, "list_unroutable/"+tt.name, s, words...)
		})
	}
}
