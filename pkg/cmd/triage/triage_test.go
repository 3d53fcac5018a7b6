package triage_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/cmd/triage"
	"github.com/rabbitctl/rabbitctl/pkg/internal/brokertest"
	"github.com/rabbitctl/rabbitctl/pkg/internal/cmdtest"
	"github.com/rabbitctl/rabbitctl/pkg/internal/golden"
)

const (
	askTotals = "GET /api/queues?columns=vhost%2Cname%2Ctype%2Cstate%2Cexclusive%2Cmessages_ready%2Cmessages_unacknowledged%2Cmessages&disable_stats=true&enable_queue_totals=true"
	askFlows  = "GET /api/queues?columns=vhost%2Cname%2Ctype%2Cstate%2Cmembers%2Conline%2Cmessages_ready%2Cmessages_unacknowledged%2Cmessages%2Cconsumers%2Cidle_since" +
		"%2Cmessage_stats.publish%2Cmessage_stats.redeliver%2Cmessage_stats.ack%2Cmessage_stats.deliver_no_ack%2Cmessage_stats.get_no_ack&node_stats_age=60&node_stats_incr=5"
	askPrefetch  = "GET /api/consumers?columns=queue.vhost%2Cqueue.name%2Cprefetch_count%2Cack_required"
	askConsumers = "GET /api/consumers?columns=queue.vhost%2Cqueue.name%2Cconsumer_tag%2Cchannel_details.name%2Cchannel_details.connection_name" +
		"%2Cchannel_details.user%2Cchannel_details.peer_host%2Cchannel_details.peer_port%2Cchannel_details.number%2Cchannel_details.node%2Cprefetch_count%2Cack_required"
	askHeld     = "GET /api/queues?columns=vhost%2Cname%2Cmessages_ready%2Cmessages_unacknowledged%2Cconsumers%2Cidle_since%2Ctype&node_stats_age=60&node_stats_incr=5"
	askChannels = "GET /api/channels?columns=name%2Cconnection_details.name%2Cnumber%2Cvhost%2Cuser%2Cnode%2Cprefetch_count%2Cmessages_unacknowledged%2Cidle_since" +
		brokertest.Uncached
	askLed   = "GET /api/queues?columns=type%2Cleader%2Cnode%2Cmembers%2Cslave_nodes&node_stats_age=60&node_stats_incr=5"
	askChurn = "GET /api/overview?columns=churn_rates%2Cdisable_stats"
	askUsers = "GET /api/users?columns=name"
	askCron  = "GET /api/connections/username/cron?columns=name%2Cuser%2Cvhost"

	whole = `[{"name":"rabbit@a","running":true,"partitions":[],"rates_mode":"basic"}]`
)

// flow returns a queue with the members of both listings: message counts and statistics.
func flow(name string, consumers, ready, unacked, published, acked int) string {
	return fmt.Sprintf(`{"vhost":"/","name":%q,"type":"classic","state":"running","consumers":%d,"messages_ready":%d,"messages_unacknowledged":%d,"messages":%d,
		"message_stats":{"publish":%d,"ack":%d,"redeliver":0,"deliver_no_ack":0}}`, name, consumers, ready, unacked, ready+unacked, published, acked)
}

type answers [][2]string

func run(t *testing.T, name string, given answers, r cmdtest.Run, words string) {
	t.Helper()
	s := brokertest.New(t)
	for _, a := range given {
		status, body := brokertest.StatusOf(a[1])
		s.JSON(a[0], status, body)
	}
	r.Commands = triage.Commands()
	r.Check(t, name, s, strings.Fields(words)...)
}

