package personality

import (
	"math"
	"testing"
)

func TestJaro(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want float64
	}{
		{"martha", "marhta", 0.944444},
		{"dixon", "dicksonx", 0.766667},
		{"jellyfish", "smellyfish", 0.896296},
		{"", "", 1}, {"a", "", 0}, {"abc", "xyz", 0}, {"same", "same", 1},
	} {
		if got := jaro(c.a, c.b); math.Abs(got-c.want) > 1e-6 {
			t.Errorf("jaro(%q, %q) = %f, want %f", c.a, c.b, got, c.want)
		}
	}
}

// TestSuggestion has the suggestions of the tools of 4.3 for mistyped commands.
func TestSuggestion(t *testing.T) {
	for typed, want := range map[string]string{"lisst_queues": "list_queues", "list-queues": "list_queues", "zzz": ""} {
		if got := suggestion(typed, commandsOf(ctl)); got != want {
			t.Errorf("%s: %q, want %q", typed, got, want)
		}
	}
	if got := suggestion("list_queues", commandsOf(queuesTool)); got != "" {
		t.Errorf("rabbitmq-queues suggests %q for list_queues", got)
	}
}
