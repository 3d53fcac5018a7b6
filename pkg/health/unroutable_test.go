package health_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rabbitctl/rabbitctl/pkg/health"
)

func TestUnroutable(t *testing.T) {
	rates := func(dropped, returned health.Reading, vhosts ...health.UnroutableVHost) health.UnroutableFacts {
		return health.UnroutableFacts{RatesMode: "basic", Counted: true, Dropped: dropped, Returned: returned, VHosts: vhosts}
	}
	vhost := func(name string, dropped, returned float64) health.UnroutableVHost {
		return health.UnroutableVHost{Name: name, DroppedRate: known(dropped), ReturnedRate: known(returned)}
	}
	var absent health.Reading
	tests := []struct {
		name              string
		facts             health.UnroutableFacts
		warning, critical string
		status            health.Status
		says              string
		losing            []string
	}{
		{"none", rates(known(0), known(0)), "0", "", health.OK, "no unroutable messages", nil},
		{"nothing was ever published", rates(absent, absent), "0", "", health.OK, "no unroutable messages", nil},
		{"dropped", rates(known(0.2), known(0), vhost("prod", 0.2, 0)), "0", "", health.Warning,
			"0.2 unroutable messages per second: 0.2 dropped, 0 returned, in virtual host prod", []string{"prod"}},
		{"returned", rates(known(0), known(2), vhost("prod", 0, 2)), "0", "", health.Warning,
			"2 unroutable messages per second: 0 dropped, 2 returned, in virtual host prod", []string{"prod"}},
		{"at the limit", rates(known(3.4), known(0.8)), "4.2", "", health.OK,
			"4.2 unroutable messages per second: 3.4 dropped, 0.8 returned", nil},
		{"ready and unacknowledged messages together are above the limit", rates(known(3), known(3)), "0", "5", health.Critical,
			"6 unroutable messages per second: 3 dropped, 3 returned", nil},
		{"no limit", rates(known(3), known(3)), "", "", health.OK,
			"6 unroutable messages per second: 3 dropped, 3 returned", nil},
		{"the worst virtual host first", rates(known(6), known(0), vhost("a", 1, 0), vhost("b", 0, 0), vhost("c", 5, 0)),
			"0", "", health.Warning,
			"6 unroutable messages per second: 6 dropped, 0 returned, in virtual hosts c, a", []string{"c", "a"}},
		{"more virtual hosts than the line has room for", rates(known(8), known(0), vhost("a", 1, 0), vhost("b", 1, 0),
			vhost("c", 1, 0), vhost("d", 1, 0), vhost("e", 1, 0), vhost("f", 1, 0), vhost("g", 1, 0), vhost("h", 1, 0)),
			"0", "", health.Warning, "8 unroutable messages per second: 8 dropped, 0 returned, in virtual hosts " +
				"a, b, c, d, e, f and 2 more", []string{"a", "b", "c", "d", "e", "f", "g", "h"}},
		{"a node is missing", health.UnroutableFacts{RatesMode: "basic", Counted: true, NotRunning: []string{"rabbit@b"}},
			"0", "", health.Unknown, "rabbit@b is not running: messages that it loses are not known", nil},
		{"some are lost, and a node is missing", health.UnroutableFacts{RatesMode: "basic", Counted: true, Dropped: known(2),
			NotRunning: []string{"rabbit@b"}}, "", "1", health.Critical,
			"2 unroutable messages per second: 2 dropped, 0 returned; " +
				"rabbit@b is not running: messages that it loses are not known", nil},
		{"no statistics", health.UnroutableFacts{StatsOff: true, RatesMode: "basic"}, "0", "", health.Unknown,
			"the rate of unroutable messages is unknown: the broker collects no statistics", nil},
		{"no rates", health.UnroutableFacts{RatesMode: "none", Counted: true}, "0", "", health.Unknown,
			"the rate of unroutable messages is unknown: the broker counts no messages (rates_mode none)", nil},
		{"no counters", health.UnroutableFacts{RatesMode: "basic"}, "0", "", health.Unknown,
			"the rate of unroutable messages is unknown: the broker does not report it", nil},
		{"no mode", health.UnroutableFacts{Counted: true}, "0", "", health.Unknown,
			"the rate of unroutable messages is unknown: the broker does not report it", nil},
		{"not a number", rates(known(0), strange("NaN")), "0", "", health.Unknown,
			`the rate of unroutable messages is unknown: the broker reports "NaN"`, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var limits health.Limits
			for into, text := range map[*health.Range]string{&limits.Warning: tt.warning, &limits.Critical: tt.critical} {
				var err error
				if *into, err = health.ParseRange(text); err != nil {
					t.Fatal(err)
				}
			}
			r, losing := health.Unroutable(tt.facts, limits)
			if r.Status != tt.status || r.Summary != tt.says {
				t.Errorf("%s %s", r.Status, r.Summary)
			}
			var names []string
			for _, v := range losing {
				names = append(names, v.Name)
			}
			if diff := cmp.Diff(tt.losing, names); diff != "" {
				t.Error(diff)
			}
			if known := len(r.Figures) > 0; known == (r.Status == health.Unknown && len(tt.facts.NotRunning) == 0) {
				t.Errorf("figures: %v", r.Figures)
			}
		})
	}
}
