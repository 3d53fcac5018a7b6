package check

import (
	"context"

	"github.com/spf13/pflag"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/health"
	"github.com/rabbitctl/rabbitctl/pkg/survey"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

func checkFeatureFlags() verb.Check {
	var allow []string
	return verb.Check{
		Name:  "check_feature_flags",
		Short: "Check that all stable feature flags are enabled",
		Long: `Check that all stable feature flags are enabled, since nodes of a later release series can refuse to start
without them. Experimental ones are not judged. A flag that is not enabled is WARNING, also one that is being
changed. 3.10 shows feature flags to users with the tag administrator only; for others the check is UNKNOWN there.`,
		Example: `  rabbitctl check_feature_flags
  rabbitctl check_feature_flags --allow khepri_db`,
		Flags: func(fs *pflag.FlagSet) {
			fs.StringSliceVar(&allow, "allow", nil, "the feature flag `NAME` may be off (may be repeated)")
		},
		Run: func(ctx context.Context, c *broker.Client, _ verb.Ask) (verb.Report, error) {
			flags, err := survey.FeatureFlags(ctx, c)
			if err != nil {
				return verb.Report{}, err
			}
			r := verb.Report{Result: health.FeatureFlags(flags, allow)}
			if r.Status == health.Warning {
				r.Details = append(r.Details, "next: rabbitctl enable_feature_flag all")
			}
			return r, nil
		},
	}
}
