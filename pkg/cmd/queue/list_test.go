package queue_test

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/cmd/queue"
	"github.com/rabbitctl/rabbitctl/pkg/internal/brokertest"
	"github.com/rabbitctl/rabbitctl/pkg/internal/cmdtest"
)

// run runs a command for queues and compares its whole result with a golden file.
func run(t *testing.T, name string, r cmdtest.Run, s *brokertest.Server, words ...string) {
	t.Helper()
	r.Commands = queue.Commands()
	r.Check(t, name, s, words...)
}

// The queries of listings. Package queues tests which members of the API are requested for a column.
const (
	defaults   = "?columns=vhost%2Cname%2Ctype%2Cstate%2Cmessages_ready%2Cmessages_unacknowledged%2Cmessages&disable_stats=true&enable_queue_totals=true"
	nameCounts = "?columns=name%2Cmessages%2Cstate%2Cvhost%2Ctype&disable_stats=true&enable_queue_totals=true"
	consumers  = "?columns=name%2Cmessages%2Cconsumers%2Cstate%2Cvhost%2Ctype&node_stats_age=60&node_stats_incr=5"
	nameOnly   = "?columns=name&disable_stats=true"
)

const rows = `[
 {"vhost":"/","name":"orders","type":"quorum","state":"running","messages":1200,"messages_ready":1000,"messages_unacknowledged":200},
 {"vhost":"/","name":"a\tb\u001b[31m","type":"classic","state":"idle","messages":0,"messages_ready":0,"messages_unacknowledged":0},
 {"vhost":"prod","name":"young","type":"classic","state":"running"},
 {"vhost":"prod","name":"down","type":"classic","state":"down","messages":null,"messages_ready":null,"messages_unacknowledged":null},
 {"vhost":"prod","name":"orders.dlq","type":"classic","state":"running","messages":7,"messages_ready":7,"messages_unacknowledged":0}
]`

func TestListQueues_formats(t *testing.T) {
	t.Parallel()
	for _, format := range []string{"tsv", "csv", "json", "jsonl", "yaml", "markdown", "table"} {
		t.Run(format, func(t *testing.T) {
			t.Parallel()
			s := brokertest.New(t)
			s.JSON("GET /api/queues"+defaults, 200, rows)
			run(t, "list/"+format, cmdtest.Run{}, s, "list_queues", "-o", format)
		})
	}
}

func TestListQueues_whereItGoes(t *testing.T) {
	t.Parallel()
	t.Run("a pipe gets tab-separated values", func(t *testing.T) {
		t.Parallel()
		s := brokertest.New(t)
		s.JSON("GET /api/queues"+defaults, 200, rows)
		run(t, "list/pipe", cmdtest.Run{}, s, "list_queues")
	})
	t.Run("a terminal gets a table", func(t *testing.T) {
		t.Parallel()
		s := brokertest.New(t)
		s.JSON("GET /api/queues"+defaults, 200, rows)
		run(t, "list/terminal", cmdtest.Run{Terminal: true}, s, "list_queues")
	})
	t.Run("a variable names the format", func(t *testing.T) {
		t.Parallel()
		s := brokertest.New(t)
		s.JSON("GET /api/queues"+nameCounts, 200, `[{"name":"a","messages":1}]`)
		run(t, "list/variable", cmdtest.Run{Env: []string{"RABBITCTL_FORMATTER=json"}}, s, "list_queues", "name", "messages")
	})
}

