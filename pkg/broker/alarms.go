package broker

import (
	"context"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
)

// Alarm is a resource that a node is short of, for which the whole cluster stops its publishers.
type Alarm struct {
	Node string `json:"node"`
	// Resource is "disk" or "memory", or what the broker called it.
	Resource string `json:"resource"`
}

// Alarms asks which alarms are in effect on any node. The answer is the brokers' present truth, unlike the flags in
// the node listing, which can be ten seconds old. An empty slice means that there is none.
func (c *Client) Alarms(ctx context.Context) ([]Alarm, error) {
	status, err := c.hole(ctx).HealthCheckAlarms()
	if err != nil {
		err = c.unwrapped(err)
		if IsNotFound(err) {
			e := fail.New(fail.Unavailable, "%s does not offer the alarms check (RabbitMQ before 3.8.10?)", c.base).
				Next("rabbitmqctl status shows the alarms")
			e.Err = missingHere{}
			return nil, e
		}
		return nil, err
	}
	if status.Ok() {
		return []Alarm{}, nil
	}
	if len(status.Alarms) == 0 {
		return nil, fail.New(fail.Data, "the alarms check of %s failed without naming an alarm: %s", c.base, oneLine(status.Reason))
	}
	alarms := make([]Alarm, len(status.Alarms))
	for i, a := range status.Alarms {
		alarms[i] = Alarm{Node: a.Node, Resource: Resource(a.Resource)}
	}
	return alarms, nil
}

// Resource is the short name that rabbitmqctl's users know: the API says "disk space" (3.10 to 4.3, measured).
func Resource(name string) string {
	if name == "disk space" {
		return "disk"
	}
	return name
}
