package health_test

import (
	"strings"
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/health"
)

func TestConnections(t *testing.T) {
	limits := func(open, opened string) health.ConnectionLimits {
		l := health.ConnectionLimits{Share: portions(t, "80%", "95%")}
		var err error
		if l.Open.Critical, err = health.ParseRange(open); err != nil {
			t.Fatal(err)
		}
		if l.Opened.Warning, err = health.ParseRange(opened); err != nil {
			t.Fatal(err)
		}
		return l
	}
	yes, no := true, false
	of := func(open, most int) []health.ConnectionLimit {
		return []health.ConnectionLimit{{Of: "virtual host", Name: "/", Open: open, Most: most}}
	}
	tests := []struct {
		name         string
		facts        health.ConnectionFacts
		open, opened string
		status       health.Status
		says         string
	}{
		{"well", health.ConnectionFacts{Open: known(12), Opened: known(0.2)}, "", "", health.OK,
			"12 connections; 0.2 opened per second"},
		{"one", health.ConnectionFacts{Open: known(1)}, "", "", health.OK, "1 connection"},
		{"too few", health.ConnectionFacts{Open: known(0)}, "1:", "", health.Critical, "0 connections"},
		{"just enough", health.ConnectionFacts{Open: known(1)}, "1:", "", health.OK, ""},
		{"too many", health.ConnectionFacts{Open: known(11)}, "10", "", health.Critical, "11 connections"},
		{"a node is missing", health.ConnectionFacts{Open: known(1), NotRunning: []string{"rabbit@b"}}, "", "",
			health.Unknown, "rabbit@b is not running: its connections are not known"},
		{"too many, and a node is missing", health.ConnectionFacts{Open: known(11), NotRunning: []string{"rabbit@b"}}, "", "10",
			health.Unknown, "rabbit@b is not running"},
		{"churn", health.ConnectionFacts{Open: known(1), Opened: known(20.4)}, "", "10", health.Warning,
			"20.4 opened per second"},
		{"churn asked for and not known", health.ConnectionFacts{Open: known(1)}, "", "10", health.Unknown,
			"connections opened per second is unknown"},
		{"number not known", health.ConnectionFacts{Opened: known(1)}, "", "", health.Unknown,
			"the number of connections is unknown"},
		{"near a limit", health.ConnectionFacts{Open: known(9), Limits: of(9, 10)}, "", "", health.Warning,
			"virtual host / has 9 of 10 connections"},
		{"at a limit", health.ConnectionFacts{Open: known(10), Limits: of(10, 10)}, "", "", health.Critical,
			"virtual host / has 10 of 10 connections"},
		{"far from a limit", health.ConnectionFacts{Open: known(1), Limits: of(1, 10)}, "", "", health.OK, ""},
		{"no limit at all", health.ConnectionFacts{Open: known(1), Limits: of(1, -1)}, "", "", health.OK, ""},
		{"closed on purpose", health.ConnectionFacts{Open: known(1), Limits: of(0, 0)}, "", "", health.OK, ""},
		{"a limit, and no connections are listed", health.ConnectionFacts{Open: known(1), Limits: of(0, 10), Uncounted: true},
			"", "", health.Unknown,
			"connections cannot be compared with 1 limit: statistics are off"},
		{"no limit, and no connections are listed", health.ConnectionFacts{Open: known(1), Limits: of(0, -1),
			Uncounted: true}, "", "", health.OK, ""},
		{"the node is full", health.ConnectionFacts{Open: known(1), AtNodeLimit: &yes}, "", "", health.Critical,
			"has reached its connection_max"},
		{"the node is not full", health.ConnectionFacts{Open: known(1), AtNodeLimit: &no}, "", "", health.OK, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := health.Connections(tt.facts, limits(tt.open, tt.opened))
			if r.Status != tt.status || !strings.Contains(r.Summary, tt.says) {
				t.Errorf("%s %s", r.Status, r.Summary)
			}
			if _, err := perfdata(strings.SplitN(r.Nagios(), "\n", 2)[0]); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestMovers(t *testing.T) {
	tests := []struct {
		name   string
		found  []health.Mover
		status health.Status
		says   string
	}{
		{"none", nil, health.Unknown, "there are no shovels"},
		{"running", []health.Mover{{Name: "a", State: "running"}}, health.OK, "1 of 1 shovel running"},
		{"slow", []health.Mover{{Name: "a", State: "running", Blocked: "flow"}}, health.OK, "1 of 1 shovel running"},
		{"blocked", []health.Mover{{Name: "a", State: "running", Blocked: "blocked"}}, health.Warning,
			"shovel a is blocked by its destination"},
		{"slow since 3.11.5", []health.Mover{{Name: "a", State: "flow", Blocked: "flow"}}, health.OK, "1 of 1 shovel running"},
		{"blocked since 3.11.5", []health.Mover{{Name: "a", State: "blocked", Blocked: "blocked"}}, health.Warning,
			"shovel a is blocked by its destination"},
		{"starting", []health.Mover{{Name: "a", State: "starting"}, {Name: "b", State: "running"}}, health.Warning,
			"shovel a is starting"},
		{"terminated", []health.Mover{{Name: "a", State: "terminated", Why: "no queue"}}, health.Critical,
			"shovel a is terminated (no queue)"},
		{"error", []health.Mover{{Name: "a", State: "error", Why: "econnrefused"}}, health.Critical,
			"shovel a is in error (econnrefused)"},
		{"run by nobody", []health.Mover{{Name: "a"}}, health.Critical, "shovel a is declared, but no node runs it"},
		{"a state of a later release", []health.Mover{{Name: "a", State: "dreaming"}}, health.Critical,
			"shovel a is dreaming"},
		{"the worst first", []health.Mover{{Name: "a", State: "starting"}, {Name: "b", State: "error"}}, health.Critical,
			"shovel b is in error; shovel a is starting"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := health.Movers("shovel", tt.found, health.Unknown)
			if r.Status != tt.status || !strings.HasPrefix(r.Summary, tt.says) {
				t.Errorf("%s %s", r.Status, r.Summary)
			}
		})
	}
	t.Run("many", func(t *testing.T) {
		r := health.Movers("link", make([]health.Mover, 40), health.OK)
		if len(r.Details) != 40 || !strings.HasSuffix(r.Summary, "; and 35 more") {
			t.Errorf("%d details: %s", len(r.Details), r.Summary)
		}
	})
	t.Run("none is well", func(t *testing.T) {
		if r := health.Movers("link", nil, health.OK); r.Status != health.OK {
			t.Error(r.Status)
		}
	})
}
