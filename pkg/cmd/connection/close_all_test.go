package connection_test

import (
	"slices"
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/cmd/connection"
	"github.com/rabbitctl/rabbitctl/pkg/internal/cmdtest"
)

const (
	list      = "GET /api/connections?columns=name%2Cuser%2Cvhost%2Cnode&lengths_age=60&lengths_incr=5 "
	listNames = "GET /api/connections?columns=name&lengths_age=60&lengths_incr=5 "
	someOf    = `200 [{"name":"c 2","user":"app","vhost":"/","node":"rabbit@a"},{"name":"c 1","user":"app","vhost":"/","node":"rabbit@b"},` +
		`{"name":"c 3","user":"other","vhost":"v","node":"rabbit@a"},{"name":"c 4","user":"","vhost":"","node":"rabbit@a"}]`
	left   = `200 [{"name":"c 3"}]`
	remove = "DELETE /api/connections/c%20"
)

func TestCloseAll(t *testing.T) {
	t.Parallel()
	const ofApp = "GET /api/connections/username/app?columns=name%2Cuser%2Cvhost%2Cnode "
	c := cmdtest.NewChange
	cmdtest.Changes(t, connection.Commands, "all", []cmdtest.ChangeCase{
		c("of a virtual host", "close_all_connections --yes --delay 1ms", "",
			[]string{list + someOf, remove + "1 204", remove + "2 " + cmdtest.NotFound, listNames + left}),
		c("of a node, dry run", "close_all_connections --node rabbit@a --dry-run", "", []string{list + someOf}),
		c("at most one", "close_all_connections why --limit 1 --yes -o json", "",
			[]string{list + someOf, remove + "1 204", listNames + left}),
		c("of an unknown node", "close_all_connections --node rabbit@c --yes", "", []string{list + someOf,
			"GET /api/nodes?columns=name " + `200 [{"name":"rabbit@a"}]`, "GET /api/nodes?columns=name " + `200 [{"name":"rabbit@a"}]`}),
		c("of an empty virtual host", "close_all_connections -p w --yes", "",
			[]string{list + someOf, "GET /api/vhosts/w " + `200 {"name":"w"}`}),
		c("of an unknown virtual host", "close_all_connections -p nope --yes", "", []string{list + someOf,
			"GET /api/vhosts/nope " + cmdtest.NotFound, "GET /api/vhosts?columns=name " + `200 [{"name":"/"}]`}),
		c("longer than the time", "close_all_connections --delay 2m --yes", "", []string{list + someOf}),
		c("no delay", "close_all_connections --delay soon --yes", "", nil),
		c("no consent", "close_all_connections", "", nil),
		c("of a user", "close_all_user_connections app --yes", "", []string{ofApp + `200 [{"name":"c 1","user":"app","vhost":"/"}]`,
			remove + "1 204", listNames + left}),
		c("of a user, still listed", "close_all_user_connections app --yes", "",
			append([]string{ofApp + `200 [{"name":"c 1","user":"app","vhost":"/"}]`, remove + "1 204"},
				slices.Repeat([]string{listNames + `200 [{"name":"c 1"}]`}, 13)...)),
		c("of a mistyped user", "close_all_user_connections app --yes", "",
			[]string{ofApp + "200 []", "GET /api/users?columns=name " + `200 [{"name":"apps"}]`}),
	})
}

func TestCloseConnections(t *testing.T) {
	t.Parallel()
	const (
		all = "GET /api/connections?columns=name%2Cuser%2Cvhost%2Cnode%2Cuser_provided_name%2Cclient_properties" +
			"%2Cchannels&lengths_age=60&lengths_incr=5 "
		channels = "GET /api/channels?columns=connection_details.name%2Cidle_since&lengths_age=60&lengths_incr=5 "
		idle     = `200 [{"connection_details":{"name":"c 1"},"idle_since":"2026-01-01T00:00:00.000+00:00"},` +
			`{"connection_details":{"name":"c 1"},"idle_since":"2026-01-02T00:00:00.000+00:00"},` +
			`{"connection_details":{"name":"c 2"},"idle_since":"2026-01-01T00:00:00.000+00:00"},` +
			`{"connection_details":{"name":"c 2"}},` +
			`{"connection_details":{"name":"c 3"},"idle_since":"2026-03-04T05:06:00.000+00:00"}]`
	)
	c := cmdtest.NewChange
	cmdtest.Changes(t, connection.Commands, "bulk", []cmdtest.ChangeCase{
		c("nothing chosen", "close_connections --yes", "", nil),
		c("negative limit", "close_connections --match . --limit -1 --yes", "", nil),
		c("idle, dry run", "close_connections --idle 1d --dry-run", "", []string{channels + idle, all + someOf}),
		c("idle", "close_connections --idle 1d --yes", "", []string{channels + idle, all + someOf, remove + "1 204",
			listNames + left}),
		c("by name with a limit", "close_connections --match ^c -p / --limit 1 --delay 1ms --yes -o json", "",
			[]string{all + someOf, remove + "1 204", listNames + left}),
		c("refused", "close_connections --match ^c -p / --delay 1ms --yes", "",
			[]string{all + someOf, remove + `1 400 {"error":"bad_request","reason":"no"}`}),
		c("keep going", "close_connections --match ^c -p / --delay 1ms --yes --keep-going", "", []string{all + someOf,
			remove + `1 400 {"error":"bad_request","reason":"no"}`, remove + "2 204"}),
		c("no such virtual host", "close_connections --match . -p nope --yes", "", []string{all + someOf,
			"GET /api/vhosts/nope " + cmdtest.NotFound, "GET /api/exchanges/nope/amq.default " + cmdtest.NotFound,
			"GET /api/vhosts?columns=name " + `200 [{"name":"/"}]`}),
		c("no consent", "close_connections --match .", "", nil),
	})
}
