package health_test

import (
	"strings"
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/health"
)

func known(n float64) health.Reading { return health.Reading{Value: n, Known: true} }

func portions(t *testing.T, warning, critical string) health.Portions {
	t.Helper()
	var p health.Portions
	var err error
	if p.Warning, err = health.ParsePortion(warning); err != nil {
		t.Fatal(err)
	}
	if p.Critical, err = health.ParsePortion(critical); err != nil {
		t.Fatal(err)
	}
	return p
}

func TestParsePortion(t *testing.T) {
	for text, want := range map[string]float64{"80%": 800, "0.5%": 5, "100%": 1000, "3GB": 3e9, "50000": 50000, " 12 ": 12,
		"0": 0} {
		p, err := health.ParsePortion(text)
		if err != nil || p.Of(1000) != want || p.IsZero() != (text == "0") {
			t.Errorf("%q: %v of 1000, %v", text, p.Of(1000), err)
		}
	}
	for _, text := range []string{"", "%", "-1%", "0%", "NaN%", "Inf%", "-3GB", "80 percent", "0.0", "x", "100.1%"} {
		if p, err := health.ParsePortion(text); err == nil {
			t.Errorf("%q is taken for %s", text, p)
		}
	}
}

func TestBeyond(t *testing.T) {
	for _, tt := range []struct {
		a, b string
		want bool
	}{{"95%", "80%", true}, {"80%", "95%", false}, {"80%", "80%", false}, {"3GB", "2GB", true}, {"80%", "2GB", false},
		{"3GB", "0", false}, {"0", "80%", false}} {
		p := portions(t, tt.a, tt.b)
		if got := p.Warning.Beyond(p.Critical); got != tt.want {
			t.Errorf("%s beyond %s: %v", tt.a, tt.b, got)
		}
	}
	for _, tt := range []struct {
		a, b string
		want bool
	}{{"2x", "1.2x", true}, {"1.2x", "2x", false}, {"20GB", "10GB", true}, {"2x", "10GB", false}} {
		if got := margin(t, tt.a).Beyond(margin(t, tt.b)); got != tt.want {
			t.Errorf("%s beyond %s: %v", tt.a, tt.b, got)
		}
	}
}

func TestMemory(t *testing.T) {
	node := health.MemoryNode{Name: "rabbit@a", Running: true, Used: known(500), Limit: known(1000)}
	with := func(change func(*health.MemoryNode)) health.MemoryNode { n := node; change(&n); return n }
	alarm := []health.Alarm{{Node: "rabbit@a", Resource: "memory"}}
	tests := []struct {
		name   string
		alarms []health.Alarm
		nodes  []health.MemoryNode
		status health.Status
		says   string
	}{
		{"well", nil, []health.MemoryNode{node}, health.OK, "rabbit@a 500 B used, alarm at 1 kB (50%)"},
		{"at the limit", nil, []health.MemoryNode{with(func(n *health.MemoryNode) { n.Used = known(800) })}, health.OK,
			"(80%)"},
		{"above the warning", nil, []health.MemoryNode{with(func(n *health.MemoryNode) { n.Used = known(801) })},
			health.Warning, "(80%)"},
		{"above the critical", nil, []health.MemoryNode{with(func(n *health.MemoryNode) { n.Used = known(951) })},
			health.Critical, "(95%)"},
		{"alarm", alarm, []health.MemoryNode{with(func(n *health.MemoryNode) { n.Used = known(1001) })}, health.Critical,
			"memory alarm on rabbit@a: 1 kB used, limit 1 kB"},
		{"alarm, stale figures", alarm, []health.MemoryNode{node}, health.Critical,
			"(these figures are older than the alarm)"},
		{"no alarm, stale figures", nil, []health.MemoryNode{with(func(n *health.MemoryNode) { n.Used = known(2000) })},
			health.OK, "are older than the state of the alarm"},
		{"no alarm, stale flag", nil, []health.MemoryNode{with(func(n *health.MemoryNode) { n.Flagged = true })}, health.OK,
			"are older than the state of the alarm"},
		{"alarm of a node that is not listed", []health.Alarm{{Node: "rabbit@b", Resource: "memory"}},
			[]health.MemoryNode{node}, health.Critical,
			"memory alarm on rabbit@b, which the node listing does not name"},
		{"an alarm of another kind", []health.Alarm{{Node: "rabbit@a", Resource: "disk"}}, []health.MemoryNode{node},
			health.OK, ""},
		{"not running", nil, []health.MemoryNode{{Name: "rabbit@a"}}, health.Unknown, "is not running"},
		{"no figures", nil, []health.MemoryNode{{Name: "rabbit@a", Running: true}}, health.Unknown,
			"reports no memory figures"},
		{"no number", nil, []health.MemoryNode{with(func(n *health.MemoryNode) {
			n.Limit = health.Reading{Raw: "undefined"}
		})}, health.Unknown, `limit "undefined"`},
		{"nothing", nil, nil, health.Unknown, "listed no nodes"},
		{"the worst first", nil, []health.MemoryNode{node, {Name: "rabbit@b"}, with(func(n *health.MemoryNode) {
			n.Name, n.Used = "rabbit@c", known(999)
		})},
			health.Critical, "rabbit@c 999 B used, alarm at 1 kB (99%); rabbit@b is not running"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r, verdicts := health.Memory(health.MemoryFacts{Alarms: tt.alarms, Nodes: tt.nodes}, portions(t, "80%", "95%"))
			if r.Status != tt.status || !strings.Contains(r.Summary, tt.says) {
				t.Errorf("%s %s", r.Status, r.Summary)
			}
			if _, err := perfdata(strings.SplitN(r.Nagios(), "\n", 2)[0]); err != nil {
				t.Error(err)
			}
			if len(verdicts) == 0 && tt.nodes != nil {
				t.Error("no verdict on any node")
			}
		})
	}
}

