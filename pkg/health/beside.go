package health

import (
	"fmt"
	"strings"
)

// Beside makes one result of the same check on several brokers; the field Context names each broker. The verdict is the
// worst of all brokers. The summary names the brokers with the worst verdict and, if that is not OK, says what the
// check found on the first of them. The details have a line for each broker, worst first, and below it the further
// lines of that broker. The label of a figure begins with the broker's name.
func Beside(brokers []Named) Result {
	var r Result
	for _, b := range brokers {
		r.Status = Worse(r.Status, b.Status)
		for _, f := range b.Figures {
			f.Label = b.Context + "." + f.Label
			r.Figures = append(r.Figures, f)
		}
	}
	var worst []Named
	for _, s := range []Status{Critical, Warning, Unknown, OK} {
		for _, b := range brokers {
			if b.Status != s {
				continue
			}
			if s == r.Status {
				worst = append(worst, b)
			}
			r.Details = append(r.Details, fmt.Sprintf("%s context %s: %s", s, b.Context, b.Summary))
			for _, line := range b.Lines() {
				r.Details = append(r.Details, b.Context+": "+line)
			}
		}
	}
	var names []string
	for _, b := range worst {
		names = append(names, b.Context)
	}
	if r.Status == OK {
		r.Summary = "in all contexts: " + strings.Join(names, ", ")
		return r
	}
	r.Summary = fmt.Sprintf("context %s: %s", names[0], worst[0].Summary)
	if len(names) > 1 {
		r.Summary += "; also " + strings.Join(names[1:], ", ")
	}
	r.Summary += fmt.Sprintf(" (%d of %d contexts)", len(names), len(brokers))
	return r
}
