// Package messages moves messages from a source to a sink over AMQP 0-9-1, and loses none: at each moment a message is
// in the source, in the destination, or in a file that has reached the disk. A source keeps a message until it is told
// to remove it, and only what a sink has confirmed is removed. When this program dies, the messages of one window at
// most are in both places; when a broker dies, a classic queue may bring back more, since an acknowledgement that it
// took need not have reached its disk (measured on 3.10 and 4.3).
package messages

import (
	"context"

	amqp091 "github.com/rabbitmq/amqp091-go"
)

// Message is a message, and where it was found.
type Message struct {
	// Publishing has the properties, the headers and the body, with the types that AMQP 0-9-1 has for them.
	amqp091.Publishing
	// Exchange and RoutingKey tell its last way into a queue; for a dead letter, the way that it went when it died.
	Exchange, RoutingKey string
	// Redelivered means that it was delivered before, to anybody.
	Redelivered bool
	// Number is its place among the messages of this run's source, 1 for the first.
	Number int64
}

// Source hands out messages, and keeps each until it is told to remove it. It is used by one goroutine.
type Source interface {
	// Next is the next message; io.EOF after the last.
	Next(ctx context.Context) (*Message, error)
	// Remove removes messages for good: with before, all that were handed out up to the number, otherwise only the message
	// with the number.
	Remove(number int64, before bool) error
	// Close gives back what was handed out and not removed, as it was, and in its order where the broker can do that.
	Close() error
}

// Limited is a source that can hand out only so many messages before some of them are removed.
type Limited interface {
	// Full tells whether it hands out no more now.
	Full() bool
}

// Live is a source of messages as they are published. Before a wait for more, the messages that were put are made safe.
type Live interface {
	// More tells whether the next message is there already.
	More() bool
}

// Unsure is a source that may not have removed all that it was told to.
type Unsure interface {
	// Unsure is how many of those messages it may still have.
	Unsure() int64
}

// Sink takes messages, and says which are safe there. It is used by one goroutine.
type Sink interface {
	// Put hands over a message. It does not wait until the message is safe. With an error it was not handed over.
	Put(ctx context.Context, m *Message) error
	// Settle waits until at most unsafe of the messages that were put are not safe yet. It returns the numbers of
	// those that became safe since the last call, in the order in which they were put. It returns them also with an
	// error, which says why no more messages will become safe.
	Settle(ctx context.Context, unsafe int) (safe []int64, err error)
	// Close ends it, after the last Settle.
	Close() error
}
