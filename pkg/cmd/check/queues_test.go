package check_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/cmd/check"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/internal/brokertest"
	"github.com/rabbitctl/rabbitctl/pkg/internal/cmdtest"
	"github.com/rabbitctl/rabbitctl/pkg/internal/golden"
)

const (
	queueColumns = "vhost%2Cname%2Ctype%2Cstate%2Cexclusive%2Cmessages_ready%2Cmessages_unacknowledged%2Cmessages"
	askTotals    = "GET /api/queues?columns=" + queueColumns + "&disable_stats=true&enable_queue_totals=true"
	askQueues    = "GET /api/queues?columns=" + queueColumns + "%2Cconsumers%2Cmessage_stats.ack_details.rate" +
		"%2Cmessage_stats.deliver_no_ack_details.rate%2Cmessage_stats.get_no_ack_details.rate%2Chead_message_timestamp&node_stats_age=60&node_stats_incr=5"
	askVHosts      = "GET /api/vhosts?columns=name"
	askExchanges   = "GET /api/exchanges?columns=vhost"
	askClusterName = "GET /api/cluster-name"
	askConsumers   = "GET /api/consumers?columns=queue.vhost%2Cqueue.name"

	bIsDown  = `{"name":"rabbit@b","running":false}`
	aIsSplit = `{"name":"rabbit@a","running":true,"partitions":["rabbit@b"]}`
	oneVHost = `[{"name":"/"}]`
)

// shop has the queues of one scenario: a work queue without a consumer, a queue with two, a queue that --exclude leaves
// out, and one that is exclusive to a connection.
const shop = `[{"vhost":"/","name":"orders","type":"classic","state":"running","exclusive":false,"messages_ready":12,"messages_unacknowledged":0,"messages":12,"consumers":0},
	{"vhost":"/","name":"mail","type":"quorum","state":"running","exclusive":null,"messages_ready":0,"messages_unacknowledged":2,"messages":2,"consumers":2},
	{"vhost":"/","name":"batch.night","type":"classic","state":"running","exclusive":false,"messages_ready":0,"messages_unacknowledged":0,"messages":0,"consumers":0},
	{"vhost":"/","name":"amq.gen-x","type":"classic","state":"running","exclusive":true,"messages_ready":0,"messages_unacknowledged":0,"messages":0,"consumers":1}]`

// counts returns a listing of two queues with these numbers of messages.
func counts(a, b string) string {
	return `[{"vhost":"/","name":"a","type":"classic","state":"running","messages_ready":` + a + `,"messages_unacknowledged":0,"messages":` + a + `},
	{"vhost":"/","name":"b","type":"classic","state":"running","messages_ready":` + b + `,"messages_unacknowledged":0,"messages":` + b + `}]`
}

