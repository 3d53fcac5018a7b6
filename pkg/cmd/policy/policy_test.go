package policy_test

import (
	"slices"
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/cmd/policy"
	"github.com/rabbitctl/rabbitctl/pkg/internal/cmdtest"
)

// policies, operators and foreign are policies of a virtual host as brokers send them: in the order of their names.
const (
	policies = `[{"vhost":"/","name":"all","pattern":".*","apply-to":"all","definition":{"max-length":9},"priority":0},
 {"vhost":"/","name":"classic","pattern":"^o","apply-to":"classic_queues","definition":{"ha-mode":"all"},"priority":5},
 {"vhost":"/","name":"other","pattern":"^x","apply-to":"queues","definition":{"message-ttl":1},"priority":9},
 {"vhost":"/","name":"quorum","pattern":"^orders$","apply-to":"quorum_queues","definition":{"message-ttl":7},"priority":5},
 {"vhost":"/","name":"x","pattern":"s$","apply-to":"exchanges","definition":{"alternate-exchange":"ae"},"priority":1}]`
	operators = `[{"vhost":"/","name":"cap","pattern":"^ord","apply-to":"queues","definition":{"max-length":5},"priority":0}]`
	foreign   = `[{"vhost":"/","name":"odd","pattern":"^(?!amq)","apply-to":"queues","definition":{"max-length":9},"priority":3}]`

	fromQuorum = `{"name":"orders","type":"quorum","policy":"quorum","operator_policy":"cap"}`

	fresh         = "?disable_stats=true&enable_queue_totals=true"
	matchColumns  = "?columns=name%2Cpattern%2Capply-to%2Cpriority%2Cdefinition"
	mirrorColumns = "?columns=vhost%2Cname%2Cpattern%2Capply-to%2Cdefinition%2Cpriority"
)

