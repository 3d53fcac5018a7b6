package diagnose

import (
	"cmp"
	"slices"
	"strings"
)

// LedQueue is a queue with the node that leads it.
type LedQueue struct {
	Type, Leader string
	// Members lists the nodes that hold a replica; for a classic queue only its own node.
	Members []string
	// Mirrors lists the nodes with a mirror of a classic queue. Releases since 4.0 have no mirrors.
	Mirrors []string
}

// NodeLeaders counts the queues that one node leads.
type NodeLeaders struct {
	Node string
	// Leads means that the node runs and is not in maintenance.
	Leads bool
	// Quorum, Streams and Classic are the numbers of these queues by type.
	Quorum, Streams, Classic int
	// Replicated is how many of these queues a rebalance counts: quorum queues, mirrored classic queues, and streams where
	// they move.
	Replicated int
	// Stays is the number of replicated queues that could not be led by any other node for which Leads is true.
	Stays int
	// Surplus is the number of replicated queues that a rebalance would move away, because the node leads more than its
	// share.
	Surplus int
}

// LeadersAnswer says how leaders are spread over the nodes.
type LeadersAnswer struct {
	Nodes []NodeLeaders
	// Leaderless is the number of replicated queues that have no leader now.
	Leaderless int
	// Share is the highest number of replicated queues that a node should lead: the sum of
	// NodeLeaders.Replicated divided by the number of nodes for which Leads is true, rounded up.
	Share int
	// Moves is the number of leaders that a rebalance would move.
	Moves int
	// Least and Most are the lowest and the highest number of replicated queues that one node leads. Only nodes for which
	// Leads is true count.
	Least, Most int
}

// LeaderCount counts the queues that each node leads, one queue at a time.
type LeaderCount struct {
	lead        map[string]bool
	streamsMove bool
	by          map[string]*NodeLeaders
	replicated  int
	leaderless  int
	// Seen is the number of queues that were counted.
	Seen int
}

// CountLeaders starts a count. The answer then has each of these nodes, even one that leads no queue. lead says which
// nodes run and are not in maintenance: a rebalance counts these alone. streamsMove says whether a rebalance counts and
// moves streams.
func CountLeaders(nodes []string, lead map[string]bool, streamsMove bool) *LeaderCount {
	l := &LeaderCount{lead: lead, streamsMove: streamsMove, by: map[string]*NodeLeaders{}}
	for _, n := range nodes {
		l.by[n] = &NodeLeaders{Node: n, Leads: lead[n]}
	}
	return l
}

// Leaders returns how many of these queues each node leads. nodes, lead and streamsMove mean the same as for
// CountLeaders.
func Leaders(nodes []string, lead map[string]bool, streamsMove bool, queues []LedQueue) LeadersAnswer {
	l := CountLeaders(nodes, lead, streamsMove)
	for _, q := range queues {
		l.Add(q)
	}
	return l.Answer()
}

// Add counts a queue. If the node that leads the queue is not among the given nodes, Add adds that node to the answer,
// with Leads false. A classic queue without a leader counts only in Seen.
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
	counts := true
	switch q.Type {
	case "quorum":
		n.Quorum++
	case "stream":
		n.Streams++
		counts = l.streamsMove
	default:
		n.Classic++
		counts = len(q.Mirrors) > 0 // a rebalance also moves the leaders of mirrored classic queues (3.10)
	}
	if !counts {
		return
	}
	n.Replicated++
	l.replicated++
	mayLead := func(node string) bool { return node != q.Leader && l.lead[node] }
	if !slices.ContainsFunc(q.Members, mayLead) && !slices.ContainsFunc(q.Mirrors, mayLead) {
		n.Stays++
	}
}

// Answer returns how many queues each node leads, and what a rebalance would move. A rebalance moves leaders away from
// a node that leads more replicated queues than its share. It moves only the leaders of queues that have a member or a
// mirror on another node for which Leads is true.
func (l *LeaderCount) Answer() LeadersAnswer {
	a := LeadersAnswer{Leaderless: l.leaderless, Least: -1}
	up := 0
	for _, n := range l.by {
		if n.Leads {
			up++
		}
	}
	if up > 0 {
		a.Share = (l.replicated + up - 1) / up
	}
	for _, n := range l.by {
		n.Surplus = max(0, min(n.Replicated-a.Share, n.Replicated-n.Stays))
		a.Moves += n.Surplus
		a.Nodes = append(a.Nodes, *n)
		if n.Leads {
			a.Most = max(a.Most, n.Replicated)
			if a.Least < 0 || n.Replicated < a.Least {
				a.Least = n.Replicated
			}
		}
	}
	a.Least = max(a.Least, 0)
	slices.SortFunc(a.Nodes, func(x, y NodeLeaders) int {
		return cmp.Or(cmp.Compare(y.Replicated, x.Replicated), strings.Compare(x.Node, y.Node))
	})
	return a
}
