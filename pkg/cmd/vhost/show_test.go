package vhost_test

import (
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/cmd/vhost"
	"github.com/rabbitctl/rabbitctl/pkg/internal/cmdtest"
)

func TestShow(t *testing.T) {
	t.Parallel()
	cmdtest.Cases(t, vhost.Commands, "show", []cmdtest.Case{
		{Name: "virtual host", Words: "show_vhost a/b", Answers: map[string]string{
			"vhosts/a%2Fb":                     `{"name":"a/b","tags":[],"messages":7,"recv_oct":5,"recv_oct_details":{"rate":0.5},"message_stats":{"publish":9,"publish_details":{"rate":3.0}},"cluster_state":{"rabbit@a":"running"}}`,
			"vhost-limits/a%2Fb?columns=value": `[{"vhost":"a/b","value":{"max-queues":5}}]`,
			"policies/a%2Fb?columns=name%2Cpattern%2Capply-to%2Cdefinition%2Cpriority":          `[{"name":"p","pattern":"^a","apply-to":"queues","definition":{"max-length":5},"priority":1}]`,
			"operator-policies/a%2Fb?columns=name%2Cpattern%2Capply-to%2Cdefinition%2Cpriority": `[]`,
			"vhosts/a%2Fb/permissions?columns=user%2Cconfigure%2Cwrite%2Cread":                  `[{"user":"app","configure":"","write":"","read":".*"}]`}},
		{Name: "what may not be seen is left out", Words: "show_vhost v -o json", Answers: map[string]string{
			"vhosts/v": `401 {"error":"not_authorised","reason":"Not administrator user"}`,
			"vhosts?columns=name%2Cdescription%2Ctags%2Cdefault_queue_type%2Cprotected_from_deletion%2Ctracing%2Ccluster_state%2Cmessages%2Cmessages_ready%2Cmessages_unacknowledged%2Crecv_oct%2Crecv_oct_details.rate%2Csend_oct%2Csend_oct_details.rate%2Cmessage_stats": `[{"name":"/"},{"name":"v","messages":4,"message_stats":{"ack":2,"ack_details":{"rate":0.5}}}]`,
			"vhost-limits/v?columns=value":                                         `[]`,
			"policies/v?columns=name%2Cpattern%2Capply-to%2Cdefinition%2Cpriority": `401 {"error":"not_authorised","reason":"Not policymaker user"}`,
			// 4.3 answers 404 if the user has no access to the virtual host.
			"operator-policies/v?columns=name%2Cpattern%2Capply-to%2Cdefinition%2Cpriority": cmdtest.NotFound,
			"vhosts/v/permissions?columns=user%2Cconfigure%2Cwrite%2Cread":                  `401 {"error":"not_authorised","reason":"Not administrator user"}`}},
		{Name: "not there", Words: "show_vhost prd", Answers: map[string]string{"vhosts/prd": cmdtest.NotFound,
			"vhosts?columns=name": `[{"name":"prod"}]`}},
	})
}
