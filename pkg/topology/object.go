package topology

import "cmp"

// Object is a queue, a stream or an exchange: the objects to which policies can apply.
type Object struct {
	Name string
	// Type is the type of a queue: classic, quorum or stream. It is "" if it is not known.
	Type     string
	Exchange bool
}

// Matches reports whether the policy's apply-to and pattern match the object. An error means that only the broker can
// decide. Operator policies match only queues.
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

// ByRank orders policies for an object: first the policies and then the operator policies, each from the highest
// priority to the lowest. Of each kind, the first one that matches the object applies. Among policies of equal priority
// only the broker knows its choice.
func ByRank(a, b Policy) int {
	if a.Operator != b.Operator {
		if a.Operator {
			return 1
		}
		return -1
	}
	return -cmp.Compare(a.Priority, b.Priority)
}
