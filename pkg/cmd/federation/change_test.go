package federation_test

import (
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/cmd/federation"
	"github.com/rabbitctl/rabbitctl/pkg/internal/cmdtest"
)

func TestChanges(t *testing.T) {
	t.Parallel()
	const (
		path     = "/api/parameters/federation-upstream/%2F/up "
		has      = "GET " + path + `200 {"component":"federation-upstream","vhost":"/","name":"up","value":{"uri":"amqp://u:secret@a","expires":3600000}}`
		none     = "GET " + path + cmdtest.NotFound
		enter    = `GET /api/exchanges/%2F/amq.default 200 {"name":"","vhost":"/"}`
		plugins  = `GET /api/nodes?columns=running%2Cenabled_plugins 200 [{"running":true,"enabled_plugins":["rabbitmq_federation"]}]`
		declare  = "declare_federation_upstream up --uri-file - --expires 1h"
		uri      = "amqp://u:secret@a\n"
		columns  = "?columns=id%2Cvhost%2Cnode%2Cupstream%2Ctype%2Cexchange%2Cqueue%2Cstatus "
		links    = "GET /api/federation-links/%2F" + columns
		allLinks = "GET /api/federation-links" + columns
		two      = `200 [{"id":"a1","vhost":"/","node":"n@a","upstream":"up","type":"queue","queue":"q","status":"running"},` +
			`{"id":"b2","vhost":"/","node":"n@b","upstream":"other","type":"exchange","exchange":"x","status":"error"}]`
	)
	c := cmdtest.NewChange
	cmdtest.Changes(t, federation.Commands, "change", []cmdtest.ChangeCase{
		c("declare", declare, uri, []string{none, enter, plugins, "PUT " + path + "201", has}),
		c("declare again", declare, uri, []string{has}),
		c("declare, compared", "declare_federation_upstream up --uri amqp://u:another@a --expires 1h --check", "", []string{has}),
		c("declare, dry run", declare+" --max-hops 2 --dry-run", uri, []string{has}),
		c("declare nothing", "declare_federation_upstream up", "", nil),
		c("declare with no URI", "declare_federation_upstream up --uri-file -", "\n", nil),
		c("declare a type on 3.10", declare+" --queue-type quorum --dry-run", uri,
			[]string{`GET /api/overview 200 {"rabbitmq_version":"3.10.8"}`}),
		c("declare a type on 3.13.0", declare+" --queue-type quorum --dry-run", uri,
			[]string{`GET /api/overview 200 {"rabbitmq_version":"3.13.0"}`}),
		c("declare a type on 3.13.1", declare+" --queue-type quorum --dry-run", uri,
			[]string{`GET /api/overview 200 {"rabbitmq_version":"3.13.1"}`, none, enter, plugins}),
		c("delete", "delete_federation_upstream up --yes", "", []string{has, links + two, "DELETE " + path + "204"}),
		c("delete, dry run", "delete_federation_upstream up --dry-run", "", []string{has, links + two}),
		c("delete, links unknown", "delete_federation_upstream up --dry-run", "", []string{has, links + cmdtest.NotFound,
			enter}),
		c("delete, gone", "delete_federation_upstream up --yes --if-exists", "", []string{none}),
		c("delete, absent", "delete_federation_upstream up --yes", "", []string{none, enter,
			"GET /api/parameters?columns=component%2Cname%2Cvhost " +
				`200 [{"component":"federation-upstream","name":"ups","vhost":"/"},{"component":"shovel","name":"up2","vhost":"/"}]`}),
		c("restart", "restart_federation_link b2", "", []string{allLinks + two,
			"DELETE /api/federation-links/vhost/%2F/b2/n@b/restart 204"}),
		c("restart, dry run", "restart_federation_link b2 --dry-run", "", []string{allLinks + two}),
		c("restart, absent", "restart_federation_link b3", "", []string{allLinks + two,
			`GET /api/federation-links?columns=id 200 [{"id":"b2"}]`}),
	})
}
