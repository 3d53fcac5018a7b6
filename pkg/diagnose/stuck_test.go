package diagnose_test

import (
	"strings"
	"testing"
	"time"

	"github.com/rabbitctl/rabbitctl/pkg/diagnose"
)

// stuck judges the queues of the second look, which are in the slice after. The first look at a queue is the element of
// the slice before with the same name.
func stuck(f diagnose.StuckFacts, before, after []diagnose.QueueFlow,
	prefetch diagnose.Prefetch) []diagnose.StuckQueue {
	earlier := map[string]diagnose.Earlier{}
	for _, q := range before {
		earlier[q.Name] = diagnose.Earlier{Seen: true, Messages: q.Messages, Published: q.Published, Acked: q.Acked,
			Redelivered: q.Redelivered}
	}
	var all []diagnose.StuckQueue
	for _, q := range after {
		if s, is := f.Judge(earlier[q.Name], q, prefetch); is {
			all = append(all, s)
		}
	}
	diagnose.WorstFirst(all)
	return all
}

func TestStuck(t *testing.T) {
	now := time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)
	flow := func(consumers, ready, unacked, published, acked float64) diagnose.QueueFlow {
		return diagnose.QueueFlow{VHost: "/", Name: "q", Type: "classic", State: "running", Consumers: known(consumers),
			Ready: known(ready), Unacked: known(unacked),
			Messages: known(ready + unacked), Published: known(published), Acked: known(acked), Redelivered: known(0)}
	}
	with := func(q diagnose.QueueFlow, change func(*diagnose.QueueFlow)) diagnose.QueueFlow { change(&q); return q }
	tests := []struct {
		name          string
		before, after diagnose.QueueFlow
		prefetch      diagnose.Prefetch
		noRates       bool
		class, reason string // class is "" if the queue is not stuck
	}{
		{"empty", flow(1, 0, 0, 0, 0), flow(1, 0, 0, 50, 50), diagnose.Prefetch{}, false, "", ""},
		{"comes and goes", flow(1, 0, 0, 0, 0), flow(1, 3, 1, 150, 146), diagnose.Prefetch{}, false, "", ""},
		{"nobody reads, grows", flow(0, 10, 0, 10, 0), flow(0, 40, 0, 40, 0), diagnose.Prefetch{}, false, "no-consumer",
			"nobody reads it and it grows 2/s"},
		{"nobody reads, stands", flow(0, 10, 0, 10, 0), flow(0, 10, 0, 10, 0), diagnose.Prefetch{}, false, "no-consumer",
			"nobody reads it"},
		{"nobody reads, one fetches", flow(0, 10, 0, 10, 0), flow(0, 8, 2, 10, 0), diagnose.Prefetch{}, false, "no-consumer",
			"nobody reads it; 2 held by a client that fetches messages one by one"},
		{"nobody reads for long", flow(0, 10, 0, 10, 0), with(flow(0, 10, 0, 10, 0), func(q *diagnose.QueueFlow) {
			q.Idle = now.Add(-75 * time.Hour)
		}), diagnose.Prefetch{}, false,
			"idle", "nobody reads it, and nothing happened to it for 3d3h"},
		{"nobody reads since yesterday's end", flow(0, 10, 0, 10, 0), with(flow(0, 10, 0, 10, 0),
			func(q *diagnose.QueueFlow) { q.Idle = now.Add(-23 * time.Hour) }), diagnose.Prefetch{}, false,
			"no-consumer", "nobody reads it"},
		{"sleeps in its handler", flow(1, 1690, 1, 1700, 9), flow(1, 1840, 1, 1850, 9), diagnose.Prefetch{Consumers: 1,
			Limit: 1}, false, "not-acking", "prefetch full (1 of 1), no ack in 15s"},
		{"holds", flow(1, 0, 4, 4, 0), flow(1, 0, 4, 4, 0), diagnose.Prefetch{Consumers: 1, Limit: 50}, false, "not-acking",
			"4 held, no ack in 15s"},
		{"puts back", flow(1, 0, 4, 4, 0), with(flow(1, 0, 4, 4, 0), func(q *diagnose.QueueFlow) {
			q.Redelivered = known(900)
		}), diagnose.Prefetch{}, false, "not-acking",
			"no ack in 15s, and consumers put messages back: 900 redelivered"},
		{"its first consumer has just come", flow(0, 10, 0, 10, 0), flow(0, 6, 4, 10, 0), diagnose.Prefetch{Consumers: 1,
			Limit: 50}, false, "not-acking", "4 held, no ack in 15s"},
		{"waits", flow(2, 10, 0, 10, 0), flow(2, 10, 0, 10, 0), diagnose.Prefetch{}, false, "not-taking",
			"2 consumers take no messages: does it wait for another consumer, or is its channel blocked?"},
		{"full and grows", flow(1, 300, 1, 300, 0), flow(1, 330, 1, 375, 45), diagnose.Prefetch{Consumers: 1, Limit: 1},
			false, "prefetch-full",
			"consumers hold all they may (1 of 1) and finish 3/s; it grows 2/s"},
		{"grows", flow(1, 300, 1, 300, 0), flow(1, 330, 1, 375, 45), diagnose.Prefetch{Consumers: 1}, false, "growing",
			"grows 2/s: consumers finish 3/s, too little"},
		{"stands", flow(1, 300, 1, 300, 0), flow(1, 300, 1, 345, 45), diagnose.Prefetch{Consumers: 1}, false, "standing",
			"neither grows nor drains: consumers finish 3/s, as much as comes"},
		{"drains", flow(1, 62000, 0, 0, 0), flow(1, 50000, 0, 0, 12000), diagnose.Prefetch{Consumers: 1, Limit: 1}, false,
			"draining", "drains 800/s, empty in 1m3s"},
		{"young", diagnose.QueueFlow{}, diagnose.QueueFlow{VHost: "/", Name: "q", Type: "classic"}, diagnose.Prefetch{},
			false, "unknown",
			"the broker does not report its figures: it is younger than 5 s, or its node is down"},
		{"its node is down", diagnose.QueueFlow{}, diagnose.QueueFlow{VHost: "/", Name: "q", Type: "classic", State: "down"},
			diagnose.Prefetch{}, false, "down",
			"its node is down, so nobody can use it, and the broker does not report its figures"},
		{"its virtual host is stopped", flow(1, 3, 0, 0, 0), diagnose.QueueFlow{VHost: "/", Name: "q", Type: "classic",
			State: "stopped"}, diagnose.Prefetch{}, false, "stopped",
			"its virtual host does not run on its node, so nobody can use it"},
		{"no majority", flow(1, 0, 4, 4, 0), with(flow(1, 0, 4, 4, 0), func(q *diagnose.QueueFlow) { q.State = "minority" }),
			diagnose.Prefetch{Consumers: 1}, false, "no-majority",
			"half or more of its members do not run: publishers wait, and consumers get nothing"},
		{"no majority, called running", flow(1, 0, 4, 4, 0), with(flow(1, 0, 4, 4, 0), func(q *diagnose.QueueFlow) {
			q.State, q.Members, q.Online = "running", 3, 1
		}), diagnose.Prefetch{Consumers: 1}, false, "no-majority",
			"half or more of its members do not run: publishers wait, and consumers get nothing"},
		{"silent at first", diagnose.QueueFlow{VHost: "/", Name: "q"}, flow(1, 300, 1, 345, 45), diagnose.Prefetch{}, false,
			"unknown", "at the first look it was not listed, or had no figures"},
		{"no rates", flow(1, 10, 0, 0, 0), flow(1, 40, 0, 0, 0), diagnose.Prefetch{}, true, "unknown",
			"the broker counts no acknowledgements (rates_mode is none); it grows 2/s"},
		{"a stream", flow(0, 10, 0, 0, 0), with(flow(0, 10, 0, 0, 0), func(q *diagnose.QueueFlow) { q.Type = "stream" }),
			diagnose.Prefetch{}, false, "", ""},
		{"counters begin again", flow(1, 300, 1, 300, 900), flow(1, 300, 1, 45, 45), diagnose.Prefetch{Consumers: 1}, false,
			"standing", "neither grows nor drains: consumers finish 3/s, as much as comes"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := diagnose.StuckFacts{Elapsed: 15 * time.Second, Now: now, NoRates: tt.noRates}
			got := stuck(f, []diagnose.QueueFlow{tt.before}, []diagnose.QueueFlow{tt.after}, tt.prefetch)
			switch {
			case tt.class == "" && len(got) > 0:
				t.Errorf("%s: %s", got[0].Class, got[0].Reason)
			case tt.class != "" && (len(got) != 1 || got[0].Class != tt.class || got[0].Reason != tt.reason):
				t.Errorf("%+v, want %s: %s", got, tt.class, tt.reason)
			}
		})
	}
	t.Run("worst first", func(t *testing.T) {
		var after []diagnose.QueueFlow
		for _, tt := range tests {
			if tt.name == "holds" || tt.name == "nobody reads, stands" || tt.name == "sleeps in its handler" ||
				strings.HasPrefix(tt.name, "its ") && tt.class != "not-acking" {
				q := tt.after
				q.Name = tt.name
				after = append(after, q)
			}
		}
		var names []string
		for _, q := range stuck(diagnose.StuckFacts{Elapsed: 15 * time.Second, Now: now}, after, after, diagnose.Prefetch{}) {
			names = append(names, q.Name)
		}
		if got := strings.Join(names, ", "); got != "its virtual host is stopped, its node is down, "+
			"sleeps in its handler, holds, nobody reads, stands" {
			t.Error(got)
		}
	})
}
