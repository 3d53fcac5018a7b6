package user_test

import (
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/cmd/user"
	"github.com/rabbitctl/rabbitctl/pkg/internal/cmdtest"
)

func TestExplainAccess(t *testing.T) {
	t.Parallel()
	const (
		vhosts    = "vhosts?columns=name"
		exchanges = "exchanges?columns=vhost"
		grants    = "users/app/permissions?columns=user%2Cvhost%2Cconfigure%2Cwrite%2Cread"
		topics    = "users/app/topic-permissions?columns=vhost%2Cexchange%2Cwrite%2Cread"
		two       = `[{"name":"/"},{"name":"prod"}]`
		seen      = `[{"vhost":"/"},{"vhost":"/"}]`
		denied    = `401 {"error":"not_authorized","reason":"Not administrator user"}`
	)
	app := map[string]string{"users/app": `{"name":"app","tags":["policymaker"]}`, vhosts: two,
		grants: `[{"user":"app","vhost":"/","configure":"^own","write":"^own|^events$","read":".*"}]`,
		topics: `[{"vhost":"/","exchange":"events","write":"^eu\\.","read":".*"}]`}
	with := func(more map[string]string) map[string]string {
		all := map[string]string{}
		for _, m := range []map[string]string{app, more} {
			for k, v := range m {
				all[k] = v
			}
		}
		return all
	}
	topic := with(map[string]string{"exchanges/%2F/events": `{"name":"events","type":"topic"}`})
	cmdtest.Cases(t, user.Commands, "access", []cmdtest.Case{
		{Name: "own", Words: "explain_access", Answers: map[string]string{
			"whoami": `{"name":"monitor","tags":["monitoring"]}`,
			vhosts:   two, exchanges: seen}},
		{Name: "own json", Words: "explain_access monitor -o json", Answers: map[string]string{
			"whoami": `{"name":"monitor","tags":["management"]}`, vhosts: `[{"name":"/"}]`, exchanges: seen}},
		{Name: "own without a virtual host", Words: "explain_access", Answers: map[string]string{
			"whoami": `{"name":"monitor","tags":["management"]}`, vhosts: `[]`, exchanges: `[]`}},
		{Name: "another with a tag that opens nothing", Words: "explain_access app", Answers: with(map[string]string{
			"users/app": `{"name":"app","tags":["impersonator"]}`})},
		{Name: "own without a tag", Words: "explain_access", Answers: map[string]string{
			"whoami": `401 {"error":"not_authorized","reason":"Not management user"}`}},
		{Name: "own with a wrong password", Words: "explain_access",
			Answers: map[string]string{"whoami": `401 {"error":"not_authorized","reason":"Login failed"}`}},
		{Name: "own for checks", Words: "explain_access --for checks", Answers: map[string]string{
			"whoami": `{"name":"monitor","tags":["monitoring"]}`, vhosts: two, exchanges: seen}},
		{Name: "own for admin", Words: "explain_access --for admin", Answers: map[string]string{
			"whoami": `{"name":"monitor","tags":["management"]}`, vhosts: `[{"name":"/"}]`, exchanges: seen}},
		{Name: "own from another backend", Words: "explain_access --for policies", Answers: map[string]string{
			"whoami": `{"name":"monitor","tags":["administrator"]}`, vhosts: two, exchanges: seen,
			"users/monitor/permissions?columns=user%2Cvhost%2Cconfigure%2Cwrite%2Cread": cmdtest.NotFound}},
		{Name: "another", Words: "explain_access app", Answers: app},
		{Name: "another as no administrator", Words: "explain_access app", Answers: map[string]string{"users/app": denied,
			"whoami?columns=name%2Ctags": `{"name":"monitor","tags":["monitoring"]}`}},
		{Name: "nobody", Words: "explain_access ap", Answers: map[string]string{"users/ap": cmdtest.NotFound,
			"users?columns=name": `[{"name":"app"}]`}},
		{Name: "may", Words: "explain_access app --may write own.q", Answers: app},
		{Name: "may not", Words: "explain_access app --may configure orders -o json", Answers: app},
		{Name: "may not in another virtual host", Words: "explain_access app --may read orders -p prod", Answers: app},
		{Name: "may in no virtual host", Words: "explain_access app --may read orders -p prd", Answers: app},
		{Name: "may not with the default exchange", Words: "explain_access app --may write amq.default", Answers: app},
		{Name: "may with a topic exchange", Words: "explain_access app --may write events", Answers: topic},
		{Name: "may with a routing key", Words: "explain_access app --may write events --routing-key eu.new",
			Answers: topic},
		{Name: "may not with a routing key", Words: "explain_access app --may write events --routing-key us.new",
			Answers: topic},
		{Name: "may with an exchange that is not seen", Words: "explain_access app --may read events",
			Answers: with(map[string]string{"exchanges/%2F/events": `401 {"error":"not_authorized","reason":"User not authorised to access virtual host"}`})},
		{Name: "may as no administrator", Words: "explain_access monitor --may write q", Answers: map[string]string{
			"whoami": `{"name":"monitor","tags":["monitoring"]}`, vhosts: two, exchanges: seen}},
		{Name: "all", Words: "explain_access --all", Answers: map[string]string{
			"users?columns=name%2Ctags": `[{"name":"app","tags":[]},{"name":"old","tags":[]},{"name":"ops","tags":["monitoring"]}]`,
			"permissions?columns=user%2Cvhost%2Cconfigure%2Cwrite%2Cread": `[{"user":"app","vhost":"/","configure":"^$","write":"^gone","read":"^o"},
 {"user":"app","vhost":"prod","configure":".*","write":".*","read":".*"}]`,
			"exchanges?columns=vhost%2Cname":                 `[{"vhost":"/","name":""}]`,
			"queues?columns=vhost%2Cname&disable_stats=true": `[{"vhost":"/","name":"orders"}]`}},
		{Name: "wrong group", Words: "explain_access --for check"},
		{Name: "wrong permission", Words: "explain_access app --may wirte q"},
		{Name: "may without a name", Words: "explain_access --may write q"},
		{Name: "a name without may", Words: "explain_access app q"},
		{Name: "all of one", Words: "explain_access app --all"},
		{Name: "a key without may", Words: "explain_access app --routing-key k"},
	})
}
