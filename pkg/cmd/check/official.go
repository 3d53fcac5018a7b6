package check

import (
	"context"
	"strings"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/health"
	"github.com/rabbitctl/rabbitctl/pkg/record"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

// asked asks one of the broker's own health checks, which passes or fails, and returns the verdict. words are the name
// of that health check and its arguments. The parameter well is the summary if it passes; the function failed makes the
// summary if it fails.
func asked(ctx context.Context, c *broker.Client, well string, failed func(broker.Answer) string,
	words ...string) (verb.Report, error) {
	a, err := c.HealthCheck(ctx, words...)
	if err != nil {
		return verb.Report{}, err
	}
	r := verb.Report{Result: health.Result{Summary: well, LookedAt: "the node that answers at " + c.BaseURL()}}
	if !a.OK {
		r.Status, r.Summary = health.Critical, failed(a)
	}
	return r, nil
}

// reason returns a function that makes the summary of a failed check: the broker's reason, and the names of the objects
// that it lists. The parameter list is the key of these objects in the broker's answer.
func reason(list string, name func(record.Value) string) func(broker.Answer) string {
	return func(a broker.Answer) string {
		var names []string
		a.Body.At(list).Each(func(v record.Value) { names = append(names, name(v)) })
		if len(names) == 0 {
			return a.Reason
		}
		return a.Reason + ": " + strings.Join(names, ", ")
	}
}

// queueName returns the name of a queue from the answer of one of the broker's checks.
func queueName(v record.Value) string {
	if name := v.At("readable_name"); name.Known() {
		return name.Text()
	}
	return v.At("name").Text() + " in virtual host " + v.At("vhost").Text()
}
