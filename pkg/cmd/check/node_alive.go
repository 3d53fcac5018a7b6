package check

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/health"
	"github.com/rabbitctl/rabbitctl/pkg/steps"
	"github.com/rabbitctl/rabbitctl/pkg/survey"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

// liveness tells whether the node answers, and nothing else. If ask.node is not the node that answers, liveness tells
// whether the node that answers sees that other node running.
func liveness(ctx context.Context, c *broker.Client, ask nodeAsk) (verb.Report, error) {
	const out = "alarms, partitions and queues are not part of liveness (a restart cures none of them)"
	overview, err := c.Answers(ctx)
	switch {
	case ask.node == "" && broker.IsDown(err):
		return ask.gone(ctx, err, "it is not running, still boots, or hangs", "", health.OK), nil
	case ask.node == "" && refusesUser(err):
		r := verb.Report{Result: health.Result{Summary: "the API at " + c.BaseURL() + " answers; " + out}}
		r.Details = append(r.Details, "note: "+err.Error())
		return r, nil
	case err != nil:
		return verb.Report{}, err
	case ask.node == "" && overview == nil:
		// The node that answers waits for another node, so a restart of the node that answers would cure nothing.
		return verb.Report{Result: health.Result{Summary: "the API at " + c.BaseURL() +
			" answers, but other requests wait for another node; " + out,
			Details: []string{"next: rabbitctl cluster_status"}}}, nil
	}
	answering := overview.At("node").Text()
	if ask.node == "" || ask.node == answering {
		// To users without the tag monitoring the broker does not report which node answers.
		return verb.Report{Result: health.Result{Summary: cmp.Or(answering, "the API at "+c.BaseURL()) + " answers; " + out}},
			nil
	}
	members, err := survey.Members(ctx, c)
	if err != nil {
		return silentOne(ask.node, err)
	}
	r := verb.Report{Result: health.Result{Status: health.Unknown, Summary: ask.node + " is not a node of the cluster",
		LookedAt: "what " + answering + " says of it"}}
	for _, m := range members {
		switch {
		case m.Name != ask.node:
		case m.Running:
			r.Status, r.Summary = health.OK, ask.node+" runs; "+out
		default:
			r.Status, r.Summary = health.Critical, ask.node+" is not running"
		}
	}
	return r, nil
}

// silentOne returns a report with the verdict CRITICAL, if err says that the node with this name does not answer the
// other nodes. Any other error is returned as it is.
func silentOne(node string, err error) (verb.Report, error) {
	var silence *broker.Silence
	if errors.As(err, &silence) && slices.Contains(silence.Silent, node) {
		return verb.Report{Result: health.Result{Status: health.Critical, Summary: node +
			" does not answer the other nodes"}}, nil
	}
	return verb.Report{}, err
}

// refusesUser tells whether RabbitMQ itself refused the user, which proves that RabbitMQ answers. RabbitMQ gives a
// reason for a refusal; a proxy does not.
func refusesUser(err error) bool {
	var r *broker.Refusal
	return fail.KindOf(err) == fail.Denied && errors.As(err, &r) && r.Reason != ""
}

// readiness tells whether clients can be sent to the node.
func readiness(ctx context.Context, c *broker.Client, ask nodeAsk) (verb.Report, error) {
	facts, own, err := survey.Ready(ctx, c, survey.ReadyAsk{Node: ask.node, Protocols: ask.protocols, Alarms: ask.alarms})
	switch {
	case ask.node == "" && (broker.IsDown(err) || broker.Status(err) >= 500):
		return ask.gone(ctx, err, "its application is stopped, still boots, or hangs",
			"maintenance and listeners could not be looked at", health.Unknown), nil
	case err != nil:
		return silentOne(ask.node, err)
	}
	r := verb.Report{Result: health.Ready(facts)}
	if r.Status == health.OK && !ask.alarms {
		r.Summary += "; alarms are not part of readiness (consumers must be able to connect and drain)"
	}
	r.LookedAt = facts.Node + ": its application, maintenance and listeners"
	switch {
	case facts.Waits:
		r.LookedAt = "its own check ready-to-serve-clients; other requests wait for another node"
	case own:
		r.LookedAt += ", and its own check ready-to-serve-clients"
	case ask.node == "" && len(ask.protocols) == 0:
		r.LookedAt += "; ready-to-serve-clients is not offered by this broker"
	}
	return r, nil
}

// gone returns the verdict on a node whose management API does not answer. Without --node it asks the node over Erlang
// distribution: that is the node of the settings, which need not be the node of --node. If RabbitMQ runs on the node,
// the verdict is the parameter running. If this verdict is not OK, the summary ends with the parameter seen: a text
// about what could not be looked at. If RabbitMQ does not run there, the verdict is CRITICAL. If the node is not asked,
// or cannot be asked, the parameter why says what may be wrong, and the verdict is CRITICAL, too.
func (a nodeAsk) gone(ctx context.Context, err error, why, seen string, running health.Status) verb.Report {
	of, known, explained := verb.Away{}, false, err
	if a.node == "" {
		of, known, explained = a.away(ctx, err)
	}
	if known {
		r := verb.Report{Result: health.Result{Status: health.Critical, Summary: explained.Error()},
			Transports: []string{verb.Erlang}}
		switch {
		case of.Running && running == health.OK:
			r.Status, r.Summary = running, "RabbitMQ runs on "+of.Node+", although "+err.Error()
		case of.Running:
			r.Status, r.Summary = running, r.Summary+": "+seen
		}
		r.Details = append(r.Details, "next: "+steps.Of(explained))
		return r
	}
	r := verb.Report{Result: health.Result{Status: health.Critical, Summary: err.Error() + ": " + why}}
	if hint := steps.Of(err); hint != "" {
		r.Details = append(r.Details, "next: "+hint)
	}
	return r
}
