package diagnose

import (
	"strings"

	"github.com/rabbitctl/rabbitctl/pkg/health"
)

// Verdict makes one result of findings: the worst severity, the text of each that is not a mere remark, worst first, and
// what to do about the worst. well is the summary when there is nothing to say.
func Verdict(findings []Finding, well string) health.Result {
	r := health.Result{Summary: well}
	var what []string
	Sort(findings)
	for _, f := range findings {
		if f.Severity == health.OK {
			continue
		}
		r.Status = health.Worse(r.Status, f.Severity)
		what = append(what, f.What)
	}
	if len(what) > 0 {
		r.Summary = strings.Join(what, "; ")
		for _, do := range findings[0].Do {
			r.Details = append(r.Details, "next: "+do)
		}
	}
	return r
}
