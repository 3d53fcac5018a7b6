package health_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rabbitctl/rabbitctl/pkg/health"
)

func TestReady(t *testing.T) {
	running := health.Member{Name: "a", Running: true}
	drained := health.Member{Name: "a", Running: true, Drained: true}
	amqp := []health.Listener{{Protocol: "clustering", Port: "25672"}, {Protocol: "amqp", Port: "5672"}}
	both := append(amqp, health.Listener{Protocol: "amqp/ssl", Port: "5671"})
	tests := []struct {
		name  string
		facts health.ReadyFacts
		want  health.Result
	}{
		{"up", health.ReadyFacts{Listed: true, Member: running, Listeners: amqp},
			health.Result{Summary: "listener 5672 up, application running"}},
		{"both", health.ReadyFacts{Listed: true, Member: running, Listeners: both},
			health.Result{Summary: "listeners 5672, 5671 up, application running"}},
		{"TLS only", health.ReadyFacts{Listed: true, Member: running, Listeners: both[2:]},
			health.Result{Summary: "listener 5671 up, application running"}},
		{"no listener", health.ReadyFacts{Listed: true, Member: running, Listeners: amqp[:1]},
			health.Result{Status: health.Critical, Summary: "a listens for neither amqp nor amqp/ssl"}},
		{"protocol", health.ReadyFacts{Listed: true, Member: running, Listeners: amqp, Protocols: []string{"amqp", "mqtt"}},
			health.Result{Status: health.Critical, Summary: "a does not listen for mqtt"}},
		{"stopped", health.ReadyFacts{Listed: true, Member: health.Member{Name: "a"}}, health.Result{Status: health.Critical,
			Summary: "the application of a is not running"}},
		{"stranger", health.ReadyFacts{}, health.Result{Status: health.Unknown, Summary: "a is not a node of the cluster"}},
		{"maintenance", health.ReadyFacts{Listed: true, Member: drained, Listeners: amqp, Refuses: "in maintenance"},
			health.Result{Status: health.Critical, Summary: "a is in maintenance and takes no clients"}},
		{"says no", health.ReadyFacts{Listed: true, Member: running, Listeners: amqp, Refuses: "too many connections"},
			health.Result{Status: health.Critical, Summary: "a says that it is not ready: too many connections"}},
		{"alarm, where it counts", health.ReadyFacts{Listed: true, Member: running, Listeners: amqp,
			Alarms: []health.Alarm{{Node: "a", Resource: "disk"}}},
			health.Result{Status: health.Critical, Summary: "disk alarm on a"}},
	}
	for _, tt := range tests {
		tt.facts.Node = "a"
		if diff := cmp.Diff(tt.want, health.Ready(tt.facts)); diff != "" {
			t.Errorf("%s:\n%s", tt.name, diff)
		}
	}
}

func TestFeatureFlags(t *testing.T) {
	on := health.FeatureFlag{Name: "on", State: "enabled", Stability: "stable"}
	off := health.FeatureFlag{Name: "off", State: "disabled", Stability: "stable"}
	changing := health.FeatureFlag{Name: "changing", State: "state_changing", Stability: "required"}
	toy := health.FeatureFlag{Name: "toy", State: "disabled", Stability: "experimental"}
	tests := []struct {
		name    string
		flags   []health.FeatureFlag
		allowed []string
		status  health.Status
		summary string
	}{
		{"none listed", nil, nil, health.Unknown, "the broker listed no feature flags"},
		{"all on", []health.FeatureFlag{on, toy}, nil, health.OK, "all 1 stable feature flags are enabled"},
		{"one off", []health.FeatureFlag{on, off}, nil, health.Warning,
			"1 stable feature flag is not enabled: off; the next release series needs them"},
		{"changing", []health.FeatureFlag{off, changing}, nil, health.Warning,
			"2 stable feature flags are not enabled: off, changing (state_changing); the next release series needs them"},
		{"allowed", []health.FeatureFlag{on, off}, []string{"off"}, health.OK, "all 1 stable feature flags are enabled"},
	}
	for _, tt := range tests {
		got := health.FeatureFlags(tt.flags, tt.allowed)
		if got.Status != tt.status || got.Summary != tt.summary {
			t.Errorf("%s: %v %q", tt.name, got.Status, got.Summary)
		}
	}
}

func TestMerge(t *testing.T) {
	ok := health.Result{Summary: "fine", Details: []string{"of fine"}, Figures: []health.Figure{{Label: "f"}}}
	warning := health.Result{Status: health.Warning, Summary: "near"}
	unknown := health.Result{Status: health.Unknown, Summary: "blind", Details: []string{"of blind"}}
	critical := health.Result{Status: health.Critical, Summary: "broken", Figures: []health.Figure{{Label: "b"}}}
	tests := []struct {
		in   []health.Result
		want health.Result
	}{
		{[]health.Result{ok, ok}, health.Result{Summary: "fine; fine", Details: []string{"of fine", "of fine"},
			Figures: []health.Figure{{Label: "f"}, {Label: "f"}}}},
		{[]health.Result{ok, unknown}, health.Result{Status: health.Unknown, Summary: "blind", Details: []string{"of blind",
			"of fine"}, Figures: []health.Figure{{Label: "f"}}}},
		{[]health.Result{unknown, warning, critical}, health.Result{Status: health.Critical, Summary: "broken; near; blind",
			Details: []string{"of blind"}, Figures: []health.Figure{{Label: "b"}}}},
	}
	for i, tt := range tests {
		if diff := cmp.Diff(tt.want, health.Merge(tt.in...)); diff != "" {
			t.Errorf("%d:\n%s", i, diff)
		}
	}
}
