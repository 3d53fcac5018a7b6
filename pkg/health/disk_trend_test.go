package health_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/rabbitctl/rabbitctl/pkg/health"
)

var start = time.Date(2026, 3, 4, 5, 6, 0, 0, time.UTC)

// points returns one reading of the free space for each value of free, which is in GB. apart is the time between two
// readings, and published is the number of messages published in that time.
func points(apart time.Duration, published float64, free ...float64) []health.DiskPoint {
	var out []health.DiskPoint
	for i, gb := range free {
		out = append(out, health.DiskPoint{Taken: start.Add(time.Duration(i) * apart), Free: gb * 1e9, Published: 1 +
			float64(i)*published})
	}
	return out
}

func repeat(n int, gb float64) []float64 {
	all := make([]float64, n)
	for i := range all {
		all[i] = gb
	}
	return all
}

func TestTrendOf(t *testing.T) {
	const m = time.Minute
	h := health.Horizon{Warning: 8 * time.Hour, Critical: time.Hour}
	tests := []struct {
		name   string
		points []health.DiskPoint
		want   string // fall in GB/h over what time, or why it is not known
	}{
		{"none", nil, "there is only one reading so far"},
		{"one", points(m, 0, 80), "there is only one reading so far"},
		{"twice the same moment", points(0, 0, 80, 70), "there is only one reading so far"},
		{"too near", points(28*time.Second, 0, 80, 70), "its readings are only 28s apart, and 29s are needed"},
		{"two", points(30*m, 0, 80, 79), "2.0 GB/h over 30m0s"},
		{"it rises", points(30*m, 0, 79, 80), "0.0 GB/h over 30m0s"},
		{"it stands", points(30*m, 0, 80, 80, 80), "0.0 GB/h over 1h0m0s"},
		{"steadily", points(10*m, 0, 80, 79, 78, 77, 76), "6.0 GB/h over 40m0s"},
		{"out of order", []health.DiskPoint{points(m, 0, 80, 79, 78)[2], points(m, 0, 80, 79, 78)[0],
			points(m, 0, 80, 79, 78)[1]}, "60.0 GB/h over 2m0s"},
		{"slower of late", points(10*m, 0, 80, 76, 72, 71, 70), "6.0 GB/h over 40m0s"},
		{"faster of late", points(10*m, 0, 80, 79, 78, 74, 70), "6.0 GB/h over 40m0s"},
		// A single step is no trend: a file is written once, a queue is purged, or a merge of files takes space for a moment.
		{"one step early", points(10*m, 0, 80, 70, 70, 70, 70), "0.0 GB/h over 40m0s"},
		{"one step late", points(10*m, 0, 80, 80, 80, 80, 70), "0.0 GB/h over 40m0s"},
		{"freed, and falling since", points(10*m, 0, 70, 80, 79, 78, 77), "0.0 GB/h over 40m0s"},
		{"a dip", points(10*m, 0, 80, 80, 70, 80, 80), "0.0 GB/h over 40m0s"},
		// Readings before the time window do not count.
		{"long ago", points(time.Hour, 0, 200, 80, 79, 78), "1.0 GB/h over 2h0m0s"},
		{"not moved by a byte", points(m, 20, repeat(11, 80)...), "stuck for 10m0s, 200 published"},
		{"not moved, but nothing came", points(m, 0, repeat(11, 80)...), "0.0 GB/h over 10m0s"},
		{"not moved for a short time", points(m, 20, repeat(10, 80)...), "0.0 GB/h over 9m0s"},
		{"not moved at few readings", points(5*m, 200, repeat(4, 80)...), "0.0 GB/h over 15m0s"},
		{"not moved of late", points(m, 20, append([]float64{81, 80.5}, repeat(11, 80)...)...),
			"stuck for 10m0s, 200 published"},
		{"moved by a byte", points(m, 20, append(repeat(11, 80), 80.000000001)...), "0.0 GB/h over 11m0s"},
	}
	for _, tt := range tests {
		trend := health.TrendOf(tt.points, h, 29*time.Second)
		got := trend.Unknown
		switch {
		case trend.StuckFor > 0:
			got = fmt.Sprintf("stuck for %s, %.0f published", trend.StuckFor, trend.Published)
		case got == "":
			got = fmt.Sprintf("%.1f GB/h over %s", trend.Fall*3600/1e9, trend.Over)
		}
		if got != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, got, tt.want)
		}
	}
}

