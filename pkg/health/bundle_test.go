package health_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rabbitctl/rabbitctl/pkg/health"
)

func TestBundle(t *testing.T) {
	one := func(check string, s health.Status, summary string, figures ...health.Figure) health.Named {
		return health.Named{Check: check, Result: health.Result{Status: s, Summary: summary, Figures: figures}}
	}
	tests := []struct {
		name   string
		checks []health.Named
		want   health.Result
	}{
		{"none", nil, health.Result{Status: health.Unknown, Summary: "no check ran"}},
		{"well", []health.Named{one("a", health.OK, "fine", health.Figure{Label: "n", Value: 1})},
			health.Result{Summary: "all 1 checks passed", Details: []string{"OK a: fine"},
				Figures: []health.Figure{{Label: "a.n", Value: 1}}}},
		{"the worst first", []health.Named{one("a", health.OK, "fine"), one("b", health.Unknown, "blind"),
			one("c", health.Critical, "bad"), one("d", health.Critical, "worse")},
			health.Result{Status: health.Critical, Summary: "c: bad; also d (of 4 checks 2 CRITICAL, 1 UNKNOWN, 1 OK)",
				Details: []string{"CRITICAL c: bad", "CRITICAL d: worse", "UNKNOWN b: blind", "OK a: fine"}}},
		{"one reason for all", []health.Named{{Check: "a", Result: health.Result{Status: health.Unknown, Summary: "refused",
			Details: []string{"next: x"}}}, one("b", health.Unknown, "refused")},
			health.Result{Status: health.Unknown, Summary: "refused (all 2 checks)", Details: []string{"next: x"}}},
		{"each next step once, and none of what is well", []health.Named{
			{Check: "a", Result: health.Result{Summary: "fine", Details: []string{"next: w"}}},
			{Check: "b", Result: health.Result{Status: health.Unknown, Summary: "refused", Details: []string{"next: x"}}},
			{Check: "c", Result: health.Result{Status: health.Unknown, Summary: "refused too", Details: []string{"more",
				"next: x"}}},
			{Check: "d", Result: health.Result{Status: health.Critical, Summary: "bad", Details: []string{"next: y"}}}},
			health.Result{Status: health.Critical, Summary: "d: bad (of 4 checks 1 CRITICAL, 2 UNKNOWN, 1 OK)",
				Details: []string{"CRITICAL d: bad", "UNKNOWN b: refused", "UNKNOWN c: refused too", "OK a: fine", "next: y",
					"next: x"}}},
		{"nothing unjudged is well", []health.Named{one("a", health.OK, "fine"), one("b", health.Unknown, "blind")},
			health.Result{Status: health.Unknown, Summary: "b: blind (of 2 checks 1 UNKNOWN, 1 OK)",
				Details: []string{"UNKNOWN b: blind", "OK a: fine"}}},
	}
	for _, tt := range tests {
		if diff := cmp.Diff(tt.want, health.Bundle(tt.checks)); diff != "" {
			t.Errorf("%s: %s", tt.name, diff)
		}
	}
}

func TestPrometheus_ofSeveral(t *testing.T) {
	text := health.Prometheus([]health.Named{
		{Check: "check", Result: health.Result{Status: health.Warning}},
		{Check: "a", Result: health.Result{Status: health.OK, Figures: []health.Figure{{Label: "n", Value: 1}}}},
		{Check: "b", Result: health.Result{Status: health.Warning, Figures: []health.Figure{{Label: "n", Value: 2}}}},
	})
	got, err := exposition(text)
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	status := func(check string, v float64) sample {
		return sample{"rabbitctl_check_status", map[string]string{"check": check}, v}
	}
	figure := func(check string, v float64) sample {
		return sample{"rabbitctl_check_figure", map[string]string{"check": check, "label": "n", "unit": ""}, v}
	}
	want := []sample{status("check", 1), status("a", 0), status("b", 1), figure("a", 1), figure("b", 2)}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(sample{})); diff != "" {
		t.Error(diff)
	}
}
