package diagnose

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/rabbitctl/rabbitctl/pkg/topology"
)

// policyHole returns the hole of a policy that is in effect nowhere; nil if it is in effect somewhere, or if the
// statistics may be too old to tell. The broker reports which policies are in effect, so the pattern is compared here
// only to find out why this policy is not in effect.
func (f RoutingFacts) policyHole(p topology.Policy) []Hole {
	c := newCoverage(p)
	for name, q := range f.Queues {
		if p.CoversQueue(q.Type) && c.look(name, q.Type, q.PolicyName, q.PolicyUnknown) {
			return nil
		}
	}
	if p.CoversExchanges() && !p.Operator {
		for _, x := range f.Exchanges {
			if c.look(x.Name, "", x.PolicyName, false) {
				return nil
			}
		}
	}
	evidence := fmt.Sprintf("pattern %s, apply-to %s, priority %d; queues and exchanges looked at: %d", p.Pattern,
		p.ApplyTo, p.Priority, c.covered)
	list := "list_policies"
	if p.Operator {
		list = "list_operator_policies"
	}
	do := "correct it: " + f.command(list)
	switch {
	case c.behind:
		// The statistics are some seconds old: they do not show yet which policy is in effect.
		return nil
	case c.err != nil:
		return f.hole(c.kind, p.Name, "is in effect nowhere; what it matches is not known", evidence+"; "+c.err.Error(), do)
	case c.matched == 0 && len(c.lacking) > 0:
		return f.hole(c.kind, p.Name, "is in effect nowhere: the queues that it matches do not support its keys",
			fmt.Sprintf("%s, unsupported: %s", evidence, strings.Join(slices.Sorted(maps.Keys(c.lacking)), ", ")), do)
	case c.matched > 0:
		return f.hole(c.kind, p.Name, "is in effect nowhere: other policies apply instead",
			fmt.Sprintf("%s, matches %d, in effect there: %s", evidence, c.matched,
				strings.Join(slices.Sorted(maps.Keys(c.others)), ", ")),
			do+" --sort priority")
	}
	return f.hole(c.kind, p.Name, "matches nothing", evidence, do)
}

// coverage describes the queues and exchanges of the kinds in a policy's apply-to.
type coverage struct {
	policy  topology.Policy
	kind    string
	matches func(name string) bool
	// err says why the pattern cannot be compared here.
	err error
	// covered is the number of queues and exchanges of the kinds in the policy's apply-to, even if their names do
	// not match. matched is the number of those whose names match and whose type supports the policy's keys, but on which
	// the policy is not in effect.
	covered, matched int
	// others names the policies that are in effect on the matching queues and exchanges instead; lacking holds the keys of
	// the policy that matching queues do not support.
	others, lacking map[string]bool
	// behind means that the statistics may be too old to show which policy is in effect.
	behind bool
}

func newCoverage(p topology.Policy) *coverage {
	c := &coverage{policy: p, kind: policyKind(p), others: map[string]bool{}, lacking: map[string]bool{}}
	c.matches, c.err = p.Matcher()
	return c
}

// look records a queue or exchange, and reports whether the policy is in effect on it. The argument governed is the
// text in which the broker names the policies in effect there; unknown means that the broker does not report them yet.
func (c *coverage) look(name, kindOfQueue, governed string, unknown bool) (inEffect bool) {
	c.covered++
	names := strings.Split(governed, ", ")
	// A policy's name can contain ", " itself.
	if strings.Contains(", "+governed+", ", ", "+c.kind+" "+c.policy.Name+", ") {
		return true
	}
	if c.err != nil || !c.matches(name) {
		c.behind = c.behind || c.err != nil && unknown
		return false
	}
	if keys := c.policy.Unsuited(kindOfQueue); len(keys) > 0 {
		for _, key := range keys {
			c.lacking[key+" ("+kindOfQueue+")"] = true
		}
		return false
	}
	c.matched++
	other := slices.IndexFunc(names, func(n string) bool { return strings.HasPrefix(n, c.kind+" ") })
	if other >= 0 {
		end := other + 1 // the rest of a name that contains ", "
		for end < len(names) && !strings.HasPrefix(names[end], "policy ") &&
			!strings.HasPrefix(names[end], "operator policy ") {
			end++
		}
		c.others[strings.Join(names[other:end], ", ")] = true
	}
	// If the name matches and no policy is in effect on the queue or exchange, the statistics are too old: this policy
	// will be in effect soon.
	c.behind = c.behind || unknown || other < 0
	return false
}
