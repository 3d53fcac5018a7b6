package shovel_test

import (
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/cmd/shovel"
	"github.com/rabbitctl/rabbitctl/pkg/internal/cmdtest"
)

func TestChanges(t *testing.T) {
	t.Parallel()
	const (
		ask = "GET /api/parameters/shovel/%2F/mv "
		mv  = `200 {"name":"mv","vhost":"/","component":"shovel","value":{"src-uri":"amqp://u:secret@a","src-queue":"a",` +
			`"dest-uri":"amqp://u:secret@b","dest-exchange":"x"}}`
		put     = "PUT /api/parameters/shovel/%2F/mv "
		enter   = `GET /api/exchanges/%2F/amq.default 200 {"name":"","vhost":"/"}`
		nodes   = "GET /api/nodes?columns=running%2Cenabled_plugins "
		plugins = nodes + `200 [{"running":true,"enabled_plugins":["rabbitmq_shovel_management"]}]`
		declare = "declare_shovel mv --source-queue a --destination-queue b --reconnect-delay 1m"
		moving  = `200 {"name":"mv","vhost":"/","component":"shovel","value":{"dest-queue":"b",` +
			`"dest-uri":"amqp:///%2F","reconnect-delay":60,"src-queue":"a","src-uri":"amqp:///%2F"}}`
	)
	c := cmdtest.NewChange
	cmdtest.Changes(t, shovel.Commands, "change", []cmdtest.ChangeCase{
		c("delete", "delete_shovel mv --yes", "", []string{ask + mv, "DELETE /api/shovels/vhost/%2F/mv 204"}),
		c("delete, dry run", "delete_shovel mv --dry-run", "", []string{ask + mv}),
		c("delete, gone", "delete_shovel mv --yes --if-exists", "", []string{ask + cmdtest.NotFound, enter}),
		c("declare", declare, "", []string{ask + cmdtest.NotFound, enter, plugins, put + "201", ask + moving}),
		c("declare again", declare, "", []string{ask + moving}),
		c("declare, compared", declare+" --prefetch-count 5 --check", "", []string{ask + moving}),
		c("declare with passwords from stdin",
			"declare_shovel mv --source-uri-file - --source-queue a --destination-exchange x --dry-run",
			"amqp://u:secret@a\namqps://u:secret@b\n", []string{ask + mv}),
		c("declare with both from stdin",
			"declare_shovel mv --source-uri-file - --source-queue a --destination-uri-file - --dry-run", "amqp://u:secret@a\n", nil),
		c("declare with what is no URI", "declare_shovel mv --source-uri u:secret@a --source-queue a", "", nil),
		c("declare, plugin off", declare+" --dry-run", "", []string{ask + cmdtest.NotFound, enter, nodes +
			`200 [{"running":true,"enabled_plugins":["rabbitmq_management"]}]`}),
		c("declare, plugin off as the broker says", declare, "", []string{ask + cmdtest.NotFound, enter,
			nodes + `403 {"error":"not_authorised","reason":"x"}`,
			put + `400 {"error":"bad_request","reason":"Validation failed\n\ncomponent shovel not found\n"}`}),
		c("declare, local on an old release", declare+" --source-protocol local --destination-protocol local", "",
			[]string{`GET /api/overview 200 {"rabbitmq_version":"4.0.5"}`}),
		c("declare without a source", "declare_shovel mv", "", nil),
		c("declare a queue and an exchange", declare+" --source-exchange x", "", nil),
		c("declare an address without the protocol", declare+" --destination-address x", "", nil),
		c("declare with a wrong word", declare+" --ack-mode confirm", "", nil),
		c("declare with an odd delay", declare+" --reconnect-delay 1500ms", "", nil),
		c("declare with an odd end", declare+" --delete-after 0", "", nil),
		c("restart", "restart_shovel mv", "", []string{"DELETE /api/shovels/vhost/%2F/mv/restart 204"}),
	})
}
