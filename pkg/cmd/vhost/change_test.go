package vhost_test

import (
	"net/http"
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/cmd/vhost"
	"github.com/rabbitctl/rabbitctl/pkg/internal/brokertest"
	"github.com/rabbitctl/rabbitctl/pkg/internal/cmdtest"
)

const (
	askV      = "GET /api/vhosts/v "
	putV      = "PUT /api/vhosts/v "
	askNames  = "GET /api/vhosts?columns=name " + `200 [{"name":"w"}]`
	plainV    = `200 {"name":"v","description":"d","tags":["a","b"],"default_queue_type":"quorum","protected_from_deletion":false,"tracing":false,"cluster_state":{"rabbit@a":"running"}}`
	otherV    = `200 {"name":"v","description":"e","tags":["a","b"],"default_queue_type":"quorum","protected_from_deletion":false,"tracing":false}`
	taggedV   = `200 {"name":"v","description":"d","tags":["c"],"default_queue_type":"quorum","tracing":false}`
	tracedV   = `200 {"name":"v","description":"","tags":[],"default_queue_type":"classic","tracing":true}`
	twoV      = `200 {"name":"v","description":"","tags":[],"tracing":false,"cluster_state":{"rabbit@a":"running","rabbit@b":"running"}}`
	twoTraced = `200 {"name":"v","description":"","tags":[],"tracing":true,"cluster_state":{"rabbit@a":"running","rabbit@b":"running"}}`
	safeV     = `200 {"name":"v","description":"d","tags":["a","b"],"default_queue_type":"quorum","protected_from_deletion":true,"tracing":false}`
	// 3.10 has neither a default queue type nor protection from deletion.
	oldV = `200 {"name":"v","description":"","tags":[],"default_queue_type":"undefined","tracing":false}`
)

func TestSettings(t *testing.T) {
	t.Parallel()
	protection := "/api/vhosts/v/deletion/protection "
	c := cmdtest.NewChange
	cmdtest.Changes(t, vhost.Commands, "change", []cmdtest.ChangeCase{
		c("add", "add_vhost v --description d --tags a,,b, --default-queue-type quorum", "",
			[]string{askV + cmdtest.NotFound, putV + "201", askV + plainV}),
		c("add, traced as before", "add_vhost v", "", []string{askV + cmdtest.NotFound, putV + "201", askV + tracedV}),
		c("add, taken otherwise", "add_vhost v --default-queue-type quorum", "",
			[]string{askV + cmdtest.NotFound, putV + "201", askV + oldV}),
		c("add, not read back", "add_vhost v", "",
			[]string{askV + cmdtest.NotFound, putV + "201", askV + cmdtest.NotFound}),
		c("add a name that is not UTF-8", "add_vhost v\xff", "", nil),
		c("delete a name that 4.3 cannot answer with", "delete_vhost v\xff --yes", "",
			[]string{"GET /api/vhosts/v%FF 500 ", "GET /api/vhosts/v%FF 500 ", "DELETE /api/vhosts/v%FF 204"}),
		c("add again", "add_vhost v --tags b,a", "", []string{askV + plainV}),
		c("add another", "add_vhost v --description e --tags c -o json", "", []string{askV + plainV}),
		c("add, compared", "add_vhost v --check", "", []string{askV + cmdtest.NotFound}),
		c("add, dry run", "add_vhost v --dry-run", "", []string{askV + cmdtest.NotFound}),
		c("add, no such type", "add_vhost v --default-queue-type quorun", "", nil),
		c("update", "update_vhost_metadata v --description e", "", []string{askV + plainV, putV + "204", askV + otherV}),
		c("update again", "update_vhost_metadata v --description d --tags b,a --default-queue-type quorum", "",
			[]string{askV + plainV}),
		c("update, compared", "update_vhost_metadata v --description e --tags= --check", "", []string{askV + plainV}),
		c("update, dry run", "update_vhost_metadata v --default-queue-type classic --dry-run", "", []string{askV + plainV}),
		c("update, kept otherwise", "update_vhost_metadata v --default-queue-type quorum", "",
			[]string{askV + oldV, putV + "204", askV + oldV}),
		c("update nothing", "update_vhost_metadata v", "", nil),
		c("update nowhere", "update_vhost_metadata v --description e", "", []string{askV + cmdtest.NotFound, askNames}),
		c("update, protected too", "update_vhost_metadata v --description d --protected-from-deletion", "",
			[]string{askV + otherV, putV + "204", "POST " + protection + "204", askV + safeV}),
		c("update, only protected", "update_vhost_metadata v --description d --protected-from-deletion", "",
			[]string{askV + plainV, "POST " + protection + "204", askV + safeV}),
		c("tags", "set_vhost_tags v c", "", []string{askV + plainV, putV + "204", askV + taggedV}),
		c("tags again", "set_vhost_tags v b a", "", []string{askV + plainV}),
		c("no tags, dry run", "set_vhost_tags v --dry-run", "", []string{askV + plainV}),
		c("protect", "enable_vhost_deletion_protection v", "",
			[]string{askV + plainV, "POST " + protection + "204", askV + safeV}),
		c("protect again", "enable_vhost_deletion_protection v", "", []string{askV + safeV}),
		c("protect, not offered", "enable_vhost_deletion_protection v", "", []string{askV + oldV}),
		c("unprotect", "disable_vhost_deletion_protection v", "",
			[]string{askV + safeV, "DELETE " + protection + "204", askV + plainV}),
		c("trace", "trace_on -p v", "", []string{askV + oldV, putV + "204", askV + tracedV}),
		c("trace again", "trace_on -p v", "", []string{askV + tracedV}),
		c("trace one node of two", "trace_on -p v", "", []string{askV + twoV, putV + "204", askV + twoTraced}),
		c("trace one node of two again", "trace_on -p v", "", []string{askV + twoTraced}),
		c("trace one node of two, dry run", "trace_on -p v --dry-run", "", []string{askV + twoV}),
		c("trace no more", "trace_off -p v --check", "", []string{askV + tracedV}),
		c("trace nowhere", "trace_on -p v", "", []string{askV + cmdtest.NotFound,
			"GET /api/exchanges/v/amq.default " + cmdtest.NotFound, askNames}),
	})
}

