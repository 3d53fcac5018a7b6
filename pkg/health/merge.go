package health

import "strings"

// Merge makes one result of several: the worst status, the summaries that are not OK (all of them if every one is OK),
// and all details and figures. It leaves LookedAt to the caller.
func Merge(results ...Result) Result {
	var out Result
	var bad, good []string
	for _, s := range []Status{Critical, Warning, Unknown, OK} {
		for _, r := range results {
			if r.Status != s {
				continue
			}
			out.Status = Worse(out.Status, s)
			if s == OK {
				good = append(good, r.Summary)
			} else {
				bad = append(bad, r.Summary)
			}
			out.Details = append(out.Details, r.Details...)
		}
	}
	for _, r := range results {
		out.Figures = append(out.Figures, r.Figures...)
	}
	if len(bad) == 0 {
		bad = good
	}
	out.Summary = strings.Join(bad, "; ")
	return out
}
