package route_test

import (
	"strings"
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/cmd/route"
	"github.com/rabbitctl/rabbitctl/pkg/internal/brokertest"
	"github.com/rabbitctl/rabbitctl/pkg/internal/cmdtest"
	"github.com/rabbitctl/rabbitctl/pkg/internal/golden"
)

const (
	bindingsOf = "/bindings/source?columns=destination%2Cdestination_type%2Crouting_key%2Carguments%2Csource%2Cvhost"
	fresh      = "?disable_stats=true&enable_queue_totals=true"
	policiesOf = "policies/%2F?columns=vhost%2Cname%2Cpattern%2Capply-to%2Cpriority%2Cdefinition"
	orders     = `{"name":"orders","type":"classic","state":"running","arguments":{},"message_bytes_ready":0,"consumers":0,"consumer_details":[{"consumer_tag":"a","channel_details":{"name":"c (1)"}}],"policy":null,"operator_policy":null,"effective_policy_definition":{}}`
	ordersNow  = `{"name":"orders","type":"classic","state":"running","arguments":{},"messages":7,"messages_ready":7,"messages_unacknowledged":0}`
	// listed is the request that 3.10 answers with the message count of a queue.
	listed     = "queues/%2F?disable_stats=true&enable_queue_totals=true&name=%5Eorders%24&page=1&page_size=500&use_regex=true"
	sevenReady = `{"items":[{"name":"orders","vhost":"/","type":"classic","messages":7,"messages_ready":7,"messages_unacknowledged":0}]}`
	missing    = `404 {"error":"Object Not Found","reason":"Not Found"}`
	thisVHost  = "vhosts/%2F"
	hashed     = `{"name":"hashed","type":"x-consistent-hash","internal":false,"arguments":{}}`
	denied     = `401 {"error":"not_authorised","reason":"not allowed"}`
)

