package diagnose_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/diagnose"
)

func TestLeaders(t *testing.T) {
	all := []string{"a", "b", "c"}
	up := map[string]bool{"a": true, "b": true, "c": true}
	led := func(n int, kind, leader string, members ...string) []diagnose.LedQueue {
		var out []diagnose.LedQueue
		for range n {
			out = append(out, diagnose.LedQueue{Type: kind, Leader: leader, Members: members})
		}
		return out
	}
	mirrored := func(n int, leader string, mirrors ...string) []diagnose.LedQueue {
		out := led(n, "classic", leader, leader)
		for i := range out {
			out[i].Mirrors = mirrors
		}
		return out
	}
	join := func(parts ...[]diagnose.LedQueue) (all []diagnose.LedQueue) {
		for _, p := range parts {
			all = append(all, p...)
		}
		return all
	}
	tests := []struct {
		name   string
		lead   map[string]bool
		queues []diagnose.LedQueue
		// The format of nodes is "node quorum+streams+classic stays surplus", that of want "share moves least most
		// leaderless".
		nodes, want string
	}{
		{"even", up, join(led(2, "quorum", "a", all...), led(2, "quorum", "b", all...), led(1, "stream", "c", all...)),
			"a 2+0+0 0 0, b 2+0+0 0 0, c 0+1+0 0 0", "2 0 1 2 0"},
		{"all on one", up, led(6, "quorum", "a", all...), "a 6+0+0 0 4, b 0+0+0 0 0, c 0+0+0 0 0", "2 4 0 6 0"},
		{"single members stay", up, join(led(5, "quorum", "a", "a"), led(1, "quorum", "a", all...)),
			"a 6+0+0 5 1, b 0+0+0 0 0, c 0+0+0 0 0", "2 1 0 6 0"},
		{"classic ones stay", up, led(6, "classic", "a", "a"), "a 0+0+6 0 0, b 0+0+0 0 0, c 0+0+0 0 0", "0 0 0 0 0"},
		{"mirrored ones move", up, join(led(2, "classic", "a", "a"), mirrored(6, "a", "b")),
			"a 0+0+8 0 4, b 0+0+0 0 0, c 0+0+0 0 0", "2 4 0 6 0"},
		{"mirrors on a stopped node", map[string]bool{"a": true, "b": true}, mirrored(4, "a", "c"),
			"a 0+0+4 4 0, b 0+0+0 0 0, c 0+0+0 0 0", "2 0 0 4 0"},
		{"a node is down", map[string]bool{"a": true, "b": true}, join(led(4, "quorum", "a", all...),
			led(1, "quorum", "", all...)), "a 4+0+0 0 2, b 0+0+0 0 0, c 0+0+0 0 0", "2 2 0 4 1"},
		{"nobody else runs", map[string]bool{"a": true}, led(4, "quorum", "a", all...),
			"a 4+0+0 4 0, b 0+0+0 0 0, c 0+0+0 0 0", "4 0 4 4 0"},
		{"nothing", up, nil, "a 0+0+0 0 0, b 0+0+0 0 0, c 0+0+0 0 0", "0 0 0 0 0"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			a := diagnose.Leaders(all, tt.lead, true, tt.queues)
			var nodes []string
			for _, n := range a.Nodes {
				nodes = append(nodes, fmt.Sprintf("%s %d+%d+%d %d %d", n.Node, n.Quorum, n.Streams, n.Classic, n.Stays, n.Surplus))
			}
			if got := strings.Join(nodes, ", "); got != tt.nodes {
				t.Errorf("%s\nwant %s", got, tt.nodes)
			}
			if got := fmt.Sprint(a.Share, a.Moves, a.Least, a.Most, a.Leaderless); got != tt.want {
				t.Errorf("%s, want %s", got, tt.want)
			}
		})
	}
}

// Before 3.12 a rebalance leaves streams out: it neither moves them nor counts them for the share of a node.
func TestLeaders_streamsStay(t *testing.T) {
	all := []string{"a", "b"}
	queues := []diagnose.LedQueue{{Type: "quorum", Leader: "a", Members: all}, {Type: "quorum", Leader: "a", Members: all},
		{Type: "stream", Leader: "b", Members: all}, {Type: "stream", Leader: "b", Members: all}}
	up := map[string]bool{"a": true, "b": true}
	for streamsMove, want := range map[bool]string{true: "share 2, moves 0, b: 2 streams, 2 replicated",
		false: "share 1, moves 1, b: 2 streams, 0 replicated"} {
		a := diagnose.Leaders(all, up, streamsMove, queues)
		b := a.Nodes[1]
		got := fmt.Sprintf("share %d, moves %d, %s: %d streams, %d replicated", a.Share, a.Moves, b.Node, b.Streams,
			b.Replicated)
		if got != want {
			t.Errorf("streams move: %v: %s, want %s", streamsMove, got, want)
		}
	}
}
