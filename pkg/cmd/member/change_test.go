package member_test

import (
	"strings"
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/cmd/member"
	"github.com/rabbitctl/rabbitctl/pkg/internal/cmdtest"
)

const (
	running = `GET /api/nodes?columns=name%2Crunning 200 [{"name":"r@a","running":true},{"name":"r@b","running":true}]`
)

func TestRebalance(t *testing.T) {
	t.Parallel()
	const ask = "GET /api/queues?columns=vhost%2Cname%2Ctype%2Cleader%2Cnode%2Cmembers%2Cslave_nodes&node_stats_age=60&node_stats_incr=5 "
	queue := func(name, leader string) string {
		return `{"vhost":"/","name":"` + name + `","type":"quorum","leader":"` + leader + `","members":["r@a","r@b"]}`
	}
	uneven := ask + "200 [" + queue("q1", "r@a") + "," + queue("q2", "r@a") +
		`,{"vhost":"/","name":"c","type":"classic","node":"r@a"}]`
	even := ask + "200 [" + queue("q1", "r@b") + "," + queue("q2", "r@a") + "]"
	mirrored := func(name, on, mirror string) string {
		return `{"vhost":"/","name":"` + name + `","type":"classic","node":"` + on + `","slave_nodes":["` + mirror + `"]}`
	}
	stream := func(name, leader string) string { return strings.Replace(queue(name, leader), "quorum", "stream", 1) }
	streams := ask + "200 [" + queue("q1", "r@a") + "," + queue("q2", "r@a") + "," + stream("s1", "r@b") + "," +
		stream("s2", "r@b") + "]"
	onlyStreams := ask + "200 [" + stream("s1", "r@b") + "," + stream("s2", "r@b") + "]"
	const (
		askNodes = `GET /api/nodes?columns=name%2Crunning%2Cbeing_drained 200 `
		running  = askNodes + `[{"name":"r@a","running":true},{"name":"r@b","running":true}]`
		release  = `GET /api/overview?disable_stats=true 200 {"rabbitmq_version":"4.3.6"}`
		older    = `GET /api/overview?disable_stats=true 200 {"rabbitmq_version":"3.11.28"}`
		drained  = askNodes + `[{"name":"r@a","running":true},{"name":"r@b","running":true,"being_drained":true}]`
	)
	c := cmdtest.NewChange
	cmdtest.Changes(t, member.Commands, "rebalance", []cmdtest.ChangeCase{
		c("done", "rebalance --yes", "", []string{release, running, uneven, "POST /api/rebalance/queues 204", running, even}),
		c("slowly", "rebalance --yes -o json", "", []string{release, running, uneven, "POST /api/rebalance/queues 204",
			running, uneven, running, even}),
		c("mirrored", "rebalance --yes", "", []string{release, running,
			ask + "200 [" + mirrored("m1", "r@a", "r@b") + "," + mirrored("m2", "r@a", "r@b") + "]",
			"POST /api/rebalance/queues 204", running,
			ask + "200 [" + mirrored("m1", "r@b", "r@a") + "," + mirrored("m2", "r@a", "r@b") + "]"}),
		c("nothing to do, the other node is in maintenance", "rebalance --yes", "", []string{release, drained, uneven}),
		c("again", "rebalance", "", []string{release, running, even}),
		c("compared", "rebalance --check", "", []string{release, running, uneven}),
		c("dry run", "rebalance --dry-run", "", []string{release, running, uneven}),
		c("without consent", "rebalance", "", []string{release, running, uneven}),
		c("with streams", "rebalance --yes", "", []string{release, running, streams}),
		c("with streams before 3.12", "rebalance --dry-run", "", []string{older, running, streams}),
		c("only streams before 3.12", "rebalance --check", "", []string{older, running, onlyStreams}),
	})
}

