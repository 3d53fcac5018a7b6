package definitions_test

import (
	"strings"
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/cmd/definitions"
	"github.com/rabbitctl/rabbitctl/pkg/internal/cmdtest"
)

// TestApply checks which requests are sent, what is printed, and what is refused.
func TestApply(t *testing.T) {
	t.Parallel()
	const (
		ask    = "GET /api/definitions "
		send   = "POST /api/definitions "
		head   = `{"rabbit_version":"3.10.8","rabbitmq_version":"3.10.8",`
		queue  = `"queues":[{"name":"q","vhost":"/","durable":true,"auto_delete":false,"arguments":{"x-max-length":5}}]`
		other  = `"queues":[{"name":"q","vhost":"/","durable":true,"auto_delete":false,"arguments":{"x-max-length":6}}]`
		none   = `"queues":[]`
		users  = `"users":[{"name":"app","password_hash":"canaryhash==","hashing_algorithm":"rabbit_password_hashing_sha256","tags":["monitoring"]}]`
		tagged = `"users":[{"name":"app","password_hash":"canaryhash==","tags":["management"]}]`
		two    = `{"queues":[{"name":"a","vhost":"/","durable":true,"auto_delete":false,"arguments":{}},` +
			`{"name":"b","vhost":"/","durable":true,"auto_delete":false,"arguments":{}}]}`
		bad    = `400 {"error":"bad_request","reason":"inequivalent arg"}`
		denied = `401 {"error":"not_authorized","reason":"Login failed"}`
		q      = "GET /api/queues/%2F/q"

		shop       = "GET /api/definitions/shop 200 "
		inShop     = `{"vhosts":[],"queues":[{"name":"q","vhost":"shop","durable":true,"auto_delete":false,"arguments":{"x-max-length":5}}]}`
		limited    = `"users":[{"name":"u","password_hash":"","tags":[],"limits":{"max-channels":5}}]`
		unlimited  = `"users":[{"name":"u","password_hash":"","tags":[],"limits":{}}]`
		impossible = `"queues":[{"name":"q","vhost":"/","durable":false,"auto_delete":false,"arguments":{"x-queue-type":"quorum"}}]`
		plugged    = `{"policies":[{"vhost":"/","name":"p","pattern":"","apply-to":"queues","priority":0,"definition":{"of-a-plugin":1}}]}`
		ownOld     = `"users":[{"name":"monitor","password_hash":"canaryhash==","tags":["administrator"]}]`
		own        = `"users":[{"name":"monitor","password_hash":"canaryother=","tags":["administrator"]}]`
	)
	is := func(parts string) string { return ask + "200 " + head + parts + "}" }
	empty := []string{
		q + ` 200 {"name":"q","vhost":"/","type":"classic","state":"running","consumer_details":[]}`,
		q + `?disable_stats=true&enable_queue_totals=true 200 {"name":"q","messages":0,"messages_ready":0,"messages_unacknowledged":0}`,
		q + "/bindings 200 []",
	}
	gone := []string{"DELETE /api/queues/%2F/q?if-empty=true 204", q + " 404 {\"error\":\"Object Not Found\"}"}
	used := []string{q + ` 200 {"name":"q","vhost":"/","type":"classic","state":"running","consumers":1,"consumer_details":[{"consumer_tag":"a"}]}`,
		empty[1], q + `/bindings 200 [{"source":""},{"source":"x"}]`}
	full := []string{empty[0],
		q + `?disable_stats=true&enable_queue_totals=true 200 {"name":"q","messages":3,"messages_ready":3,"messages_unacknowledged":0}`,
		empty[2]}
	and := func(parts ...[]string) (all []string) {
		for _, p := range parts {
			all = append(all, p...)
		}
		return all
	}
	one := func(text string) []string { return []string{text} }
	c := cmdtest.NewChange
	cmdtest.Changes(t, definitions.Commands, "apply", []cmdtest.ChangeCase{
		c("all is there", "apply - --yes", "{"+queue+"}", one(is(queue))),
		c("made", "apply - --yes", "{"+queue+"}", []string{is(none), send + "204", is(queue)}),
		c("changed", "apply - --yes", "{"+tagged+"}", []string{is(users), send + "204", is(tagged)}),
		c("not as wanted afterwards", "apply - --yes", "{"+tagged+"}", []string{is(users), send + "204", is(users)}),
		c("dry run", "apply - --dry-run", "{"+tagged+","+queue+"}", one(is(users+","+none))),
		c("check", "apply - --check", "{"+tagged+"}", one(is(users))),
		c("check, all is there", "apply - --check", "{"+users+"}", one(is(users))),
		c("plan", "plan -", "{"+tagged+","+other+"}", one(is(users+","+queue))),
		c("plan, all is there", "plan -", "{"+users+"}", one(is(users))),
		c("cannot be changed", "apply - --yes", "{"+other+","+tagged+"}", one(is(queue+","+users))),
		c("the rest is done", "apply - --yes --keep-going", "{"+other+","+tagged+"}",
			[]string{is(queue + "," + users), send + "204"}),
		c("replaced", "apply - --yes --replace", "{"+other+"}", and(one(is(queue)), empty, empty,
			gone, []string{send + "204", is(other)})),
		c("not replaced, it holds messages", "apply - --yes --replace", "{"+other+"}", and(one(is(queue)), full)),
		c("deleted", "apply - --yes --prune", "{"+none+"}", and(one(is(queue)), empty, empty,
			gone, one(is(none)))),
		c("what is hit by a deletion", "plan - --prune", "{"+none+"}", and(one(is(queue)), used)),
		c("not deleted, it is out of scope", "apply - --yes --prune --exclude ^q", "{"+none+"}", one(is(queue))),
		c("one of two is refused", "apply - --yes", two, []string{is(none), send + bad, send + "204", send + bad}),
		c("two of three are refused", "apply - --yes",
			strings.Replace(two, `]}`, `,{"name":"c","vhost":"/","durable":true,"auto_delete":false,"arguments":{}}]}`, 1),
			[]string{is(none), send + bad, send + "204", send + bad, send + bad, send + bad}),
		c("all are refused", "apply - --yes", two, []string{is(none), send + bad, send + bad, send + bad}),
		c("one of two is refused, then the login", "apply - --yes", two, []string{is(none), send + bad, send + denied}),
		c("one of two is made, then the login is refused", "apply - --yes", two,
			[]string{is(none), send + bad, send + "204", send + denied}),
		c("one of two is made, then an answer is lost", "apply - --yes", two,
			[]string{is(none), send + bad, send + "204", send + "504", is(none), send + "504", is(none)}),
		c("the release refuses one", "apply - --yes", "{"+impossible+","+tagged+"}", one(is(none+","+users))),
		c("what the release refuses is left", "apply - --yes --keep-going", "{"+impossible+","+tagged+"}",
			[]string{is(none + "," + users), send + "204"}),
		c("plan, the release refuses one", "plan -", "{"+impossible+","+tagged+"}", one(is(none+","+users))),
		c("a policy key of a plugin", "apply - --yes", plugged, []string{is(`"policies":[]`), send + "204",
			is(strings.TrimSuffix(strings.TrimPrefix(plugged, "{"), "}"))}),
		c("in a virtual host that the file does not list", "apply - --yes -p shop", inShop, []string{
			shop + head + none + "}", "POST /api/definitions/shop 204",
			shop + strings.Replace(head+queue+"}", `"vhost":"/",`, "", 1)}),
		c("a limit is taken away", "apply - --yes", "{"+unlimited+"}", []string{is(limited), send + "204",
			"DELETE /api/user-limits/u/max-channels 204", is(unlimited)}),
		c("a limit cannot be taken away", "apply - --yes", "{"+unlimited+"}", []string{is(limited), send + "204",
			"DELETE /api/user-limits/u/max-channels " + denied}),
		c("the own user is changed last", "apply - --yes", "{"+own+","+queue+"}",
			[]string{is(ownOld + "," + none), send + "204", send + "204",
				ask + `401 {"error":"not_authorized","reason":"Login failed"}`}),
		c("the own user loses a tag", "apply - --yes", "{"+strings.Replace(ownOld, "administrator", "monitoring", 1)+"}",
			[]string{is(ownOld), send + "204",
				ask + `401 {"error":"not_authorized","reason":"Not_Authorized"}`}),
		c("no backup, nothing is done", "apply - --yes --keep-going --backup testdata/none/b.json", "{"+queue+"}",
			one(is(none))),
		c("backup to standard output", "apply - --yes --backup -", "{"+none+"}", nil),
		c("no consent", "apply -", "{"+none+"}", nil),
		c("no such kind", "apply - --only queue --yes", "", nil),
		c("no regular expression", "apply - --match ( --yes", "", nil),
		c("no definitions", "apply - --yes", "[1]", nil),
		c("a fault", "apply - --yes", `{"queues":[{"vhost":"/"}]}`, nil),
		c("masked", "apply - --yes", `{"users":[{"name":"app","password_hash":"***","tags":[]}]}`, one(is(`"users":[]`))),
		c("no virtual host", "apply - --yes -p no", "{"+queue+"}",
			one("GET /api/definitions/no 400 {\"error\":\"bad_request\",\"reason\":\"vhost_not_found\"}")),
	})
}