func TestCheckQueues(t *testing.T) {
	six := `[{"vhost":"/","name":"q1","type":"classic","state":"running","exclusive":false,"messages_ready":1,"messages_unacknowledged":0,"messages":1},
		{"vhost":"/","name":"q2","type":"classic","state":"running","exclusive":false,"messages_ready":2,"messages_unacknowledged":0,"messages":2},
		{"vhost":"/","name":"q3","type":"classic","state":"running","exclusive":false,"messages_ready":3,"messages_unacknowledged":0,"messages":3},
		{"vhost":"/","name":"q4","type":"classic","state":"running","exclusive":false,"messages_ready":4,"messages_unacknowledged":0,"messages":4},
		{"vhost":"/","name":"q5","type":"classic","state":"running","exclusive":false,"messages_ready":5,"messages_unacknowledged":0,"messages":5},
		{"vhost":"/","name":"q6","type":"classic","state":"running","exclusive":false,"messages_ready":6,"messages_unacknowledged":0,"messages":6}]`
	t.Parallel()
	type answers [][2]string
	tests := []struct {
		name    string
		words   string
		answers answers
	}{
		{"no consumer", `check_queues --exclude ^batch\. --min-consumers 1`,
			answers{{brokertest.AskNodes, "[" + brokertest.NodeA + "]"}, {askQueues, shop}, {askConsumers, "[]"},
				{askVHosts, oneVHost}}},
		{"no consumer json", `check_queues --exclude ^batch\. --min-consumers 1 -o json`,
			answers{{brokertest.AskNodes, "[" + brokertest.NodeA + "]"}, {askQueues, shop}, {askConsumers, "[]"},
				{askVHosts, oneVHost}}},
		{"no consumer terminal", `check_queues --exclude ^batch\. --min-consumers 1`,
			answers{{brokertest.AskNodes, "[" + brokertest.NodeA + "]"}, {askQueues, shop}, {askConsumers, "[]"},
				{askVHosts, oneVHost}}},
		{"depth", "check_queues --max-ready 5,12 --max-unacked 2",
			answers{{brokertest.AskNodes, "[" + brokertest.NodeA + "]"}, {askTotals, shop}, {askVHosts, oneVHost}}},
		{"one virtual host", "check_queues -p / --max-ready 100 --include-temporary",
			answers{{brokertest.AskNodes, "[" + brokertest.NodeA + "]"},
				{strings.Replace(askTotals, "/queues", "/queues/%2F", 1), shop}}},
		{"no virtual host", "check_queues -p prdo --max-ready 100",
			answers{{brokertest.AskNodes, "[" + brokertest.NodeA + "]"},
				{strings.Replace(askTotals, "/queues", "/queues/prdo", 1), "404 " + brokertest.Recorded(t, "4.3", "404-vhost")},
				{"GET /api/exchanges/prdo/amq.default", "404 " + brokertest.Recorded(t, "4.3", "404-vhost")},
				{askVHosts, `[{"name":"/"},{"name":"prod"}]`}}},
		{"many", "check_queues --max-ready 1", answers{{brokertest.AskNodes, "[" + brokertest.NodeA + "]"}, {askTotals, six},
			{askVHosts, oneVHost}}},
		{"many terminal", "check_queues --max-ready 1", answers{{brokertest.AskNodes, "[" + brokertest.NodeA + "]"},
			{askTotals, six}, {askVHosts, oneVHost}}},
		{"some virtual hosts", "check_queues --max-ready 100", answers{{brokertest.AskNodes, "[" + brokertest.NodeA + "]"},
			{askTotals, shop}, {askVHosts, `[{"name":"/"},{"name":"dark"},{"name":"empty"}]`},
			{askExchanges, `[{"vhost":"/"},{"vhost":"empty"},{"vhost":"empty"}]`}}},
		{"sees nothing", "check_queues --max-ready 100 --missing ok",
			answers{{brokertest.AskNodes, "[" + brokertest.NodeA + "]"}, {askTotals, "[]"}, {askVHosts, oneVHost},
				{askExchanges, "[]"}}},
		{"no queue", "check_queues --max-ready 100", answers{{brokertest.AskNodes, "[" + brokertest.NodeA + "]"},
			{askTotals, "[]"}, {askVHosts, oneVHost}, {askExchanges, `[{"vhost":"/"}]`}}},
		{"no queue is well", "check_queues --max-ready 100 --missing ok",
			answers{{brokertest.AskNodes, "[" + brokertest.NodeA + "]"}, {askTotals, "[]"}, {askVHosts, oneVHost},
				{askExchanges, `[{"vhost":"/"}]`}}},
		{"missing", "check_queues --max-ready 100 --match ^orders$ --match ^invoices$ --missing critical",
			answers{{brokertest.AskNodes, "[" + brokertest.NodeA + "]"}, {askTotals, shop}, {askVHosts, oneVHost}}},
		{"consumers beside counts of this moment", "check_queues --min-consumers 1 --max-ready 5",
			answers{{brokertest.AskNodes, "[" + brokertest.NodeA + "]"},
				{askTotals, `[{"vhost":"/","name":"q","type":"quorum","messages_ready":14,"messages_unacknowledged":0,"messages":14}]`},
				{askQueues, `[{"vhost":"/","name":"q","type":"quorum","messages_ready":0,"messages_unacknowledged":0,"messages":0,"consumers":0}]`}, {askConsumers, "[]"}, {askVHosts, oneVHost}}},
		{"the first consumer has just come", `check_queues --match ^(orders|batch\.night)$ --min-consumers 1`,
			answers{{brokertest.AskNodes, "[" + brokertest.NodeA + "]"}, {askQueues, shop},
				{askConsumers, `[{"queue":{"name":"orders","vhost":"/"}},{"queue":{"name":"orders","vhost":"/"}},{"queue":{"name":"batch.night","vhost":"other"}}]`}, {askVHosts, oneVHost}}},
		{"the list of consumers does not come", `check_queues --match ^orders$ --min-consumers 1`,
			answers{{brokertest.AskNodes, "[" + brokertest.NodeA + "]"}, {askQueues, shop},
				{askConsumers, `403 {"error":"not_authorised","reason":"no"}`}, {askVHosts, oneVHost}}},
		{"no counts", "check_queues --min-consumers 1 --max-ready 5",
			answers{{brokertest.AskNodes, "[" + brokertest.NodeA + "]"},
				{askQueues, `[{"vhost":"/","name":"young","type":"classic"}]`}, {askConsumers, "[]"}, {askVHosts, oneVHost}}},
		{"a node is down", "check_queues --max-ready 100", answers{{brokertest.AskNodes, "[" + brokertest.NodeA + "," +
			bIsDown + "]"}, {askQueues, shop}, {askVHosts, oneVHost}}},
		{"split", "check_queues --max-ready 5", answers{{brokertest.AskNodes, "[" + aIsSplit + "]"}, {askQueues, shop},
			{askVHosts, oneVHost}}},
		{"cut off", "check_queues --max-ready 5", answers{{brokertest.AskNodes, "[" + brokertest.NodeA + "]"},
			{askTotals, shop[:len(shop)-20]}}},
		{"growth", "check_queues --sample 15s --max-drain 15m", answers{{brokertest.AskNodes, "[" + brokertest.NodeA + "]"},
			{askTotals, counts("62000", "270")}, {askClusterName, `{"name":"shop"}`},
			{askTotals, counts("50000", "300")}, {askQueues, "[]"}, {askClusterName, `{"name":"shop"}`}, {askVHosts, oneVHost}}},
		{"growth within", "check_queues --sample 15s --max-growth 3",
			answers{{brokertest.AskNodes, "[" + brokertest.NodeA + "]"}, {askTotals, counts("62000", "270")},
				{askClusterName, `{"name":"shop"}`},
				{askTotals, counts("50000", "300")}, {askClusterName, `{"name":"shop"}`}, {askVHosts, oneVHost}}},
		{"what comes and goes", "check_queues --sample 15s --max-drain 15m --match b",
			answers{{brokertest.AskNodes, "[" + brokertest.NodeA + "]"}, {askTotals, counts("0", "1")},
				{askClusterName, `{"name":"shop"}`},
				{askTotals, counts("0", "4")},
				{askQueues, `[{"vhost":"/","name":"b","consumers":1,"message_stats":{"ack_details":{"rate":20.0},"deliver_no_ack_details":{"rate":0}}}]`}, {askClusterName, `{"name":"shop"}`}, {askVHosts, oneVHost}}},
		{"usage nothing", "check_queues", nil},
		{"usage limit", "check_queues --max-ready lots", nil},
		{"usage order", "check_queues --max-ready 1000,500", nil},
		{"usage trend", "check_queues --max-growth 1", nil},
		{"usage both", "check_queues --max-growth 1 --sample 15s --state x", nil},
		{"usage too short", "check_queues --max-growth 1 --sample 4s", nil},
		{"usage no room", "check_queues --max-growth 1 --sample 15s --timeout 15", nil},
		{"usage regex", "check_queues --max-ready 1 --exclude (", nil},
		{"usage missing", "check_queues --max-ready 1 --missing never", nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := brokertest.New(t)
			counted := slices.ContainsFunc(tt.answers, func(a [2]string) bool { return a[0] == askTotals })
			for _, a := range tt.answers {
				if a[0] == askQueues && !counted && tt.answers[0][1] == "["+brokertest.NodeA+"]" {
					// The command requests message counts from the queues themselves, in a request of its own. The same listing
					// answers it.
					s.JSON(askTotals, 200, a[1])
				}
				if a[0] == brokertest.AskNodes && a[1] == "["+brokertest.NodeA+"]" {
					// The command requests the nodes before and after the listing, so any number of requests is allowed.
					s.Always(a[0], 200, a[1])
					continue
				}
				status, body := brokertest.StatusOf(a[1])
				s.JSON(a[0], status, body)
			}
			run(t, "check_queues/"+tt.name, cmdtest.Run{Terminal: strings.HasSuffix(tt.name, "terminal")}, s,
				strings.Fields(tt.words)...)
		})
	}
	t.Run("a node goes meanwhile", func(t *testing.T) {
		t.Parallel()
		s := brokertest.New(t)
		s.JSON(brokertest.AskNodes, 200, "["+brokertest.NodeA+"]")
		s.JSON(askTotals, 200, shop)
		s.JSON(brokertest.AskNodes, 200, "["+brokertest.NodeA+","+bIsDown+"]")
		s.JSON(askVHosts, 200, oneVHost)
		run(t, "check_queues/a node goes", cmdtest.Run{}, s, "check_queues", "--max-ready", "100")
	})
	t.Run("may not see nodes", func(t *testing.T) {
		t.Parallel()
		s := brokertest.New(t)
		s.JSON(brokertest.AskNodes, 401, brokertest.NotMonitor)
		run(t, "check_queues/nodes not seen", cmdtest.Run{}, s, "check_queues", "--max-ready", "1")
	})
}

