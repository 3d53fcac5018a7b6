package broker

import (
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rabbitctl/rabbitctl/pkg/record"
)

func samples(t testing.TB, text string) []string {
	t.Helper()
	var got []string
	if err := eachSample(strings.NewReader(text), func(s sample) {
		got = append(got, strings.Join([]string{string(s.metric), string(s.vhost), string(s.queue), string(record.Of(s.value))}, "|"))
	}); err != nil {
		t.Fatal(err)
	}
	return got
}

func TestEachSample(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][]string{
		"": nil,
		"# TYPE rabbitmq_detailed_queue_messages gauge\nrabbitmq_detailed_queue_messages{vhost=\"/\",queue=\"a b\"} 7\n": {"messages|/|a b|7"},
		`rabbitmq_detailed_queue_messages{vhost="/",queue="a"} 7`:                                                        {"messages|/|a|7"},
		`rabbitmq_detailed_queue_consumers{queue="a",vhost="v"} 0`:                                                       {"consumers|v|a|0"},
		`rabbitmq_detailed_queue_messages{vhost="\"\\",queue="a\nb,\"} 1"} 2`:                                            {"messages|\"\\|a\nb,\"} 1|2"},
		`rabbitmq_detailed_queue_messages{vhost="/",queue=""} 1`:                                                         {"messages|/||1"},
		`rabbitmq_detailed_queue_messages{vhost="/",queue="a",member="x"} 1`:                                             nil,
		`rabbitmq_detailed_queue_messages{vhost="/"} 1`:                                                                  nil,
		`rabbitmq_detailed_queue_messages{vhost="/",queue="a} 1`:                                                         nil,
		`rabbitmq_detailed_queue_messages{vhost="/",queue="a"} NaN`:                                                      nil,
		`rabbitmq_detailed_queue_messages{vhost="/",queue="a"} `:                                                         nil,
		`rabbitmq_queue_messages{vhost="/",queue="a"} 1`:                                                                 nil,
		strings.Repeat("x", 200<<10) + "\n" + `rabbitmq_detailed_queue_messages{vhost="/",queue="a"} 7`:                  {"messages|/|a|7"},
	} {
		if diff := cmp.Diff(want, samples(t, text)); diff != "" {
			t.Errorf("%.80s: %s", text, diff)
		}
	}
}

func FuzzEachSample(f *testing.F) {
	f.Add("rabbitmq_detailed_queue_messages{vhost=\"/\",queue=\"a\\\"\\n\"} 7\n")
	f.Add(`rabbitmq_detailed_queue_messages{vhost="\`)
	f.Fuzz(func(t *testing.T, text string) {
		for _, s := range samples(t, text) {
			if strings.Count(s, "|") < 3 {
				t.Errorf("a sample without its parts: %q", s)
			}
		}
	})
}

// TestTally joins metrics, whether each names the queues in the same order or not, of two nodes.
func TestTally(t *testing.T) {
	t.Parallel()
	columns := []record.Column{{Name: "name"}, {Name: "vhost"}, {Name: "messages_ready"}, {Name: "messages"}}
	tally := newTally(columns)
	add := func(metric, queue string, n int64) {
		tally.add(sample{[]byte(metric), []byte("v"), []byte(queue), n})
	}
	tally.begin()
	add("messages_ready", "a", 1)
	add("messages_ready", "b", 2)
	add("messages_ready", "c\"\x00", 3)
	add("process_reductions_total", "a", 9)
	add("messages", "c\"\x00", 30)
	add("messages", "b", 20)
	add("messages", "a", 10)
	add("messages", "young", 40)
	tally.begin()
	add("messages", "d", 50)
	add("messages_ready", "d", 5)
	var got []string
	for row, err := range tally.rows(columns, "") {
		if err != nil {
			t.Fatal(err)
		}
		cells := make([]string, len(row))
		for i, v := range row {
			cells[i] = string(v)
		}
		got = append(got, strings.Join(cells, " "))
	}
	want := []string{`"a" "v" 1 10`, `"b" "v" 2 20`, `"c\"\u0000" "v" 3 30`, `"young" "v"  40`, `"d" "v" 5 50`}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if got := tally.query("/").Encode(); got != "family=queue_coarse_metrics&vhost=%2F" {
		t.Errorf("asks for %s", got)
	}
}

func TestMetricsOf(t *testing.T) {
	t.Parallel()
	api, _ := url.Parse("http://broker.example:15672/prefix")
	got := metricsOf(record.Value(`{"node":"rabbit@h1","listeners":[
		{"node":"rabbit@h1","protocol":"http/prometheus","port":15692},
		{"node":"rabbit@h1","protocol":"amqp","port":5672},
		{"node":"rabbit@h2","protocol":"https/prometheus","port":15691}]}`), api)
	want := map[string]string{"rabbit@h1": "http://broker.example:15692", "rabbit@h2": "https://h2:15691"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
