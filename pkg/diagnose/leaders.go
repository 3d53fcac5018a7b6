package diagnose

import (
	"cmp"
	"slices"
	"strings"
)

// LedQueue is a queue with the node that leads it.
type LedQueue struct {
	Type, Leader string
	// Members are the nodes that hold a replica; a classic queue has one.
	Members []string
}

// NodeLeaders are the queues that one node leads.
type NodeLeaders struct {
	Node    string
	Running bool
	// Quorum, Streams and Classic count them by type.
	Quorum, Streams, Classic int
	// Stays are the replicated queues that no other running node could lead.
	Stays int
	// Surplus is how many replicated queues the node leads above its share, and a rebalance would move away.
	Surplus int
}

// Replicated is how many quorum queues and streams the node leads.
func (n NodeLeaders) Replicated() int { return n.Quorum + n.Streams }

// LeadersAnswer is how leaders are spread.
type LeadersAnswer struct {
	Nodes []NodeLeaders
	// Leaderless is how many replicated queues have no leader now.
	Leaderless int
	// Share is the most that a node should lead: the replicated queues divided by the running nodes, rounded up.
	Share int
	// Moves is how many leaders a rebalance would move.
	Moves int
	// Least and Most are the lowest and the highest number of replicated queues that a running node leads.
	Least, Most int
}

// LeaderCount counts the queues that each node leads, as they come.
type LeaderCount struct {
	running    map[string]bool
	by         map[string]*NodeLeaders
	replicated int
	leaderless int
	// Seen is how many queues were counted.
	Seen int
}

// CountLeaders begins a count over these nodes.
func CountLeaders(nodes []string, running map[string]bool) *LeaderCount {
	l := &LeaderCount{running: running, by: map[string]*NodeLeaders{}}
	for _, n := range nodes {
		l.by[n] = &NodeLeaders{Node: n, Running: running[n]}
	}
	return l
}

// Leaders counts all these queues.
func Leaders(nodes []string, running map[string]bool, queues []LedQueue) LeadersAnswer {
	l := CountLeaders(nodes, running)
	for _, q := range queues {
		l.Add(q)
	}
	return l.Answer()
}

// Add counts a queue.
func (l *LeaderCount) Add(q LedQueue) {
	l.Seen++
	n := l.by[q.Leader]
	switch {
	case q.Leader == "" && q.Type != "classic":
		l.leaderless++
		return
	case q.Leader == "":
		return
	case n == nil:
		// The node listing does not name the leader's node.
		n = &NodeLeaders{Node: q.Leader}
		l.by[q.Leader] = n
	}
	switch q.Type {
	case "quorum":
		n.Quorum++
	case "stream":
		n.Streams++
	default:
		n.Classic++
		return
	}
	l.replicated++
	if !slices.ContainsFunc(q.Members, func(m string) bool { return m != q.Leader && l.running[m] }) {
		n.Stays++
	}
}

// Answer is how many queues each node leads, and what a rebalance would move: from a node above its share, the surplus
// of replicated queues, as far as they have a member on another running node.
func (l *LeaderCount) Answer() LeadersAnswer {
	a := LeadersAnswer{Leaderless: l.leaderless, Least: -1}
	up := 0
	for _, n := range l.by {
		if n.Running {
			up++
		}
	}
	if up > 0 {
		a.Share = (l.replicated + up - 1) / up
	}
	for _, n := range l.by {
		n.Surplus = max(0, min(n.Replicated()-a.Share, n.Replicated()-n.Stays))
		a.Moves += n.Surplus
		a.Nodes = append(a.Nodes, *n)
		if n.Running {
			a.Most = max(a.Most, n.Replicated())
			if a.Least < 0 || n.Replicated() < a.Least {
				a.Least = n.Replicated()
			}
		}
	}
	a.Least = max(a.Least, 0)
	slices.SortFunc(a.Nodes, func(x, y NodeLeaders) int {
		return cmp.Or(cmp.Compare(y.Replicated(), x.Replicated()), strings.Compare(x.Node, y.Node))
	})
	return a
}
