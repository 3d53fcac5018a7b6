package health_test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/rabbitctl/rabbitctl/pkg/health"
)

func reading(n float64) health.Reading { return health.Reading{Value: n, Known: true} }

// full returns a classic queue with all its counts known.
func full(name string, consumers, ready, unacked float64) health.Queue {
	return health.Queue{VHost: "/", Name: name, Type: "classic", State: "running", Consumers: reading(consumers),
		Ready:   reading(ready),
		Unacked: reading(unacked), Messages: reading(ready + unacked)}
}

func limits(t *testing.T, texts map[string]string) (l health.QueueLimits) {
	t.Helper()
	for name, text := range texts {
		of := map[string]*health.Limits{"consumers": &l.Consumers, "ready": &l.Ready, "unacked": &l.Unacked, "age": &l.Age,
			"drain": &l.Drain, "growth": &l.Growth}[name]
		parsed, err := health.Limited{Least: name == "consumers", Duration: name == "age" || name == "drain"}.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		*of = parsed
	}
	return l
}

func TestJudgeQueue(t *testing.T) {
	const now = 1790000000
	with := func(q health.Queue, change func(*health.Queue)) health.Queue { change(&q); return q }
	trending := func(held, growth, acked float64) health.Queue {
		return with(full("q", 1, held, 0), func(q *health.Queue) { q.Growth, q.Acked = reading(growth), reading(acked) })
	}
	tests := []struct {
		name   string
		queue  health.Queue
		limits map[string]string
		status health.Status
		want   string
	}{
		{"consumers, too few", full("q", 0, 12, 0), map[string]string{"consumers": "1"}, health.Critical,
			"has no consumer (at least 1)"},
		{"consumers, enough", full("q", 1, 12, 0), map[string]string{"consumers": "1"}, health.OK, ""},
		{"consumers, warning", full("q", 1, 12, 0), map[string]string{"consumers": "2,1"}, health.Warning,
			"has 1 consumer (at least 2)"},
		{"consumers not told yet", health.Queue{Name: "q", Type: "classic", State: "running"},
			map[string]string{"consumers": "1"}, health.Unknown,
			"does not report consumers yet: it may be younger than 5 s, or statistics may be off"},
		{"consumers of a queue that is down", health.Queue{Name: "q", Type: "classic", State: "down"},
			map[string]string{"consumers": "1", "ready": "1"}, health.Unknown,
			"does not report consumers, ready messages: it is down"},
		{"ready, at the limit", full("q", 1, 10, 5), map[string]string{"ready": "10"}, health.OK, ""},
		{"ready, above", full("q", 1, 11, 5), map[string]string{"ready": "10"}, health.Critical, "has 11 ready (at most 10)"},
		{"ready, of nothing", with(full("q", 1, 0, 0), func(q *health.Queue) { q.Ready = health.Reading{Raw: "unknown"} }),
			map[string]string{"ready": "10"}, health.Unknown, `reports "unknown" in place of a number of ready messages`},
		{"unacked, below", full("q", 1, 11, 5), map[string]string{"unacked": "5"}, health.OK, ""},
		{"unacked, above", full("q", 1, 11, 6), map[string]string{"unacked": "5"}, health.Critical,
			"has 6 unacknowledged (at most 5)"},
		{"a range", full("q", 1, 11, 6), map[string]string{"unacked": "@1:6"}, health.Critical,
			"has 6 unacknowledged (range @1:6)"},
		{"several, worst first", full("q", 0, 11, 6), map[string]string{"consumers": "1,", "ready": "10", "age": "1m"},
			health.Critical,
			"has 11 ready (at most 10), has no consumer (at least 1), does not report how old its messages are: they carry no timestamp (the publisher's, or that of the broker's message interceptor)"},
		{"age, young enough", with(full("q", 1, 1, 0), func(q *health.Queue) { q.Head = reading(now - 600) }),
			map[string]string{"age": "10m"}, health.OK, ""},
		{"age, too old", with(full("q", 1, 1, 0), func(q *health.Queue) { q.Head = reading(now - 601) }),
			map[string]string{"age": "10m"}, health.Critical, "has a message 10m1s old (at most 10m)"},
		{"age of nothing", full("q", 1, 0, 0), map[string]string{"age": "10m"}, health.OK, ""},
		{"age, clock a little off", with(full("q", 1, 1, 0), func(q *health.Queue) { q.Head = reading(now + 30) }),
			map[string]string{"age": "10m"}, health.OK, ""},
		{"age in milliseconds", with(full("q", 1, 1, 0), func(q *health.Queue) { q.Head = reading(now * 1000) }),
			map[string]string{"age": "10m"}, health.Unknown,
			"has a message with a timestamp in the future: is a clock wrong, or is the timestamp in milliseconds?"},
		{"age of a quorum queue", with(full("q", 1, 1, 0), func(q *health.Queue) { q.Type = "quorum" }),
			map[string]string{"age": "10m"}, health.Unknown,
			"does not report how old its messages are: brokers report the age for classic queues only"},
		{"growth, above", trending(300, 2, 3), map[string]string{"growth": "1"}, health.Critical, "grows 2/s (at most 1/s)"},
		{"growth, at the limit", trending(300, 1, 3), map[string]string{"growth": "1"}, health.OK, ""},
		{"growth, drains", trending(300, -5, 3), map[string]string{"growth": "1"}, health.OK, ""},
		{"growth not known", full("q", 1, 3, 0), map[string]string{"growth": "1", "drain": "1m"}, health.Unknown,
			"has no known growth: one of two counts is missing"},
		{"drain, in time", trending(50000, -800, 800), map[string]string{"drain": "15m"}, health.OK, ""},
		{"drain, too long", trending(50000, -10, 10), map[string]string{"drain": "15m"}, health.Critical,
			"drains 10/s, empty in 1h23m (at most 15m)"},
		{"drain, never", trending(300, 2, 3), map[string]string{"drain": "15m"}, health.Critical,
			"grows 2/s, so it never drains (at most 15m)"},
		{"drain, never, warns", trending(300, 0, 0), map[string]string{"drain": "15m,"}, health.Warning,
			"stands still, so it never drains (at most 15m)"},
		{"drain of nothing", trending(0, 0, 0), map[string]string{"drain": "15m"}, health.OK, ""},
		{"drain of what comes and goes", trending(30, 1, 3), map[string]string{"drain": "15m"}, health.OK, ""},
		{"a stream", with(full("q", 1, 11, 6), func(q *health.Queue) { q.Type = "stream" }), map[string]string{"ready": "1",
			"age": "1s", "growth": "0", "consumers": "1"}, health.OK, ""},
		{"a stream without a consumer", with(full("q", 0, 11, 6), func(q *health.Queue) { q.Type = "stream" }),
			map[string]string{"consumers": "1"}, health.Critical, "has no consumer (at least 1)"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			v := health.JudgeQueue(tt.queue, limits(t, tt.limits), now)
			if got := strings.Join(v.Reasons, ", "); v.Status != tt.status || got != tt.want {
				t.Errorf("%v %q\nwant %v %q", v.Status, got, tt.status, tt.want)
			}
		})
	}
}