func TestListStuck(t *testing.T) {
	t.Parallel()
	before := "[" + flow("jobs", 1, 1690, 1, 1700, 9) + "," + flow("mail", 1, 0, 0, 0, 0) + "," + flow("lost", 0, 10, 0,
		10, 0) + "," + flow("a b", 1, 62000, 0, 0, 0) + "]"
	after := "[" + flow("jobs", 1, 1840, 1, 1850, 9) + "," + flow("mail", 1, 3, 1, 150, 146) + "," + flow("lost", 0, 40, 0,
		40, 0) + "," + flow("a b", 1, 50000, 0, 0, 12000) + "]"
	consumers := `[{"queue":{"vhost":"/","name":"jobs"},"consumer_tag":"x","prefetch_count":1,"ack_required":true}]`
	looks := answers{{brokertest.AskNodes, whole}, {askTotals, before}, {askFlows, before}, {askPrefetch, consumers},
		{askTotals, after}, {askFlows, after}}
	run(t, "list_stuck/table", looks, cmdtest.Run{Terminal: true}, "list_stuck")
	run(t, "list_stuck/next", looks, cmdtest.Run{}, "list_stuck queue class next --where messages>100")
	// The command does not list a stream. It lists a queue without figures, but with the class unknown.
	others := `,{"vhost":"/","name":"log","type":"stream","state":"running","messages":9},` +
		`{"vhost":"/","name":"young","type":"classic","state":"running"}]`
	with := func(listing string) string { return strings.TrimSuffix(listing, "]") + others }
	run(t, "list_stuck/not judged", answers{{brokertest.AskNodes, whole}, {askTotals, with(before)},
		{askFlows, with(before)}, {askPrefetch, consumers}, {askTotals, with(after)}, {askFlows, with(after)}},
		cmdtest.Run{}, "list_stuck queue class")
	run(t, "list_stuck/split",
		answers{{brokertest.AskNodes, `[{"name":"rabbit@a","running":true},{"name":"rabbit@b","running":false}]`},
			{askFlows, before}, {askPrefetch, consumers}, {askFlows, after},
			{brokertest.Standing, `[{"name":"rabbit@a","running":true,"partitions":[]},{"name":"rabbit@b","running":false,"partitions":[]}]`}},
		cmdtest.Run{}, "list_stuck queue class published eta -o json")
	run(t, "list_stuck/nodes not seen",
		append(answers{{brokertest.AskNodes, `401 {"error":"not_authorised","reason":"Not monitor user"}`}}, looks[1:]...),
		cmdtest.Run{}, "list_stuck queue class")
	const refused = `401 {"error":"not_authorised","reason":"Not management user"}`
	run(t, "list_stuck/no tag", answers{{brokertest.AskNodes, refused}, {askTotals, refused}},
		cmdtest.Run{}, "list_stuck")
	run(t, "list_stuck/too short", nil, cmdtest.Run{}, "list_stuck --sample 4s")
	run(t, "list_stuck/no room", nil, cmdtest.Run{}, "list_stuck --sample 60s")
}

const (
	heldQueues = `[{"vhost":"/","name":"jobs","messages_ready":0,"messages_unacknowledged":4,"consumers":1,"idle_since":"2026-03-04T04:04:07.000+00:00"},
		{"vhost":"/","name":"mail","messages_ready":0,"messages_unacknowledged":6,"consumers":2},{"vhost":"/","name":"bills","messages_ready":0,"messages_unacknowledged":1,"consumers":1},
		{"vhost":"prod","name":"orders","messages_ready":3,"messages_unacknowledged":0,"consumers":1}]`
	// heldNow has the current counts of the queues themselves. Queue orders has unacknowledged messages that the
	// statistics do not show yet.
	heldNow = `[{"vhost":"/","name":"jobs","type":"classic","messages_ready":0,"messages_unacknowledged":4},{"vhost":"/","name":"mail","type":"classic","messages_ready":0,"messages_unacknowledged":6},
		{"vhost":"/","name":"bills","type":"classic","messages_ready":0,"messages_unacknowledged":1},{"vhost":"prod","name":"orders","type":"classic","messages_ready":1,"messages_unacknowledged":2}]`
	heldConsumers = `[{"queue":{"vhost":"/","name":"jobs"},"consumer_tag":"hold","channel_details":{"name":"c1 (1)","connection_name":"c1"},"prefetch_count":50,"ack_required":true},
		{"queue":{"vhost":"/","name":"mail"},"consumer_tag":"m","channel_details":{"name":"c2 (1)","connection_name":"c2"},"prefetch_count":5,"ack_required":true},
		{"queue":{"vhost":"/","name":"bills"},"consumer_tag":"b","channel_details":{"name":"c2 (1)","connection_name":"c2"},"prefetch_count":5,"ack_required":true}]`
	heldChannels = `[{"name":"c1 (1)","connection_details":{"name":"c1"},"number":1,"vhost":"/","user":"guest","node":"rabbit@a","prefetch_count":50,"messages_unacknowledged":4,"idle_since":"2026-03-04T05:05:50.000+00:00"},
		{"name":"c2 (1)","connection_details":{"name":"c2"},"number":1,"vhost":"/","user":"app","node":"rabbit@a","prefetch_count":5,"messages_unacknowledged":5}]`
	heldClients = `[{"name":"c1","user":"guest","peer_host":"127.0.0.1","peer_port":41544,"client_properties":{"connection_name":"stuck-worker-7"},"connected_at":1772597167000,"vhost":"/"},
		{"name":"c2","user":"app","peer_host":"10.0.0.7","peer_port":5,"client_properties":{"product":"client"},"connected_at":1772600000000,"vhost":"/"}]`
)

