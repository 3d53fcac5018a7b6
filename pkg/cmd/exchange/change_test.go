package exchange_test

import (
	"slices"
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/cmd/exchange"
	"github.com/rabbitctl/rabbitctl/pkg/internal/cmdtest"
)

func TestChanges(t *testing.T) {
	t.Parallel()
	const (
		ask    = "GET /api/exchanges/%2F/x "
		topic  = `200 {"name":"x","vhost":"/","type":"topic","durable":true,"auto_delete":false,"internal":false,"arguments":{}}`
		teams  = `200 {"name":"x","vhost":"/","type":"topic","durable":true,"auto_delete":false,"internal":false,"arguments":{"x-team":5}}`
		enter  = "GET /api/exchanges/%2F/amq.default " + `200 {"name":"","vhost":"/"}`
		put    = "PUT /api/exchanges/%2F/x "
		remove = "DELETE /api/exchanges/%2F/x"
		types  = "GET /api/overview?disable_stats=true " + `200 {"rabbitmq_version":"4.3.6","exchange_types":[{"name":"direct"},{"name":"topic"}]}`
		away   = "GET /api/exchanges/%2F/x/bindings/source?columns=source%2Cdestination%2Cdestination_type%2Crouting_key "
		to     = "GET /api/exchanges/%2F/x/bindings/destination?columns=source%2Cdestination%2Cdestination_type%2Crouting_key "
		one    = `200 [{"source":"x","destination":"q","destination_type":"queue","routing_key":"a.*"}]`
		other  = `200 [{"source":"y","destination":"x","destination_type":"exchange","routing_key":""}]`
		names  = "GET /api/exchanges/%2F?columns=name " + `200 [{"name":""},{"name":"xx"}]`
		inUse  = `400 {"error":"bad_request","reason":"exchange 'x' in vhost '/' in use"}`
		noType = `400 {"error":"bad_request","reason":"unknown exchange type 'x'"}`
	)
	c := cmdtest.NewChange
	cmdtest.Changes(t, exchange.Commands, "change", []cmdtest.ChangeCase{
		c("declare", "declare_exchange x --type topic --argument x-team=5", "",
			[]string{ask + cmdtest.NotFound, enter, put + "201", ask + teams}),
		c("declare again", "declare_exchange x --type topic", "", []string{ask + topic}),
		c("declare, an argument is not kept", "declare_exchange x --type topic --argument x-team=5", "",
			[]string{ask + cmdtest.NotFound, enter, put + "204", ask + topic}),
		c("declare another", "declare_exchange x --internal --auto-delete -o json", "", []string{ask + topic}),
		c("declare, the number is a text", "declare_exchange x --type topic --argument x-team:string=5", "",
			[]string{ask + teams}),
		c("declare, compared", "declare_exchange x --check", "", []string{ask + cmdtest.NotFound, enter, types}),
		c("declare, dry run", "declare_exchange x --alternate-exchange lost --dry-run", "", []string{ask + cmdtest.NotFound,
			enter, types, "GET /api/exchanges/%2F/lost " + cmdtest.NotFound}),
		c("declare, dry run of an unknown type", "declare_exchange x --type topci --dry-run", "",
			[]string{ask + cmdtest.NotFound, enter, types}),
		c("declare, the plugin is off", "declare_exchange x --type x-consistent-hash", "",
			[]string{ask + cmdtest.NotFound, enter, put + noType, types}),
		c("declare, the type is invalid", "declare_exchange x --type x-random", "", []string{ask + cmdtest.NotFound, enter,
			put + `400 {"error":"bad_request","reason":"invalid exchange type 'x-random'"}`, types}),
		c("declare a reserved name", "declare_exchange amq.x", "",
			[]string{"GET /api/exchanges/%2F/amq.x " + cmdtest.NotFound, enter}),
		c("declare, mistyped argument", "declare_exchange x --argument alternate-exchnge=a", "", nil),
		c("declare, argument of another type", "declare_exchange x --argument hash-header=a", "", nil),
		c("declare, argument twice", "declare_exchange x --alternate-exchange a --argument alternate-exchange=b", "", nil),
		c("declare, no pair", "declare_exchange x --argument a", "", nil),
		c("delete", "delete_exchange x --yes", "", []string{ask + topic, away + one, to + other, remove + " 204",
			ask + cmdtest.NotFound}),
		c("delete, dry run", "delete_exchange x --dry-run", "", []string{ask + topic, away + one, to + other}),
		c("delete what is used", "delete_exchange x --if-unused --yes", "", []string{ask + topic, away + one, to + "200 []"}),
		c("delete what is used by now", "delete_exchange x --if-unused --yes", "",
			[]string{ask + topic, away + "200 []", to + other, remove + "?if-unused=true " + inUse}),
		c("delete what is not there", "delete_exchange x --yes", "", []string{ask + cmdtest.NotFound, enter, names}),
		c("delete what may be gone", "delete_exchange x --yes --if-exists", "", []string{ask + cmdtest.NotFound, enter}),
		c("delete, no such virtual host", "delete_exchange x -p nope --yes --if-exists", "",
			[]string{"GET /api/exchanges/nope/x " + cmdtest.NotFound, "GET /api/exchanges/nope/amq.default " + cmdtest.NotFound,
				"GET /api/vhosts?columns=name " + `200 [{"name":"/"}]`}),
		c("delete a name that 4.3 cannot answer with", "delete_exchange x\xff --yes", "", []string{
			"GET /api/exchanges/%2F/x%FF 500 ", "GET /api/exchanges/%2F/x%FF 500 ", "DELETE /api/exchanges/%2F/x%FF 204",
			"GET /api/exchanges/%2F/x%FF " + cmdtest.NotFound}),
		c("delete a name that 4.3 cannot answer with, dry run", "delete_exchange x\xff --if-unused --dry-run", "",
			[]string{"GET /api/exchanges/%2F/x%FF 500 ", "GET /api/exchanges/%2F/x%FF 500 "}),
		c("delete one of the broker", "delete_exchange amq.topic --yes", "", nil),
		c("delete two, dry run", "delete_exchange x y --dry-run -o json", "", []string{ask + topic, away + one, to + other,
			"GET /api/exchanges/%2F/y " + `200 {"name":"y","vhost":"/","type":"fanout"}`,
			"GET /api/exchanges/%2F/y/bindings/source?columns=source%2Cdestination%2Cdestination_type%2Crouting_key " + other,
			"GET /api/exchanges/%2F/y/bindings/destination?columns=source%2Cdestination%2Cdestination_type%2Crouting_key 200 []"}),
		c("delete without consent", "delete_exchange x", "", nil),
	})
}

