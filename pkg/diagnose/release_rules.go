package diagnose

import (
	"fmt"

	"github.com/rabbitctl/rabbitctl/pkg/health"
	"github.com/rabbitctl/rabbitctl/pkg/prose"
	"github.com/rabbitctl/rabbitctl/pkg/release"
)

func releaseRules() []Rule {
	return []Rule{
		{Name: "release-superseded", Needs: []Part{OfOverview}, Judge: releaseSuperseded},
		{Name: "feature-flag-disabled", Needs: []Part{OfFlags}, Judge: flagDisabled},
		{Name: "deprecated-feature-used", Needs: []Part{OfDeprecated}, Judge: deprecatedUsed},
		{Name: "mirrored-policy", Needs: []Part{OfRouting}, Judge: mirroredPolicy},
	}
}

// successor is a release series and the one after it. Only the newest series gets public fixes (see COMMUNITY_SUPPORT
// of rabbitmq-server).
type successor struct {
	series, next string
	// since is the month in which the next series was released; "" when not known.
	since string
}

// successors returns the series known when this program was built. The newest series is the field next of the last
// entry.
func successors() []successor {
	return []successor{
		{"3.8", "3.9", "July 2021"}, {"3.9", "3.10", "May 2022"}, {"3.10", "3.11", "September 2022"},
		{"3.11", "3.12", "June 2023"},
		{"3.12", "3.13", "February 2024"}, {"3.13", "4.0", "September 2024"}, {"4.0", "4.1", "April 2025"},
		{"4.1", "4.2", "October 2025"},
		{"4.2", "4.3", ""},
	}
}

func releaseSuperseded(f Facts) []Finding {
	major, minor, ok := release.Series(f.Overview.Version)
	if !ok {
		return nil
	}
	newest := successors()[len(successors())-1].next
	for _, s := range successors() {
		m, n, _ := release.Series(s.series)
		older := major < m || major == m && minor <= n
		if !older {
			continue
		}
		since := ""
		if s.since != "" && major == m && minor == n {
			since = " in " + s.since
		}
		return []Finding{{Severity: health.Warning,
			What: fmt.Sprintf(
				"RabbitMQ %s belongs to a series that was superseded%s: only the newest series gets public fixes",
				f.Overview.Version, since),
			Evidence: []string{"the newest series that rabbitctl knows is " + newest},
			Hit:      "everyone, when the next defect or security hole is found",
			Do: []string{"rabbitctl check_node --for upgrade",
				"upgrade one series after the other, as the guide of each says"}}}
	}
	return nil
}

func flagDisabled(f Facts) []Finding {
	var names []string
	for _, flag := range f.Flags {
		if flag.State == "disabled" && (flag.Stability == "stable" || flag.Stability == "required") {
			names = append(names, flag.Name)
		}
	}
	if len(names) == 0 {
		return nil
	}
	return []Finding{{Severity: health.Warning, What: prose.Plural(len(names), "stable feature flag is",
		"stable feature flags are") + " not enabled",
		Evidence: names,
		Hit:      "the next upgrade: a node of a newer series does not start while flags that it requires are off",
		Do:       []string{"once all nodes are of one release: rabbitctl enable_feature_flag all"}}}
}

func deprecatedUsed(f Facts) []Finding {
	if len(f.Deprecated) == 0 {
		return nil
	}
	return []Finding{{Severity: health.Warning, What: prose.Plural(len(f.Deprecated), "deprecated feature is",
		"deprecated features are") + " in use",
		Evidence: f.Deprecated, Hit: "the next upgrade: features that it removes stop working, and can keep a node from starting",
		Do: []string{"rabbitctl list_deprecated_features"}}}
}

func mirroredPolicy(f Facts) []Finding {
	var names []string
	for _, host := range f.Routing {
		for _, p := range host.Policies {
			if _, mirrors := p.Definition["ha-mode"]; mirrors {
				names = append(names, p.Name+" in "+host.VHost+" (pattern "+p.Pattern+")")
			}
		}
	}
	if len(names) == 0 {
		return nil
	}
	x := Finding{Severity: health.Warning, What: prose.Plural(len(names), "policy mirrors", "policies mirror") +
		" classic queues, which releases from 4.0 on do not",
		Evidence: names, Hit: "the upgrade to 4.0",
		Do: []string{"make each queue a quorum queue, which keeps its messages: rabbitctl migrate_queue QUEUE -p VHOST",
			"then remove the policy: rabbitctl clear_policy -p VHOST POLICY; if it also has other keys, remove only its ha- " +
				"keys, all in one command: rabbitctl update_policy -p VHOST POLICY --unset ha-mode, with a further --unset for each " +
				"further ha- key"}}
	if major, _, ok := release.Series(f.Overview.Version); ok && major >= 4 {
		x.What = prose.Plural(len(names), "policy asks", "policies ask") +
			" for mirrored queues, which this release does not have"
		x.Hit = "these queues: they have no mirrors, so they may not survive the loss of a node"
	}
	return []Finding{x}
}
