package survey

import (
	"context"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/health"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// ReadyAsk says which node's readiness to check, and which conditions count.
type ReadyAsk struct {
	// Node is the node's name; "" means the answering node.
	Node string
	// Protocols are as in health.ReadyFacts. Alarms means that the alarms of the node count.
	Protocols []string
	Alarms    bool
}

// Ready reads the facts of readiness. own tells whether it also used the node's own readiness check: releases before
// 4.1.1 do not offer that check, and a node answers it only for itself.
func Ready(ctx context.Context, c *broker.Client, ask ReadyAsk) (facts health.ReadyFacts, own bool, err error) {
	overview, err := c.Answers(ctx)
	if err != nil {
		return facts, false, err
	}
	if overview == nil && ask.Node == "" && len(ask.Protocols) == 0 && !ask.Alarms {
		facts = health.ReadyFacts{Node: c.BaseURL(), Waits: true}
		own, err = ownCheck(ctx, c, &facts)
		if err != nil || own {
			return facts, own, err
		}
	}
	if overview == nil {
		return facts, false, fail.New(fail.Incomplete, "%s answers, but waits for another node before it says whether it "+
			"is ready",
			c.BaseURL()).
			Do(fail.AskEveryNode)
	}
	answering := overview.At("node").Text()
	facts = health.ReadyFacts{Node: ask.Node, Protocols: ask.Protocols}
	if ask.Node == "" {
		facts.Node = answering
	}
	members, err := Members(ctx, c)
	if err != nil {
		return facts, false, err
	}
	for _, m := range members {
		if m.Name == facts.Node {
			facts.Member, facts.Listed = m, true
		}
	}
	overview.At("listeners").Each(func(l record.Value) {
		if l.At("node").Text() == facts.Node {
			facts.Listeners = append(facts.Listeners, health.Listener{Protocol: l.At("protocol").Text(), Port: l.At("port").
				Text()})
		}
	})
	if ask.Alarms {
		alarms, err := Alarms(ctx, c)
		if err != nil {
			return facts, false, err
		}
		for _, a := range alarms {
			if a.Node == facts.Node {
				facts.Alarms = append(facts.Alarms, a)
			}
		}
	}
	// The node's own check takes no protocols. So it is used only if none are given, which means AMQP.
	if facts.Node != answering || len(ask.Protocols) > 0 {
		return facts, false, nil
	}
	own, err = ownCheck(ctx, c, &facts)
	return facts, own, err
}

// ownCheck runs the node's own readiness check. It returns false if the release does not have this check.
func ownCheck(ctx context.Context, c *broker.Client, facts *health.ReadyFacts) (bool, error) {
	judged, err := c.HealthCheck(ctx, "ready-to-serve-clients")
	switch {
	case broker.IsNotOffered(err):
		return false, nil
	case err != nil:
		return false, err
	case !judged.OK:
		if facts.Refuses = judged.Body.At("reason").Text(); facts.Refuses == "" {
			return true, fail.New(fail.Data, "the check ready-to-serve-clients of %s failed without a reason", c.BaseURL())
		}
	}
	return true, nil
}
