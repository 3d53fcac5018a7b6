package health_test

import (
	"math"
	"strings"
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/health"
)

// The rows are the table of ranges in the guidelines, each with values on both sides of each of its ends.
func TestRange_guidelines(t *testing.T) {
	tests := []struct {
		text        string
		well, alert []float64
	}{
		{"10", []float64{0, 5, 10}, []float64{-0.001, -5, 10.001, 11, math.Inf(1), math.Inf(-1)}},
		{"10:", []float64{10, 10.001, 1e12, math.Inf(1)}, []float64{9.999, 0, -1, math.Inf(-1)}},
		{"~:10", []float64{10, 9.999, 0, -1e12, math.Inf(-1)}, []float64{10.001, 11, math.Inf(1)}},
		{"10:20", []float64{10, 15, 20}, []float64{9.999, 20.001, -15, math.Inf(1), math.Inf(-1)}},
		{"@10:20", []float64{9.999, 20.001, -15, math.Inf(1)}, []float64{10, 15, 20}},
		{"@10", []float64{-0.001, 10.001}, []float64{0, 5, 10}},
		{"@10:", []float64{9.999}, []float64{10, 1e12}},
		{"@~:10", []float64{10.001}, []float64{10, -1e12}},
		{"0", []float64{0}, []float64{-0.001, 0.001}},
		{"-5:5", []float64{-5, 0, 5}, []float64{-5.001, 5.001}},
		{"~:0", []float64{0, -1}, []float64{0.001}},
		{"~:", []float64{0, 1e300, math.Inf(-1)}, []float64{math.NaN()}},
		{":10", []float64{0, 10}, []float64{-0.001, 10.001}},
		{"1.5:2.5", []float64{1.5, 2.5}, []float64{1.499, 2.501}},
		{"1e3:", []float64{1000}, []float64{999}},
		{"", []float64{0, -1, 1e300, math.NaN()}, nil},
	}
	for _, tt := range tests {
		r, err := health.ParseRange(tt.text)
		if err != nil {
			t.Errorf("%q: %v", tt.text, err)
			continue
		}
		for _, v := range tt.well {
			if r.Alerts(v) {
				t.Errorf("%q alerts at %v", tt.text, v)
			}
		}
		for _, v := range tt.alert {
			if !r.Alerts(v) {
				t.Errorf("%q is silent at %v", tt.text, v)
			}
		}
		// Readers of performance data do not know exponents, and not all of them know a range without a beginning. So String
		// writes neither.
		want := strings.NewReplacer("1e3:", "1000:").Replace(tt.text)
		if strings.HasPrefix(want, ":") {
			want = "0" + want
		}
		if r.String() != want {
			t.Errorf("%q is written as %q", tt.text, r)
		}
	}
}

func TestParseRange_refuses(t *testing.T) {
	for _, text := range []string{"@", ":x", "x", "10:5", "1:2:3", "~", "10:~", "@@1:2", "0x10", "Inf", "NaN", "1_000",
		"10 20", "10%", "--1", "1 :2", "~:~"} {
		if r, err := health.ParseRange(text); err == nil {
			t.Errorf("%q was read as %v", text, r)
		}
	}
}

func TestLimits_criticalBeforeWarning(t *testing.T) {
	l := health.Limits{Warning: health.AtMost(10), Critical: health.AtMost(20)}
	for value, want := range map[float64]health.Status{-3: health.OK, 10: health.OK, 10.5: health.Warning,
		20: health.Warning, 21: health.Critical} {
		if got := l.Judge(value); got != want {
			t.Errorf("%v: %v, want %v", value, got, want)
		}
	}
	few := health.Limits{Critical: health.AtLeast(1)}
	if few.Judge(0) != health.Critical || few.Judge(1) != health.OK {
		t.Error("at least 1 alerts at 0 alone")
	}
	want := health.Figure{Label: "ready", Value: 12, Warning: "~:10", Critical: "~:20"}
	if got := l.Figure("ready", 12, ""); got != want {
		t.Errorf("%+v", got)
	}
	if (health.Limits{}).Judge(math.NaN()) != health.OK {
		t.Error("no limits judge nothing")
	}
}

func FuzzParseRange(f *testing.F) {
	for _, s := range []string{"10", "10:", "~:10", "10:20", "@10:20", "", "@", "1e400", ":", "-1:-2"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		r, err := health.ParseRange(text)
		if err != nil {
			return
		}
		again, err := health.ParseRange(r.String())
		if err != nil {
			t.Fatalf("%q is written as %q, which is refused: %v", text, r, err)
		}
		for _, v := range []float64{-1e9, -1, 0, 1, 10, 1e9} {
			if r.Alerts(v) != again.Alerts(v) {
				t.Fatalf("%q and %q differ at %v", text, r, v)
			}
		}
	})
}