func TestListQueues_options(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name    string
		request string // "" for none at all
		body    string
		words   []string
	}{
		{"columns", consumers, rows, []string{"name", "messages,consumers"}},
		{"columns that nobody has", nameOnly, `[{"name":"a"}]`, []string{"name", "pid"}},
		{"where", nameCounts, rows, []string{"name", "--where", "messages > 5"}},
		{"where on a column that is not shown", "?columns=name%2Cconsumers%2Cmessages%2Cstate%2Cvhost%2Ctype&node_stats_age=60&node_stats_incr=5",
			`[{"name":"a","messages":5,"consumers":0},{"name":"b","messages":5,"consumers":1},{"name":"c"}]`,
			[]string{"name", "--where", "messages > 1 && consumers == 0"}},
		{"sort", nameCounts, rows, []string{"name", "messages", "--sort", "-messages"}},
		{"sort and limit", nameCounts, rows, []string{"name", "messages", "--sort", "-messages,name", "--limit", "2"}},
		{"limit", nameCounts, rows, []string{"name", "messages", "--limit", "1"}},
		{"match", nameOnly, rows, []string{"name", "--match", "^orders", "--exclude", "dlq$"}},
		{"totals", nameCounts, rows, []string{"name", "messages", "--totals"}},
		{"totals table", nameCounts, rows, []string{"name", "messages", "--totals", "-o", "table"}},
		{"no headers", nameOnly, rows, []string{"name", "--no-table-headers"}},
		{"a member", "?columns=name%2Cmessage_stats.publish_details.rate&node_stats_age=60&node_stats_incr=5",
			`[{"name":"a","message_stats":{"publish_details":{"rate":1.25}}},{"name":"b","message_stats":[]}]`,
			[]string{"name", "message_stats.publish_details.rate"}},
		{"odd values", "?columns=name%2Cgarbage_collection%2Cconsumer_utilisation%2Cowner_pid_details&node_stats_age=60&node_stats_incr=5",
			`[{"name":"a","garbage_collection":[],"consumer_utilisation":"","owner_pid_details":[]}]`,
			[]string{"name", "garbage_collection", "consumer_utilisation", "owner_pid_details", "-o", "json"}},
		{"no rows left", nameCounts, `[{"name":"a","messages":0}]`, []string{"name", "--where", "messages > 5"}},
		{"unknown column", "", "", []string{"mesages"}},
		{"unknown column in where", "", "", []string{"--where", "mesages > 5"}},
		{"broken where", "", "", []string{"--where", "messages >"}},
		{"unknown column in sort", "", "", []string{"--sort", "-mesages"}},
		{"unknown format", "", "", []string{"-o", "jsn"}},
		{"broken pattern", "", "", []string{"--match", "("}},
		{"limit 0", "", "", []string{"--limit", "0"}},
		{"limit below 0", "", "", []string{"--limit", "-1"}},
		{"totals in json", "", "", []string{"--totals", "-o", "json"}},
		{"rounds without watch", "", "", []string{"--rounds", "2"}},
		{"watch too often", "", "", []string{"--watch", "1ms"}},
		{"empty virtual host", "", "", []string{"-p", ""}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := brokertest.New(t)
			if tt.request != "" {
				s.JSON("GET /api/queues"+tt.request, 200, tt.body)
			}
			run(t, "list/"+tt.name, cmdtest.Run{}, s, append([]string{"list_queues"}, tt.words...)...)
		})
	}
}

func TestListQueues_virtualHost(t *testing.T) {
	t.Parallel()
	t.Run("by flag", func(t *testing.T) {
		t.Parallel()
		s := brokertest.New(t)
		s.JSON("GET /api/queues/a%20b%2F%C3%BC"+nameOnly, 200, `[{"name":"x"}]`)
		run(t, "list/vhost flag", cmdtest.Run{}, s, "list_queues", "-p", "a b/ü", "name")
	})
	t.Run("by variable", func(t *testing.T) {
		t.Parallel()
		s := brokertest.New(t)
		s.JSON("GET /api/queues/prod"+nameOnly, 200, `[{"name":"x"}]`)
		run(t, "list/vhost variable", cmdtest.Run{Env: []string{"RABBITCTL_VHOST=prod"}}, s, "list_queues", "name")
	})
	t.Run("missing", func(t *testing.T) {
		t.Parallel()
		s := brokertest.New(t)
		closed(t, s, "nope", 200, `[{"name":"/"},{"name":"node"}]`)
		run(t, "list/vhost missing", cmdtest.Run{}, s, "list_queues", "-p", "nope", "name")
	})
	t.Run("shut", func(t *testing.T) {
		t.Parallel()
		s := brokertest.New(t)
		closed(t, s, "nope", 200, `[{"name":"/"},{"name":"nope"}]`)
		run(t, "list/vhost shut", cmdtest.Run{}, s, "list_queues", "-p", "nope", "name")
	})
	t.Run("no names", func(t *testing.T) {
		t.Parallel()
		s := brokertest.New(t)
		closed(t, s, "nope", 503, "")
		run(t, "list/vhost no names", cmdtest.Run{}, s, "list_queues", "-p", "nope", "name")
	})
	t.Run("empty one", func(t *testing.T) {
		t.Parallel()
		for _, release := range brokertest.Releases() {
			s := brokertest.New(t)
			s.JSON("GET /api/queues/empty"+nameOnly, 200, brokertest.Recorded(t, release, "queues-none"))
			run(t, "list/vhost empty", cmdtest.Run{}, s, "list_queues", "-p", "empty", "name")
		}
	})
	for label, name := range map[string]string{"dot": ".", "two dots": ".."} {
		t.Run("that HTTP cannot name: "+label, func(t *testing.T) {
			t.Parallel()
			run(t, "list/vhost "+label, cmdtest.Run{}, brokertest.New(t), "list_queues", "-p", name, "name")
		})
	}
}

