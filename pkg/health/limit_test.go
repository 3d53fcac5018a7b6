package health_test

import (
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/health"
)

// The test judges values below, at and above each limit.
func TestLimited_bothSides(t *testing.T) {
	count, least, time := health.Limited{}, health.Limited{Least: true}, health.Limited{Duration: true}
	tests := []struct {
		limited health.Limited
		text    string
		want    map[float64]health.Status
	}{
		{count, "1000", map[float64]health.Status{0: health.OK, 1000: health.OK, 1001: health.Critical}},
		// 9 and 10 are compared as numbers. As texts, 9 would come after 10.
		{count, "10", map[float64]health.Status{9: health.OK, 10: health.OK, 11: health.Critical}},
		{count, "0", map[float64]health.Status{0: health.OK, 1: health.Critical}},
		{count, "500,1000", map[float64]health.Status{500: health.OK, 501: health.Warning, 1000: health.Warning,
			1001: health.Critical}},
		{count, "500,", map[float64]health.Status{500: health.OK, 501: health.Warning, 1e9: health.Warning}},
		{count, ",500", map[float64]health.Status{500: health.OK, 501: health.Critical}},
		{count, "1.5", map[float64]health.Status{-3: health.OK, 1.5: health.OK, 1.6: health.Critical}},
		{least, "1", map[float64]health.Status{0: health.Critical, 1: health.OK, 2: health.OK}},
		{least, "3,1", map[float64]health.Status{0: health.Critical, 1: health.Warning, 2: health.Warning, 3: health.OK}},
		{time, "15m", map[float64]health.Status{900: health.OK, 901: health.Critical}},
		{time, "90", map[float64]health.Status{90: health.OK, 91: health.Critical}},
		{time, "1m30s,2h", map[float64]health.Status{90: health.OK, 91: health.Warning, 7200: health.Warning,
			7201: health.Critical}},
		{count, "10:", map[float64]health.Status{9: health.Critical, 10: health.OK}},
		{count, "~:10", map[float64]health.Status{-1: health.OK, 10: health.OK, 11: health.Critical}},
		{count, "@1:5", map[float64]health.Status{0: health.OK, 1: health.Critical, 5: health.Critical, 6: health.OK}},
		{count, "10:20,5:30", map[float64]health.Status{4: health.Critical, 5: health.Warning, 10: health.OK, 20: health.OK,
			21: health.Warning, 31: health.Critical}},
		{least, "2:4", map[float64]health.Status{1: health.Critical, 2: health.OK, 4: health.OK, 5: health.Critical}},
		{count, "", map[float64]health.Status{0: health.OK, 1e9: health.OK}},
	}
	for _, tt := range tests {
		l, err := tt.limited.Parse(tt.text)
		if err != nil {
			t.Errorf("%q: %v", tt.text, err)
			continue
		}
		for value, want := range tt.want {
			if got := l.Judge(value); got != want {
				t.Errorf("%q with %v: %v, want %v", tt.text, value, got, want)
			}
		}
		if l.IsZero() != (tt.text == "") {
			t.Errorf("%q: IsZero is %v", tt.text, l.IsZero())
		}
	}
}

func TestLimited_refuses(t *testing.T) {
	for _, x := range []struct {
		limited health.Limited
		texts   []string
	}{
		{health.Limited{}, []string{"lots", "-1", "1k", "15m", "NaN", "Inf", ",", "1,2,3", "5:1", "1000,500", "0x10:"}},
		{health.Limited{Least: true}, []string{"1,2", "none"}},
		{health.Limited{Duration: true}, []string{"15 minutes", "-5m", "2h,1h", "5m:10m"}},
	} {
		for _, text := range x.texts {
			if l, err := x.limited.Parse(text); err == nil {
				t.Errorf("%+v takes %q as %v", x.limited, text, l)
			}
		}
	}
}

func FuzzLimited(f *testing.F) {
	for _, text := range []string{"", "1000", "500,1000", "15m,", "10:20,@1:5", "~:3"} {
		f.Add(text, true, false)
	}
	f.Fuzz(func(t *testing.T, text string, least, duration bool) {
		l, err := health.Limited{Least: least, Duration: duration}.Parse(text)
		if err != nil {
			return
		}
		// A range in performance data means the same after it is read again.
		for _, r := range []health.Range{l.Warning, l.Critical} {
			again, err := health.ParseRange(r.String())
			if err != nil {
				t.Fatalf("%q became %q: %v", text, r, err)
			}
			for _, v := range []float64{-1, 0, 1, 10, 1e6} {
				if r.Alerts(v) != again.Alerts(v) {
					t.Errorf("%q became %q, which judges %v otherwise", text, r, v)
				}
			}
		}
	})
}

func TestLasting(t *testing.T) {
	for seconds, want := range map[float64]string{0: "0s", 0.4: "0s", 45: "45s", 60: "1m", 62: "1m2s", 3600: "1h",
		3605: "1h", 7500: "2h5m", 90000: "1d1h", -5: "-5s", 1e12: "centuries"} {
		if got := health.Lasting(seconds); got != want {
			t.Errorf("Lasting(%v) = %q, want %q", seconds, got, want)
		}
	}
}

func TestPerSecond(t *testing.T) {
	for rate, want := range map[float64]string{0: "0", 0.04: "0.04", 2: "2", 1.96: "2", 33.33: "33.3", 812.4: "812",
		-2.04: "-2", 0.001: "0", -0.001: "0"} {
		if got := health.PerSecond(rate); got != want {
			t.Errorf("PerSecond(%v) = %q, want %q", rate, got, want)
		}
	}
}
