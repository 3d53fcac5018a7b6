package policy_test

import (
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/cmd/policy"
	"github.com/rabbitctl/rabbitctl/pkg/internal/cmdtest"
)

func TestChanges(t *testing.T) {
	t.Parallel()
	const (
		ask     = "GET /api/policies/%2F?columns=name%2Cpattern%2Capply-to%2Cpriority%2Cdefinition "
		askOp   = "GET /api/operator-policies/%2F?columns=name%2Cpattern%2Capply-to%2Cpriority%2Cdefinition "
		all     = `{"vhost":"/","name":"all","pattern":".*","apply-to":"all","definition":{"message-ttl":1},"priority":0}`
		high    = `{"vhost":"/","name":"high","pattern":"^jobs","apply-to":"queues","definition":{"message-ttl":1},"priority":9}`
		cap     = `{"vhost":"/","name":"cap","pattern":"^o","apply-to":"queues","definition":{"max-length":9},"priority":1}`
		less    = `{"vhost":"/","name":"cap","pattern":"^o","apply-to":"queues","definition":{"max-length":8},"priority":1}`
		top     = `{"vhost":"/","name":"top","pattern":"^o","apply-to":"queues","definition":{"max-length":9},"priority":1}`
		fresher = `{"vhost":"/","name":"cap","pattern":"^o","apply-to":"queues","definition":{"max-length":8,"message-ttl":600000},"priority":1}`
		loose   = `{"vhost":"/","name":"high","pattern":"^o","apply-to":"queues","definition":{"max-length":40},"priority":9}`
		look    = `{"vhost":"/","name":"look","pattern":"^(?!a)","apply-to":"all","definition":{"message-ttl":1},"priority":0}`

		queues = `GET /api/queues/%2F?columns=name%2Ctype&disable_stats=true 200 ` +
			`[{"name":"orders","type":"classic"},{"name":"jobs","type":"quorum"},{"name":"old","type":"stream"}]`
		counts = `GET /api/queues/%2F?columns=name%2Ctype%2Carguments%2Cmessages_ready&disable_stats=true&enable_queue_totals=true 200 ` +
			`[{"name":"orders","type":"classic","arguments":{},"messages_ready":2},` +
			`{"name":"jobs","type":"quorum","arguments":{},"messages_ready":50},{"name":"old","type":"stream","arguments":{}}]`
		full = `GET /api/queues/%2F?columns=name%2Ctype%2Carguments%2Cmessages_ready&disable_stats=true&enable_queue_totals=true 200 ` +
			`[{"name":"orders","type":"classic","arguments":{},"messages_ready":50},` +
			`{"name":"o2","type":"quorum","arguments":{"x-dead-letter-exchange":"dlx"},"messages_ready":10}]`
		fullTypes = `GET /api/queues/%2F?columns=name%2Ctype&disable_stats=true 200 ` +
			`[{"name":"orders","type":"classic"},{"name":"o2","type":"quorum"}]`
		release43               = "GET /api/overview?disable_stats=true 200 " + `{"rabbitmq_version":"4.3.6"}`
		release310              = "GET /api/overview?disable_stats=true 200 " + `{"rabbitmq_version":"3.10.8"}`
		declare                 = "declare_policy cap ^o --max-length 9 --priority 1 --apply-to queues"
		noOperators, noPolicies = askOp + "200 []", ask + "200 []"
		put                     = "PUT /api/policies/%2F/cap "
		line                    = `set_policy cap ^o {"max-length":9} --priority 1 --apply-to queues`
		three                   = ask + "200 [" + all + "," + high + "," + cap + "]"
	)
	c := cmdtest.NewChange
	cmdtest.Changes(t, policy.Commands, "change", []cmdtest.ChangeCase{
		c("set", line, "", []string{ask + "200 [" + all + "]", noOperators, counts, put + "201",
			ask + "200 [" + all + "," + cap + "]"}),
		c("set again", line, "", []string{three}),
		c("set, changed", line, "", []string{ask + "200 [" + less + "]", noOperators, counts, put + "204", three}),
		c("set, taken otherwise", line, "", []string{ask + "200 []", noOperators, counts, put + "201",
			ask + "200 [" + less + "]"}),
		c("set, refused", line, "", []string{ask + "200 []", noOperators, counts,
			put + `400 {"error":"bad_request","reason":"Validation failed"}`}),
		c("set, compared", line+" --check", "", []string{ask + "200 [" + less + "]", noOperators, counts}),
		c("set, missing", line+" --check", "", []string{ask + "200 []", noOperators, counts}),
		c("set, missing, at a terminal", line+" --check", "", []string{ask + "200 []", noOperators, counts}),
		c("set, dry run", line+" --dry-run", "", []string{ask + "200 [" + all + "," + look + "]", noOperators, counts}),
		c("set all, dry run", `set_policy any .* {"message-ttl":7} --dry-run`, "", []string{three, noOperators, counts}),
		c("set, only for the broker to read", `set_policy look ^(?!a) {"message-ttl":1} --dry-run`, "",
			[]string{ask + "200 []"}),
		c("set no object", "set_policy cap ^o [1]", "", nil),
		c("set what is no pattern", `set_policy cap (o {"max-length":9}`, "", nil),
		c("set for what there is not", `set_policy cap ^o {"max-length":9} --apply-to queus`, "", nil),
		c("set a text for a number", `set_policy cap ^o {"max-length":"9"}`, "", nil),
		c("set nothing", `set_policy cap ^o {}`, "", nil),
		c("declare what is no pattern", `declare_policy cap (o --max-length 9`, "", nil),
		c("update until nothing is left", `update_policy cap --unset max-length`, "", []string{ask + "200 [" + cap + "]"}),
		c("set no JSON", "set_policy cap ^o {", "", nil),
		c("set with a priority out of range", "set_policy cap ^o {} --priority 99999999999999999999", "", nil),
		c("set an operator policy", `set_operator_policy cap ^o {"max-length":9} --priority 1 --apply-to queues`, "",
			[]string{askOp + "200 []", noPolicies, counts, "PUT /api/operator-policies/%2F/cap 201",
				askOp + "200 [" + cap + "]"}),
		c("declare", declare, "", []string{ask + "200 [" + all + "]", noOperators, counts, put + "201",
			ask + "200 [" + all + "," + cap + "]"}),
		c("declare again", declare, "", []string{three}),
		c("declare, changed", declare, "", []string{ask + "200 [" + less + "]", noOperators, counts, put + "204", three}),
		c("declare, compared", declare+" --check", "", []string{ask + "200 [" + less + "]", noOperators, counts}),
		c("declare, missing", declare+" --check", "", []string{ask + "200 []", noOperators, counts}),
		c("declare, drops without consent", declare, "", []string{ask + "200 [" + all + "]", noOperators, full}),
		c("declare all kinds", "declare_policy p ^x --message-ttl 1h --max-length-bytes 2MB --overflow reject-publish "+
			"--dead-letter-exchange dlx --set delivery-limit=-1 --set x:string=5 --definition {\"y\":[1]}", "", []string{
			ask + "200 []", noOperators, counts, "PUT /api/policies/%2F/p 201", ask + "200 []"}),
		c("declare a key that is not known", "declare_policy p ^x --set max-lenght=5", "", []string{ask + "200 []", queues,
			`PUT /api/policies/%2F/p 400 {"error":"bad_request","reason":"[{<<\"max-lenght\">>,5}] are not recognised policy settings"}`}),
		c("declare a key that is not known, dry run", "declare_policy p ^x --set max-lenght=5 --dry-run", "",
			[]string{ask + "200 []", queues}),
		c("declare a key of later releases", "declare_policy p ^x --consumer-timeout 1h --dry-run", "", []string{release310}),
		c("declare a key of earlier releases", "declare_policy p ^x --set ha-mode=all", "", []string{release43}),
		c("declare for a type on 3.10", declare[:len(declare)-6]+"quorum_queues", "", []string{release310}),
		c("declare for a type on 3.11", declare[:len(declare)-6]+"streams", "",
			[]string{"GET /api/overview?disable_stats=true 200 " + `{"rabbitmq_version":"3.11.28"}`}),
		c("declare what no queue takes", "declare_policy p ^x --max-age 1D --apply-to quorum_queues --dry-run", "",
			[]string{release43, ask + "200 []", noOperators, counts}),
		c("declare what exchanges do not have", "declare_policy p ^x --delivery-limit 3 --apply-to exchanges --dry-run", "",
			[]string{ask + "200 []", queues}),
		c("declare twice the same", "declare_policy p ^x --max-length 5 --set max-length=6", "", nil),
		c("declare nothing", "declare_policy p ^x", "", nil),
		c("declare no number", "declare_policy p ^x --max-length many", "", nil),
		c("declare no object", "declare_policy p ^x --definition [1]", "", nil),
		c("declare no such word", "declare_policy p ^x --overflow drop-haed", "", nil),
		c("declare an operator policy", "declare_operator_policy cap ^o --max-length 9 --priority 1 --apply-to queues", "",
			[]string{askOp + "200 []", noPolicies, counts, "PUT /api/operator-policies/%2F/cap 201",
				askOp + "200 [" + cap + "]"}),
		c("declare an operator policy with a later key", "declare_operator_policy cap ^o --overflow drop-head", "",
			[]string{release310}),
		c("set what no queue takes", `set_policy p ^x {"max-age":"1D","max-length":5} --dry-run`, "",
			[]string{ask + "200 []", noOperators, counts}),
		c("clear", "clear_policy cap --yes", "", []string{three, noOperators, counts, "DELETE /api/policies/%2F/cap 204"}),
		c("clear without consent", "clear_policy cap", "", nil),
		c("set a name that is not UTF-8", `set_policy p`+"\xff"+` ^o {"max-length":9}`, "", nil),
		c("clear a name that is not UTF-8", "clear_policy p\xff --yes", "", []string{"DELETE /api/policies/%2F/p%FF 204"}),
		c("clear, dry run", "clear_policy cap --dry-run", "", []string{three, noOperators, counts}),
		c("clear, another name", "clear_policy cup --yes", "",
			[]string{ask + "200 [" + cap + "]", "GET /api/exchanges/%2F/amq.default 200 {}",
				`GET /api/policies/%2F?columns=name 200 [{"name":"cap"}]`}),
		c("clear two, dry run", "clear_policy high cap --dry-run", "", []string{ask + "200 [" + loose + "," + cap + "]",
			noOperators, full, ask + "200 [" + loose + "," + cap + "]", fullTypes}),
		c("clear two, the lower one first, dry run", "clear_policy cap high --dry-run", "", []string{
			ask + "200 [" + loose + "," + cap + "]", noOperators, full, ask + "200 [" + loose + "," + cap + "]", fullTypes}),
		c("clear, absent", "clear_policy cap --yes --if-exists", "", []string{ask + "200 []"}),
		c("clear, gone meanwhile", "clear_policy cap --yes --if-exists", "",
			[]string{three, noOperators, counts, "DELETE /api/policies/%2F/cap " + cmdtest.NotFound}),
		c("clear an operator policy", "clear_operator_policy cap --yes", "",
			[]string{askOp + "200 [" + cap + "]", queues, "DELETE /api/operator-policies/%2F/cap 204"}),
		c("update", "update_policy cap --set max-length=8 --set message-ttl=10m --unset expires --yes", "",
			[]string{ask + "200 [" + all + "," + cap + "]", noOperators, counts, put + "204", ask + "200 [" + fresher + "]"}),
		c("update again", "update_policy cap --set max-length=9", "", []string{three}),
		c("update, dry run", "update_policy cap --unset max-length --set queue-mode=lazy --pattern ^or --priority 3 "+
			"--apply-to classic_queues --dry-run", "", []string{three, release43, queues, noOperators, counts}),
		c("update, compared", "update_policy cap --set max-length=5 --check", "", []string{three, noOperators, counts}),
		c("update, absent", "update_policy cup --set max-length=8", "", []string{ask + "200 [" + cap + "]",
			"GET /api/exchanges/%2F/amq.default 200 {}", `GET /api/policies/%2F?columns=name 200 [{"name":"cap"}]`}),
		c("update nothing", "update_policy cap", "", nil),
		c("update both ways", "update_policy cap --set max-length=8 --unset max-length", "", nil),
		c("update with no number", "update_policy cap --set max-length=many", "", nil),
		c("update without a value", "update_policy cap --set max-length", "", nil),
		c("update an operator policy", "update_operator_policy cap --set max-length=8", "",
			[]string{askOp + "200 [" + cap + "]", noPolicies, counts, "PUT /api/operator-policies/%2F/cap 204",
				askOp + "200 [" + less + "]"}),
		c("rename", "rename_policy cap top", "", []string{three, "PUT /api/policies/%2F/top 201",
			ask + "200 [" + cap + "," + top + "]", "DELETE /api/policies/%2F/cap 204"}),
		c("rename, interrupted before", "rename_policy cap top", "", []string{ask + "200 [" + cap + "," + top + "]",
			ask + "200 [" + cap + "," + top + "]", "DELETE /api/policies/%2F/cap 204"}),
		c("rename, made otherwise", "rename_policy cap top", "", []string{three, "PUT /api/policies/%2F/top 201",
			ask + "200 [" + cap + "]"}),
		c("rename, refused", "rename_policy cap top", "", []string{three,
			`PUT /api/policies/%2F/top 400 {"error":"bad_request","reason":"no"}`}),
		c("rename to another one", "rename_policy cap all", "", []string{three}),
		c("rename, dry run", "rename_policy cap top --dry-run", "", []string{three}),
		c("rename, absent", "rename_policy cup top", "", []string{ask + "200 [" + cap + "]",
			"GET /api/exchanges/%2F/amq.default 200 {}", `GET /api/policies/%2F?columns=name 200 [{"name":"cap"}]`}),
		c("rename again", "rename_policy cup cap", "", []string{ask + "200 [" + cap + "]",
			"GET /api/exchanges/%2F/amq.default 200 {}"}),
		c("rename again, that is no failure", "rename_policy cup cap --if-exists", "", []string{ask + "200 [" + cap + "]"}),
		c("rename to itself", "rename_policy cap cap", "", nil),
		c("rename an operator policy", "rename_operator_policy cap top", "", []string{askOp + "200 [" + cap + "]",
			"PUT /api/operator-policies/%2F/top 201", askOp + "200 [" + cap + "," + top + "]",
			"DELETE /api/operator-policies/%2F/cap 204"}),
		c("set, drops", line+" --yes", "", []string{ask + "200 [" + all + "]", noOperators, full, put + "201",
			ask + "200 [" + all + "," + cap + "]"}),
		c("set, drops without consent", line, "", []string{ask + "200 [" + all + "]", noOperators, full}),
		c("set, drops, dry run", line+" --dry-run", "", []string{ask + "200 [" + all + "]", noOperators, full}),
		c("set, drops less than an operator policy", line+" --dry-run", "", []string{ask + "200 []",
			askOp + "200 [" + less + "]", full, full}),
		c("set an operator policy, drops", `set_operator_policy cap ^o {"max-length":9} --dry-run`, "",
			[]string{askOp + "200 []", ask + "200 [" + all + "]", full}),
		c("set, may drop", `set_policy ttl ^o {"message-ttl":5000,"expires":60000} --dry-run`, "",
			[]string{ask + "200 []", noOperators, full}),
		c("set, drops and may drop more", `set_policy cap ^o {"max-length":9,"message-ttl":5000} --dry-run`, "",
			[]string{ask + "200 []", noOperators, full}),
		c("set, drops, counts are not known", line+" --dry-run", "", []string{ask + "200 []",
			askOp + "500 {}", "GET /api/operator-policies/%2F?columns=priority 500 {}",
			`GET /api/queues/%2F?columns=name%2Ctype%2Carguments%2Cmessages_ready&disable_stats=true&enable_queue_totals=true 500 {}`}),
		c("clear, another drops", "clear_policy high --dry-run", "", []string{ask + "200 [" + loose + "," + cap + "]",
			noOperators, full}),
		c("update, rules fewer queues, dry run", "update_policy high --pattern ^x --dry-run", "",
			[]string{ask + "200 [" + loose + "," + cap + "]", noOperators, full, noOperators, full}),
	})
}