func TestListQueues_blindUser(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, exchanges string }{
		{"sees nothing", `[]`},
		{"sees a virtual host without queues", `[{"name":""}]`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := brokertest.New(t)
			s.JSON("GET /api/queues"+nameOnly, 200, brokertest.Recorded(t, "4.3", "queues-blind"))
			s.JSON("GET /api/exchanges?columns=name", 200, tt.exchanges)
			run(t, "list/blind "+tt.name, cmdtest.Run{}, s, "list_queues", "name")
		})
	}
	t.Run("quiet", func(t *testing.T) {
		t.Parallel()
		s := brokertest.New(t)
		s.JSON("GET /api/queues"+nameOnly, 200, "[]")
		s.JSON("GET /api/exchanges?columns=name", 200, "[]")
		run(t, "list/blind quiet", cmdtest.Run{}, s, "list_queues", "name", "-q", "-o", "json")
	})
}

// If the answer breaks off, the rows that arrived stay printed, and the error says how many they are and that the
// answer broke off.
func TestListQueues_incomplete(t *testing.T) {
	t.Parallel()
	for _, format := range []string{"tsv", "json", "table"} {
		t.Run(format, func(t *testing.T) {
			t.Parallel()
			s := brokertest.New(t)
			s.Handle("GET /api/queues"+nameOnly, func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", "application/json")
				io.WriteString(w, `[{"name":"a"},{"name":"b"},`)
				w.(http.Flusher).Flush()
				panic(http.ErrAbortHandler)
			})
			run(t, "list/incomplete "+format, cmdtest.Run{}, s, "list_queues", "name", "-o", format)
		})
	}
	t.Run("before the first row", func(t *testing.T) {
		t.Parallel()
		s := brokertest.New(t)
		s.JSON("GET /api/queues"+nameOnly, 200, "[")
		run(t, "list/incomplete nothing", cmdtest.Run{}, s, "list_queues", "name", "-o", "json")
	})
}

func TestListQueues_refused(t *testing.T) {
	t.Parallel()
	for _, release := range brokertest.Releases() {
		for _, file := range []string{"401-login", "401-tag"} {
			t.Run(release+" "+file, func(t *testing.T) {
				t.Parallel()
				s := brokertest.New(t)
				s.JSON("GET /api/queues"+nameOnly, 401, brokertest.Recorded(t, release, file))
				run(t, "list/"+release+" "+file, cmdtest.Run{}, s, "list_queues", "name")
			})
		}
	}
}

func TestListQueues_recorded(t *testing.T) {
	t.Parallel()
	for _, release := range brokertest.Releases() {
		t.Run(release, func(t *testing.T) {
			t.Parallel()
			s := brokertest.New(t)
			s.JSON("GET /api/queues"+defaults, 200, brokertest.Recorded(t, release, "queues-totals"))
			s.JSON("GET /api/queues/%2F/events", 200, brokertest.Recorded(t, release, "queue-stream"))
			run(t, "list/recorded "+release, cmdtest.Run{}, s, "list_queues")
		})
		t.Run(release+" every column", func(t *testing.T) {
			t.Parallel()
			s := brokertest.New(t)
			names := "name,type,policy,operator_policy,effective_policy_definition,consumers,leader,members,online,arguments,consumer_capacity,single_active_consumer_tag"
			s.JSON("GET /api/queues?columns="+strings.ReplaceAll(strings.Replace(names, "leader", "leader,node", 1), ",", "%2C")+
				"%2Cstate&node_stats_age=60&node_stats_incr=5", 200, brokertest.Recorded(t, release, "queues"))
			run(t, "list/recorded columns "+release, cmdtest.Run{}, s, "list_queues", names, "-o", "json", "--where",
				"name != 'orders'")
		})
		t.Run(release+" young", func(t *testing.T) {
			t.Parallel()
			s := brokertest.New(t)
			s.JSON("GET /api/queues"+consumers, 200, brokertest.Recorded(t, release, "queues-young"))
			run(t, "list/young "+release, cmdtest.Run{}, s, "list_queues", "name", "messages", "consumers", "-o", "json",
				"--match", "young")
		})
	}
}

