package health

import (
	"slices"
	"strings"
)

// Member is a node of the cluster as one node's listing shows it.
type Member struct {
	Name string
	// Running is what the listing says; nodes that have lost sight of each other call each other not running.
	Running bool
	// Type is disc or ram; Version RabbitMQ's. Both are "" for a node that does not run.
	Type, Version string
	// Drained means that the node is in maintenance: it takes no clients and leads no queues.
	Drained bool
	// Partitions are the nodes that this one was cut off from, by its own account. Brokers with Khepri (4.2 and later) have
	// none, and a split is shown some seconds after it began (measured on 3.10).
	Partitions []string
}

// Split is a pair of nodes that were cut off from each other, by name.
type Split struct{ A, B string }

func (s Split) String() string { return s.A + " and " + s.B }

// Splits are the pairs of nodes of which at least one says that it was cut off from the other, each once.
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

// Stopped are the names of the members that do not run.
func Stopped(members []Member) []string {
	var out []string
	for _, m := range members {
		if !m.Running {
			out = append(out, m.Name)
		}
	}
	return out
}

// some lists names for a person: all of them up to five, and how many more there are.
func some(names []string) string {
	const most = 5
	if len(names) <= most {
		return strings.Join(names, ", ")
	}
	return strings.Join(names[:most], ", ") + " and " + number(float64(len(names)-most)) + " more"
}
