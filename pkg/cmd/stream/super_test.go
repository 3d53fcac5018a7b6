package stream_test

import (
	"slices"
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/cmd/stream"
	"github.com/rabbitctl/rabbitctl/pkg/internal/cmdtest"
)

func TestSuperStreams(t *testing.T) {
	t.Parallel()
	const (
		ask   = "GET /api/exchanges/%2F/inv "
		super = `200 {"name":"inv","vhost":"/","type":"direct","durable":true,"auto_delete":false,"internal":false,` +
			`"arguments":{"x-super-stream":true}}`
		plain = `200 {"name":"inv","vhost":"/","type":"fanout","durable":true,"auto_delete":false,"internal":false,` +
			`"arguments":{}}`
		enter = "GET /api/exchanges/%2F/amq.default " + `200 {"name":"","vhost":"/"}`
		binds = "GET /api/exchanges/%2F/inv/bindings/source?columns=destination%2Cdestination_type%2Crouting_key%2Carguments "
		eu    = `{"destination":"inv-eu","destination_type":"queue","routing_key":"eu","arguments":{"x-stream-partition-order":0}}`
		us    = `{"destination":"inv-us","destination_type":"queue","routing_key":"us","arguments":{"x-stream-partition-order":1}}`
		// bound answers with the bindings of both partitions, in the wrong order, and with two bindings that somebody else
		// made.
		bound = binds + "200 [" + us + "," + eu + `,{"destination":"inv-x","destination_type":"exchange","routing_key":""},` +
			`{"destination":"mine","destination_type":"queue","routing_key":"m","arguments":{}}]`
		none      = binds + "200 []"
		asStream  = `","vhost":"/","type":"stream","durable":true,"auto_delete":false,"exclusive":false,`
		aged      = asStream + `"arguments":{"x-queue-type":"stream","x-max-age":"7D","x-queue-leader-locator":"balanced"}}`
		holding   = asStream + `"arguments":{},"node":"rabbit@a","state":"running","messages":7,"consumers":2}`
		of310     = `GET /api/overview?disable_stats=true 200 {"rabbitmq_version":"3.10.8"}`
		of43      = `GET /api/overview?disable_stats=true 200 {"rabbitmq_version":"4.3.6"}`
		putX      = "PUT /api/exchanges/%2F/inv 201"
		putEU     = "PUT /api/queues/%2F/inv-eu 201"
		putUS     = "PUT /api/queues/%2F/inv-us 201"
		bindEU    = "POST /api/bindings/%2F/e/inv/q/inv-eu 201"
		bindUS    = "POST /api/bindings/%2F/e/inv/q/inv-us 201"
		removed   = "DELETE /api/queues/%2F/"
		euName    = "GET /api/queues/%2F/inv-eu "
		usName    = "GET /api/queues/%2F/inv-us "
		missEU    = euName + cmdtest.NotFound
		missUS    = usName + cmdtest.NotFound
		getEU     = euName + `200 {"name":"inv-eu`
		getUS     = usName + `200 {"name":"inv-us`
		wanted    = "add_super_stream inv --binding-keys eu,us --max-age 7D"
		exchanges = "GET /api/exchanges?columns=vhost%2Cname%2Carguments "
	)
	// audited answers with the bindings of both partitions, and with the binding of a classic queue whose name is like
	// that of a partition.
	audited := binds + "200 [" + us + "," + eu +
		`,{"destination":"inv-audit","destination_type":"queue","routing_key":"eu","arguments":{}}]`
	const audit = "GET /api/queues/%2F/inv-audit " + `200 {"name":"inv-audit","vhost":"/","type":"classic","messages":9}`
	typed := func(name, kind string) string {
		return `{"vhost":"/","name":"` + name + `","type":"` + kind + `","messages":7}`
	}
	c := cmdtest.NewChange
	missing := []string{ask + cmdtest.NotFound, enter, missEU, missUS}
	there := []string{ask + super, bound, getEU + aged, getUS + aged}
	cmdtest.Changes(t, stream.Commands, "super", []cmdtest.ChangeCase{
		c("add", wanted, "", slices.Concat(missing, []string{of43, putX, putEU, putUS, bindUS, bindEU}, there)),
		c("add on 3.10", wanted+" --max-length-bytes 20MB", "", slices.Concat(missing, []string{of310, putX, putEU,
			`PUT /api/queues/%2F/inv-us 400 {"error":"bad_request","reason":"too many queues"}`})),
		c("add, dry run", wanted+" --dry-run", "", missing),
		c("add, compared", wanted+" --check", "", missing),
		c("add again", wanted, "", there),
		c("finish", wanted, "", slices.Concat([]string{ask + super, none, getEU + aged, missUS, of43, putUS, bindUS, bindEU},
			there)),
		c("mend", wanted, "", slices.Concat([]string{ask + super, binds + "200 [" + us + "]", missEU, getUS + aged, of43,
			putEU, bindEU}, there)),
		c("add again, a classic queue has such a name", wanted, "", []string{ask + super, audited, getEU + aged,
			getUS + aged, audit}),
		c("add a partition", "add_super_stream inv --binding-keys eu,us,ap --max-age 7D", "", slices.Concat(there,
			[]string{"GET /api/queues/%2F/inv-ap " + cmdtest.NotFound})),
		c("take one away", "add_super_stream inv --binding-keys eu --max-age 7D", "", []string{ask + super, bound,
			getEU + aged, getUS + aged}),
		c("with another first partition", "add_super_stream inv --binding-keys ap,us --max-age 7D", "", []string{ask + super,
			bound, "GET /api/queues/%2F/inv-ap " + cmdtest.NotFound, getEU + aged, getUS + aged}),
		c("with another age", "add_super_stream inv --binding-keys eu,us --max-age 9D", "", there),
		c("with a queue in the way", wanted, "", []string{ask + cmdtest.NotFound, enter, missEU, getUS + aged}),
		c("with an exchange in the way", wanted, "", []string{ask + plain, none, missEU, missUS}),
		c("add with a wrong age", "add_super_stream inv --max-age 7x", "", nil),
		c("add without partitions", "add_super_stream inv --partitions 0", "", nil),
		c("add with both", "add_super_stream inv --partitions 2 --binding-keys a,b", "", nil),
		c("add with a key twice", "add_super_stream inv --binding-keys a,b,a", "", nil),
		c("delete", "delete_super_stream inv --yes", "", []string{ask + super, bound, getEU + holding,
			missUS, removed + "inv-eu? 204", removed + "inv-us? " + cmdtest.NotFound,
			"DELETE /api/exchanges/%2F/inv 204"}),
		c("delete, dry run", "delete_super_stream inv --dry-run", "", []string{ask + super, bound, getEU + holding,
			getUS + holding}),
		c("delete, a classic queue has such a name", "delete_super_stream inv --dry-run", "", []string{ask + super,
			binds + "200 [" + eu + `,{"destination":"inv-audit","destination_type":"queue","routing_key":"eu","arguments":{}}]`,
			audit,
			getEU + holding}),
		c("delete an exchange", "delete_super_stream inv --yes --if-exists", "", []string{ask + plain}),
		c("delete, refused", "delete_super_stream inv --yes", "", []string{ask + super, bound, getEU + holding,
			getUS + holding, removed + `inv-eu? 403 {"error":"access_refused","reason":"no"}`}),
		c("list", "list_super_streams name partitions streams routing_keys", "", []string{
			"GET /api/queues?columns=vhost%2Cname%2Ctype&disable_stats=true 200 [" + typed("inv-eu",
				"stream") + "," + typed("inv-us", "stream") + "," + typed("inv-audit", "classic") + "]",
			exchanges + `200 [{"vhost":"/","name":"inv","arguments":{"x-super-stream":true}},{"vhost":"/","name":"x"}]`, audited,
			audit}),
		c("list with messages", "list_super_streams", "", []string{
			"GET /api/queues?columns=vhost%2Cname%2Ctype%2Cmessages&disable_stats=true&enable_queue_totals=true 200 [" +
				typed("inv-eu", "stream") + "," + typed("inv-audit", "classic") + "]", // 4.3, the node of inv-us is stopped
			exchanges + `200 [{"vhost":"/","name":"inv","arguments":{"x-super-stream":true}},{"vhost":"/","name":"x"}]`, audited,
			getUS + aged, audit}),
	})
}
