package parameter_test

import (
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/cmd/parameter"
	"github.com/rabbitctl/rabbitctl/pkg/internal/cmdtest"
)

func TestChanges(t *testing.T) {
	t.Parallel()
	const (
		up     = "api/parameters/federation-upstream/%2F/up "
		value  = `{"uri":"amqp://u:secret@a","max-hops":2}`
		body   = `{"component":"federation-upstream","vhost":"/","name":"up","value":`
		has    = "GET /" + up + "200 " + body + value + "}"
		none   = "GET /" + up + cmdtest.NotFound
		other  = "GET /" + up + "200 " + body + `{"max-hops":2,"uri":"amqp://u:another@a"}}`
		enter  = "GET /api/exchanges/%2F/amq.default "
		there  = enter + `200 {"name":"","vhost":"/"}`
		line   = "set_parameter federation-upstream up "
		names  = "GET /api/parameters?columns=component%2Cname%2Cvhost "
		global = "api/global-parameters/region "
		empty  = "GET /" + global + `200 {"name":"region","value":[]}`
	)
	c := cmdtest.NewChange
	cmdtest.Changes(t, parameter.Commands, "change", []cmdtest.ChangeCase{
		c("set", line+value, "", []string{none, there, "PUT /" + up + "201", has}),
		c("set again", line+value, "", []string{has}),
		c("set, changed", line+"--value-file testdata/up.json", "", []string{other, "PUT /" + up + "204", has}),
		c("set, changed from stdin", line+"--value-file -", value+"\n", []string{other, "PUT /" + up + "204", has}),
		c("set, taken otherwise", line+value, "", []string{none, there, "PUT /" + up + "204", other}),
		c("set, compared", line+value+" --check", "", []string{other}),
		c("set, missing", line+value+" --check", "", []string{none, there}),
		c("set, dry run", line+value+" --dry-run", "", []string{other}),
		c("set, refused", line+value, "", []string{none, there, "PUT /" + up +
			`400 {"error":"bad_request","reason":"Validation failed\n\n\"amqp://u:sec\"\n   \"ret@a:x\" not a valid URI: {{unable_to_parse_uri,\n {malformed_uri,\n \"amqp://u:secret@a:x\",{'EXIT',x}}}}"}`}),
		c("set, no virtual host", line+value+" --dry-run", "", []string{none, enter + cmdtest.NotFound,
			"GET /api/vhosts?columns=name 200 []"}),
		c("set no JSON", line+"{amqp://u:secret@a", "", nil),
		c("set nothing", line, "", nil),
		c("set twice", line+"{} --value-file -", "{}", nil),
		c("set with the password from stdin, too", line+"--value-file - --password-stdin", "x\n{}", nil),
		c("set a policy", "set_parameter policy p {}", "", nil),
		c("clear", "clear_parameter federation-upstream up --yes", "", []string{has, "DELETE /" + up + "204"}),
		c("clear, dry run", "clear_parameter federation-upstream up --dry-run", "", []string{has}),
		c("clear, without consent", "clear_parameter federation-upstream up", "", nil),
		c("clear, absent", "clear_parameter federation-upstream up --yes", "", []string{none, there, names +
			`200 [{"component":"federation-upstream","name":"ups","vhost":"/"}]`}),
		c("clear, absent is well", "clear_parameter federation-upstream up --yes --if-exists", "", []string{none}),
		c("set global", `set_global_parameter region "eu"`, "", []string{"GET /" + global + cmdtest.NotFound,
			"PUT /" + global + "201", "GET /" + global + `200 {"name":"region","value":"eu"}`}),
		c("set global again", `set_global_parameter region {}`, "", []string{empty}),
		c("set global to null", `set_global_parameter region null`, "", []string{empty, "PUT /" + global + "204",
			"GET /" + global + `200 {"name":"region","value":null}`}),
		c("set global cluster name with links", `set_global_parameter cluster_name "prod"`, "", []string{
			`GET /api/global-parameters/cluster_name 200 {"name":"cluster_name","value":"a"}`,
			`GET /api/federation-links?columns=type 200 [{"type":"exchange"}]`}),
		c("set of an unknown component, dry run", "set_parameter odd up {} --dry-run", "",
			[]string{"GET /api/parameters/odd/%2F/up " + cmdtest.NotFound, there}),
		c("clear global", "clear_global_parameter region --yes", "", []string{empty, "DELETE /" + global + "204"}),
		c("clear global, absent", "clear_global_parameter region --yes", "", []string{"GET /" + global + cmdtest.NotFound,
			"GET /api/global-parameters?columns=name 200 []"}),
	})
}
