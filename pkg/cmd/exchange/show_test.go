package exchange_test

import (
	"strings"
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/cmd/exchange"
	"github.com/rabbitctl/rabbitctl/pkg/internal/brokertest"
	"github.com/rabbitctl/rabbitctl/pkg/internal/cmdtest"
	"github.com/rabbitctl/rabbitctl/pkg/internal/golden"
)

func TestShow(t *testing.T) {
	t.Parallel()
	const notFound = "404 " + `{"error":"Object Not Found","reason":"Not Found"}`
	tests := []struct {
		name, words string
		// answers are requests without GET /api/, and bodies; a body may begin with a status.
		answers map[string]string
	}{
		{"exchange", "show_exchange ex", map[string]string{
			"exchanges/%2F/ex": `{"arguments":{"alternate-exchange":"lost"},"auto_delete":false,"durable":true,"internal":false,"name":"ex","type":"topic","user_who_performed_action":"guest","vhost":"/","message_stats":{"publish_in":10,"publish_in_details":{"rate":2.5},"publish_out":0,"publish_out_details":{"rate":0.0}}}`,
			"exchanges/%2F/ex/bindings/source?columns=destination%2Cdestination_type%2Crouting_key%2Carguments": `[{"destination":"fedq","destination_type":"queue","routing_key":"a.#","arguments":{}}]`,
			"exchanges/%2F/ex/bindings/destination?columns=source%2Crouting_key%2Carguments":                    `[{"source":"up","routing_key":"","arguments":{"x-match":"all"}}]`}},
		{"not there", "show_exchange eks -o json", map[string]string{"exchanges/%2F/eks": notFound, "exchanges/%2F/amq.default": `{}`, "exchanges/%2F?columns=name": `[{"name":""},{"name":"ex"}]`}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := brokertest.New(t)
			for request, body := range tt.answers {
				status := 200
				switch {
				case strings.HasPrefix(body, "404 "):
					status, body = 404, body[4:]
				case strings.HasPrefix(body, "401 "):
					status, body = 401, body[4:]
				}
				s.JSON("GET /api/"+request, status, body)
			}
			r := cmdtest.Run{Commands: exchange.Commands(), Terminal: strings.HasSuffix(tt.name, "terminal")}
			golden.Check(t, "show/"+tt.name, "$ rabbitctl "+tt.words+"\n"+r.Do(t, s, strings.Fields(tt.words)...).Golden(s))
		})
	}
}
