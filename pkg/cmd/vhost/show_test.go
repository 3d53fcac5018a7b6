package vhost_test

import (
	"strings"
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/cmd/vhost"
	"github.com/rabbitctl/rabbitctl/pkg/internal/brokertest"
	"github.com/rabbitctl/rabbitctl/pkg/internal/cmdtest"
	"github.com/rabbitctl/rabbitctl/pkg/internal/golden"
)

func TestShow(t *testing.T) {
	t.Parallel()
	const notFound = "404 " + `{"error":"Object Not Found","reason":"Not Found"}`
	tests := []struct {
		name, words string
		// answers are requests without GET /api/, and bodies; a body may begin with a status.
		answers map[string]string
	}{
		{"virtual host", "show_vhost a/b", map[string]string{
			"vhosts/a%2Fb":                     `{"name":"a/b","tags":[],"messages":7,"recv_oct":5,"recv_oct_details":{"rate":0.5},"message_stats":{"publish":9,"publish_details":{"rate":3.0}},"cluster_state":{"rabbit@a":"running"}}`,
			"vhost-limits/a%2Fb?columns=value": `[{"vhost":"a/b","value":{"max-queues":5}}]`,
			"policies/a%2Fb?columns=name%2Cpattern%2Capply-to%2Cdefinition%2Cpriority":          `[{"name":"p","pattern":"^a","apply-to":"queues","definition":{"max-length":5},"priority":1}]`,
			"operator-policies/a%2Fb?columns=name%2Cpattern%2Capply-to%2Cdefinition%2Cpriority": `[]`,
			"vhosts/a%2Fb/permissions?columns=user%2Cconfigure%2Cwrite%2Cread":                  `[{"user":"app","configure":"","write":"","read":".*"}]`}},
		{"what may not be seen is left out", "show_vhost v -o json", map[string]string{
			"vhosts/v": `401 {"error":"not_authorised","reason":"Not administrator user"}`,
			"vhosts?columns=name%2Cdescription%2Ctags%2Cdefault_queue_type%2Cprotected_from_deletion%2Ctracing%2Ccluster_state%2Cmessages%2Cmessages_ready%2Cmessages_unacknowledged%2Crecv_oct%2Crecv_oct_details.rate%2Csend_oct%2Csend_oct_details.rate%2Cmessage_stats": `[{"name":"/"},{"name":"v","messages":4,"message_stats":{"ack":2,"ack_details":{"rate":0.5}}}]`,
			"vhost-limits/v?columns=value":                                         `[]`,
			"policies/v?columns=name%2Cpattern%2Capply-to%2Cdefinition%2Cpriority": `401 {"error":"not_authorised","reason":"Not policymaker user"}`,
			// So answers 4.3 where the user has no access.
			"operator-policies/v?columns=name%2Cpattern%2Capply-to%2Cdefinition%2Cpriority": notFound,
			"vhosts/v/permissions?columns=user%2Cconfigure%2Cwrite%2Cread":                  `401 {"error":"not_authorised","reason":"Not administrator user"}`}},
		{"not there", "show_vhost prd", map[string]string{"vhosts/prd": notFound, "vhosts?columns=name": `[{"name":"prod"}]`}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := brokertest.New(t)
			for request, body := range tt.answers {
				status := 200
				switch {
				case strings.HasPrefix(body, "404 "):
					status, body = 404, body[4:]
				case strings.HasPrefix(body, "401 "):
					status, body = 401, body[4:]
				}
				s.JSON("GET /api/"+request, status, body)
			}
			r := cmdtest.Run{Commands: vhost.Commands(), Terminal: strings.HasSuffix(tt.name, "terminal")}
			golden.Check(t, "show/"+tt.name, "$ rabbitctl "+tt.words+"\n"+r.Do(t, s, strings.Fields(tt.words)...).Golden(s))
		})
	}
}
