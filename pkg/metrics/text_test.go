package metrics

import (
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// told is the line that comes after all metrics of queues.
const told = "rabbitmq_identity_info{rabbitmq_node=\"a@h\"} 1\n"

func samples(t testing.TB, text string) []string {
	t.Helper()
	var got []string
	if err := eachOfQueues(strings.NewReader(text+"\n"+told), func(s ofQueue) {
		got = append(got, strings.Join([]string{string(s.metric), string(s.vhost), string(s.queue),
			string(record.Of(s.value))}, "|"))
	}); err != nil {
		t.Fatal(err)
	}
	return got
}

func TestEachOfQueues(t *testing.T) {
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
		strings.Repeat("x", 200<<10) + "\n" +
			`rabbitmq_detailed_queue_messages{vhost="/",queue="a"} 7`: {"messages|/|a|7"},
	} {
		if diff := cmp.Diff(want, samples(t, text)); diff != "" {
			t.Errorf("%.80s: %s", text, diff)
		}
	}
}

// TestEachLine_whole: metrics that are cut off at any place are an error.
func TestEachLine_whole(t *testing.T) {
	t.Parallel()
	text := "# TYPE rabbitmq_detailed_queue_messages gauge\nrabbitmq_detailed_queue_messages{vhost=\"/\",queue=\"a\"} 12\n" + told
	for end := range len(text) {
		if err := eachLine(strings.NewReader(text[:end]), func([]byte) {}); !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Errorf("%q: %v", text[:end], err)
		}
	}
	if err := eachLine(strings.NewReader(text+"# HELP more\n\n"), func([]byte) {}); err != nil {
		t.Error(err)
	}
}

func FuzzEachOfQueues(f *testing.F) {
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
