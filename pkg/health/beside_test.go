package health_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rabbitctl/rabbitctl/pkg/health"
)

func TestBeside(t *testing.T) {
	well := health.Named{Check: "c", Context: "blue", Result: health.Result{Summary: "3 queues", LookedAt: "all",
		Figures: []health.Figure{{Label: "queues", Value: 3}}}}
	low := health.Named{Context: "green", Result: health.Result{Status: health.Warning, Summary: "low",
		Details: []string{"a is low"}}}
	down := health.Named{Context: "down", Result: health.Result{Status: health.Unknown, Summary: "no answer"}}
	tests := []struct {
		name string
		of   []health.Named
		want health.Result
	}{
		{"well", []health.Named{well}, health.Result{Summary: "in all contexts: blue",
			Details: []string{"OK context blue: 3 queues", "blue: looked at: all"},
			Figures: []health.Figure{{Label: "blue.queues", Value: 3}}}},
		{"worst first", []health.Named{well, down, low}, health.Result{Status: health.Warning,
			Summary: "context green: low (1 of 3 contexts)",
			Details: []string{"WARNING context green: low", "green: a is low", "UNKNOWN context down: no answer",
				"OK context blue: 3 queues", "blue: looked at: all"},
			Figures: []health.Figure{{Label: "blue.queues", Value: 3}}}},
		{"two", []health.Named{low, well, low}, health.Result{Status: health.Warning,
			Summary: "context green: low; also green (2 of 3 contexts)",
			Details: []string{"WARNING context green: low", "green: a is low", "WARNING context green: low",
				"green: a is low", "OK context blue: 3 queues", "blue: looked at: all"},
			Figures: []health.Figure{{Label: "blue.queues", Value: 3}}}},
	}
	for _, tt := range tests {
		if diff := cmp.Diff(tt.want, health.Beside(tt.of)); diff != "" {
			t.Errorf("%s: -want +got\n%s", tt.name, diff)
		}
	}
}
