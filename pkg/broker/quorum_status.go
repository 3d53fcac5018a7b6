package broker

import (
	"context"

	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// QuorumStatus lists a quorum queue's members with their raft state, under the titles of rabbitmq-queues: "Node Name",
// "Membership". On releases before 3.13.7 IsNotOffered holds for the error. If the queue no longer exists, the result
// is empty.
func (c *Client) QuorumStatus(ctx context.Context, vhost, queue string) ([]record.Value, error) {
	// A release without this endpoint also answers 404. The listing of queues cannot explain that 404, so Believing avoids
	// reading it.
	body, err := c.value(Believing(ctx), Path("queues", "quorum", vhost, queue, "status"), nil,
		wanted{list: true, members: []string{"Node Name"}})
	if mayBeNoEndpoint(err) {
		// Ask for the queue itself, to see whether it is missing.
		if _, err := c.Queue(ctx, vhost, queue); IsNotFound(err) {
			return nil, nil
		} else if err != nil {
			return nil, err
		}
		return nil, c.NotOffered("the status of quorum queues")
	}
	if err != nil {
		return nil, err
	}
	var members []record.Value
	body.Each(func(v record.Value) { members = append(members, v) })
	return members, nil
}
