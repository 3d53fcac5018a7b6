package health

import (
	"fmt"
	"slices"
	"strings"
)

// FeatureFlag is a feature flag as the cluster reports it.
type FeatureFlag struct {
	Name string
	// State is enabled, disabled, state_changing or unavailable.
	State string
	// Stability is required, stable or experimental.
	Stability string
}

// FeatureFlags judges whether all stable and required flags are enabled; otherwise the verdict is WARNING: nodes of the
// next release series do not start without them. Experimental flags are not judged, and the flags in allowed may be
// off. If there are no flags, the verdict is UNKNOWN.
func FeatureFlags(flags []FeatureFlag, allowed []string) Result {
	if len(flags) == 0 {
		return Result{Status: Unknown, Summary: "the broker listed no feature flags"}
	}
	var off, passed []string
	judged := 0
	for _, f := range flags {
		switch {
		case f.Stability == "experimental":
		case f.State == "enabled":
			judged++
		case slices.Contains(allowed, f.Name):
			passed = append(passed, f.Name)
		default:
			judged++
			name := f.Name
			if f.State != "disabled" {
				name += " (" + f.State + ")"
			}
			off = append(off, name)
		}
	}
	r := Result{LookedAt: fmt.Sprintf("%d feature flags, %d of them experimental", len(flags),
		len(flags)-judged-len(passed))}
	r.Figures = []Figure{{Label: "disabled", Value: float64(len(off)), Warning: "0"},
		{Label: "enabled", Value: float64(judged - len(off))}}
	if len(off) == 0 {
		r.Summary = fmt.Sprintf("all %d stable feature flags are enabled", judged)
	} else {
		r.Status = Warning
		noun := "feature flags are"
		if len(off) == 1 {
			noun = "feature flag is"
		}
		r.Summary = fmt.Sprintf("%d stable %s not enabled: %s; the next release series needs them", len(off), noun, some(off))
	}
	if len(passed) > 0 {
		r.Details = append(r.Details, "allowed to be off: "+some(passed))
	}
	return r
}

// DeprecatedFeature is a feature that a later release will not have. Phase is permitted_by_default, denied_by_default,
// disconnected or removed.
type DeprecatedFeature struct{ Name, Phase string }

// DeprecatedFeatures is WARNING if deprecated features are in use: they still work, but can prevent an upgrade.
func DeprecatedFeatures(used []DeprecatedFeature) Result {
	r := Result{Summary: "no deprecated feature is in use"}
	r.Figures = []Figure{{Label: "deprecated_features_in_use", Value: float64(len(used)), Warning: "0"}}
	if len(used) == 0 {
		return r
	}
	var names []string
	for _, f := range used {
		names = append(names, f.Name)
		r.Details = append(r.Details, fmt.Sprintf("%s (%s)", f.Name, f.Phase))
	}
	r.Status, r.Summary = Warning, "deprecated features in use: "+strings.Join(names, ", ")
	r.Details = append(r.Details, "next: rabbitctl list_deprecated_features name deprecation_phase doc_url")
	return r
}