// judged returns the facts with the limits and with the sum of the verdicts on these queues.
func judged(f health.QueueFacts, l health.QueueLimits, all ...health.Queue) health.QueueFacts {
	j := health.QueueChoice{Limits: l, Temporary: true}.Judge(0, f.NoTrend)
	for _, q := range all {
		j.Add(q)
	}
	got := j.Facts()
	f.Sum, f.Limits = got.Sum, got.Limits
	return f
}

func TestQueues(t *testing.T) {
	one := limits(t, map[string]string{"consumers": "1"})
	many := make([]health.Queue, 60)
	for i := range many {
		many[i] = full(fmt.Sprintf("q%02d", i), 0, float64(i), 0)
	}
	stream := full("s", 1, 5, 0)
	stream.Type = "stream"
	tests := []struct {
		name    string
		queues  []health.Queue
		facts   health.QueueFacts
		status  health.Status
		summary string
		looked  string
	}{
		{"well", []health.Queue{full("a", 1, 0, 0), full("b", 2, 5, 0)}, health.QueueFacts{VHosts: 3, Seen: 2,
			Sources: "counts of this moment"},
			health.OK, "2 queues within limits in 2 of 3 virtual hosts",
			"2 queues in 2 of 3 virtual hosts; counts of this moment"},
		{"no consumer", []health.Queue{full("orders", 0, 12, 0), full("mail", 2, 0, 0)}, health.QueueFacts{VHosts: 1, Seen: 1,
			Temporary: 1, Excluded: 1},
			health.Critical, "1 of 2 queues: orders has no consumer (at least 1), 12 ready",
			"2 queues in 1 of 1 virtual host; skipped 1 exclusive or server-named, 1 by --exclude"},
		{"in several virtual hosts", []health.Queue{full("orders", 0, 12, 0)}, health.QueueFacts{VHosts: 2, Seen: 2},
			health.Critical, "1 of 1 queue: orders in / has no consumer (at least 1), 12 ready",
			"1 queue in 2 of 2 virtual hosts"},
		{"nothing there", nil, health.QueueFacts{VHosts: 1, Seen: 1, Absent: health.Unknown}, health.Unknown,
			"there is no queue in 1 of 1 virtual host", "0 queues in 1 of 1 virtual host"},
		{"nothing there, as wanted", nil, health.QueueFacts{VHosts: 1, Seen: 1}, health.OK,
			"there is no queue in 1 of 1 virtual host", "0 queues in 1 of 1 virtual host"},
		{"nothing left", nil, health.QueueFacts{Scope: "prod", Temporary: 2, Absent: health.Unknown}, health.Unknown,
			"no queue is left to judge in virtual host prod",
			"0 queues in virtual host prod; skipped 2 exclusive or server-named"},
		{"missing", []health.Queue{full("a", 1, 0, 0)}, health.QueueFacts{Scope: "/",
			Missing: []health.MissingQueue{{"no queue matches ^x$", health.Warning}}},
			health.Warning, "no queue matches ^x$", "1 queue in virtual host /"},
		{"blind", []health.Queue{full("a", 1, 0, 0)}, health.QueueFacts{Scope: "/",
			Blind: []string{"rabbit@b is not running"}},
			health.Unknown, "rabbit@b is not running", "1 queue in virtual host /"},
		{"a problem before what is blind", []health.Queue{full("a", 0, 0, 0)}, health.QueueFacts{Scope: "/",
			Blind: []string{"rabbit@b is not running"}},
			health.Critical, "1 of 1 queue: a has no consumer (at least 1), 0 ready; rabbit@b is not running",
			"1 queue in virtual host /"},
		{"many", many, health.QueueFacts{Scope: "/"}, health.Critical,
			"60 of 60 queues: q59 has no consumer (at least 1), 59 ready; q58 has no consumer (at least 1), 58 ready; q57 has no consumer (at least 1), 57 ready; and 57 more", "60 queues in virtual host /"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r, _ := health.Queues(judged(tt.facts, one, tt.queues...))
			if r.Status != tt.status || r.Summary != tt.summary || r.LookedAt != tt.looked {
				t.Errorf("%v\n%s\n%s\nwant %v\n%s\n%s", r.Status, r.Summary, r.LookedAt, tt.status, tt.summary, tt.looked)
			}
			if len(r.Figures) > 4+20 || len(r.Details) > 21 {
				t.Errorf("%d figures, %d details", len(r.Figures), len(r.Details))
			}
		})
	}
	t.Run("no growth is said once", func(t *testing.T) {
		trend := limits(t, map[string]string{"growth": "1", "consumers": "1"})
		r, _ := health.Queues(judged(health.QueueFacts{Scope: "/", NoTrend: "growth is not known: first run"}, trend,
			full("a", 1, 0, 0), stream))
		if r.Status != health.Unknown || r.Summary != "growth is not known: first run" {
			t.Errorf("%v %s", r.Status, r.Summary)
		}
	})
	t.Run("an unknown count makes no sum", func(t *testing.T) {
		young := health.Queue{Name: "y", VHost: "/", Type: "classic", State: "running"}
		r, _ := health.Queues(judged(health.QueueFacts{Scope: "/"}, one, full("a", 1, 7, 0), young))
		for _, f := range r.Figures {
			if f.Label == "ready" {
				t.Errorf("ready=%v", f.Value)
			}
		}
	})
}

