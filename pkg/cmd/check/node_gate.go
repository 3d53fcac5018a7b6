package check

import (
	"context"
	"strings"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/diagnose"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/health"
	"github.com/rabbitctl/rabbitctl/pkg/record"
	"github.com/rabbitctl/rabbitctl/pkg/survey"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

// pager tells whether anything is wrong for which a person must be woken.
func pager(ctx context.Context, c *broker.Client, ask nodeAsk) (verb.Report, error) {
	view, _, err := survey.View(ctx, c)
	if broker.IsDown(err) {
		return ask.gone(ctx, err, "no node of the cluster was seen", "queues could not be looked at",
			health.Unknown), nil
	}
	if err != nil {
		return verb.Report{}, err
	}
	findings := diagnose.Cluster([]diagnose.View{view})
	down, unseen := downQueues(ctx, c, view)
	if fail.KindOf(unseen) == fail.Canceled {
		return verb.Report{}, unseen
	}
	findings = append(findings, down...)
	cluster := diagnose.Verdict(paging(findings), "no alarm, no partition, all nodes running")
	if view.Waits {
		return onlyNodes(cluster, view), nil
	}
	quorum, err := allQuorum(ctx, c, view.Members)
	if fail.KindOf(err) == fail.Canceled {
		return verb.Report{}, err
	}
	if err != nil {
		// Report what is known to be wrong, although the queues could not be looked at.
		r := verb.Report{Result: health.Merge(cluster, verb.Unjudged(err).Result)}
		r.LookedAt = "alarms, nodes and partitions as " + view.Node + " sees them; not at queues"
		return r, nil
	}
	result, verdicts := health.Quorum(quorum)
	// A missing member of a queue can wait until the day; a lost majority cannot.
	if result.Status == health.Warning {
		result.Status, result.Details = health.OK, append([]string{"not urgent: " + result.Summary}, result.Details...)
		result.Summary = "every queue has its majority"
	}
	r := verb.Report{Result: health.Merge(cluster, result)}
	if result.Status == health.Critical {
		r.Details = append(r.Details, misleading(ctx, c)...)
	}
	r.LookedAt = "alarms, nodes and partitions as " + view.Node + " sees them, majorities of quorum queues and streams " +
		quorum.Where +
		"; not at resources near their limits, nor at backlogs"
	r.Evidence = record.Document{quorumSection(verdicts)}
	return r, nil
}

// onlyNodes makes the report on alarms and nodes alone, while a node is silent: no node reports queues then.
func onlyNodes(cluster health.Result, view diagnose.View) verb.Report {
	r := verb.Report{Result: cluster}
	r.LookedAt = "what " + view.Node +
		" knows by itself: alarms and nodes; not at queues, which no node reports while another is silent"
	return r
}

// paging keeps the critical findings, and leaves out those that can wait: mixed releases and maintenance.
func paging(findings []diagnose.Finding) []diagnose.Finding {
	var out []diagnose.Finding
	for _, f := range findings {
		if f.Severity == health.Critical {
			out = append(out, f)
		}
	}
	return out
}

// upgrade tells whether the node may be stopped, and the cluster upgraded.
func upgrade(ctx context.Context, c *broker.Client, ask nodeAsk) (verb.Report, error) {
	view, _, err := survey.View(ctx, c)
	if broker.IsDown(err) {
		const blind = "the node cannot be judged, so it cannot be stopped safely"
		return ask.gone(ctx, err, blind, blind, health.Critical), nil
	}
	if err != nil {
		return verb.Report{}, err
	}
	node := ask.node
	if node == "" {
		node = view.Node
	}
	if err := isMember(node, view, c); err != nil {
		return verb.Report{}, err
	}
	if view.Waits {
		view.Alarms = nil
		return onlyNodes(diagnose.Verdict(stopping(diagnose.Cluster([]diagnose.View{view})), ""), view), nil
	}
	quorum, err := allQuorum(ctx, c, view.Members)
	if err != nil {
		return verb.Report{}, err
	}
	var results []health.Result
	// Alarms do not forbid an upgrade: an upgrade may cure them.
	view.Alarms = nil
	results = append(results, diagnose.Verdict(stopping(diagnose.Cluster([]diagnose.View{view})),
		"all nodes running, no partition"))
	var seen, missing []string
	var own []health.CriticalThing
	if node == view.Node {
		var offered bool
		if own, offered, err = survey.QuorumCritical(ctx, c); err != nil {
			return verb.Report{}, err
		}
		if offered {
			seen = append(seen, "its own check node-is-quorum-critical")
		} else {
			missing = append(missing, "node-is-quorum-critical is not offered by this broker")
		}
		mirrors, err := c.HealthCheck(ctx, "node-is-mirror-sync-critical")
		switch {
		case broker.IsNotOffered(err):
			// Releases since 4.0 have no mirrored queues, so they do not offer this check.
		case err != nil:
			return verb.Report{}, err
		default:
			seen = append(seen, "node-is-mirror-sync-critical")
			results = append(results, mirrored(node, mirrors))
		}
	} else {
		missing = append(missing, "components such as the metadata store can be judged only where "+node+" itself is asked")
	}
	result, verdicts := health.Quorum(quorum)
	results = append(results, health.Stoppable(node, own, quorum.Queues, view.Members), withoutDetails(result))
	flags, err := survey.FeatureFlags(ctx, c)
	if err != nil {
		return verb.Report{}, err
	}
	results = append(results, withoutDetails(health.FeatureFlags(flags, nil)))
	used, err := survey.UsedDeprecatedFeatures(ctx, c)
	switch {
	case broker.IsNotOffered(err):
		missing = append(missing, "this broker does not report which deprecated features are in use")
	case err != nil:
		return verb.Report{}, err
	default:
		seen = append(seen, "deprecated features")
		results = append(results, withoutDetails(health.DeprecatedFeatures(used)))
	}
	r := verb.Report{Result: health.Merge(results...)}
	r.Figures = nil
	r.LookedAt = strings.Join(append([]string{node + ": nodes and partitions as " + view.Node +
		" sees them, members of queues, feature flags"}, seen...), ", ")
	if len(missing) > 0 {
		r.LookedAt += "; " + strings.Join(missing, "; ")
	}
	r.Evidence = record.Document{quorumSection(verdicts)}
	return r, nil
}

// mirrored is the verdict of the check node-is-mirror-sync-critical: CRITICAL if mirrored queues would have no
// synchronised mirror without the node.
func mirrored(node string, a broker.Answer) health.Result {
	if a.OK {
		return health.Result{Summary: "no mirrored queue depends on " + node}
	}
	var names []string
	a.Body.At("queues").Each(func(q record.Value) { names = append(names, queueName(q)) })
	return health.Result{Status: health.Critical, Summary: "without " + node +
		" mirrored queues would have no synchronised mirror: " + strings.Join(names, ", ")}
}

// stopping leaves out the finding that the releases of nodes differ, because they differ during every rolling upgrade.
func stopping(findings []diagnose.Finding) []diagnose.Finding {
	var out []diagnose.Finding
	for _, f := range findings {
		if f.Rule != "versions-differ" {
			out = append(out, f)
		}
	}
	return out
}

func withoutDetails(r health.Result) health.Result {
	r.Details = nil
	return r
}

func isMember(node string, v diagnose.View, c *broker.Client) error {
	var names []string
	for _, m := range v.Members {
		if names = append(names, m.Name); m.Name == node {
			return nil
		}
	}
	return fail.New(fail.NotFound, "node %s is not a member of the cluster at %s%s", node, c.BaseURL(),
		fail.DidYouMean(node, names)).
		Next("its nodes: %s", strings.Join(names, " "))
}

// allQuorum returns the quorum queues and streams that the user may see. If there are none, the verdict is OK, since a
// cluster need not have any.
func allQuorum(ctx context.Context, c *broker.Client, members []health.Member) (health.QuorumFacts, error) {
	sight, err := survey.See(ctx, c, "")
	if err != nil {
		return health.QuorumFacts{}, err
	}
	names, err := survey.ReplicatedNames(nil, nil)
	if err != nil {
		return health.QuorumFacts{}, err
	}
	f := health.QuorumFacts{Members: members, None: health.OK, Where: "in " + sight.String()}
	f.Queues, err = survey.Replicated(ctx, c, "", names)
	return f, err
}