func TestFileDescriptors(t *testing.T) {
	node := func(used, total, sockets, socketsTotal float64) health.DescriptorNode {
		return health.DescriptorNode{Name: "rabbit@a", Running: true, FilesUsed: known(used), FilesTotal: known(total),
			SocketsUsed: known(sockets), SocketsTotal: known(socketsTotal)}
	}
	tests := []struct {
		name   string
		nodes  []health.DescriptorNode
		status health.Status
		says   string
		labels int
	}{
		{"well", []health.DescriptorNode{node(40, 100, 5, 90)}, health.OK,
			"rabbit@a 40 of 100 file descriptors in use (40%); rabbit@a 5 of 90 sockets in use (5%)", 4},
		// 4.0 and later count no sockets and report a total of 0. The check must not divide by this 0, and must not report
		// that all sockets are in use.
		{"no sockets", []health.DescriptorNode{node(40, 100, 0, 0)}, health.OK,
			"rabbit@a 40 of 100 file descriptors in use (40%)", 2},
		{"warning", []health.DescriptorNode{node(81, 100, 0, 0)}, health.Warning, "81 of 100", 2},
		{"critical", []health.DescriptorNode{node(96, 100, 0, 0)}, health.Critical, "96 of 100", 2},
		{"sockets critical", []health.DescriptorNode{node(1, 100, 90, 90)}, health.Critical, "90 of 90 sockets", 4},
		{"not known", []health.DescriptorNode{{Name: "rabbit@a", Running: true}}, health.Unknown,
			"does not report its file descriptors", 0},
		{"a total of 0", []health.DescriptorNode{node(0, 0, 0, 0)}, health.Unknown, "does not report its file descriptors",
			0},
		{"not running", []health.DescriptorNode{{Name: "rabbit@a"}}, health.Unknown, "is not running", 0},
		{"nothing", nil, health.Unknown, "listed no nodes", 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := health.FileDescriptors(tt.nodes, portions(t, "80%", "95%"))
			if r.Status != tt.status || !strings.Contains(r.Summary, tt.says) || len(r.Figures) != tt.labels {
				t.Errorf("%s %s %v", r.Status, r.Summary, r.Figures)
			}
		})
	}
}
