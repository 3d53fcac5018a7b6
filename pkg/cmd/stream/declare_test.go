package stream_test

import (
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/cmd/stream"
	"github.com/rabbitctl/rabbitctl/pkg/internal/cmdtest"
)

func TestDeclareStream(t *testing.T) {
	t.Parallel()
	const (
		ask   = "GET /api/queues/%2F/events "
		enter = "GET /api/exchanges/%2F/amq.default " + `200 {"name":"","vhost":"/"}`
		put   = "PUT /api/queues/%2F/events "
		sized = `200 {"name":"events","vhost":"/","type":"stream","durable":true,"auto_delete":false,"exclusive":false,` +
			`"policy":null,"arguments":{"x-queue-type":"stream","x-max-age":"7D","x-stream-max-segment-size-bytes":500000000}}`
		classic = `200 {"name":"events","vhost":"/","type":"classic","durable":true,"auto_delete":false,"exclusive":false,` +
			`"policy":null,"arguments":{}}`
		counts = "GET /api/queues/%2F/events?disable_stats=true&enable_queue_totals=true " +
			`200 {"name":"events","messages_ready":2,"messages_unacknowledged":0}`
		wanted = "declare_stream events --max-age 7D --segment-size 500MB"
	)
	c := cmdtest.NewChange
	cmdtest.Changes(t, stream.Commands, "declare", []cmdtest.ChangeCase{
		c("created", wanted, "", []string{ask + cmdtest.NotFound, enter, put + "201", ask + sized}),
		c("again", wanted, "", []string{ask + sized, put + "204", ask + sized}),
		c("compared", wanted+" --check", "", []string{ask + sized}),
		c("missing", wanted+" --check", "", []string{ask + cmdtest.NotFound, enter}),
		c("no stream", wanted, "", []string{ask + classic, counts, ask[:len(ask)-1] + `/bindings 200 [{"source":""}]`}),
		c("wrong age", "declare_stream events --max-age 7x", "", nil),
		c("argument of other types", "declare_stream events --argument x-message-ttl=5", "", nil),
		c("no filter size", "declare_stream events --filter-size 300", "", nil),
	})
}