func TestListUnacked(t *testing.T) {
	t.Parallel()
	given := answers{{brokertest.AskNodes, whole}, {askHeld, heldQueues}, {askConsumers, heldConsumers},
		{askChannels, heldChannels}, {brokertest.AskConnections, heldClients},
		{askTotals, heldNow}}
	run(t, "list_unacked/queue", given, cmdtest.Run{Terminal: true}, "list_unacked jobs")
	run(t, "list_unacked/queue tsv", given, cmdtest.Run{}, "list_unacked jobs")
	run(t, "list_unacked/all", given, cmdtest.Run{}, "list_unacked")
	run(t, "list_unacked/columns", given, cmdtest.Run{},
		"list_unacked * queue application unacked channel_unacked note -o json")
	// With no rows to show, rabbitctl checks whether this user sees anything at all.
	nothing := slices.Clone(given)
	nothing[len(nothing)-1][1] = strings.Replace(heldNow, `"messages_ready":1,"messages_unacknowledged":2`,
		`"messages_ready":3,"messages_unacknowledged":0`, 1)
	run(t, "list_unacked/none", append(nothing, [2]string{"GET /api/exchanges?columns=name", `[{"name":""}]`}),
		cmdtest.Run{}, "list_unacked orders unacked")
	names := [2]string{"GET /api/queues?columns=name&disable_stats=true", heldQueues}
	run(t, "list_unacked/no queue", append(slices.Clone(given), names), cmdtest.Run{}, "list_unacked job")
	run(t, "list_unacked/no column", nil, cmdtest.Run{}, "list_unacked jobs nosuch")
}

func TestListChurn(t *testing.T) {
	t.Parallel()
	s := brokertest.New(t)
	counts := func(n int) string {
		return fmt.Sprintf(
			`{"churn_rates":{"connection_created":%d,"connection_closed":%d,"channel_created":%d,"channel_closed":%d,"queue_created":1,"queue_deleted":0}}`, n, n, n, n)
	}
	// The clock moves only while the command waits, 50 ms between two requests. So half a second is ten requests.
	s.JSON(askChurn, 200, counts(100))
	for range 9 {
		s.JSON(askChurn, 200, counts(150))
	}
	s.JSON(askChurn, 200, counts(200))
	for i := range 3 {
		app := ""
		if i > 0 {
			app = `{"name":"10.0.0.1:5 -> 10.0.0.9:5672","user":"cron","peer_host":"10.0.0.1","peer_port":5,"client_properties":{"connection_name":"flappy"}},`
		}
		if i < 2 {
			s.JSON(brokertest.AskConnections, 200,
				"["+app+`{"name":"10.0.0.2:1 -> 10.0.0.9:5672","user":"cron","peer_host":"10.0.0.2","peer_port":1,"client_properties":{}}]`)
		}
	}
	s.JSON(askUsers, 200, `[{"name":"cron"}]`)
	s.JSON(askUsers, 200, `[{"name":"cron"}]`)
	stays := `{"name":"10.0.0.2:1 -> 10.0.0.9:5672","user":"cron","vhost":"/"}`
	s.JSON(askCron, 200, "["+stays+"]")
	s.JSON(askCron, 200, "["+stays+`,{"name":"10.0.0.1:5 -> 10.0.0.9:5672","user":"cron","vhost":"/"}]`)
	s.Always(askCron, 200, "["+stays+"]")
	r := cmdtest.Run{Commands: triage.Commands()}
	got := r.Do(t, s, "list_churn", "--sample", "5s")
	got.Requests = nil
	golden.Check(t, "list_churn/one", "$ rabbitctl list_churn --sample 5s\n"+got.Golden(s))

	denied := brokertest.New(t)
	denied.JSON(askChurn, 200, "{}")
	got = r.Do(t, denied, "list_churn", "--sample", "5s")
	golden.Check(t, "list_churn/denied", "$ rabbitctl list_churn --sample 5s\n"+got.Golden(denied))
	run(t, "list_churn/too short", nil, cmdtest.Run{}, "list_churn --sample 1s")
}

