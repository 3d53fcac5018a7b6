package queues_test

import (
	"context"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/internal/brokertest"
	"github.com/rabbitctl/rabbitctl/pkg/queues"
	"github.com/rabbitctl/rabbitctl/pkg/record"
	"github.com/rabbitctl/rabbitctl/pkg/steps"
)

// These are the requests of List for name and messages, with all nodes running and with a node down, and answers about
// the nodes.
const (
	liveQueues  = "GET /api/queues?columns=name%2Cmessages%2Cstate%2Cvhost%2Ctype&disable_stats=true&enable_queue_totals=true"
	sight       = "%2Cstate%2Cnode%2Cleader%2Cvhost%2Ctype"
	sickQueues  = "GET /api/queues?columns=name%2Cmessages" + sight + "&disable_stats=true&enable_queue_totals=true"
	plainQueues = "GET /api/queues?columns=name%2Cmessages" + sight + "&disable_stats=true"
	statsQueues = "GET /api/queues?columns=name%2Cmessages" + sight + "&node_stats_age=60&node_stats_incr=5"
	oneIsDown   = `[{"name":"a","running":true,"partitions":[]},{"name":"b","running":false}]`
	rollNamed   = `[{"name":"a","type":"disc","running":true},{"name":"b","type":"disc","running":false}]`
	oneIsSplit  = `[{"name":"a","running":true,"partitions":[]},{"name":"b","running":true,"partitions":["a"]}]`
)

func hang(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }

func client(t *testing.T, base string) *broker.Client {
	t.Helper()
	c, err := broker.New(broker.Options{BaseURL: base, Username: "u", UserAgent: "rabbitctl/test",
		Credentials: func(context.Context) (string, string, error) { return "u", "p", nil }})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// listing is the result of List. A row is written as name=messages.
type listing struct {
	Rows, Notes []string
	Kind        fail.Kind
	Text        string
}

func listQueues(t *testing.T, s *brokertest.Server, budget time.Duration, wish queues.Wish, columns ...string) listing {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), budget)
	defer cancel()
	var got listing
	wish.Note = func(note fail.Advice) { got.Notes = append(got.Notes, steps.Words(note)) }
	var asked []record.Column
	for _, c := range columns {
		asked = append(asked, record.Column{Name: c})
	}
	for row, err := range queues.List(ctx, client(t, s.URL), wish, asked) {
		if err != nil {
			got.Kind, got.Text = fail.KindOf(err), strings.ReplaceAll(err.Error(), s.URL, "URL")
			if steps.Of(err) == "" {
				t.Errorf("no next step for %s", got.Text)
			}
			break
		}
		var cells []string
		for _, v := range row {
			cells = append(cells, v.Text())
		}
		got.Rows = append(got.Rows, strings.Join(cells, "="))
	}
	return got
}

const plenty = time.Minute