func TestDisk_horizon(t *testing.T) {
	known := func(v float64) health.Reading { return health.Reading{Value: v, Known: true} }
	node := health.DiskNode{Name: "n", Running: true, Free: known(10e9), Limit: known(2e9)}
	falls := func(gbPerHour float64) health.DiskTrend {
		return health.DiskTrend{Over: time.Hour, Fall: gbPerHour * 1e9 / 3600}
	}
	h := health.Horizon{Warning: 8 * time.Hour, Critical: time.Hour}
	tests := []struct {
		name   string
		trend  health.DiskTrend
		limits health.DiskLimits
		want   string
	}{
		{"not asked for", falls(100), health.DiskLimits{}, "OK n 10 GB free, alarm at 2 GB (5.00x)"},
		{"in time", falls(0.9), health.DiskLimits{Horizon: h},
			"OK n 10 GB free, alarm at 2 GB (5.00x); it falls 900 MB/h: alarm in 8h53m"},
		{"just not in time", falls(1.01), health.DiskLimits{Horizon: h},
			"WARNING n 10 GB free, alarm at 2 GB (5.00x); it falls 1 GB/h: alarm in 7h55m"},
		{"soon", falls(8.1), health.DiskLimits{Horizon: h},
			"CRITICAL n 10 GB free, alarm at 2 GB (5.00x); it falls 8.1 GB/h: alarm in 59m16s"},
		{"warns only", falls(8), health.DiskLimits{Horizon: health.Horizon{Warning: 8 * time.Hour}},
			"WARNING n 10 GB free, alarm at 2 GB (5.00x); it falls 8 GB/h: alarm in 1h"},
		{"stands", falls(0), health.DiskLimits{Horizon: h},
			"OK n 10 GB free, alarm at 2 GB (5.00x); it did not fall steadily in 1h"},
		{"not known", health.DiskTrend{Unknown: "why"}, health.DiskLimits{Horizon: h},
			"OK n 10 GB free, alarm at 2 GB (5.00x)"},
		{"not known and needed", health.DiskTrend{Unknown: "why"}, health.DiskLimits{Horizon: h, NeedTrend: true},
			"UNKNOWN n 10 GB free, alarm at 2 GB (5.00x); its trend is unknown: why"},
		{"doubtful", health.DiskTrend{Over: time.Hour, StuckFor: 10 * time.Minute, Published: 5000},
			health.DiskLimits{Horizon: h},
			"UNKNOWN n 10 GB free, alarm at 2 GB (5.00x); doubtful: it has not changed by a byte for 10m, while 5000 messages were published; the broker's disk monitor may be off"},
	}
	for _, tt := range tests {
		r, verdicts := health.Disk(health.DiskFacts{Nodes: []health.DiskNode{node},
			Trends: map[string]health.DiskTrend{"n": tt.trend}}, tt.limits)
		if got := r.Status.String() + " " + r.Summary; got != tt.want {
			t.Errorf("%s: %s\nwant %s", tt.name, got, tt.want)
		}
		if verdicts[0].AlarmIn.Known != (len(r.Figures) == 3) {
			t.Errorf("%s: %+v %+v", tt.name, verdicts[0].AlarmIn, r.Figures)
		}
	}
	// If an alarm is in effect already, the result has no figure for the time until it comes.
	r, _ := health.Disk(health.DiskFacts{Alarms: []health.Alarm{{Node: "n", Resource: "disk"}},
		Nodes: []health.DiskNode{node}, Trends: map[string]health.DiskTrend{"n": falls(8)}}, health.DiskLimits{Horizon: h})
	if r.Status != health.Critical || len(r.Figures) != 2 {
		t.Errorf("%+v", r)
	}
}

func TestDiskReading_kept(t *testing.T) {
	h := health.Horizon{Warning: 8 * time.Hour}
	all := points(10*time.Second, 0, repeat(1000, 80)...)
	kept := health.DiskReading{Broker: "b", Nodes: map[string][]health.DiskPoint{"n": all}}.Kept(h)
	n := kept.Nodes["n"]
	if len(n) < 100 || len(n) > 200 || !n[len(n)-1].Taken.Equal(all[999].Taken) ||
		all[999].Taken.Sub(n[0].Taken) > health.Window(h) {
		t.Errorf("%d kept, %s to %s", len(n), n[0].Taken, n[len(n)-1].Taken)
	}
}

func TestLeastSpan(t *testing.T) {
	for horizon, want := range map[time.Duration][2]time.Duration{time.Minute: {20 * time.Second, 20 * time.Second},
		time.Hour:     {75 * time.Second, 20 * time.Second},
		8 * time.Hour: {10 * time.Minute, 29 * time.Second}, 72 * time.Hour: {30 * time.Minute, 259 * time.Second}} {
		h := health.Horizon{Warning: horizon}
		if got := [2]time.Duration{health.LeastSpan(h), health.LeastSample(h)}; got != want {
			t.Errorf("%s: %s", horizon, got)
		}
	}
}
