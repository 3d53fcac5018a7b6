package exchange_test

import (
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/cmd/exchange"
	"github.com/rabbitctl/rabbitctl/pkg/internal/cmdtest"
)

func TestShow(t *testing.T) {
	t.Parallel()
	cmdtest.Cases(t, exchange.Commands, "show", []cmdtest.Case{
		{Name: "exchange", Words: "show_exchange ex", Answers: map[string]string{
			"exchanges/%2F/ex": `{"arguments":{"alternate-exchange":"lost"},"auto_delete":false,"durable":true,"internal":false,"name":"ex","type":"topic","user_who_performed_action":"guest","vhost":"/","message_stats":{"publish_in":10,"publish_in_details":{"rate":2.5},"publish_out":0,"publish_out_details":{"rate":0.0}}}`,
			"exchanges/%2F/ex/bindings/source?columns=destination%2Cdestination_type%2Crouting_key%2Carguments": `[{"destination":"fedq","destination_type":"queue","routing_key":"a.#","arguments":{}}]`,
			"exchanges/%2F/ex/bindings/destination?columns=source%2Crouting_key%2Carguments":                    `[{"source":"up","routing_key":"","arguments":{"x-match":"all"}}]`}},
		{Name: "not there", Words: "show_exchange eks -o json",
			Answers: map[string]string{"exchanges/%2F/eks": cmdtest.NotFound, "exchanges/%2F/amq.default": `{}`,
				"exchanges/%2F?columns=name": `[{"name":""},{"name":"ex"}]`}},
	})
}