func TestExplainRoute(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, words string
		// answers holds the answer to each request. A key is the path of the request without "GET /api/".
		answers map[string]string
	}{
		{"default exchange", "explain_route|(default)|orders", map[string]string{"queues/%2F/orders": orders,
			"queues/%2F/orders" + fresh: ordersNow}},
		{"no queue", "explain_route||odrers", map[string]string{"queues/%2F/odrers": missing,
			"exchanges/%2F/amq.default": `{"name":"/"}`, "queues/%2F?columns=name&disable_stats=true": `[{"name":"orders"}]`}},
		{"no exchange json", "explain_route|nope|k|-o|json", map[string]string{"exchanges/%2F/nope": missing,
			"exchanges/%2F/amq.default": `{"name":"/"}`, "exchanges/%2F?columns=name": `[{"name":""},{"name":"nop"}]`}},
		{"no virtual host", "explain_route|nope|k|-p|none", map[string]string{"exchanges/none/nope": missing,
			"exchanges/none/amq.default": missing, "vhosts?columns=name": `[{"name":"/"},{"name":"nonet"}]`}},
		{"policy and exchanges terminal", "explain_route|in|eu.new", map[string]string{
			"exchanges/%2F/in": `{"name":"in","type":"topic","internal":false,"arguments":{},"policy":"catch"}`,
			"exchanges/%2F/in" +
				bindingsOf: `[{"destination":"us","destination_type":"queue","routing_key":"us.#","arguments":{}}]`,
			policiesOf:               `[{"vhost":"/","name":"catch","definition":{"alternate-exchange":"rest"}}]`,
			"operator-" + policiesOf: `[]`,
			"exchanges/%2F/rest":     `{"name":"rest","type":"fanout","internal":true,"arguments":{}}`,
			"exchanges/%2F/rest" +
				bindingsOf: `[{"destination":"orders","destination_type":"queue","routing_key":"","arguments":[]},{"destination":"in","destination_type":"exchange","routing_key":"","arguments":{}}]`,
			"queues/%2F/orders": orders, "queues/%2F/orders" + fresh: ordersNow,
		}},
		{"policy that may not be read", "explain_route|in|k", map[string]string{
			"exchanges/%2F/in":              `{"name":"in","type":"direct","internal":false,"arguments":{},"policy":"catch"}`,
			"exchanges/%2F/in" + bindingsOf: `[]`,
			policiesOf:                      denied,
		}},
		{"headers", "explain_route|h||--header|level:int=5|--header|x=y", map[string]string{
			"exchanges/%2F/h": `{"name":"h","type":"headers","internal":false,"arguments":[]}`,
			"overview":        `{"rabbitmq_version":"3.10.8"}`,
			"exchanges/%2F/h" +
				bindingsOf: `[{"destination":"orders","destination_type":"queue","routing_key":"","arguments":{"x-match":"all","level":5.0}}]`,
			"queues/%2F/orders": orders, "queues/%2F/orders" + fresh: ordersNow,
		}},
		{"a header that is none", "explain_route|h||--header|level", nil},
		{"headers of a newer release", "explain_route|h||--header|level:int=5", map[string]string{
			"exchanges/%2F/h": `{"name":"h","type":"headers","internal":false,"arguments":[]}`,
			"overview":        `{"rabbitmq_version":"4.0.5"}`,
			"exchanges/%2F/h" +
				bindingsOf: `[{"destination":"orders","destination_type":"queue","routing_key":"","arguments":{"x-match":"all","level":5.0}}]`,
		}},
		// A young queue does not report its policies. rabbitctl compares its name with the patterns of all policies.
		{"young queue", "explain_route||orders", map[string]string{
			"queues/%2F/orders":         `{"name":"orders","type":"classic","arguments":{},"consumer_details":[]}`,
			"queues/%2F/orders" + fresh: `{"name":"orders","type":"classic","state":"live","arguments":{}}`, listed: sevenReady,
			policiesOf: `[{"vhost":"/","name":"other","pattern":"^other","apply-to":"queues","priority":0,"definition":{}}]`, "operator-" + policiesOf: `[]`,
		}},
		{"young queue with a policy", "explain_route||orders", map[string]string{
			"queues/%2F/orders":         `{"name":"orders","type":"classic","arguments":{},"consumer_details":[]}`,
			"queues/%2F/orders" + fresh: `{"name":"orders","type":"classic","state":"live","arguments":{}}`, listed: sevenReady,
			policiesOf: `[{"vhost":"/","name":"any","pattern":"^(?!amq)","apply-to":"queues","priority":0,"definition":{}}]`, "operator-" + policiesOf: `[]`,
		}},
		// A queue that does not report its message count itself has it in the listing.
		{"full", "explain_route||orders", map[string]string{
			"queues/%2F/orders":         `{"name":"orders","type":"classic","state":"running","arguments":{"x-max-length":7},"consumer_details":[],"effective_policy_definition":{"overflow":"reject-publish"},"policy":"p","operator_policy":null}`,
			"queues/%2F/orders" + fresh: `{"name":"orders","type":"classic","state":"live","arguments":{}}`,
			listed:                      sevenReady,
		}},
		// A plugin adds this exchange type, and the type is missing while the plugin is off.
		{"type off", "explain_route|hashed|k", map[string]string{"exchanges/%2F/hashed": hashed, "exchanges/%2F/hashed" +
			bindingsOf: `[]`,
			"overview": `{"node":"rabbit@a","rabbitmq_version":"4.3.6","exchange_types":[{"name":"direct","enabled":true},{"name":"x-random","enabled":true}]}`}},
		{"type off by a flag", "explain_route|hashed|k", map[string]string{"exchanges/%2F/hashed": hashed,
			"exchanges/%2F/hashed" + bindingsOf: `[]`,
			"overview":                          `{"node":"rabbit@a","rabbitmq_version":"4.3.6","exchange_types":[{"name":"x-consistent-hash","enabled":false}]}`}},
		{"type on", "explain_route|hashed|k", map[string]string{"exchanges/%2F/hashed": hashed, "exchanges/%2F/hashed" +
			bindingsOf: `[]`,
			"overview": `{"node":"rabbit@a","rabbitmq_version":"4.3.6","exchange_types":[{"name":"x-consistent-hash","enabled":true}]}`}},
		// The broker lists quorum queues and streams of a stopped virtual host as running: only cluster_state says more.
		{"virtual host stopped", "explain_route||orders", map[string]string{
			"queues/%2F/orders":         strings.Replace(orders, "classic", "quorum", 1),
			"queues/%2F/orders" + fresh: strings.Replace(ordersNow, "classic", "quorum", 1),
			thisVHost:                   `{"name":"/","cluster_state":{"rabbit@a":"stopped"}}`}},
		{"virtual host stopped on one node", "explain_route||orders", map[string]string{"queues/%2F/orders": orders,
			"queues/%2F/orders" + fresh:           ordersNow,
			thisVHost:                             denied,
			"vhosts?columns=name%2Ccluster_state": `[{"name":"/","cluster_state":{"rabbit@a":"running","rabbit@b":"stopped"}}]`}},
		{"virtual host not seen", "explain_route||orders", map[string]string{"queues/%2F/orders": orders,
			"queues/%2F/orders" + fresh: ordersNow,
			thisVHost:                   `500 {"error":"internal"}`}},
		{"not allowed", "explain_route||orders", map[string]string{"queues/%2F/orders": denied}},

		{"key missing", "explain_route|orders", nil},
		{"header of no type", "explain_route|x|k|--header|a:it=5", nil},
		{"header twice", "explain_route|x|k|--header|a=5|--header|a=6", nil},
		{"exchange that cannot be asked for", "explain_route|..|k", nil},
		{"key too long", "explain_route|x|" + strings.Repeat("k", 256), nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := brokertest.New(t)
			answer(s, tt.answers)
			if tt.answers != nil && tt.answers[thisVHost] == "" && tt.name != "no virtual host" && tt.name != "not allowed" {
				s.JSON("GET /api/"+thisVHost, 200, `{"name":"/","cluster_state":{"rabbit@a":"running"}}`)
			}
			words := strings.Split(tt.words, "|")
			r := cmdtest.Run{Commands: route.Commands(), Terminal: strings.HasSuffix(tt.name, "terminal")}
			result := r.Do(t, s, words...)
			if tt.answers == nil && len(result.Requests) > 0 {
				t.Errorf("a wrong command line was sent: %q", result.Requests)
			}
			golden.Check(t, "explain_route/"+tt.name, "$ rabbitctl "+strings.Join(words, " ")+"\n"+result.Golden(s))
		})
	}
}

func answer(s *brokertest.Server, answers map[string]string) {
	for request, body := range answers {
		status, body := brokertest.StatusOf(body)
		s.Always("GET /api/"+request, status, body)
	}
}