func TestCommands(t *testing.T) {
	t.Parallel()
	cmdtest.Cases(t, policy.Commands, "", []cmdtest.Case{
		{Name: "matching", Words: "list_policies_that_match orders", Answers: map[string]string{
			"queues/%2F/orders":                    fromQuorum,
			"queues/%2F/orders" + fresh:            `{"name":"orders"}`,
			"policies/%2F" + matchColumns:          policies,
			"operator-policies/%2F" + matchColumns: operators}},
		{Name: "matching fresh", Words: "list_policies_that_match orders", Answers: map[string]string{
			"queues/%2F/orders":                    fromQuorum,
			"queues/%2F/orders" + fresh:            `{"messages_ready":0,"policy":"all","operator_policy":"cap"}`,
			"policies/%2F" + matchColumns:          policies,
			"operator-policies/%2F" + matchColumns: operators}},
		{Name: "matching fresh without", Words: "list_policies_that_match orders -o json", Answers: map[string]string{
			"queues/%2F/orders":                    fromQuorum,
			"queues/%2F/orders" + fresh:            `{"messages_ready":0}`,
			"policies/%2F" + matchColumns:          `[]`,
			"operator-policies/%2F" + matchColumns: operators}},
		{Name: "matching json", Words: "list_policies_that_match orders -p prod name definition.max-length in_effect -o json",
			Answers: map[string]string{
				"queues/prod/orders":         `{"name":"orders","type":"classic","policy":null,"operator_policy":null}`,
				"queues/prod/orders" + fresh: `{"name":"orders"}`,
				"policies/prod?columns=name%2Cdefinition%2Cpattern%2Capply-to%2Cpriority":          policies,
				"operator-policies/prod?columns=name%2Cdefinition%2Cpattern%2Capply-to%2Cpriority": `[]`}},
		{Name: "matching young", Words: "list_policies_that_match orders -o json", Answers: map[string]string{
			"queues/%2F/orders":                    `{"name":"orders","type":"quorum"}`,
			"queues/%2F/orders" + fresh:            `{"name":"orders"}`,
			"policies/%2F" + matchColumns:          policies,
			"operator-policies/%2F" + matchColumns: operators}},
		{Name: "matching passed over", Words: "list_policies_that_match orders -o json", Answers: map[string]string{
			"queues/%2F/orders":                    `{"name":"orders","type":"stream"}`,
			"queues/%2F/orders" + fresh:            `{"name":"orders"}`,
			"policies/%2F" + matchColumns:          policies,
			"operator-policies/%2F" + matchColumns: operators}},
		{Name: "matching exchange", Words: "list_policies_that_match events --object-type exchange",
			Answers: map[string]string{
				"exchanges/%2F/events":        `{"name":"events","type":"topic","policy":"x"}`,
				"policies/%2F" + matchColumns: policies}},
		{Name: "matching exchange without", Words: "list_policies_that_match event --object-type exchange",
			Answers: map[string]string{"exchanges/%2F/event": `{"name":"event","type":"topic"}`, "policies/%2F" +
				matchColumns: policies}},
		{Name: "matching foreign", Words: "list_policies_that_match orders", Answers: map[string]string{
			"queues/%2F/orders":                    fromQuorum,
			"queues/%2F/orders" + fresh:            `{"name":"orders"}`,
			"policies/%2F" + matchColumns:          foreign,
			"operator-policies/%2F" + matchColumns: operators}},
		{Name: "matching foreign in effect", Words: "list_policies_that_match orders", Answers: map[string]string{
			"queues/%2F/orders":                    `{"type":"classic","policy":"odd","operator_policy":null}`,
			"queues/%2F/orders" + fresh:            `{"name":"orders"}`,
			"policies/%2F" + matchColumns:          foreign,
			"operator-policies/%2F" + matchColumns: `[]`}},
		{Name: "matching nothing", Words: "list_policies_that_match order", Answers: map[string]string{
			"queues/%2F/order":                           cmdtest.NotFound,
			"exchanges/%2F/amq.default":                  `{}`,
			"queues/%2F?columns=name&disable_stats=true": `[{"name":"orders"}]`}},
		{Name: "matching no virtual host", Words: "list_policies_that_match order -p prod",
			Answers: map[string]string{"queues/prod/order": cmdtest.NotFound, "exchanges/prod/amq.default": cmdtest.NotFound,
				"vhosts?columns=name": `[{"name":"/"},{"name":"staging"}]`}},
		{Name: "matching no policies", Words: "list_policies_that_match orders", Answers: map[string]string{
			"queues/%2F/orders":         fromQuorum,
			"queues/%2F/orders" + fresh: `{"name":"orders"}`,
			"policies/%2F" +
				matchColumns: `401 {"error":"not_authorised","reason":"User not authorised to access virtual host"}`}},
		{Name: "matching a user", Words: "list_policies_that_match guest --object-type user"},
		{Name: "explain as the broker does", Words: "explain_policy orders -o json", Answers: map[string]string{
			"queues/%2F/orders": `{"name":"orders","type":"quorum","arguments":{},"policy":"all"}`,
			"queues/%2F/orders" + fresh: `{"messages_ready":0,"policy":"quorum","operator_policy":"cap",` +
				`"effective_policy_definition":{"message-ttl":7,"max-length":5}}`,
			"policies/%2F" + matchColumns:          policies,
			"operator-policies/%2F" + matchColumns: operators}},
		{Name: "explain foreign", Words: "explain_policy orders", Answers: map[string]string{
			"queues/%2F/orders":                    `{"type":"classic","policy":null,"operator_policy":null}`,
			"queues/%2F/orders" + fresh:            `{"name":"orders"}`,
			"policies/%2F" + matchColumns:          foreign,
			"operator-policies/%2F" + matchColumns: `[]`}},
		{Name: "explain an exchange", Words: "explain_policy events --exchange", Answers: map[string]string{
			"exchanges/%2F/events":        `{"name":"events","type":"topic","policy":"x","arguments":{"alternate-exchange":"own"}}`,
			"policies/%2F" + matchColumns: policies}},
		{Name: "explain nothing", Words: "explain_policy order", Answers: map[string]string{
			"queues/%2F/order":                           cmdtest.NotFound,
			"exchanges/%2F/amq.default":                  `{}`,
			"queues/%2F?columns=name&disable_stats=true": `[{"name":"orders"}]`}},
		{Name: "mirroring", Words: "list_policies_with_classic_queue_mirroring", Answers: map[string]string{"policies" +
			mirrorColumns: policies}},
		{Name: "mirroring columns", Words: "list_policies_with_classic_queue_mirroring name definition.ha-mode -p / -o json",
			Answers: map[string]string{"policies/%2F?columns=name%2Cdefinition": policies}},
		{Name: "mirroring operator", Words: "list_operator_policies_with_classic_queue_mirroring",
			Answers: map[string]string{"operator-policies" + mirrorColumns: operators,
				"exchanges?columns=name": `[{"name":""}]`}},
	})
}

