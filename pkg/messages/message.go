// Package messages moves messages from a source to a sink over AMQP 0-9-1. It loses no message, unless the sink is
// Nowhere, which stores none: at each moment a message is in the source, in the destination, or in a file that has
// reached the disk. A source keeps a message until it is told to remove it, and only messages that a sink has confirmed
// are removed. If this program dies, at most the messages of one window (see Window) are both in the source and in the
// destination. If a broker dies, a classic queue may bring back more messages: an acknowledgement that the queue
// received may not have reached the disk (measured on 3.10 and 4.3).
package messages

import (
	"context"

	amqp091 "github.com/rabbitmq/amqp091-go"
)

// Message is a message, and where it was found.
type Message struct {
	// Publishing has the properties, the headers and the body, with the types that AMQP 0-9-1 has for them.
	amqp091.Publishing
	// Exchange and RoutingKey are those by which the message last came into a queue. For a dead letter, they are those by
	// which it was dead-lettered.
	Exchange, RoutingKey string
	// Redelivered means that the message was delivered before, to this or another consumer.
	Redelivered bool
	// Number is the place of the message among the messages of this run's source; the first is 1.
	Number int64
}

// Source hands out messages. It keeps each message until it is told to remove it. Only one goroutine may use a Source.
type Source interface {
	// Next returns the next message, or io.EOF after the last one.
	Next(ctx context.Context) (*Message, error)
	// Remove removes messages for good. If before is true, it removes all messages up to the number, otherwise only the
	// message with this number.
	Remove(number int64, before bool) error
	// Close gives back the messages that were handed out and not removed. It keeps their order if the broker can do that.
	// It does not undo what the broker counts, such as deliveries.
	Close() error
}

// Limited is a source that can hand out only a limited number of messages before some of them are removed.
type Limited interface {
	// Full reports whether the source hands out no more messages before some are removed.
	Full() bool
}

// Live is a source of messages as they are published. Before the transfer waits for the next message of a Live source,
// it waits until the messages that were put so far are safe.
type Live interface {
	// More reports whether the next message has already arrived.
	More() bool
}

// Unsure is a source that may still have messages that it was told to remove.
type Unsure interface {
	// Unsure returns how many of these messages the source may still have.
	Unsure() int64
}

// Sink takes messages, and says which of them are safe. Only one goroutine may use a Sink.
type Sink interface {
	// Put hands over a message. It does not wait until the message is safe. If Put returns an error, the message was not
	// handed over.
	Put(ctx context.Context, m *Message) error
	// Settle waits until the number of messages that were put and are not safe yet is at most unsafe. It returns the
	// numbers of the messages that became safe since the last call, in the order in which they were put. An error says
	// why the wait ended early. The numbers are returned even then, and a later call can return more.
	Settle(ctx context.Context, unsafe int) (safe []int64, err error)
	// Close ends the sink. It is called after the last Settle.
	Close() error
}
