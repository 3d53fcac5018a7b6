package diagnose

import (
	"strings"

	"github.com/rabbitctl/rabbitctl/pkg/health"
)

// Verdict makes one result of findings: the worst severity, the texts of all findings that are not remarks, worst
// first, and the steps of the worst finding. okText is the summary if there are only remarks or no findings. Verdict
// sorts the given slice in place.
func Verdict(findings []Finding, okText string) health.Result {
	r := health.Result{Summary: okText}
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
