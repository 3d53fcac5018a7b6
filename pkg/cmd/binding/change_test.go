package binding_test

import (
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/cmd/binding"
	"github.com/rabbitctl/rabbitctl/pkg/internal/cmdtest"
)

func TestChanges(t *testing.T) {
	t.Parallel()
	const (
		exchange = "GET /api/exchanges/%2F/x "
		topic    = `200 {"name":"x","vhost":"/","type":"topic","auto_delete":false}`
		headers  = `200 {"name":"x","vhost":"/","type":"headers","auto_delete":true}`
		queue    = "GET /api/queues/%2F/q " + `200 {"name":"q","vhost":"/","durable":true,"auto_delete":false,"arguments":{}}`
		columns  = "?columns=routing_key%2Cproperties_key%2Carguments "
		between  = "GET /api/bindings/%2F/e/x/q/q" + columns
		toX      = "GET /api/bindings/%2F/e/x/e/y" + columns
		none     = "200 []"
		bound    = `200 [{"routing_key":"a.*","properties_key":"a.%2A","arguments":{}}]`
		typed    = `200 [{"routing_key":"","properties_key":"~h","arguments":{"x-match":"any","n":5}}]`
		post     = "POST /api/bindings/%2F/e/x/q/q "
		remove   = "DELETE /api/bindings/%2F/e/x/q/q/a.%252A "
		enter    = "GET /api/exchanges/%2F/amq.default " + `200 {"name":"","vhost":"/"}`
		names    = "GET /api/exchanges/%2F?columns=name " + `200 [{"name":"xx"}]`
		lastOf   = "GET /api/exchanges/%2F/x/bindings/source?columns=destination " + `200 [{"destination":"q"}]`
		bindKey  = "bind x q a.*"
	)
	c := cmdtest.NewChange
	cmdtest.Changes(t, binding.Commands, "change", []cmdtest.ChangeCase{
		c("bind", bindKey, "", []string{exchange + topic, between + none, queue, post + "201", between + bound}),
		c("bind again", bindKey+" -o json", "", []string{exchange + topic, between + bound}),
		c("bind an exchange", "bind x y --destination-kind exchange", "", []string{exchange + topic, toX + none,
			"GET /api/exchanges/%2F/y " + `200 {"name":"y","vhost":"/"}`, "POST /api/bindings/%2F/e/x/e/y 201",
			toX + `200 [{"routing_key":"","properties_key":"~","arguments":{}}]`}),
		c("bind, compared", bindKey+" --check", "", []string{exchange + topic, between + none, queue}),
		c("bind, dry run with what is ignored", bindKey+" --argument n=5 --dry-run", "",
			[]string{exchange + topic, between + bound, queue}),
		c("bind with typed arguments again", "bind x q --argument x-match=any --argument n=5", "",
			[]string{exchange + headers, between + typed}),
		c("bind, a text is no number", "bind x q --argument x-match=any --argument n:string=5 --check", "",
			[]string{exchange + headers, between + typed, queue}),
		c("bind, not listed afterwards", bindKey, "",
			[]string{exchange + topic, between + none, queue, post + "201", between + none}),
		c("bind, no source", bindKey, "", []string{exchange + cmdtest.NotFound, enter, names}),
		c("bind, mistyped match", "bind x q --argument x-match=anny", "", nil),
		c("bind, mistyped kind", "bind x q --destination-kind exchnge", "", nil),
		c("bind the default exchange", "bind amq.default q", "", nil),
		c("unbind", "unbind x q a.* --yes", "",
			[]string{between + bound, exchange + topic, remove + "204", between + none}),
		c("unbind, dry run of the last", "unbind x q --argument x-match=any --argument n=5 --dry-run", "",
			[]string{between + typed, exchange + headers, lastOf}),
		c("unbind another key", "unbind x q b --yes", "", []string{between + bound, enter}),
		c("unbind what may be gone", "unbind x q b --yes --if-exists", "", []string{between + none, enter}),
		c("unbind, gone meanwhile", "unbind x q a.* --yes --if-exists", "",
			[]string{between + bound, exchange + topic, remove + cmdtest.NotFound}),
		c("unbind, there again", "unbind x q a.* --yes", "",
			[]string{between + bound, exchange + topic, remove + "204", between + bound}),
		c("unbind without consent", "unbind x q", "", nil),
	})
}
