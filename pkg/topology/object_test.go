package topology_test

import (
	"slices"
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/topology"
)

func TestPolicyMatches(t *testing.T) {
	t.Parallel()
	var (
		classic  = topology.Object{Name: "orders", Type: "classic"}
		stream   = topology.Object{Name: "orders", Type: "stream"}
		untyped  = topology.Object{Name: "orders"}
		exchange = topology.Object{Name: "orders", Exchange: true}
	)
	tests := []struct {
		pattern, applyTo string
		operator         bool
		of               []topology.Object
	}{
		{"^orders$", "all", false, []topology.Object{classic, stream, untyped, exchange}},
		{"^orders$", "all", true, []topology.Object{classic, stream, untyped}},
		{"", "queues", false, []topology.Object{classic, stream, untyped}},
		{"", "exchanges", false, []topology.Object{exchange}},
		{"", "streams", false, []topology.Object{stream, untyped}},
		{"^other", "all", false, nil},
	}
	for _, tt := range tests {
		p := topology.Policy{Pattern: tt.pattern, ApplyTo: tt.applyTo, Operator: tt.operator}
		for _, o := range []topology.Object{classic, stream, untyped, exchange} {
			if got, err := p.Matches(o); err != nil || got != slices.Contains(tt.of, o) {
				t.Errorf("%+v of %+v: %v %v", p, o, got, err)
			}
		}
	}
	// A pattern that only the broker's regular expressions support is an error, except where the pattern does not matter.
	foreign := topology.Policy{Pattern: "^(?!amq)", ApplyTo: "exchanges"}
	if _, err := foreign.Matches(exchange); err == nil {
		t.Error("no error for a pattern that is not known")
	}
	if got, err := foreign.Matches(classic); got || err != nil {
		t.Errorf("a policy for exchanges, asked of a queue: %v %v", got, err)
	}
}

func TestPolicyUnsuited(t *testing.T) {
	t.Parallel()
	p := topology.Policy{Definition: map[string]any{"max-length": 5, "max-age": "1D", "dead-letter-exchange": "dlx"}}
	for kind, want := range map[string][]string{"stream": {"dead-letter-exchange", "max-length"}, "classic": {"max-age"},
		"quorum": {"max-age"}, "": {}, "x-odd": {}} {
		if got := p.Unsuited(kind); !slices.Equal(got, want) {
			t.Errorf("%q: %q, want %q", kind, got, want)
		}
	}
}

func TestByRank(t *testing.T) {
	t.Parallel()
	all := []topology.Policy{{Name: "op", Operator: true, Priority: 9}, {Name: "low"}, {Name: "high", Priority: 7},
		{Name: "low too"}}
	slices.SortStableFunc(all, topology.ByRank)
	var names []string
	for _, p := range all {
		names = append(names, p.Name)
	}
	if want := []string{"high", "low", "low too", "op"}; !slices.Equal(names, want) {
		t.Errorf("%q, want %q", names, want)
	}
}
