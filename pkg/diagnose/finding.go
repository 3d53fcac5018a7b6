package diagnose

import (
	"cmp"
	"slices"
	"strings"

	"github.com/rabbitctl/rabbitctl/pkg/health"
)

// Finding is one problem that exists or is coming, a remark, or something that could not be examined.
type Finding struct {
	// Rule names the rule that found it, and its page in docs/findings: "alarm-in-effect".
	Rule string `json:"rule"`
	// Severity is CRITICAL if something does not work or will stop working very soon, WARNING if something does not work
	// well or will stop working, UNKNOWN if it could not be examined, and OK for a remark, which is shown as REMARK.
	Severity health.Status `json:"severity"`
	// What says in one line what is wrong and where.
	What string `json:"what"`
	// Evidence is what was seen, with figures.
	Evidence []string `json:"evidence"`
	// Hit says who is affected; "" if the rule does not say it.
	Hit string `json:"hit"`
	// Do holds the commands to run or the steps to take, in their order.
	Do []string `json:"do"`
}

// Sort orders findings by severity, worst first, then in the order of RuleNames, then by the field What, so that two
// runs give the same order.
func Sort(findings []Finding) {
	rank := map[string]int{}
	for i, name := range RuleNames() {
		rank[name] = i
	}
	slices.SortStableFunc(findings, func(a, b Finding) int {
		if a.Severity != b.Severity {
			if health.Worse(a.Severity, b.Severity) == a.Severity {
				return -1
			}
			return 1
		}
		if a.Rule != b.Rule {
			return cmp.Or(cmp.Compare(rank[a.Rule], rank[b.Rule]), strings.Compare(a.Rule, b.Rule))
		}
		return strings.Compare(a.What, b.What)
	})
}
