package survey

import (
	"context"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/health"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// QuorumCritical asks the answering node which queues and components would lose their majority without it. The answer
// always includes queues with a single member. offered is false if the release has no such check.
func QuorumCritical(ctx context.Context, c *broker.Client) (things []health.CriticalThing, offered bool, err error) {
	judged, err := c.HealthCheck(ctx, "node-is-quorum-critical")
	switch {
	case broker.IsNotOffered(err):
		return nil, false, nil
	case err != nil || judged.OK:
		return nil, true, err
	}
	judged.Body.At("queues").Each(func(q record.Value) {
		things = append(things, health.CriticalThing{VHost: q.At("virtual_host").Text(), Name: q.At("name").Text(),
			Component: q.At("type").Text() == "process"})
	})
	if len(things) == 0 {
		things = append(things, health.CriticalThing{Name: "queues or components that it does not name", Component: true})
	}
	return things, true, nil
}