func TestRestart(t *testing.T) {
	t.Parallel()
	const (
		stopped = `200 {"name":"v","cluster_state":{"rabbit@b":"stopped","rabbit@a":"running","rabbit@c":"nodedown"}}`
		one     = `200 {"name":"v","cluster_state":{"rabbit@b":"running","rabbit@a":"running","rabbit@c":"nodedown"}}`
		both    = `200 {"name":"v","cluster_state":{"rabbit@b":"running","rabbit@a":"running","rabbit@c":"running"}}`
		start   = "POST /api/vhosts/v/start/rabbit@"
		nodes   = "GET /api/nodes?columns=name " + `200 [{"name":"rabbit@a"},{"name":"rabbit@d"}]`
	)
	c := cmdtest.NewChange
	cmdtest.Changes(t, vhost.Commands, "restart", []cmdtest.ChangeCase{
		c("everywhere", "restart_vhost -p v", "", []string{askV + stopped, start + "b 204", askV + one, start + "c 204",
			askV + both}),
		c("on one node", "restart_vhost -p v --node rabbit@b", "", []string{askV + stopped, start + "b 204", askV + one}),
		c("it stops again", "restart_vhost -p v --node rabbit@b", "",
			[]string{askV + stopped, start + "b 204", askV + stopped}),
		c("it runs", "restart_vhost -p v", "", []string{askV + both}),
		c("on a node that does not report", "restart_vhost -p v --node rabbit@d --dry-run", "", []string{askV + both, nodes}),
		c("on no node", "restart_vhost -p v --node rabbit@e", "", []string{askV + both, nodes}),
		c("dry run", "restart_vhost -p v --dry-run", "", []string{askV + stopped}),
	})
}

