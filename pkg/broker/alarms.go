package broker

import (
	"context"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// Alarm is a resource that a node is short of, so that the whole cluster blocks publishers.
type Alarm struct {
	Node string
	// Resource is "disk" or "memory", or what the broker called it.
	Resource string
}

// Alarms returns the alarms of all nodes, or an empty slice if no alarm is active. The alarms are of this moment,
// unlike the flags in the node listing, which can be ten seconds old.
func (c *Client) Alarms(ctx context.Context) ([]Alarm, error) {
	answer, err := c.HealthCheck(ctx, "alarms")
	if IsNotOffered(err) {
		e := fail.New(fail.Unavailable, "%s does not offer the alarms check (RabbitMQ before 3.8.10?)", c.base).
			Do(fail.SeeAlarms)
		e.Err = missingHere{}
		return nil, e
	}
	if err != nil {
		return nil, err
	}
	alarms := []Alarm{}
	answer.Body.At("alarms").Each(func(a record.Value) {
		alarms = append(alarms, Alarm{Node: a.At("node").Text(), Resource: Resource(a.At("resource").Text())})
	})
	if !answer.OK && len(alarms) == 0 {
		return nil, fail.New(fail.Data, "the alarms check of %s failed without naming an alarm: %s", c.base, answer.Reason)
	}
	return alarms, nil
}

// Resource is the short name that rabbitmqctl uses: the API says "disk space" (3.10 to 4.3, measured).
func Resource(name string) string {
	if name == "disk space" {
		return "disk"
	}
	return name
}
