package messages

import (
	"context"

	amqp091 "github.com/rabbitmq/amqp091-go"

	"github.com/rabbitctl/rabbitctl/pkg/amqp"
)

// Ready asks over AMQP how many messages of a queue are ready at this moment. For a quorum queue, the count of the
// management API is up to five seconds old.
func Ready(ctx context.Context, at amqp.Endpoint, name string) (int64, error) {
	conn, err := at.Dial(ctx, func(bool, string) {})
	if err != nil {
		return 0, err
	}
	defer conn.Shut()
	ch, err := conn.Channel()
	if err == nil {
		var q amqp091.Queue
		if q, err = ch.QueueDeclarePassive(name, false, false, false, false, nil); err == nil {
			return int64(q.Messages), nil
		}
	}
	return 0, refused("counting the messages of "+Queue{VHost: at.VHost, Name: name}.named(), err)
}