func TestList_sick(t *testing.T) {
	t.Parallel()
	live := `[{"vhost":"/","name":"c","type":"classic","messages":0},{"vhost":"/","name":"q","type":"quorum","messages":0}]`
	tests := []struct {
		name   string
		budget time.Duration
		set    func(*brokertest.Server)
		want   listing
	}{
		{"all is well", plenty, func(s *brokertest.Server) {
			s.JSON(liveQueues, 200, live)
		}, listing{Rows: []string{"c=0", "q=0"}}},
		{"the user may not list nodes", plenty, func(s *brokertest.Server) {
			s.JSON(liveQueues, 200, live)
			s.JSON(brokertest.Standing, 401, `{"error":"not_authorized","reason":"Not monitor user"}`)
		}, listing{Rows: []string{"c=0", "q=0"}}},
		{"a node is down: its queues are listed without counts, and no replicated queue counts 0", plenty,
			func(s *brokertest.Server) {
				s.JSON(liveQueues, 200, live)
				s.JSON(brokertest.Standing, 200, oneIsDown)
				s.JSON(sickQueues, 200, `[
				{"vhost":"/","name":"c","type":"classic","state":"running","node":"a","messages":0},
				{"vhost":"/","name":"q","type":"quorum","state":"running","leader":"a","messages":0},
				{"vhost":"/","name":"r","type":"quorum","state":"running","leader":"a","messages":7}]`)
				s.JSON(plainQueues, 200, `[
				{"vhost":"/","name":"c","type":"classic","state":"running","node":"a"},
				{"vhost":"/","name":"down","type":"classic","state":"down","node":"b","messages":3}]`)
			}, listing{Rows: []string{"c=0", "q=", "r=7", "down="}, Kind: fail.Incomplete,
				Text: "node b does not run or does not answer, so counts of queues that are held or replicated there may be missing"}},
		{"split", plenty, func(s *brokertest.Server) {
			s.JSON(liveQueues, 200, live)
			s.JSON(brokertest.Standing, 200, oneIsSplit)
			s.JSON(sickQueues, 200, `[{"vhost":"/","name":"q","type":"quorum","messages":0}]`)
			s.JSON(plainQueues, 500, `{}`)
		}, listing{Rows: []string{"q="}, Kind: fail.Incomplete,
			Text: "the cluster is split: a is cut off from other nodes, so counts of queues that are held or replicated there may be missing"}},
		{"a node is down and the totals hang: the statistics answer", 2 * time.Second, func(s *brokertest.Server) {
			s.JSON(liveQueues, 200, live)
			s.JSON(brokertest.Standing, 200, oneIsDown)
			s.Handle(sickQueues, hang)
			s.JSON(statsQueues, 200, `[{"vhost":"/","name":"c","type":"classic","state":"running","node":"a","messages":1},
				{"vhost":"/","name":"old","type":"classic","state":"running","node":"b","messages":9}]`)
		}, listing{Rows: []string{"c=1", "old="}, Kind: fail.Incomplete,
			Text: "node b does not run or does not answer, so counts of queues that are held or replicated there may be missing"}},
		{"nothing answers but the definitions and single queues", 2 * time.Second, func(s *brokertest.Server) {
			s.Handle(liveQueues, hang)
			s.Handle(brokertest.Standing, hang)
			both := make(chan struct{})
			s.Handle("GET /api/definitions", func(w http.ResponseWriter, _ *http.Request) {
				<-both
				w.Header().Set("Content-Type", "application/json")
				io.WriteString(w,
					`{"rabbit_version":"4.3.6","exchanges":[],"bindings":[],"queues":[{"vhost":"/","name":"near","type":"classic"},{"vhost":"/","name":"far"}]}`)
			})
			s.Handle("GET /api/bindings?columns=source%2Cdestination_type%2Cvhost%2Cdestination",
				func(w http.ResponseWriter, r *http.Request) {
					close(both)
					hang(w, r)
				})
			s.JSON("GET /api/queues/%2F/near?disable_stats=true&enable_queue_totals=true", 200, `{"name":"near","messages":4}`)
			s.Handle("GET /api/queues/%2F/far?disable_stats=true&enable_queue_totals=true", hang)
		}, listing{Rows: []string{"near=4", "far="}, Kind: fail.Incomplete}},
		{"nothing answers but the bindings", 2 * time.Second, func(s *brokertest.Server) {
			s.Handle(liveQueues, hang)
			s.Handle(brokertest.Standing, hang)
			both := make(chan struct{})
			s.Handle("GET /api/definitions", func(w http.ResponseWriter, r *http.Request) {
				close(both)
				hang(w, r)
			})
			s.Handle("GET /api/bindings?columns=source%2Cdestination_type%2Cvhost%2Cdestination",
				func(w http.ResponseWriter, _ *http.Request) {
					<-both
					w.Header().Set("Content-Type", "application/json")
					io.WriteString(w, `[{"source":"x","destination_type":"queue","vhost":"/","destination":"q"},
					{"source":"","destination_type":"queue","vhost":"/","destination":"q"}]`)
				})
			s.JSON("GET /api/queues/%2F/q?disable_stats=true&enable_queue_totals=true", 404,
				`{"error":"Object Not Found","reason":"Not Found"}`)
		}, listing{Rows: []string{"q="}, Kind: fail.Incomplete}},
		{"nothing answers at all", time.Second, func(s *brokertest.Server) {
			for _, r := range []string{liveQueues, brokertest.Standing, "GET /api/definitions",
				"GET /api/bindings?columns=source%2Cdestination_type%2Cvhost%2Cdestination"} {
				s.Handle(r, hang)
			}
		}, listing{Kind: fail.Timeout, Text: "URL did not answer in time"}},
		{"the queues do not answer, but the statistics do", 2 * time.Second, func(s *brokertest.Server) {
			s.Handle(liveQueues, hang)
			s.JSON("GET /api/queues?columns=name%2Cmessages%2Cstate&node_stats_age=60&node_stats_incr=5&page=1&page_size=500", 200,
				`{"page":1,"items":[{"name":"c","messages":2}]}`)
		}, listing{Rows: []string{"c=2"}, Kind: fail.Incomplete,
			Text: "the queues of URL did not answer in time: these rows are from the statistics, 5 s old or more, of 500 queues at most"}},
		{"the nodes are told of behind the rows", time.Second, func(s *brokertest.Server) {
			s.Handle(brokertest.Standing, hang)
			s.JSON(liveQueues, 200, live)
		}, listing{Rows: []string{"c=0", "q=0"}, Kind: fail.Incomplete}},
		{"the listing is refused while nobody says how the nodes stand", plenty, func(s *brokertest.Server) {
			asked := make(chan struct{})
			s.Handle(liveQueues, func(w http.ResponseWriter, _ *http.Request) {
				<-asked
				http.Error(w, "", http.StatusBadGateway)
			})
			s.Handle(brokertest.Standing, func(w http.ResponseWriter, _ *http.Request) {
				close(asked)
				http.Error(w, "", http.StatusInternalServerError)
			})
		}, listing{Kind: fail.Unavailable, Text: "URL failed with status 502"}},
		{"a stream is deleted before it is asked for", plenty, func(s *brokertest.Server) {
			s.JSON(liveQueues, 200,
				`[{"vhost":"/","name":"s","type":"stream"},{"vhost":"/","name":"c","type":"classic","messages":1}]`)
			s.JSON("GET /api/queues/%2F/s", 404, `{"error":"Object Not Found","reason":"Not Found"}`)
		}, listing{Rows: []string{"s=", "c=1"}}},
		{"a stream does not answer", 2 * time.Second, func(s *brokertest.Server) {
			s.JSON(liveQueues, 200,
				`[{"vhost":"/","name":"s","type":"stream"},{"vhost":"/","name":"c","type":"classic","messages":1},{"vhost":"/","name":"s2","type":"stream"}]`)
			s.Handle("GET /api/queues/%2F/s", hang)
		}, listing{Rows: []string{"s=", "c=1", "s2="}, Kind: fail.Incomplete,
			Text: "2 streams of URL did not report their counts in time"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := brokertest.New(t)
			tt.set(s)
			got := listQueues(t, s, tt.budget, queues.Wish{}, "name", "messages")
			if tt.want.Text == "" {
				if tt.want.Kind == fail.Incomplete && !strings.Contains(got.Text, "did not say within") {
					t.Errorf("says %s", got.Text)
				}
				got.Text = ""
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestList_withoutStatistics(t *testing.T) {
	t.Parallel()
	s := brokertest.New(t)
	s.JSON("GET /api/queues?columns=name%2Cconsumers%2Cstate&node_stats_age=60&node_stats_incr=5", 200, `[{"name":"c"}]`)
	s.JSON(brokertest.Standing, 200, `[{"name":"a","running":true}]`)
	s.JSON("GET /api/overview?columns=disable_stats", 200, `{"disable_stats":true}`)
	got := listQueues(t, s, plenty, queues.Wish{}, "name", "consumers")
	want := listing{Rows: []string{"c="}, Kind: fail.Incomplete,
		Text: "URL collects no statistics (management_agent.disable_metrics_collector), so only counts and what queues were declared with are known here"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// TestList_enough: a reader that takes only one row still gets the note that a node is missing.
func TestList_enough(t *testing.T) {
	t.Parallel()
	s := brokertest.New(t)
	s.JSON(liveQueues, 200, `[]`)
	s.JSON(brokertest.Standing, 200, oneIsDown)
	s.JSON(sickQueues, 200,
		`[{"vhost":"/","name":"c","type":"classic","messages":1},{"vhost":"/","name":"d","type":"classic","messages":1}]`)
	var notes []string
	wish := queues.Wish{Note: func(note fail.Advice) { notes = append(notes, steps.Words(note)) }}
	for _, err := range queues.List(t.Context(), client(t, s.URL), wish, []record.Column{{Name: "name"},
		{Name: "messages"}}) {
		if err != nil {
			t.Fatal(err)
		}
		break
	}
	if len(notes) != 1 || !strings.HasPrefix(notes[0], "node b does not run") {
		t.Errorf("notes %q", notes)
	}
}

// Rows that need no other node come at once. The listing then ends with an error that names the silent node.
func TestList_silentNodeIsNamed(t *testing.T) {
	t.Parallel()
	s := brokertest.New(t)
	s.Handle(liveQueues, hang)
	s.Handle(brokertest.Standing, hang)
	s.JSON(brokertest.Roll, 200, rollNamed)
	both := make(chan struct{})
	s.Handle("GET /api/definitions", func(w http.ResponseWriter, _ *http.Request) {
		<-both
		w.Header().Set("Content-Type", "application/json")
		io.WriteString(w,
			`{"rabbit_version":"4.3.6","exchanges":[],"bindings":[],"queues":[{"vhost":"/","name":"near","type":"classic"}]}`)
	})
	s.Handle("GET /api/bindings?columns=source%2Cdestination_type%2Cvhost%2Cdestination",
		func(w http.ResponseWriter, r *http.Request) {
			close(both)
			hang(w, r)
		})
	s.JSON("GET /api/queues/%2F/near?disable_stats=true&enable_queue_totals=true", 200, `{"name":"near","messages":4}`)
	got := listQueues(t, s, 2*time.Second, queues.Wish{}, "name", "messages")
	if !slices.Equal(got.Rows, []string{"near=4"}) || got.Kind != fail.Incomplete ||
		got.Text != "node b does not answer, so most counts are not known" {
		t.Errorf("%+v", got)
	}
}
