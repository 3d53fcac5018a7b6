package change

import "github.com/rabbitctl/rabbitctl/pkg/topology"

// contestant is a policy, with a function that tells whether the policy may apply to a queue.
type contestant struct {
	topology.Policy
	rules func(name, kind string) bool
}

// contestants are policies of one kind. Only one of them applies to a queue.
type contestants []contestant

// contest prepares policies. The notes name those that are left out, since only the broker can match them.
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

// best is the policy that applies to the queue; nil for none.
func (all contestants) best(q previewed) *topology.Policy { return all.top(q)[0] }

// top are the matching policies with the highest priority. RabbitMQ does not define which of several applies. If no
// policy matches, top has one element, nil.
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

// ruling returns a function that tells whether a policy may apply to a queue of that name and type.
func ruling(p topology.Policy) (func(name, kind string) bool, error) {
	matches, err := p.Matcher()
	return func(name, kind string) bool {
		return p.CoversQueue(kind) && matches(name) && len(p.Unsuited(kind)) == 0
	}, err
}
