package feature

import (
	"github.com/rabbitctl/rabbitctl/pkg/change"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

func enable() verb.Change {
	return verb.Of(change.EnableFeatureFlag, verb.About{
		Short: "Enable a feature flag, or all stable ones",
		Long: `Enable a feature flag. The name all enables every stable feature flag that is disabled. A feature flag cannot
be disabled again, so the command asks; without a terminal it needs --yes. All nodes must run. An experimental feature
flag is enabled only by its own name and with --opt-in.`,
		Example: `  rabbitctl enable_feature_flag all
  rabbitctl enable_feature_flag all --check
  rabbitctl enable_feature_flag khepri_db --opt-in --yes`,
	})
}
