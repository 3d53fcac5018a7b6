package topology

import "cmp"

// Object is what a policy can be for: a queue (or stream), or an exchange.
type Object struct {
	Name string
	// Type is a queue's: classic, quorum or stream; "" where it is not known.
	Type     string
	Exchange bool
}

// Matches tells whether the policy is for the object: by what it applies to and by its pattern. An error means that only
// the broker can tell. Operator policies are for queues only.
func (p Policy) Matches(o Object) (bool, error) {
	if o.Exchange && (p.Operator || !p.CoversExchanges()) || !o.Exchange && !p.CoversQueue(o.Type) {
		return false, nil
	}
	matches, err := p.Matcher()
	if err != nil {
		return false, err
	}
	return matches(o.Name), nil
}

// ByRank orders policies as brokers choose among those that match an object: the first one applies, and it alone. Of those
// with equal priority nobody but the broker knows which it takes. Operator policies come behind the others, since of
// each kind one applies.
func ByRank(a, b Policy) int {
	if a.Operator != b.Operator {
		if a.Operator {
			return 1
		}
		return -1
	}
	return -cmp.Compare(a.Priority, b.Priority)
}
