package connection_test

import (
	"slices"
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/cmd/connection"
	"github.com/rabbitctl/rabbitctl/pkg/internal/brokertest"
	"github.com/rabbitctl/rabbitctl/pkg/internal/cmdtest"
)

const (
	list      = "GET /api/connections?columns=name%2Cuser%2Cvhost%2Cnode&node_stats_age=60&node_stats_incr=5 "
	listNames = "GET /api/connections?columns=name&node_stats_age=60&node_stats_incr=5 "
	someOf    = `200 [{"name":"c 2","user":"app","vhost":"/","node":"rabbit@a"},{"name":"c 1","user":"app","vhost":"/","node":"rabbit@b"},` +
		`{"name":"c 3","user":"other","vhost":"v","node":"rabbit@a"},{"name":"c 4","channels":0,"user":"","vhost":"","node":"rabbit@a"}]`
	left   = `200 [{"name":"c 3"}]`
	remove = "DELETE /api/connections/c%20"
)

func TestCloseAll(t *testing.T) {
	t.Parallel()
	const onA = `200 [{"name":"c 2","user":"app","vhost":"/","node":"rabbit@a"}]`
	const down = brokertest.Standing + " " +
		`200 [{"name":"rabbit@a","running":true,"partitions":[]},{"name":"rabbit@b","running":false}]`
	const ofApp = "GET /api/connections/username/app?columns=name%2Cuser%2Cvhost%2Cnode "
	c := cmdtest.NewChange
	cmdtest.Changes(t, connection.Commands, "all", []cmdtest.ChangeCase{
		c("of a virtual host", "close_all_connections --yes --delay 1ms", "",
			[]string{list + someOf, remove + "1 204", remove + "2 " + cmdtest.NotFound, listNames + left}),
		c("as a user who sees only its own", "close_all_connections --yes --delay 1ms", "", []string{list + someOf,
			brokertest.Standing + ` 401 {"error":"not_authorised","reason":"Not monitor user"}`, remove + "1 204",
			remove + "2 204", listNames + left}),
		c("while a node is down", "close_all_connections --yes --delay 1ms", "", []string{list + someOf,
			brokertest.Standing + " " + `200 [{"name":"rabbit@a","running":true,"partitions":[]},{"name":"rabbit@b","running":false}]`,
			remove + "1 204", remove + "2 204", listNames + left}),
		c("none, as a user who sees only its own", "close_all_connections -p w --yes", "", []string{list + someOf,
			"GET /api/vhosts/w " + `200 {"name":"w"}`,
			brokertest.Standing + ` 401 {"error":"not_authorised","reason":"Not monitor user"}`}),
		c("of a node, dry run", "close_all_connections --node rabbit@a --dry-run", "", []string{list + someOf}),
		c("of a node, while it is down", "close_all_connections --node rabbit@b --yes", "", []string{list + onA,
			"GET /api/nodes?columns=name " + `200 [{"name":"rabbit@a"},{"name":"rabbit@b"}]`, down}),
		c("of a node, while another is down", "close_all_connections --node rabbit@a --limit 1 --yes --delay 1ms", "",
			[]string{list + onA, down, remove + "2 204", listNames + "200 []"}),
		c("of a node and a virtual host", "close_all_connections --node rabbit@a -p w --yes", "", nil),
		c("at most one", "close_all_connections why --limit 1 --yes -o json", "",
			[]string{list + someOf, remove + "1 204", listNames + left}),
		c("of an unknown node", "close_all_connections --node rabbit@c --yes", "", []string{list + someOf,
			"GET /api/nodes?columns=name " + `200 [{"name":"rabbit@a"}]`, "GET /api/nodes?columns=name " + `200 [{"name":"rabbit@a"}]`}),
		c("of an empty virtual host", "close_all_connections -p w --yes", "",
			[]string{list + someOf, "GET /api/vhosts/w " + `200 {"name":"w"}`}),
		c("of an unknown virtual host", "close_all_connections -p nope --yes", "", []string{list + someOf,
			"GET /api/vhosts/nope " + cmdtest.NotFound, "GET /api/exchanges/nope/amq.default " + cmdtest.NotFound, "GET /api/vhosts?columns=name " + `200 [{"name":"/"}]`}),
		c("one that is not there", "close_connection c1 --yes --if-exists", "",
			[]string{"GET /api/connections/c1 " + cmdtest.NotFound, "GET /api/connections?columns=name%2Cuser_provided_name" +
				"%2Cclient_properties&node_stats_age=60&node_stats_incr=5 200 []"}),
		c("longer than the time", "close_all_connections --delay 2m --yes", "", []string{list + someOf}),
		c("no delay", "close_all_connections --delay soon --yes", "", nil),
		c("no consent", "close_all_connections", "", nil),
		c("of a user", "close_all_user_connections app --yes", "",
			[]string{ofApp + `200 [{"name":"c 1","user":"app","vhost":"/"}]`, remove + "1 204", listNames + left}),
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
			"%2Cchannels%2Cconnected_at&node_stats_age=60&node_stats_incr=5 "
		old = `200 [{"name":"c 1","user":"app","vhost":"/","node":"rabbit@b","connected_at":1700000000000},` +
			`{"name":"c 2","user":"app","vhost":"/","node":"rabbit@a","connected_at":1700000000000},` +
			`{"name":"c 3","user":"other","vhost":"v","node":"rabbit@a","connected_at":1700000000000},` +
			`{"name":"c 4","channels":0,"user":"app","vhost":"/","node":"rabbit@a","connected_at":1700000000000},` +
			`{"name":"c 5","user":"app","vhost":"/","node":"rabbit@a"},` +
			`{"name":"c 6","user":"app","vhost":"/","node":"rabbit@a","connected_at":1700000000000}]`
		brief    = "GET /api/overview?disable_stats=true "
		counting = brief + `200 {"rabbitmq_version":"4.3.6","rates_mode":"basic"}`
		samples  = "GET /api/channels?columns=name%2Cconnection_details.name%2Cmessage_stats&msg_rates_age=660&msg_rates_incr=60 "
		now      = "GET /api/channels?columns=name%2Cconnection_details.name%2Cmessage_stats&node_stats_age=60&node_stats_incr=5 "
		// The channels are: one that was idle lately and one that never did anything, one that is busy, one with too few
		// samples, and one that never did anything in a new connection. One connection has no channel.
		then = `200 [{"name":"c 1 (1)","connection_details":{"name":"c 1"},"message_stats":{"ack":5,"ack_details":{"samples":[` +
			`{"sample":5,"timestamp":1700000660000},{"sample":5,"timestamp":1700000000000}]}}},` +
			`{"name":"c 1 (2)","connection_details":{"name":"c 1"}},` +
			`{"name":"c 2 (1)","connection_details":{"name":"c 2"},"message_stats":{"ack":5,"ack_details":{"samples":[` +
			`{"sample":5,"timestamp":1700000660000},{"sample":5,"timestamp":1700000000000}]}}},` +
			`{"name":"c 3 (1)","connection_details":{"name":"c 3"},"message_stats":{"ack":5,"ack_details":{"samples":[` +
			`{"sample":5,"timestamp":1700000660000}]}}},` +
			`{"name":"c 5 (1)","connection_details":{"name":"c 5"}}]`
		stats = `200 [{"name":"c 1 (1)","connection_details":{"name":"c 1"},"message_stats":{"ack":5,"ack_details":{"rate":0}}},` +
			`{"name":"c 1 (2)","connection_details":{"name":"c 1"}},` +
			`{"name":"c 2 (1)","connection_details":{"name":"c 2"},"message_stats":{"ack":6,"ack_details":{"rate":0}}},` +
			`{"name":"c 3 (1)","connection_details":{"name":"c 3"},"message_stats":{"ack":5}},` +
			`{"name":"c 5 (1)","connection_details":{"name":"c 5"}},{"name":"c 6 (1)","connection_details":{"name":"c 6"}}]`
	)
	c := cmdtest.NewChange
	cmdtest.Changes(t, connection.Commands, "bulk", []cmdtest.ChangeCase{
		c("nothing chosen", "close_connections --yes", "", nil),
		c("negative limit", "close_connections --match . --limit -1 --yes", "", nil),
		c("idle, dry run", "close_connections --idle 10m --dry-run", "", []string{counting, samples + then, now + stats,
			all + old}),
		c("idle", "close_connections --idle 10m --yes", "", []string{counting, samples + then, now + stats, all + old,
			remove + "1 204", listNames + left}),
		c("idle, nothing is counted", "close_connections --idle 10m --yes", "",
			[]string{brief + `200 {"rabbitmq_version":"4.3.6","rates_mode":"none"}`}),
		c("idle for too long", "close_connections --idle 2h --yes", "", nil),
		c("by name with a limit", "close_connections --match ^c -p / --limit 1 --delay 1ms --yes -o json", "",
			[]string{all + someOf, remove + "1 204", listNames + left}),
		c("refused", "close_connections --match ^c -p / --delay 1ms --yes", "",
			[]string{all + someOf, remove + `1 400 {"error":"bad_request","reason":"no"}`}),
		c("keep going", "close_connections --match ^c -p / --delay 1ms --yes --keep-going", "", []string{all + someOf,
			remove + `1 400 {"error":"bad_request","reason":"no"}`, remove + "2 204"}),
		c("one is not chosen any more", "close_connections --where node==\"rabbit@a\" --limit 2 --delay 6s --yes", "",
			[]string{all + someOf, remove + "2 204", all + left, listNames + left}),
		c("as a user who sees only its own", "close_connections --match ^c -p / --delay 1ms --yes", "", []string{all + someOf,
			brokertest.Standing + ` 401 {"error":"not_authorised","reason":"Not monitor user"}`, remove + "1 204",
			remove + "2 204", listNames + left}),
		c("none, as a user who sees only its own", "close_connections --match ^none --yes", "", []string{all + someOf,
			brokertest.Standing + ` 401 {"error":"not_authorised","reason":"Not monitor user"}`}),
		c("none", "close_connections --match ^none --yes", "", []string{all + someOf}),
		c("as many as wanted, as a user who sees only its own", "close_connections --match ^c --limit 1 --yes", "",
			[]string{all + someOf, brokertest.Standing + ` 401 {"error":"not_authorised","reason":"Not monitor user"}`,
				remove + "1 204", listNames + left}),
		c("no such virtual host", "close_connections --match . -p nope --yes", "", []string{all + someOf,
			"GET /api/vhosts/nope " + cmdtest.NotFound, "GET /api/exchanges/nope/amq.default " + cmdtest.NotFound,
			"GET /api/vhosts?columns=name " + `200 [{"name":"/"}]`}),
		c("no consent", "close_connections --match .", "", nil),
		c("reason with a control character", "close_connections --match . --reason a\x1bb --yes", "", nil),
	})
}
