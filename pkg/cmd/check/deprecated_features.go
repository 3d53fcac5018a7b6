package check

import (
	"context"
	"fmt"
	"strings"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/health"
	"github.com/rabbitctl/rabbitctl/pkg/record"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

func checkDeprecatedFeatures() verb.Check {
	return verb.Check{
		Name:  "check_if_any_deprecated_features_are_used",
		Short: "Check that nothing is used that a later release will not have",
		Long: `Check that nothing is used that a later release will not have. Something is WARNING: it works today, and stands in the
way of an upgrade. Releases before 3.13 do not tell.`,
		Example: "  rabbitctl check_if_any_deprecated_features_are_used",
		Run: func(ctx context.Context, c *broker.Client, _ verb.Ask) (verb.Report, error) {
			var used []record.Row
			for row, err := range c.UsedDeprecatedFeatures(ctx, []record.Column{{Name: "name"}, {Name: "deprecation_phase"}}) {
				if broker.IsNotFound(err) {
					err = c.NotOffered("the list of deprecated features in use")
				}
				if err != nil {
					return verb.Report{}, err
				}
				used = append(used, row)
			}
			r := verb.Report{Result: health.Result{Summary: "no deprecated feature is in use"}}
			r.Figures = []health.Figure{{Label: "deprecated_features_in_use", Value: float64(len(used)), Warning: "0"}}
			if len(used) == 0 {
				return r, nil
			}
			var names []string
			for _, f := range used {
				names = append(names, f[0].Text())
				r.Details = append(r.Details, fmt.Sprintf("%s (%s)", f[0].Text(), f[1].Text()))
			}
			r.Status, r.Summary = health.Warning, "in use, but deprecated: "+strings.Join(names, ", ")
			return r, nil
		},
	}
}
