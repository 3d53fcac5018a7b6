package health_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rabbitctl/rabbitctl/pkg/health"
)

// three returns the nodes a, b and c. The nodes named in stopped do not run.
func three(stopped string) []health.Member {
	var out []health.Member
	for _, n := range []string{"a", "b", "c"} {
		out = append(out, health.Member{Name: n, Running: !strings.Contains(stopped, n)})
	}
	return out
}

func replicated(name, members, online, leader string) health.Replicated {
	return health.Replicated{VHost: "/", Name: name, Type: "quorum", Members: strings.Fields(members),
		Online: strings.Fields(online), Leader: leader}
}

func TestQuorum_oneQueue(t *testing.T) {
	tests := []struct {
		name    string
		queue   health.Replicated
		stopped string
		atLeast int
		status  health.Status
		summary string
	}{
		{"whole", replicated("q", "a b c", "a b c", "a"), "", 0, health.OK,
			"1 quorum queue: all members online, each with a leader"},
		{"one member away", replicated("q", "a b c", "a b", "a"), "", 0, health.Warning,
			"1 quorum queue cannot lose one more member: q (2 of 3 members online)"},
		{"listed as online on a node that does not run", replicated("q", "a b c", "a b c", "a"), "c", 0, health.Warning,
			"1 quorum queue cannot lose one more member: q (2 of 3 members online)"},
		{"majority lost", replicated("q", "a b c", "a", "a"), "bc", 0, health.Critical,
			"1 quorum queue cannot accept messages: q (1 of 3 members online)"},
		{"majority lost, the listing behind", replicated("q", "a b c", "a b c", "a"), "bc", 0, health.Critical,
			"1 quorum queue cannot accept messages: q (1 of 3 members online)"},
		{"majority lost and no leader", replicated("q", "a b c", "a", ""), "bc", 0, health.Critical,
			"1 quorum queue cannot accept messages: q (no leader, 1 of 3 members online)"},
		{"no leader", replicated("q", "a b c", "a b c", ""), "", 0, health.Critical,
			"1 quorum queue cannot accept messages: q (no leader, 3 of 3 members online)"},
		{"a leader that does not run", replicated("q", "a b c", "a b", "c"), "c", 0, health.Critical,
			"1 quorum queue cannot accept messages: q (its leader c does not run, 2 of 3 members online)"},
		{"five, one away", replicated("q", "a b c d e", "a b c", "a"), "", 0, health.Warning,
			"1 quorum queue cannot lose one more member: q (3 of 5 members online, members on d and e, which are not nodes of the cluster)"},
		{"a forgotten member", replicated("q", "a b gone", "a b", "a"), "", 0, health.Warning,
			"1 quorum queue cannot lose one more member: q (2 of 3 members online, a member on gone, which is not a node of the cluster)"},
		{"a single member", replicated("q", "a", "a", "a"), "bc", 0, health.OK,
			"1 quorum queue: all members online, each with a leader"},
		{"a single member that is down", replicated("q", "c", "c", "c"), "c", 0, health.Critical,
			"1 quorum queue cannot accept messages: q (its only member, on c, is not online)"},
		{"two of two", replicated("q", "a b", "a b", "a"), "", 0, health.OK,
			"1 quorum queue: all members online, each with a leader"},
		{"one of two", replicated("q", "a b", "a", "a"), "", 0, health.Critical,
			"1 quorum queue cannot accept messages: q (1 of 2 members online)"},
		{"too few by choice", replicated("q", "a", "a", "a"), "", 3, health.Warning,
			"1 quorum queue has fewer members than asked for: q (1 of at least 3 members)"},
		{"enough", replicated("q", "a b c", "a b c", "a"), "", 3, health.OK,
			"1 quorum queue: all members online, each with a leader"},
		{"no word of members", replicated("q", "", "", ""), "", 0, health.Unknown,
			"1 quorum queue could not be judged: q (the broker does not report its members)"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, verdicts := health.Quorum(health.QuorumFacts{Queues: []health.Replicated{tt.queue}, Members: three(tt.stopped),
				MinMembers: tt.atLeast, None: health.Unknown})
			if got.Status != tt.status || got.Summary != tt.summary {
				t.Errorf("%v %q, want %v %q", got.Status, got.Summary, tt.status, tt.summary)
			}
			if len(verdicts) != 1 || verdicts[0].Status != tt.status {
				t.Errorf("verdicts: %+v", verdicts)
			}
		})
	}
}