func TestMembers(t *testing.T) {
	t.Parallel()
	const (
		release = `GET /api/overview 200 {"rabbitmq_version":"4.3.6"}`
		q       = "GET /api/queues/%2F/q?disable_stats=true&enable_queue_totals=true "
		one     = q + `200 {"name":"q","vhost":"/","type":"quorum","members":["r@a"]}`
		two     = q + `200 {"name":"q","vhost":"/","type":"quorum","members":["r@a","r@b"]}`
		stream  = q + `200 {"name":"q","vhost":"/","type":"stream","members":["r@a"]}`
		enter   = `GET /api/exchanges/%2F/amq.default 200 {"name":"","vhost":"/"}`
		names   = "GET /api/queues/%2F?columns=vhost%2Cname%2Ctype%2Cmembers&disable_stats=true&enable_queue_totals=true "
		put     = "POST /api/queues/quorum/%2F/q/replicas/add "
		remove  = "DELETE /api/queues/quorum/%2F/q/replicas/delete "
	)
	c := cmdtest.NewChange
	cmdtest.Changes(t, member.Commands, "member", []cmdtest.ChangeCase{
		c("add", "add_member q r@b --membership voter", "", []string{release, one, running, put + "204", two}),
		c("add again", "add_member q r@b", "", []string{release, two}),
		c("add, dry run", "add_member q r@b --dry-run", "", []string{release, one, running}),
		c("add, compared", "add_member q r@b --check", "", []string{release, one, running}),
		c("add, not there afterwards", "add_member q r@b", "", []string{release, one, running, put + "204", one}),
		c("add on another node", "add_member q r@c", "", []string{release, one, running, running}),
		c("add to a stream", "add_member q r@b", "", []string{release, stream}),
		c("add to nothing", "add_member q r@b", "", []string{release, q + cmdtest.NotFound, enter, names + "200 []"}),
		c("add with a membership on 3.12", "add_member q r@b --membership non_voter --dry-run", "",
			[]string{`GET /api/overview 200 {"rabbitmq_version":"3.12.14"}`}),
		c("add a promotable member on 3.12", "add_member q r@b --membership promotable", "",
			[]string{`GET /api/overview 200 {"rabbitmq_version":"3.12.14"}`, one, running, put + "204", two}),
		c("add with a wrong membership", "add_member q r@b --membership x", "", nil),
		c("delete", "delete_member q r@b --yes", "", []string{release, two, remove + "204", one}),
		c("delete, dry run", "delete_member q r@b --dry-run", "", []string{release, two}),
		c("delete the last", "delete_member q r@a --yes", "", []string{release, one}),
		c("delete, absent", "delete_member q r@b --yes", "", []string{release, one, enter, names + "200 []"}),
		c("delete, absent is well", "delete_member q r@b --yes --if-exists", "", []string{release, one}),
		c("delete without consent", "delete_member q r@b", "", nil),
	})
}

func TestManyMembers(t *testing.T) {
	t.Parallel()
	const (
		release = `GET /api/overview 200 {"rabbitmq_version":"4.3.6"}`
		queues  = "GET /api/queues?columns=vhost%2Cname%2Ctype%2Cmembers&disable_stats=true&enable_queue_totals=true " +
			`200 [{"vhost":"/","name":"q","type":"quorum","members":["r@a"]},{"vhost":"v","name":"two","type":"quorum","members":["r@a","r@b"]},` +
			`{"vhost":"/","name":"on b","type":"quorum","members":["r@b"]},{"vhost":"/","name":"c","type":"classic","members":["r@a"]}]`
		put    = "POST /api/queues/quorum/%2F/q/replicas/add "
		putB   = "POST /api/queues/quorum/%2F/on%20b/replicas/add "
		remove = "DELETE /api/queues/quorum/v/two/replicas/delete "
	)
	c := cmdtest.NewChange
	cmdtest.Changes(t, member.Commands, "many", []cmdtest.ChangeCase{
		c("grow", "grow r@b all --yes", "", []string{release, running, queues, put + "204"}),
		c("grow, dry run", "grow r@b all --dry-run", "", []string{release, running, queues}),
		c("grow again", "grow r@b all --queue-pattern ^two$", "", []string{release, running, queues}),
		c("grow, compared", "grow r@b all --check", "", []string{release, running, queues}),
		c("grow without consent", "grow r@b all", "", []string{release, running, queues}),
		c("grow to two, one is refused", "grow_to_count 2 all --yes --keep-going", "", []string{release, running, queues,
			put + `400 {"error":"bad_request","reason":"odd"}`, putB + "204"}),
		c("grow on another node", "grow r@c all --yes", "", []string{release, running, running}),
		c("grow with a membership on 3.12", "grow r@b all --membership voter --yes", "",
			[]string{`GET /api/overview 200 {"rabbitmq_version":"3.12.14"}`}),
		c("grow by a wrong strategy", "grow r@b odd", "", nil),
		c("grow by a wrong pattern", "grow r@b all --queue-pattern (", "", nil),
		c("grow to two", "grow_to_count 2 all --yes", "", []string{release, running, queues, put + "204", putB + "204"}),
		c("grow to more than run", "grow_to_count 5 all --dry-run", "", []string{release, running, queues}),
		c("grow to nothing", "grow_to_count 0 all", "", nil),
		c("shrink of nobody", "shrink r@c --yes", "", []string{release, running, queues}),
		c("shrink", "shrink r@a --yes", "", []string{release, running, queues, remove + "204"}),
		c("shrink, refused", "shrink r@a --yes", "", []string{release, running, queues,
			remove + `400 {"error":"bad_request","reason":"odd"}`}),
		c("shrink, dry run", "shrink r@a --dry-run", "", []string{release, running, queues}),
		c("shrink without consent", "shrink r@a", "", nil),
	})
}
