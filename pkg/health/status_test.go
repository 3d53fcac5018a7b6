package health_test

import (
	"encoding/json"
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rabbitctl/rabbitctl/pkg/health"
)

func TestWorse_order(t *testing.T) {
	order := []health.Status{health.OK, health.Unknown, health.Warning, health.Critical}
	for i, a := range order {
		for j, b := range order {
			if got, want := health.Worse(a, b), order[max(i, j)]; got != want {
				t.Errorf("Worse(%v, %v) = %v, want %v", a, b, got, want)
			}
		}
	}
}

func TestStatus_numbersAreTheGuidelines(t *testing.T) {
	got := map[string]int{}
	for _, s := range []health.Status{health.OK, health.Warning, health.Critical, health.Unknown} {
		got[s.String()] = int(s)
	}
	if diff := cmp.Diff(map[string]int{"OK": 0, "WARNING": 1, "CRITICAL": 2, "UNKNOWN": 3}, got); diff != "" {
		t.Error(diff)
	}
	b, err := json.Marshal(health.Warning)
	if err != nil || string(b) != `"WARNING"` {
		t.Errorf("%s %v", b, err)
	}
}

func TestAlarms(t *testing.T) {
	figure := func(n float64) []health.Figure { return []health.Figure{{Label: "alarms", Value: n, Critical: "0"}} }
	tests := []struct {
		name   string
		alarms []health.Alarm
		nodes  int
		silent []string
		want   health.Result
	}{
		{"none, nodes unknown", nil, 0, nil, health.Result{Summary: "no alarm in effect on any node", Figures: figure(0)}},
		{"none on one", nil, 1, nil, health.Result{Summary: "no alarm in effect on the only node", Figures: figure(0)}},
		{"none on three", nil, 3, nil, health.Result{Summary: "no alarm in effect on any of 3 nodes", Figures: figure(0)}},
		{"none, but one does not answer", nil, 3, []string{"rabbit@b"}, health.Result{Status: health.Unknown,
			Summary: "no alarm is known, but rabbit@b does not run or does not answer",
			Details: []string{"next: rabbitctl cluster_status says what to do there"}}},
		{"none, but two do not answer", nil, 3, []string{"rabbit@b", "rabbit@c"}, health.Result{Status: health.Unknown,
			Summary: "no alarm is known, but rabbit@b, rabbit@c do not run or do not answer",
			Details: []string{"next: rabbitctl cluster_status says what to do there"}}},
		{"one, and one does not answer", []health.Alarm{{Node: "rabbit@a", Resource: "disk"}}, 3, []string{"rabbit@b"},
			health.Result{Status: health.Critical, Summary: "disk alarm on rabbit@a; publishers are stopped on all nodes",
				Figures: figure(1)}},
		{"one", []health.Alarm{{Node: "rabbit@a", Resource: "disk"}}, 3, nil,
			health.Result{Status: health.Critical, Summary: "disk alarm on rabbit@a; publishers are stopped on all nodes",
				Figures: figure(1)}},
		{"two", []health.Alarm{{Node: "rabbit@a", Resource: "disk"}, {Node: "rabbit@b", Resource: "memory"}}, 2, nil,
			health.Result{Status: health.Critical,
				Summary: "disk alarm on rabbit@a, memory alarm on rabbit@b; publishers are stopped on all nodes",
				Figures: figure(2)}},
	}
	for _, tt := range tests {
		if diff := cmp.Diff(tt.want, health.Alarms(tt.alarms, tt.nodes, tt.silent)); diff != "" {
			t.Errorf("%s:\n%s", tt.name, diff)
		}
	}
}

func TestReading_saysWhatWasSent(t *testing.T) {
	tests := []struct {
		r    health.Reading
		want string
	}{
		{health.Reading{Value: 2e9, Known: true, Raw: "2000000000"}, "2 GB"},
		{health.Reading{}, "nothing"},
		{health.Reading{Raw: "NaN"}, `"NaN"`},
		{health.Reading{Raw: "a\nb"}, `"a\nb"`},
	}
	for _, tt := range tests {
		if got := tt.r.Bytes(); got != tt.want {
			t.Errorf("%+v: %q, want %q", tt.r, got, tt.want)
		}
	}
}

func TestParseMargin(t *testing.T) {
	const limit = 10e9
	tests := []struct {
		text string
		of   float64 // at a limit of 10 GB
	}{
		{"2x", 20e9}, {"1.2x", 12e9}, {"2X", 20e9}, {" 3x ", 30e9}, {"0.5x", 5e9},
		{"20GB", 20e9}, {"20 GB", 20e9}, {"20gb", 20e9}, {"20GiB", 20 << 30}, {"500MB", 500e6}, {"1073741824", 1 << 30},
		{"1.5TB", 1.5e12},
	}
	for _, tt := range tests {
		m, err := health.ParseMargin(tt.text)
		if err != nil {
			t.Errorf("%q: %v", tt.text, err)
			continue
		}
		if got := m.Of(limit); got != tt.of || m.IsZero() {
			t.Errorf("%q of 10 GB = %v, want %v", tt.text, got, tt.of)
		}
	}
	for _, text := range []string{"", "x", "2", "0x", "-1x", "-2GB", "NaNx", "Infx", "2y", "2xx", "twice", "1e999x", "GB",
		"2 x GB", "x2"} {
		if m, err := health.ParseMargin(text); err == nil {
			t.Errorf("%q was read as %v", text, m.Of(limit))
		}
	}
}

func FuzzParseMargin(f *testing.F) {
	for _, s := range []string{"2x", "1.2x", "20GB", "20GiB", "0", "", "x", "1e3x", "0x1p4x", "999999999999TB"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		m, err := health.ParseMargin(text)
		if err != nil {
			return
		}
		for _, limit := range []float64{0, 1, 50e6, 1e12} {
			if of := m.Of(limit); math.IsNaN(of) || of < 0 {
				t.Errorf("%q of %v is %v", text, limit, of)
			}
		}
		again, err := health.ParseMargin(m.String())
		if err != nil || again.Of(1e9) != m.Of(1e9) {
			t.Errorf("%q is shown as %q, which does not read the same: %v", text, m, err)
		}
	})
}
