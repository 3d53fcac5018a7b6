package policy_test

import (
	"strings"
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/cmd/policy"
	"github.com/rabbitctl/rabbitctl/pkg/internal/brokertest"
	"github.com/rabbitctl/rabbitctl/pkg/internal/cmdtest"
	"github.com/rabbitctl/rabbitctl/pkg/internal/golden"
)

// Policies of a virtual host, as brokers send them: in the order of their names.
const (
	policies = `[{"vhost":"/","name":"all","pattern":".*","apply-to":"all","definition":{"max-length":9},"priority":0},
 {"vhost":"/","name":"classic","pattern":"^o","apply-to":"classic_queues","definition":{"ha-mode":"all"},"priority":5},
 {"vhost":"/","name":"other","pattern":"^x","apply-to":"queues","definition":{"message-ttl":1},"priority":9},
 {"vhost":"/","name":"quorum","pattern":"^orders$","apply-to":"quorum_queues","definition":{"message-ttl":7},"priority":5},
 {"vhost":"/","name":"x","pattern":"s$","apply-to":"exchanges","definition":{"alternate-exchange":"ae"},"priority":1}]`
	operators = `[{"vhost":"/","name":"cap","pattern":"^ord","apply-to":"queues","definition":{"max-length":5},"priority":0}]`
	foreign   = `[{"vhost":"/","name":"odd","pattern":"^(?!amq)","apply-to":"queues","definition":{"max-length":9},"priority":3}]`

	fromQuorum = `{"name":"orders","type":"quorum","policy":"quorum","operator_policy":"cap"}`
	notFound   = `{"error":"Object Not Found","reason":"Not Found"}`

	fresh         = "?disable_stats=true&enable_queue_totals=true"
	matchColumns  = "?columns=name%2Cpattern%2Capply-to%2Cpriority%2Cdefinition"
	mirrorColumns = "?columns=vhost%2Cname%2Cpattern%2Capply-to%2Cdefinition%2Cpriority"
)

// answer is what the broker says to one request.
type answer struct {
	request string
	status  int
	body    string
}

func TestCommands(t *testing.T) {
	t.Parallel()
	ok := func(request, body string) answer { return answer{"GET /api/" + request, 200, body} }
	missing := func(request string) answer { return answer{"GET /api/" + request, 404, notFound} }
	tests := []struct {
		name    string
		answers []answer
		words   string
	}{
		{"matching", []answer{ok("queues/%2F/orders", fromQuorum), ok("queues/%2F/orders"+fresh, `{"name":"orders"}`), ok("policies/%2F"+matchColumns, policies), ok("operator-policies/%2F"+matchColumns, operators)},
			"list_policies_that_match orders"},
		{"matching fresh", []answer{ok("queues/%2F/orders", fromQuorum), ok("queues/%2F/orders"+fresh, `{"messages_ready":0,"policy":"all","operator_policy":"cap"}`),
			ok("policies/%2F"+matchColumns, policies), ok("operator-policies/%2F"+matchColumns, operators)}, "list_policies_that_match orders"},
		{"matching fresh without", []answer{ok("queues/%2F/orders", fromQuorum), ok("queues/%2F/orders"+fresh, `{"messages_ready":0}`),
			ok("policies/%2F"+matchColumns, `[]`), ok("operator-policies/%2F"+matchColumns, operators)}, "list_policies_that_match orders -o json"},
		{"matching json", []answer{ok("queues/prod/orders", `{"name":"orders","type":"classic","policy":null,"operator_policy":null}`), ok("queues/prod/orders"+fresh, `{"name":"orders"}`),
			ok("policies/prod?columns=name%2Cdefinition%2Cpattern%2Capply-to%2Cpriority", policies),
			ok("operator-policies/prod?columns=name%2Cdefinition%2Cpattern%2Capply-to%2Cpriority", `[]`)},
			"list_policies_that_match orders -p prod name definition.max-length in_effect -o json"},
		{"matching young", []answer{ok("queues/%2F/orders", `{"name":"orders","type":"quorum"}`), ok("queues/%2F/orders"+fresh, `{"name":"orders"}`), ok("policies/%2F"+matchColumns, policies),
			ok("operator-policies/%2F"+matchColumns, operators)}, "list_policies_that_match orders -o json"},
		{"matching passed over", []answer{ok("queues/%2F/orders", `{"name":"orders","type":"stream"}`), ok("queues/%2F/orders"+fresh, `{"name":"orders"}`), ok("policies/%2F"+matchColumns, policies),
			ok("operator-policies/%2F"+matchColumns, operators), ok("exchanges?columns=name", `[{"name":""}]`)}, "list_policies_that_match orders -o json"},
		{"matching exchange", []answer{ok("exchanges/%2F/events", `{"name":"events","type":"topic","policy":"x"}`), ok("policies/%2F"+matchColumns, policies)},
			"list_policies_that_match events --object-type exchange"},
		{"matching exchange without", []answer{ok("exchanges/%2F/event", `{"name":"event","type":"topic"}`), ok("policies/%2F"+matchColumns, policies)},
			"list_policies_that_match event --object-type exchange"},
		{"matching foreign", []answer{ok("queues/%2F/orders", fromQuorum), ok("queues/%2F/orders"+fresh, `{"name":"orders"}`), ok("policies/%2F"+matchColumns, foreign), ok("operator-policies/%2F"+matchColumns, operators)},
			"list_policies_that_match orders"},
		{"matching foreign in effect", []answer{ok("queues/%2F/orders", `{"type":"classic","policy":"odd","operator_policy":null}`), ok("queues/%2F/orders"+fresh, `{"name":"orders"}`), ok("policies/%2F"+matchColumns, foreign),
			ok("operator-policies/%2F"+matchColumns, `[]`)}, "list_policies_that_match orders"},
		{"matching nothing", []answer{missing("queues/%2F/order"), ok("exchanges/%2F/amq.default", `{}`), ok("queues/%2F?columns=name&disable_stats=true&enable_queue_totals=true", `[{"name":"orders"}]`)},
			"list_policies_that_match order"},
		{"matching no virtual host", []answer{missing("queues/prod/order"), missing("exchanges/prod/amq.default")}, "list_policies_that_match order -p prod"},
		{"matching no policies", []answer{ok("queues/%2F/orders", fromQuorum), ok("queues/%2F/orders"+fresh, `{"name":"orders"}`), {"GET /api/policies/%2F" + matchColumns, 401, `{"error":"not_authorised","reason":"User not authorised to access virtual host"}`}},
			"list_policies_that_match orders"},
		{"matching a user", nil, "list_policies_that_match guest --object-type user"},
		{"mirroring", []answer{ok("policies"+mirrorColumns, policies)}, "list_policies_with_classic_queue_mirroring"},
		{"mirroring columns", []answer{ok("policies/%2F?columns=name%2Cdefinition", policies)}, "list_policies_with_classic_queue_mirroring name definition.ha-mode -p / -o json"},
		{"mirroring operator", []answer{ok("operator-policies"+mirrorColumns, operators), ok("exchanges?columns=name", `[{"name":""}]`)}, "list_operator_policies_with_classic_queue_mirroring"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := brokertest.New(t)
			for _, a := range tt.answers {
				s.JSON(a.request, a.status, a.body)
			}
			r := cmdtest.Run{Commands: policy.Commands()}
			golden.Check(t, tt.name, "$ rabbitctl "+tt.words+"\n"+r.Do(t, s, strings.Fields(tt.words)...).Golden(s))
		})
	}
}