func TestListQueues_watch(t *testing.T) {
	t.Parallel()
	s := brokertest.New(t)
	s.JSON("GET /api/queues"+nameCounts, 200, `[{"name":"a","messages":1}]`)
	s.JSON("GET /api/queues"+nameCounts, 500, `{"error":"x"}`)
	s.JSON("GET /api/queues"+nameCounts, 200, `[{"name":"a","messages":4}]`)
	run(t, "list/watch", cmdtest.Run{}, s, "list_queues", "name", "messages", "--watch", "100ms", "--rounds", "3")
}

// TestListQueues_source: by default and with --source api, the counts come from the queues themselves. auto, the
// default of earlier versions, is still accepted and means the same as no --source.
func TestListQueues_source(t *testing.T) {
	t.Parallel()
	for _, source := range []string{"", "--source=api", "--source=auto"} {
		s := brokertest.New(t)
		s.JSON("GET /api/queues"+nameCounts, 200, `[{"name":"q","messages":3}]`)
		got := cmdtest.Run{Commands: queue.Commands()}.Do(t, s, strings.Fields("list_queues name messages "+source)...)
		if got.Error != nil || got.Out != "name\tmessages\nq\t3\n" || strings.Contains(got.Err, "prometheus") {
			t.Errorf("%s: %+v", source, got)
		}
	}
}

// TestListQueues_sourceDefaults: the default columns of --source prometheus are those that the metrics have.
func TestListQueues_sourceDefaults(t *testing.T) {
	t.Parallel()
	s := brokertest.New(t)
	_, port, _ := strings.Cut(strings.TrimPrefix(s.URL, "http://"), ":")
	s.JSON(brokertest.Listeners, 200,
		`{"node":"a@h","cluster_name":"c","listeners":[{"node":"a@h","protocol":"http/prometheus","port":`+port+`}]}`)
	s.JSON(brokertest.Standing, 200, `[{"name":"a@h","running":true,"partitions":[]}]`)
	s.JSON(brokertest.ClusterID, 200, `{"name":"internal_cluster_id","value":"id-1"}`)
	s.Handle(brokertest.Identity, brokertest.Metrics("rabbitmq_detailed_erlang_uptime_seconds 1\n"+
		`rabbitmq_identity_info{rabbitmq_node="a@h",rabbitmq_cluster="c",rabbitmq_cluster_permanent_id="id-1"} 1`+"\n"))
	of := func(metric string, n int) string {
		return fmt.Sprintf("rabbitmq_detailed_queue_%s{vhost=\"/\",queue=\"q\"} %d\n", metric, n)
	}
	s.Handle("GET /metrics/detailed?family=queue_consumer_count&family=queue_coarse_metrics", brokertest.Metrics(
		of("messages", 3)+of("messages_ready", 2)+of("messages_unacked", 1)+of("consumers", 4)))
	got := cmdtest.Run{Commands: queue.Commands()}.Do(t, s, "list_queues", "--source", "prometheus")
	if got.Error != nil || got.Out != "vhost\tname\tconsumers\tmessages_ready\tmessages_unacknowledged\tmessages\n"+
		"/\tq\t4\t2\t1\t3\n" {
		t.Errorf("%v %q", got.Error, got.Out)
	}
}

// closed answers like a broker whose virtual host does not exist, or may not be entered. The parameters status and
// listing are its answer to the listing of virtual hosts.
func closed(t *testing.T, s *brokertest.Server, vhost string, status int, listing string) {
	t.Helper()
	s.JSON("GET /api/queues/"+vhost+nameOnly, 404, brokertest.Recorded(t, "4.3", "404-vhost"))
	s.JSON("GET /api/exchanges/"+vhost+"/amq.default", 404, brokertest.Recorded(t, "4.3", "404-vhost"))
	s.JSON("GET /api/vhosts?columns=name", status, listing)
}