// TestExplainPolicy_looksAgain: the statistics of a broker are some seconds old, so rabbitctl asks again if the result
// is not clear.
func TestExplainPolicy_looksAgain(t *testing.T) {
	t.Parallel()
	const tied = `200 [{"name":"a","pattern":"^o","apply-to":"all","definition":{"max-length":9},"priority":5},
 {"name":"b","pattern":".*","apply-to":"queues","definition":{"max-length":1},"priority":5}]`
	asked := func(queue, policies, operators string) []string {
		return []string{"GET /api/queues/%2F/orders 200 " + queue,
			"GET /api/queues/%2F/orders" + fresh + ` 200 {"name":"orders"}`,
			"GET /api/policies/%2F" + matchColumns + " " + policies,
			"GET /api/operator-policies/%2F" + matchColumns + " " + operators}
	}
	four := func(look []string) []string { return slices.Concat(look, look, look, look) }
	c := cmdtest.NewChange
	cmdtest.Changes(t, policy.Commands, "", []cmdtest.ChangeCase{
		c("explain", "explain_policy orders", "", four(asked(
			`{"name":"orders","type":"quorum","arguments":{"x-queue-type":"quorum","x-max-length":50,"x-zeal":1},
 "policy":"limits","operator_policy":"cap","effective_policy_definition":{"max-length":5,"message-ttl":7,"max-age":"1D"}}`,
			`200 [{"name":"limits","pattern":"^o","apply-to":"all","definition":{"max-length":9,"message-ttl":7,"alternate-exchange":"ae"},"priority":5},
 {"name":"equal","pattern":".*","apply-to":"queues","definition":{"max-length":1},"priority":5},
 {"name":"low","pattern":".*","apply-to":"queues","definition":{"max-length":2},"priority":1},
 {"name":"mirror","pattern":".*","apply-to":"queues","definition":{"ha-mode":"all"},"priority":9}]`, "200 "+operators))),
		c("explain, the broker chose another", "explain_policy orders", "", four(asked(
			`{"type":"quorum","policy":"all","operator_policy":"gone","effective_policy_definition":[]}`, "200 "+policies,
			"200 []"))),
		c("explain, not told", "explain_policy orders", "", four(asked(`{"type":"quorum"}`, tied, "200 []"))),
		c("explain, not told of one", "explain_policy orders", "", four(asked(`{"type":"classic"}`,
			`200 [{"name":"a","pattern":"^o","apply-to":"all","definition":{"max-length":9},"priority":5}]`, "200 []"))),
		c("explain, not told of the operator policy", "explain_policy orders", "", four(asked(
			`{"type":"classic","policy":null}`, "200 []", "200 "+operators))),
		c("explain, not told and nothing matches", "explain_policy orders", "",
			asked(`{"type":"classic"}`, "200 []", "200 []")),
		c("explain, told later", "explain_policy orders", "", slices.Concat(asked(`{"type":"quorum"}`, tied, "200 []"),
			asked(`{"type":"quorum","policy":"b","effective_policy_definition":{"max-length":1}}`, tied, "200 []"))),
	})
}