func TestListLeaders(t *testing.T) {
	t.Parallel()
	nodes := `[{"name":"rabbit@a","running":true},{"name":"rabbit@b","running":true},{"name":"rabbit@c","running":true}]`
	members := `"members":["rabbit@a","rabbit@b","rabbit@c"]`
	var queues []string
	for range 4 {
		queues = append(queues, `{"type":"quorum","leader":"rabbit@a",`+members+`}`)
	}
	queues = append(queues, `{"type":"stream","leader":"rabbit@b",`+members+`}`, `{"type":"classic","node":"rabbit@c"}`,
		`{"type":"quorum","leader":null,`+members+`}`)
	const askNodes = "GET /api/nodes?columns=name%2Crunning%2Cbeing_drained"
	release := [2]string{"GET /api/overview?disable_stats=true", `{"rabbitmq_version":"4.3.6"}`}
	given := answers{{askNodes, nodes}, release, {askLed, "[" + strings.Join(queues, ",") + "]"}}
	run(t, "list_leaders/table", given, cmdtest.Run{Terminal: true}, "list_leaders")
	run(t, "list_leaders/json", given, cmdtest.Run{},
		"list_leaders node replicated stays surplus --where surplus>0 -o json")
	drained := strings.Replace(nodes, `"rabbit@c","running":true`, `"rabbit@c","running":true,"being_drained":true`, 1)
	run(t, "list_leaders/in maintenance", answers{{askNodes, drained}, release, given[2]}, cmdtest.Run{Terminal: true},
		"list_leaders")
	run(t, "list_leaders/in a virtual host", answers{{askNodes, nodes}, release,
		{strings.Replace(askLed, "queues", "queues/%2F", 1), given[2][1]}}, cmdtest.Run{Terminal: true}, "list_leaders -p /")
	even := "[" + queues[0] + "," + queues[4] + "," + strings.ReplaceAll(queues[0], `"leader":"rabbit@a"`,
		`"leader":"rabbit@c"`) + "]"
	run(t, "list_leaders/even", answers{{askNodes, nodes}, release, {askLed, even}}, cmdtest.Run{}, "list_leaders")
	streams := strings.ReplaceAll("["+queues[0]+","+queues[4]+","+queues[4]+","+queues[4]+"]", `,"rabbit@c"`, "")
	old := [2]string{release[0], `{"rabbitmq_version":"3.11.28"}`}
	run(t, "list_leaders/streams before 3.12", answers{{askNodes, nodes}, old, {askLed, streams}},
		cmdtest.Run{Terminal: true}, "list_leaders node quorum streams replicated stays share surplus")
	none := answers{{askNodes, nodes}, release, {askLed, "[]"}, {"GET /api/vhosts?columns=name", `[{"name":"/"}]`}}
	run(t, "list_leaders/none", append(none, answers{{"GET /api/exchanges?columns=vhost", `[{"vhost":"/"}]`}}...),
		cmdtest.Run{}, "list_leaders node quorum")
	run(t, "list_leaders/blind", append(none, answers{{"GET /api/exchanges?columns=vhost", `[]`}}...), cmdtest.Run{},
		"list_leaders node quorum")
}