// The growth is measured against the state of the previous run. The run writes a new state, unless the old one is only
// a few seconds old.
func TestCheckQueues_state(t *testing.T) {
	t.Parallel()
	const old = `{"kind":"rabbitctl check_queues state 1","taken":"2026-03-04T05:05:07Z","broker":"shop","scope":"","messages":{"/":{"a":62000,"b":180}}}`
	const kept = `{"kind":"rabbitctl check_queues state 1","taken":"2026-03-04T05:06:07Z","broker":"shop","scope":"","messages":{"/":{"a":50000,"b":300}}}` + "\n"
	tests := []struct {
		name, before string // before: "" when there is no file
		status       fail.Kind
		want, after  string
	}{
		{"first", "", fail.Unknown, "UNKNOWN - growth is not known: there was no earlier reading; this one is kept in FILE |",
			kept},
		{"second", old, fail.Critical, "CRITICAL - 1 of 2 queues: b grows 2/s (at most 1/s), 300 ready |", kept},
		{"too close", strings.Replace(old, "05:05:07", "05:06:03", 1), fail.Unknown,
			"UNKNOWN - growth is not known: the last reading is only 4.0 s old, ", strings.Replace(old, "05:05:07", "05:06:03",
				1)},
		{"too old", strings.Replace(old, "05:05:07", "01:05:07", 1), fail.Unknown,
			"UNKNOWN - growth is not known: the last reading is 4h1m old", kept},
		{"another broker", strings.Replace(old, "shop", "bank", 1), fail.Unknown,
			"UNKNOWN - growth is not known: the last reading is of another broker, bank", kept},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := brokertest.New(t)
			s.Always(brokertest.AskNodes, 200, "["+brokertest.NodeA+"]")
			s.JSON(askTotals, 200, counts("50000", "300"))
			s.JSON(askClusterName, 200, `{"name":"shop"}`)
			s.JSON(askVHosts, 200, oneVHost)
			file := filepath.Join(t.TempDir(), "queues.state")
			if tt.before != "" {
				put(t, file, tt.before)
			}
			got := cmdtest.Run{Commands: check.Commands()}.Do(t, s, "check_queues", "--state", file, "--max-growth", "1")
			if kind := fail.KindOf(got.Error); kind != tt.status || !strings.HasPrefix(strings.ReplaceAll(got.Out, file, "FILE"),
				tt.want) {
				t.Errorf("%s\n%s%s", kind, got.Out, got.Err)
			}
			if after, err := os.ReadFile(file); err != nil || string(after) != tt.after {
				t.Errorf("%v, kept is\n%s\nwant\n%s", err, after, tt.after)
			}
		})
	}
	t.Run("a file that is not ours stays", func(t *testing.T) {
		t.Parallel()
		file := filepath.Join(t.TempDir(), "passwd")
		put(t, file, "root:x:0:0\n")
		s := brokertest.New(t)
		got := cmdtest.Run{Commands: check.Commands()}.Do(t, s, "check_queues", "--state", file, "--max-growth", "1")
		if fail.KindOf(got.Error) != fail.Unknown || !strings.Contains(got.Out,
			"is not a state file of check_queues, so it is not overwritten") {
			t.Errorf("%v %s", got.Error, got.Out)
		}
		if after, _ := os.ReadFile(file); string(after) != "root:x:0:0\n" {
			t.Errorf("it is now %q", after)
		}
	})
	t.Run("a folder that is not there", func(t *testing.T) {
		t.Parallel()
		s := brokertest.New(t)
		s.Always(brokertest.AskNodes, 200, "["+brokertest.NodeA+"]")
		s.JSON(askTotals, 200, counts("0", "0"))
		s.JSON(askClusterName, 200, `{"name":"shop"}`)
		s.JSON(askVHosts, 200, oneVHost)
		got := cmdtest.Run{Commands: check.Commands()}.Do(t, s, "check_queues", "--state", filepath.Join(t.TempDir(), "no",
			"state"), "--max-ready", "1")
		if fail.KindOf(got.Error) != fail.Unknown || !strings.Contains(got.Out, "cannot be written") {
			t.Errorf("%v %s", got.Error, got.Out)
		}
	})
}