func TestDelete(t *testing.T) {
	t.Parallel()
	const (
		queues     = "GET /api/queues/v?columns=vhost%2Ctype%2Cmessages_ready%2Cmessages_unacknowledged%2Cname&disable_stats=true&enable_queue_totals=true "
		classic    = `200 [{"vhost":"v","type":"classic","messages_ready":3,"messages_unacknowledged":1},{"vhost":"v","type":"classic","messages_ready":2,"messages_unacknowledged":0}]`
		quorum     = `200 [{"vhost":"v","type":"quorum","messages_ready":0,"messages_unacknowledged":0}]`
		grown      = `200 [{"vhost":"v","type":"quorum","messages_ready":1,"messages_unacknowledged":0}]`
		down       = `200 [{"vhost":"v","type":"classic"}]`
		remove     = "DELETE /api/vhosts/v "
		unreadable = `500 {"error":"internal_error","reason":"no"}`
	)
	parts := []string{
		"GET /api/exchanges/v?columns=name " + `200 [{"name":""},{"name":"amq.topic"},{"name":"shop"}]`,
		"GET /api/policies/v?columns=name " + `200 [{"name":"p"}]`,
		"GET /api/operator-policies/v?columns=name " + `200 [{"name":"o"}]`,
		"GET /api/vhosts/v/permissions?columns=user " + `200 [{"user":"b"},{"user":"a"}]`,
		"GET /api/vhosts/v/connections?columns=name&node_stats_age=60&node_stats_incr=5 " + `200 [{"name":"c"}]`}
	with := func(queues string, more ...string) []string {
		return append(append([]string{askV + plainV, queues}, parts...), more...)
	}
	c := cmdtest.NewChange
	cmdtest.Changes(t, vhost.Commands, "delete", []cmdtest.ChangeCase{
		c("one", "delete_vhost v --yes", "", with(queues+classic, remove+"204", askV+cmdtest.NotFound)),
		c("dry run", "delete_vhost v --dry-run", "", with(queues+classic)),
		c("no consent", "delete_vhost v", "", nil),
		c("protected", "delete_vhost v --yes", "", []string{askV + safeV}),
		c("still there", "delete_vhost v --yes", "", with(queues+classic, remove+"204", askV+plainV)),
		c("absent", "delete_vhost v --yes", "", []string{askV + cmdtest.NotFound, askNames}),
		c("absent, which is no failure", "delete_vhost v --yes --if-exists", "", []string{askV + cmdtest.NotFound}),
		c("gone meanwhile", "delete_vhost v --yes --if-exists", "",
			with(queues+classic, remove+cmdtest.NotFound)),
		c("two, one is absent", "delete_vhost v w --yes --if-exists", "", with(queues+classic,
			"GET /api/vhosts/w "+cmdtest.NotFound, remove+"204", askV+cmdtest.NotFound)),
		c("as expected", "delete_vhost v --expect-messages 1:6 --yes", "",
			with(queues+classic, queues+classic, remove+"204", askV+cmdtest.NotFound)),
		c("not as expected", "delete_vhost v --expect-messages 0 --yes", "", []string{askV + plainV, queues + classic}),
		c("expected late", "delete_vhost v --expect-messages 0 --yes", "",
			[]string{askV + plainV, queues + quorum, queues + grown}),
		c("expected, not known", "delete_vhost v --expect-messages 0 --yes", "", []string{askV + plainV, queues + down}),
		c("expected nonsense", "delete_vhost v --expect-messages 3:1 --yes", "", nil),
		c("some of it is not known", "delete_vhost v --dry-run", "",
			append([]string{askV + plainV, queues + down, parts[0], parts[1],
				"GET /api/operator-policies/v?columns=name " + unreadable},
				parts[3:]...)),
	})
}

// Even if the name of a virtual host contains words such as "on node", the note ends with the broker's address.
func TestAdd_nameLikeAPlace(t *testing.T) {
	t.Parallel()
	s := brokertest.New(t)
	s.JSON("GET /api/vhosts/kept%20on%20node%20a@b", http.StatusNotFound,
		`{"error":"Object Not Found","reason":"Not Found"}`)
	got := cmdtest.Run{Commands: vhost.Commands()}.Do(t, s, "add_vhost", "kept on node a@b", "--dry-run")
	if want := "would add virtual host kept on node a@b on http://BROKER\n"; got.Err != want {
		t.Errorf("%v\n got %q\nwant %q", got.Error, got.Err, want)
	}
}
