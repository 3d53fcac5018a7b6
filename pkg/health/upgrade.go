package health

import (
	"fmt"
	"slices"
)

// CriticalThing is something that, by the node's own check, would lose its majority without the node: a queue, a
// stream, or a component such as the metadata store, which belongs to no virtual host.
type CriticalThing struct {
	VHost, Name string
	// Component means that it is a component, and not a queue or a stream.
	Component bool
}

// Stoppable judges whether a node can be stopped without loss of a majority. own holds what the node's own check names;
// it is empty if that check could not be run. Queues whose only member is on the node are listed in the details and do
// not change the verdict: waiting does not give them another member.
func Stoppable(node string, own []CriticalThing, queues []Replicated, members []Member) Result {
	var r Result
	known := map[string]Member{}
	for _, m := range members {
		known[m.Name] = m
	}
	var alone, lose, components []string
	named := func(v QuorumVerdict) bool {
		return slices.ContainsFunc(own, func(c CriticalThing) bool { return c.VHost == v.VHost && c.Name == v.Name })
	}
	for _, q := range queues {
		v := judgeReplicated(q, known, 0)
		switch {
		case len(q.Members) == 1:
			if q.Members[0] == node {
				alone = append(alone, v.label())
			}
		case slices.Contains(v.Up, node) && len(v.Up)-1 < len(q.Members)/2+1, named(v):
			lose = append(lose, fmt.Sprintf("%s (%s)", v.label(), v.Why))
		}
	}
	for _, c := range own {
		switch {
		case c.Component:
			components = append(components, c.Name)
		case !slices.ContainsFunc(queues, func(q Replicated) bool { return q.VHost == c.VHost && q.Name == c.Name }):
			// The listing lacks the queue, or the user may not see it, but the node's own check names it.
			lose = append(lose, c.Name)
		}
	}
	if len(components) > 0 {
		r.add(Critical, fmt.Sprintf("without %s, these would lose their majority: %s", node, some(components)))
	}
	if len(lose) > 0 {
		r.add(Critical, fmt.Sprintf("without %s, %s would lose the majority: %s", node, queueCount(len(lose)), some(lose)))
	}
	r.summarize("nothing loses its majority without " + node)
	if len(alone) > 0 {
		r.Details = append(r.Details, fmt.Sprintf("%s with a single member, on %s, cannot be used while it is down: %s",
			queueCount(len(alone)), node, some(alone)))
	}
	return r
}