func put(t *testing.T, file, text string) {
	t.Helper()
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestCheckQueues_limitsFile(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, file, words string
	}{
		{"entries", "# by name, by pattern\n[[queue]]\nname = \"orders\"\nmin-consumers = 1\nmax-ready = \"5,20\"\n\n[[queue]]\nmatch = '^batch\\.'\nmax-ready = 0\n\n[[queue]]\nname = \"invoices\"\nmissing = \"critical\"\nmax-ready = 1\n", ""},
		{"entries and flags", "[[queue]]\nname = \"orders\"\nmax-ready = 100\n", "--max-unacked 1 --min-consumers 0"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			file := filepath.Join(t.TempDir(), "limits.toml")
			put(t, file, tt.file)
			s := brokertest.New(t)
			s.Always(brokertest.AskNodes, 200, "["+brokertest.NodeA+"]")
			s.JSON(askTotals, 200, shop)
			s.JSON(askQueues, 200, shop)
			if tt.name == "entries" {
				s.JSON(askConsumers, 200, "[]")
			}
			s.JSON(askVHosts, 200, oneVHost)
			r := cmdtest.Run{Commands: check.Commands()}
			got := r.Do(t, s, append([]string{"check_queues", "--limits", file}, strings.Fields(tt.words)...)...).Golden(s)
			golden.Check(t, "check_queues/limits "+tt.name, tt.file+"$ rabbitctl check_queues --limits FILE "+tt.words+"\n"+
				strings.ReplaceAll(got, file, "FILE"))
		})
	}
	for name, x := range map[string]struct{ file, want string }{
		"no TOML":       {"[[queue]\n", "FILE: line 1: "},
		"no table":      {"", "FILE: it has no table [[queue]]"},
		"a typo":        {"[[queue]]\nname = \"a\"\nmax-redy = 1\n", `FILE: line 3: there is no key "queue.max-redy"`},
		"no name":       {"[[queue]]\nmax-ready = 1\n", "FILE: [[queue]] 1: it needs either name or match"},
		"both":          {"[[queue]]\nname = \"a\"\nmatch = \"a\"\n", "FILE: [[queue]] 1: it needs either name or match"},
		"a bad pattern": {"[[queue]]\nmatch = \"(\"\n", "FILE: [[queue]] 1: match: error parsing regexp"},
		"a bad limit": {"[[queue]]\nname = \"a\"\nmax-age = \"soon\"\n",
			`FILE: [[queue]] 1: max-age: "soon" is neither a limit such as 15m`},
		"no number": {"[[queue]]\nname = \"a\"\nmax-ready = true\n",
			"FILE: [[queue]] 1: max-ready must be a number, or a text in quotes"},
		"a bad missing": {"[[queue]]\nname = \"a\"\nmissing = \"never\"\n",
			"FILE: [[queue]] 1: missing: \"never\" is not one of ok, warning, critical, unknown"},
		"not a readable": {"-", "FILE cannot be read: "},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			file := filepath.Join(t.TempDir(), "limits.toml")
			if x.file != "-" {
				put(t, file, x.file)
			}
			got := cmdtest.Run{Commands: check.Commands()}.Do(t, brokertest.New(t), "check_queues", "--limits", file)
			if fail.KindOf(got.Error) != fail.Unknown || !strings.HasPrefix(strings.ReplaceAll(got.Out, file, "FILE"),
				"UNKNOWN - "+x.want) {
				t.Errorf("%s: %v\n%s", fail.KindOf(got.Error), got.Error, got.Out)
			}
		})
	}
}
