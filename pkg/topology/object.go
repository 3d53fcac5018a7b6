package topology

import "cmp"

// Object is a queue, a stream or an exchange: policies apply to these.
type Object struct {
	Name string
	// Type is a queue's: classic, quorum or stream; "" where it is not known.
	Type     string
	Exchange bool
}

// Matches reports whether the policy matches the object: by its apply-to and its pattern. An error means that only the
// broker can decide. Operator policies match queues only.
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

// ByRank orders the policies that match an object as brokers choose: only the first one applies. Among policies of
// equal priority only the broker knows its choice. Operator policies come after the others, because one of each kind
// applies.
func ByRank(a, b Policy) int {
	if a.Operator != b.Operator {
		if a.Operator {
			return 1
		}
		return -1
	}
	return -cmp.Compare(a.Priority, b.Priority)
}