// A queue that gets shorter has negative growth, so the performance data must not have a minimum of 0 for it.
func TestQueues_perfdata(t *testing.T) {
	q := full("a b", 1, 50000, 0)
	q.Growth = reading(-800)
	l := limits(t, map[string]string{"growth": "1", "drain": "15m"})
	r, _ := health.Queues(judged(health.QueueFacts{Scope: "/"}, l, q))
	want := "OK - 1 queue within limits in virtual host / | queues=1 offenders=0 ready=50000 unacked=0 'a b_growth'=-800;;~:1 'a b_drain'=62.5s;;~:900;0\n"
	if got := r.Nagios(); !strings.HasPrefix(got, want) {
		t.Errorf("%s\nwant %s", got, want)
	}
}

func TestQueueChoice(t *testing.T) {
	re := regexp.MustCompile
	warning := health.Warning
	temporary := full("amq.gen-x", 1, 0, 0)
	temporary.Temporary = true
	all := []health.Queue{full("orders", 1, 0, 0), full("mail", 1, 0, 0), full("batch.night", 0, 0, 0), temporary}
	one, ten := limits(t, map[string]string{"consumers": "1"}), limits(t, map[string]string{"ready": "10"})
	tests := []struct {
		name    string
		choice  health.QueueChoice
		judged  string
		missing []health.MissingQueue
		left    string // temporary, excluded, unmatched
	}{
		{"all", health.QueueChoice{Limits: one}, "orders mail batch.night", nil, "1 0 0"},
		{"with temporary", health.QueueChoice{Limits: one, Temporary: true}, "orders mail batch.night amq.gen-x", nil,
			"0 0 0"},
		{"exclude", health.QueueChoice{Limits: one, Exclude: []*regexp.Regexp{re(`^batch\.`)}}, "orders mail", nil, "1 1 0"},
		{"match", health.QueueChoice{Limits: one, Match: []*regexp.Regexp{re("^orders$"), re("^nosuch$")},
			Missing: health.Unknown}, "orders",
			[]health.MissingQueue{{"no queue matches ^nosuch$", health.Unknown}}, "0 0 3"},
		{"entries only", health.QueueChoice{Entries: []health.QueueEntry{{Name: "orders", Limits: one},
			{Name: "gone", Limits: one, Missing: &warning}}}, "orders",
			[]health.MissingQueue{{"queue gone does not exist", health.Warning}}, "0 0 3"},
		{"a named temporary one", health.QueueChoice{Entries: []health.QueueEntry{{Name: "amq.gen-x", Limits: one},
			{Match: re("^amq"), Limits: one}}}, "amq.gen-x", nil, "0 0 3"},
		{"another virtual host", health.QueueChoice{Scope: "/", Entries: []health.QueueEntry{{Name: "orders", Limits: one},
			{Name: "orders", VHost: "prod", Limits: one}}}, "orders", nil, "0 0 3"},
		{"a virtual host of its own", health.QueueChoice{Missing: health.Critical,
			Entries: []health.QueueEntry{{Match: re("^o"), VHost: "prod", Limits: one}}}, "",
			[]health.MissingQueue{{"no queue matches ^o in virtual host prod", health.Critical}}, "0 0 4"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			j := tt.choice.Judge(0, "")
			for _, q := range all {
				j.Add(q)
			}
			f := j.Facts()
			var names []string
			for _, q := range all {
				if slices.ContainsFunc(f.Sum.Worst(), func(v health.QueueVerdict) bool { return v.Name == q.Name }) {
					names = append(names, q.Name)
				}
			}
			if got := strings.Join(names, " "); got != tt.judged {
				t.Errorf("judged %s, want %s", got, tt.judged)
			}
			if diff := cmp.Diff(tt.missing, f.Missing); diff != "" {
				t.Error(diff)
			}
			if got := fmt.Sprint(f.Temporary, f.Excluded, f.Unmatched); got != tt.left {
				t.Errorf("left out %s, want %s", got, tt.left)
			}
		})
	}
	// The first entry that matches a queue counts. Limits that it does not set come from the flags.
	c := health.QueueChoice{Limits: one, Entries: []health.QueueEntry{{Name: "orders", Limits: ten},
		{Match: re("."), Limits: limits(t, map[string]string{"ready": "1"})}}}
	l := c.Judge(0, "").Facts().Limits(all[0])
	if l.Ready.Critical.String() != "~:10" || l.Consumers.Critical.String() != "1:" {
		t.Errorf("%+v", l)
	}
}

