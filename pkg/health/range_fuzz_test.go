package health_test

import (
	"strings"
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/health"
)

// FuzzRangeInPerfdata: any range that a user can type is written to the performance data in a form that strict readers
// accept, with the same meaning.
func FuzzRangeInPerfdata(f *testing.F) {
	for _, text := range []string{"10", "10:", "~:10", "10:20", "@10:20", "1e3:", "+5", "-0:5", ".5:1.", "@~:", ":", "@",
		"~", "~5:", "1e309"} {
		f.Add(text, 7.0)
	}
	f.Fuzz(func(t *testing.T, text string, value float64) {
		r, err := health.ParseRange(text)
		if err != nil || r.IsZero() {
			t.Skip()
		}
		line := health.Result{Summary: "s", Figures: []health.Figure{health.Limits{Critical: r}.Figure("n", 1, "")}}.Nagios()
		got, err := perfdata(strings.TrimSuffix(line, "\n"))
		if err != nil {
			t.Fatalf("%q becomes %q: %v", text, line, err)
		}
		again, err := health.ParseRange(got[0].Critical)
		if err != nil || again.Alerts(value) != r.Alerts(value) {
			t.Errorf("%q became %q, which means something else for %v (%v)", text, got[0].Critical, value, err)
		}
	})
}
