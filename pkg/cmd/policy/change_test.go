package policy_test

import (
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/cmd/policy"
	"github.com/rabbitctl/rabbitctl/pkg/internal/cmdtest"
)

func TestChanges(t *testing.T) {
	t.Parallel()
	const (
		ask   = "GET /api/policies/%2F?columns=name%2Cpattern%2Capply-to%2Cpriority%2Cdefinition "
		askOp = "GET /api/operator-policies/%2F?columns=name%2Cpattern%2Capply-to%2Cpriority%2Cdefinition "
		all   = `{"vhost":"/","name":"all","pattern":".*","apply-to":"all","definition":{"message-ttl":1},"priority":0}`
		high  = `{"vhost":"/","name":"high","pattern":"^jobs","apply-to":"queues","definition":{"message-ttl":1},"priority":9}`
		cap   = `{"vhost":"/","name":"cap","pattern":"^o","apply-to":"queues","definition":{"max-length":9},"priority":1}`
		less  = `{"vhost":"/","name":"cap","pattern":"^o","apply-to":"queues","definition":{"max-length":8},"priority":1}`
		look  = `{"vhost":"/","name":"look","pattern":"^(?!a)","apply-to":"all","definition":{"message-ttl":1},"priority":0}`

		queues = `GET /api/queues/%2F?columns=name%2Ctype&disable_stats=true 200 ` +
			`[{"name":"orders","type":"classic"},{"name":"jobs","type":"quorum"},{"name":"old","type":"stream"}]`
		put   = "PUT /api/policies/%2F/cap "
		line  = `set_policy cap ^o {"max-length":9} --priority 1 --apply-to queues`
		three = ask + "200 [" + all + "," + high + "," + cap + "]"
	)
	c := cmdtest.NewChange
	cmdtest.Changes(t, policy.Commands, "change", []cmdtest.ChangeCase{
		c("set", line, "", []string{ask + "200 [" + all + "]", queues, put + "201", ask + "200 [" + all + "," + cap + "]"}),
		c("set again", line, "", []string{three}),
		c("set, changed", line, "", []string{ask + "200 [" + less + "]", queues, put + "204", three}),
		c("set, taken otherwise", line, "", []string{ask + "200 []", queues, put + "201", ask + "200 [" + less + "]"}),
		c("set, refused", line, "", []string{ask + "200 []", queues,
			put + `400 {"error":"bad_request","reason":"Validation failed"}`}),
		c("set, compared", line+" --check", "", []string{ask + "200 [" + less + "]", queues}),
		c("set, missing", line+" --check", "", []string{ask + "200 []", queues}),
		c("set, dry run", line+" --dry-run", "", []string{ask + "200 [" + all + "," + look + "]", queues}),
		c("set all, dry run", `set_policy any .* {"message-ttl":7} --dry-run`, "", []string{three, queues}),
		c("set, only for the broker's expressions", `set_policy look ^(?!a) {"message-ttl":1} --dry-run`, "",
			[]string{ask + "200 []"}),
		c("set no object", "set_policy cap ^o [1]", "", nil),
		c("set no JSON", "set_policy cap ^o {", "", nil),
		c("set with a priority out of range", "set_policy cap ^o {} --priority 99999999999999999999", "", nil),
		c("set an operator policy", `set_operator_policy cap ^o {"max-length":9} --priority 1 --apply-to queues`, "",
			[]string{askOp + "200 []", queues, "PUT /api/operator-policies/%2F/cap 201", askOp + "200 [" + cap + "]"}),
		c("clear", "clear_policy cap --yes", "", []string{three, queues, "DELETE /api/policies/%2F/cap 204"}),
		c("clear without consent", "clear_policy cap", "", nil),
		c("clear, dry run", "clear_policy cap --dry-run", "", []string{three, queues}),
		c("clear, another name", "clear_policy cup --yes", "",
			[]string{ask + "200 [" + cap + "]", "GET /api/exchanges/%2F/amq.default 200 {}",
				`GET /api/policies/%2F?columns=name 200 [{"name":"cap"}]`}),
		c("clear, absent", "clear_policy cap --yes --if-exists", "", []string{ask + "200 []"}),
		c("clear, gone meanwhile", "clear_policy cap --yes --if-exists", "",
			[]string{three, queues, "DELETE /api/policies/%2F/cap " + cmdtest.NotFound}),
		c("clear an operator policy", "clear_operator_policy cap --yes", "",
			[]string{askOp + "200 [" + cap + "]", queues, "DELETE /api/operator-policies/%2F/cap 204"}),
	})
}
