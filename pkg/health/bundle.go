package health

import (
	"fmt"
	"slices"
	"strings"
)

// Named is the result of a check with its name.
type Named struct {
	Check string
	// Context names the broker if the check ran on several brokers; "" otherwise.
	Context string
	Result
}

// Bundle makes one verdict of several checks: the worst. Unless all are OK, the summary names checks with the worst
// verdict and says what the first of them found. The details have one line for each check, worst first, then the next
// steps of the checks that are not OK, each once. If all checks failed with the same summary, the result says it once.
// The label of a figure begins with the name of its check. If checks is empty, the verdict is UNKNOWN.
func Bundle(checks []Named) Result {
	if len(checks) == 0 {
		return Result{Status: Unknown, Summary: "no check ran"}
	}
	var r Result
	counts := map[Status]int{}
	for _, c := range checks {
		r.Status = Worse(r.Status, c.Status)
		counts[c.Status]++
		for _, f := range c.Figures {
			f.Label = c.Check + "." + f.Label
			r.Figures = append(r.Figures, f)
		}
	}
	var worst, next []string
	for _, s := range []Status{Critical, Warning, Unknown, OK} {
		for _, c := range checks {
			if c.Status != s {
				continue
			}
			r.Details = append(r.Details, fmt.Sprintf("%s %s: %s", s, c.Check, c.Summary))
			if s == r.Status {
				worst = append(worst, c.Check)
			}
			for _, d := range c.Details {
				if s != OK && strings.HasPrefix(d, "next: ") && !slices.Contains(next, d) {
					next = append(next, d)
				}
			}
		}
	}
	r.Details = append(r.Details, next...)
	if r.Status == OK {
		r.Summary = fmt.Sprintf("all %d checks passed", len(checks))
		return r
	}
	first := checks[slices.IndexFunc(checks, func(c Named) bool { return c.Check == worst[0] })]
	if len(checks) > 1 && !slices.ContainsFunc(checks, func(c Named) bool {
		return c.Status != first.Status ||
			c.Summary != first.Summary
	}) {
		// All checks failed for the same reason, such as a broker that does not answer: say it once.
		r.Summary, r.Details = fmt.Sprintf("%s (all %d checks)", first.Summary, len(checks)), first.Details
		return r
	}
	r.Summary = fmt.Sprintf("%s: %s", worst[0], first.Summary)
	if others := worst[1:]; len(others) > manyPhrases {
		r.Summary = fmt.Sprintf("%s; also %s and %d more", r.Summary, strings.Join(others[:manyPhrases-1], ", "),
			len(others)-manyPhrases+1)
	} else if len(others) > 0 {
		r.Summary = fmt.Sprintf("%s; also %s", r.Summary, strings.Join(others, ", "))
	}
	var tally []string
	for _, s := range []Status{Critical, Warning, Unknown, OK} {
		if n := counts[s]; n > 0 {
			tally = append(tally, fmt.Sprintf("%d %s", n, s))
		}
	}
	r.Summary += fmt.Sprintf(" (of %d checks %s)", len(checks), strings.Join(tally, ", "))
	return r
}