func TestQuorum_several(t *testing.T) {
	stream := replicated("s", "a b c", "a", "a")
	stream.Type, stream.VHost = "stream", "prod"
	got, verdicts := health.Quorum(health.QuorumFacts{Where: "in 2 of 3 virtual hosts", Members: three("bc"),
		Queues: []health.Replicated{
			replicated("alone", "a", "a", "a"), replicated("q3", "a b c", "a b c", "a"), stream, replicated("young", "", "",
				"a"),
			replicated("la", "a b c", "", ""),
		}})
	want := health.Result{
		Status: health.Critical,
		Summary: "3 quorum queues and streams cannot accept messages: q3 (1 of 3 members online), s in prod (1 of 3 members online), la (no leader, 0 of 3 members online); " +
			"1 quorum queue could not be judged: young (the broker does not report its members)",
		Details:  []string{"1 queue with a single member, and so without redundancy: alone", "nodes not running: b, c"},
		LookedAt: "5 quorum queues and streams in 2 of 3 virtual hosts; members and leaders from statistics up to 5 s old, members counted on the 1 of 3 nodes that run",
		Figures: []health.Figure{{Label: "queues", Value: 5}, {Label: "without_majority", Value: 3, Critical: "0"},
			{Label: "short_of_members", Value: 0, Warning: "0"}, {Label: "single_member", Value: 1}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	var order []string
	for _, v := range verdicts {
		order = append(order, v.Name)
	}
	if diff := cmp.Diff("q3 s la young alone", strings.Join(order, " ")); diff != "" {
		t.Error(diff)
	}
}

func TestQuorum_namesFiveAndCountsTheRest(t *testing.T) {
	f := health.QuorumFacts{Members: three("bc")}
	for _, n := range strings.Fields("a1 a2 a3 a4 a5 a6 a7") {
		f.Queues = append(f.Queues, replicated(n, "a b c", "a", "a"))
	}
	got, _ := health.Quorum(f)
	if !strings.HasPrefix(got.Summary, "7 quorum queues cannot accept messages: a1 (") || !strings.HasSuffix(got.Summary,
		"a5 (1 of 3 members online) and 2 more") {
		t.Error(got.Summary)
	}
}

// A split cluster lists members as online that are not, and reports nodes as stopped that run. So neither list proves
// anything.
func TestQuorum_splitIsUnknown(t *testing.T) {
	members := three("c")
	members[1].Partitions = []string{"c"}
	members[0].Partitions = []string{"c"}
	members[2].Partitions = []string{"a", "b"}
	for _, queues := range [][]health.Replicated{nil, {replicated("q", "a b c", "a b c", "a")},
		{replicated("q", "a b c", "a", "")}} {
		got, verdicts := health.Quorum(health.QuorumFacts{Queues: queues, Members: members, None: health.OK})
		if got.Status != health.Unknown ||
			got.Summary != "the cluster is split, so its lists of members cannot be trusted: a and c, b and c were cut off from each other" {
			t.Errorf("%v %q", got.Status, got.Summary)
		}
		for _, v := range verdicts {
			if v.Status != health.Unknown {
				t.Errorf("%+v", v)
			}
		}
	}
}

func TestQuorum_nothingSeen(t *testing.T) {
	for _, none := range []health.Status{health.OK, health.Warning, health.Critical, health.Unknown} {
		got, _ := health.Quorum(health.QuorumFacts{Members: three(""), None: none, Where: "in virtual host x"})
		if got.Status != none || got.Summary != "no quorum queue and no stream in virtual host x" {
			t.Errorf("%v: %v %q", none, got.Status, got.Summary)
		}
	}
	got, _ := health.Quorum(health.QuorumFacts{Queues: []health.Replicated{replicated("q", "a", "a", "a")}})
	if got.Status != health.Unknown || got.Summary != "the broker listed no nodes" {
		t.Errorf("%v %q", got.Status, got.Summary)
	}
}

func TestStoppable(t *testing.T) {
	single := []health.CriticalThing{{VHost: "/", Name: "alone"}}
	tests := []struct {
		name    string
		node    string
		own     []health.CriticalThing
		queues  []health.Replicated
		stopped string
		want    health.Result
	}{
		{"whole", "a", nil, []health.Replicated{replicated("q", "a b c", "a b c", "a")}, "",
			health.Result{Summary: "nothing loses its majority without a"}},
		{"single members are named for ever by the node itself", "a", single, []health.Replicated{replicated("alone", "a",
			"a", "a")}, "",
			health.Result{Summary: "nothing loses its majority without a",
				Details: []string{"1 queue with a single member, on a, cannot be used while it is down: alone"}}},
		{"a single member elsewhere", "b", nil, []health.Replicated{replicated("alone", "a", "a", "a")}, "",
			health.Result{Summary: "nothing loses its majority without b"}},
		{"the last but one", "a", nil, []health.Replicated{replicated("q", "a b c", "a b c", "a")}, "c",
			health.Result{Status: health.Critical,
				Summary: "without a, 1 queue would lose the majority: q (2 of 3 members online)"}},
		{"not a member", "c", nil, []health.Replicated{replicated("q", "a b", "a b", "a")}, "",
			health.Result{Summary: "nothing loses its majority without c"}},
		{"the node knows more", "a", []health.CriticalThing{{VHost: "/", Name: "q"}},
			[]health.Replicated{replicated("q", "a b c", "a b c", "a")}, "",
			health.Result{Status: health.Critical,
				Summary: "without a, 1 queue would lose the majority: q (3 of 3 members online)"}},
		{"a queue that is not listed", "a", []health.CriticalThing{{VHost: "x", Name: "hidden"}}, nil, "",
			health.Result{Status: health.Critical, Summary: "without a, 1 queue would lose the majority: hidden"}},
		{"a component", "a", []health.CriticalThing{{VHost: "(not applicable)", Name: "rabbitmq_metadata", Component: true}},
			nil, "",
			health.Result{Status: health.Critical, Summary: "without a, these would lose their majority: rabbitmq_metadata"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, health.Stoppable(tt.node, tt.own, tt.queues, three(tt.stopped))); diff != "" {
				t.Error(diff)
			}
		})
	}
}
