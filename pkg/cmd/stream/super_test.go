package stream_test

import (
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/cmd/stream"
	"github.com/rabbitctl/rabbitctl/pkg/internal/cmdtest"
)

func TestSuperStreams(t *testing.T) {
	t.Parallel()
	const (
		ask   = "GET /api/exchanges/%2F/inv "
		super = `200 {"name":"inv","vhost":"/","type":"direct","arguments":{"x-super-stream":true}}`
		plain = `200 {"name":"inv","vhost":"/","type":"direct","arguments":{}}`
		binds = "GET /api/exchanges/%2F/inv/bindings/source?columns=destination%2Cdestination_type " +
			`200 [{"destination":"inv-1","destination_type":"queue"},{"destination":"inv-0","destination_type":"queue"},` +
			`{"destination":"inv-other","destination_type":"exchange"}]`
		put    = "PUT /api/stream/super-streams/%2F/inv "
		remove = "DELETE /api/queues/%2F/"
	)
	c := cmdtest.NewChange
	cmdtest.Changes(t, stream.Commands, "super", []cmdtest.ChangeCase{
		c("add", "add_super_stream inv --binding-keys eu,us --max-age 7D --max-length-bytes 20MB", "",
			[]string{ask + cmdtest.NotFound, put + "204"}),
		c("add again", "add_super_stream inv --partitions 2", "", []string{ask + super, binds}),
		c("add another", "add_super_stream inv", "", []string{ask + super, binds}),
		c("add with a wrong age", "add_super_stream inv --max-age 7x", "", nil),
		c("add without partitions", "add_super_stream inv --partitions 0", "", nil),
		c("add, not offered", "add_super_stream inv", "", []string{ask + cmdtest.NotFound, put + cmdtest.NotFound}),
		c("delete", "delete_super_stream inv --yes", "", []string{ask + super, binds, remove + "inv-0? 204",
			remove + "inv-1? " + cmdtest.NotFound, "DELETE /api/exchanges/%2F/inv 204"}),
		c("delete, dry run", "delete_super_stream inv --dry-run", "", []string{ask + super, binds}),
		c("delete an exchange", "delete_super_stream inv --yes --if-exists", "", []string{ask + plain}),
		c("delete, refused", "delete_super_stream inv --yes", "", []string{ask + super, binds,
			remove + `inv-0? 403 {"error":"access_refused","reason":"no"}`}),
	})
}
