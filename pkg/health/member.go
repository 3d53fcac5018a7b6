package health

import (
	"slices"
	"strings"
)

// Member is a node of the cluster as the listing of one node shows it.
type Member struct {
	Name string
	// Running says whether the listing shows the node as running. In a network partition, nodes list each other as not
	// running.
	Running bool
	// Type is disc or ram; Version is the release of RabbitMQ. Both are "" for a node that does not run.
	Type, Version string
	// Drained means that the node is in maintenance: it accepts no clients and leads no queues.
	Drained bool
	// Partitions names the nodes from which, by its own report, this node is cut off. Brokers with Khepri, which 4.3
	// always has, report none; 3.10 reports a partition some seconds after it began (measured).
	Partitions []string
}

// Split is a pair of nodes that were cut off from each other. A and B are their names.
type Split struct{ A, B string }

func (s Split) String() string { return s.A + " and " + s.B }

// Splits returns the pairs of nodes in a partition, each pair once: at least one of the two reports to be cut off from
// the other.
func Splits(members []Member) []Split {
	var out []Split
	for _, m := range members {
		for _, other := range m.Partitions {
			s := Split{min(m.Name, other), max(m.Name, other)}
			if !slices.Contains(out, s) {
				out = append(out, s)
			}
		}
	}
	slices.SortFunc(out, func(a, b Split) int { return strings.Compare(a.A+" "+a.B, b.A+" "+b.B) })
	return out
}

// Stopped returns the names of the members that do not run.
func Stopped(members []Member) []string {
	var out []string
	for _, m := range members {
		if !m.Running {
			out = append(out, m.Name)
		}
	}
	return out
}

// some lists the first five names, and says how many more there are.
func some(names []string) string {
	const most = 5
	if len(names) <= most {
		return strings.Join(names, ", ")
	}
	return strings.Join(names[:most], ", ") + " and " + number(float64(len(names)-most)) + " more"
}
