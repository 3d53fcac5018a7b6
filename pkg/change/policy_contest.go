package change

import "github.com/rabbitctl/rabbitctl/pkg/topology"

// contestant is a policy, with a function that tells whether the policy may apply to a queue.
type contestant struct {
	topology.Policy
	rules func(name, kind string) bool
}

// contestants are policies of one kind: policies, or operator policies. Only one of them applies to a queue.
type contestants []contestant

// contest prepares policies for matching. It leaves out those that only the broker can match; the notes name them.
func contest(all []topology.Policy) (known contestants, notes []string) {
	for _, p := range all {
		rules, err := ruling(p)
		if err != nil {
			notes = append(notes, "policy "+p.Name+" is left out of the preview: "+err.Error())
			continue
		}
		known = append(known, contestant{p, rules})
	}
	return known, notes
}

// best returns the policy that applies to the queue; nil if none applies. Of several policies with the highest priority
// it returns the first one of the list, since only the broker knows which one applies.
func (all contestants) best(q previewed) *topology.Policy { return all.top(q)[0] }

// top returns the matching policies with the highest priority. RabbitMQ does not define which of several such policies
// applies. If no policy matches, top returns one element, nil.
func (all contestants) top(q previewed) []*topology.Policy {
	top := []*topology.Policy{nil}
	for i := range all {
		p := &all[i]
		switch {
		case !p.rules(q.name, q.Type):
		case top[0] == nil || p.Priority > top[0].Priority:
			top = []*topology.Policy{&p.Policy}
		case p.Priority == top[0].Priority:
			top = append(top, &p.Policy)
		}
	}
	return top
}

// ruling returns a function that reports whether a policy may apply to a queue of that name and type.
func ruling(p topology.Policy) (func(name, kind string) bool, error) {
	matches, err := p.Matcher()
	return func(name, kind string) bool {
		return p.CoversQueue(kind) && matches(name) && len(p.Unsuited(kind)) == 0
	}, err
}