// TestQueueSum_worst: of very many queues the sum keeps the worst hundred, in whatever order they come, and counts all.
func TestQueueSum_worst(t *testing.T) {
	t.Parallel()
	const many = 1000
	j := health.QueueChoice{Limits: limits(t, map[string]string{"ready": "10"})}.Judge(0, "")
	for i := range many {
		// 7 and 1000 have no common divisor, so each count from 0 to 999 occurs once.
		j.Add(full(fmt.Sprint(i), 1, float64(7*i%many), 0))
	}
	sum := j.Facts().Sum
	worst := sum.Worst()
	if sum.Judged != many || sum.Offenders != many-11 || len(worst) != 100 {
		t.Fatalf("%d judged, %d offenders, %d kept", sum.Judged, sum.Offenders, len(worst))
	}
	for i, v := range worst {
		if v.Ready.Value != float64(many-1-i) {
			t.Fatalf("number %d has %v ready", i, v.Ready.Value)
		}
	}
}

func TestQueueReading(t *testing.T) {
	start := time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)
	before := health.QueueReading{Taken: start, Broker: "shop"}
	now := health.QueueReading{Taken: start.Add(15 * time.Second), Broker: "shop"}
	for _, tt := range []struct{ held, holds, want health.Reading }{
		{reading(100), reading(130), reading(2)},
		{reading(0), reading(30), reading(2)},
		{reading(40), reading(10), reading(-2)},
		{health.Reading{}, reading(40), health.Reading{}},
		{reading(40), health.Reading{}, health.Reading{}},
	} {
		if got := now.Growth(before, tt.held, tt.holds); got != tt.want {
			t.Errorf("from %v to %v: %v, want %v", tt.held, tt.holds, got, tt.want)
		}
	}
	for _, tt := range []struct {
		name   string
		change func(*health.QueueReading)
		want   string // in the answer; "" when they can be compared
	}{
		{"15 s", func(*health.QueueReading) {}, ""},
		{"5 s", func(r *health.QueueReading) { r.Taken = start.Add(10 * time.Second) }, ""},
		{"too close", func(r *health.QueueReading) { r.Taken = start.Add(10100 * time.Millisecond) }, "only 4.9 s old"},
		{"the same moment", func(r *health.QueueReading) { r.Taken = start.Add(15 * time.Second) }, "only 0.0 s old"},
		{"too old", func(r *health.QueueReading) { r.Taken = start.Add(-4 * time.Hour) }, "is 4h old, more than 3h"},
		{"the future", func(r *health.QueueReading) { r.Taken = start.Add(time.Hour) }, "a clock is wrong"},
		{"another broker", func(r *health.QueueReading) { r.Broker = "other" }, "of another broker, other"},
		{"another scope", func(r *health.QueueReading) { r.Scope = "prod" }, "of virtual host prod only"},
	} {
		earlier := before
		tt.change(&earlier)
		if got := now.Against(earlier); (got == "") != (tt.want == "") || !strings.Contains(got, tt.want) {
			t.Errorf("%s: %q", tt.name, got)
		}
	}
}
