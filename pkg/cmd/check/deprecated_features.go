package check

import (
	"context"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/health"
	"github.com/rabbitctl/rabbitctl/pkg/survey"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

func checkDeprecatedFeatures() verb.Check {
	return verb.Check{
		Name:  "check_if_any_deprecated_features_are_used",
		Short: "Check that nothing is used that a later release will not have",
		Long: `Check that nothing is used that a later release will not have. A deprecated feature that is in use is
WARNING: it works today, but can prevent an upgrade. Releases before 3.13 do not report the features in use:
there the check is UNKNOWN.`,
		Example: "  rabbitctl check_if_any_deprecated_features_are_used",
		Run: func(ctx context.Context, c *broker.Client, _ verb.Ask) (verb.Report, error) {
			used, err := survey.UsedDeprecatedFeatures(ctx, c)
			if err != nil {
				return verb.Report{}, err
			}
			return verb.Report{Result: health.DeprecatedFeatures(used)}, nil
		},
	}
}