func TestBulk(t *testing.T) {
	t.Parallel()
	const (
		list = "GET /api/exchanges?columns=vhost%2Cname%2Ctype "
		some = `200 [{"vhost":"/","name":"","type":"direct"},{"vhost":"/","name":"amq.topic","type":"topic"},` +
			`{"vhost":"/","name":"tmp.b","type":"fanout"},{"vhost":"/","name":"tmp.a","type":"topic"},` +
			`{"vhost":"v","name":"tmp.a","type":"topic"},{"vhost":"v","name":"other","type":"topic"}]`
		bindings = "GET /api/bindings?columns=vhost%2Csource%2Cdestination%2Cdestination_type "
		bound    = `200 [{"vhost":"/","source":"","destination":"q","destination_type":"queue"},` +
			`{"vhost":"/","source":"tmp.b","destination":"tmp.a","destination_type":"exchange"},` +
			`{"vhost":"/","source":"tmp.b","destination":"q","destination_type":"queue"}]`
		left   = "GET /api/exchanges?columns=vhost%2Cname "
		gone   = `200 [{"vhost":"/","name":"tmp.b"}]`
		remove = "DELETE /api/exchanges/"
	)
	look := []string{bindings + bound, list + some}
	and := func(more ...string) []string { return append(append([]string{}, look...), more...) }
	c := cmdtest.NewChange
	cmdtest.Changes(t, exchange.Commands, "bulk", []cmdtest.ChangeCase{
		c("nothing chosen", "delete_exchanges --yes", "", nil),
		c("dry run", "delete_exchanges --match ^ --if-unused --dry-run", "", look),
		c("delete", "delete_exchanges --match ^tmp --exclude b --where vhost=='/' --yes", "",
			and(remove+"%2F/tmp.a 204", left+gone)),
		c("gone meanwhile", "delete_exchanges --match ^tmp.a --where vhost=='v' --yes", "",
			and(remove+"v/tmp.a "+cmdtest.NotFound, left+gone)),
		c("used by now", "delete_exchanges --match ^tmp --where vhost=='v' --if-unused --yes", "",
			and(remove+"v/tmp.a?if-unused=true "+`400 {"error":"bad_request","reason":"exchange 'tmp.a' in vhost 'v' in use"}`,
				left+gone)),
		c("there again", "delete_exchanges --match ^tmp.b --yes", "",
			append(and(remove+"%2F/tmp.b 204"), slices.Repeat([]string{left + gone}, 9)...)),
		c("no consent", "delete_exchanges --match .", "", nil),
	})
}
