package feature_test

import (
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/cmd/feature"
	"github.com/rabbitctl/rabbitctl/pkg/internal/cmdtest"
)

func TestListings(t *testing.T) {
	t.Parallel()
	cmdtest.Listings(t, feature.Commands,
		cmdtest.Listing{Line: "list_feature_flags",
			Request: "feature-flags?columns=name%2Cstate", Recorded: "feature-flags"},
		cmdtest.Listing{Line: "list_deprecated_features",
			Request: "deprecated-features?columns=name%2Cdeprecation_phase%2Cstate", Recorded: "deprecated-features",
			Since: "4.0"},
	)
}
