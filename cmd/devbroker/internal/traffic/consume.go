package traffic

import (
	"context"
	"time"

	amqp091 "github.com/rabbitmq/amqp091-go"

	"github.com/rabbitctl/rabbitctl/pkg/amqp"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
)

// Reply is what a consumer does with a delivery.
type Reply string

const (
	Ack      Reply = "ack"
	AutoAck  Reply = "no-ack"    // a message counts as done when the broker sends it
	NeverAck Reply = "never-ack" // deliveries stay unacknowledged until the connection ends
	Reject   Reply = "reject"    // not requeued: dead-lettered or dropped
	Requeue  Reply = "requeue"   // requeued
)

// Consuming says what to consume and how.
type Consuming struct {
	amqp.Endpoint
	Queue     string
	Tag       string // "" for one that the client makes up
	Reply     Reply
	Limit     int // with Reject or Requeue: how many get that reply, the rest is acknowledged; 0 for all
	Prefetch  int // 0 for no limit
	Slow      time.Duration
	Count     int // 0 for no limit
	For       time.Duration
	Exclusive bool
	Arguments amqp091.Table
	Verbose   bool // print `message BODY` for each delivery
}

// Run prints `ready` when the broker has registered the consumer, `cancelled: TAG` when the broker cancels the
// consumer, and `closed: …` when the broker closes the channel; the last two are errors. At the end it prints `received
// N`. It also prints `acked N`, `rejected N` and `requeued N`, each only if N is above 0.
func (c Consuming) Run(ctx context.Context, lines *Lines) error {
	l, err := dial(ctx, c.Endpoint, lines)
	if err != nil {
		return err
	}
	defer l.Shut()
	ch, err := l.Channel()
	if err != nil {
		return fail.New(fail.Unavailable, "opening a channel: %w", err)
	}
	if c.Prefetch > 0 {
		if err := ch.Qos(c.Prefetch, 0, false); err != nil {
			return fail.New(fail.Unavailable, "setting the prefetch: %w", err)
		}
	}
	closed := ch.NotifyClose(make(chan *amqp091.Error, 1))
	cancelled := ch.NotifyCancel(make(chan string, 1))
	deliveries, err := ch.Consume(c.Queue, c.Tag, c.Reply == AutoAck, c.Exclusive, false, false, c.Arguments)
	if err != nil {
		return fail.New(fail.Unavailable, "consuming from %q: %w", c.Queue, err)
	}
	lines.Printf("ready")

	ctx, cancel := bounded(ctx, c.For)
	defer cancel()
	var n counts
	failure := c.receive(ctx, lines, deliveries, &n)
	select {
	case tag, ok := <-cancelled:
		if ok {
			lines.Printf("cancelled: %s", tag)
			failure = fail.New(fail.Unavailable, "the broker cancelled the consumer %s", tag)
		}
	default:
	}
	select {
	case reply := <-closed:
		if reply != nil {
			lines.Printf("closed: %s", amqp.Reason(reply))
			failure = fail.New(fail.Unavailable, "the broker closed the channel: %s", amqp.Reason(reply))
		}
	default:
	}
	// Closing the channel makes sure that the broker has seen the last acknowledgement.
	l.Within(func() { _ = ch.Close() })
	n.print(lines)
	if failure == nil {
		failure = lines.Err()
	}
	return failure
}

// counts holds how many messages were delivered, and how many got each kind of reply.
type counts struct{ received, acked, rejected, requeued int }

func (n counts) print(lines *Lines) {
	lines.Printf("received %d", n.received)
	for _, one := range []struct {
		word  string
		count int
	}{{"acked", n.acked}, {"rejected", n.rejected}, {"requeued", n.requeued}} {
		if one.count > 0 {
			lines.Printf("%s %d", one.word, one.count)
		}
	}
}

// receive answers deliveries until the count is reached, the context ends, or the broker ends the consumer.
func (c Consuming) receive(ctx context.Context, lines *Lines, deliveries <-chan amqp091.Delivery, n *counts) error {
	for c.Count == 0 || n.received < c.Count {
		select {
		case <-ctx.Done():
			return nil
		case d, ok := <-deliveries:
			if !ok {
				return nil
			}
			n.received++
			if c.Verbose {
				lines.Printf("message %s", d.Body)
			}
			if !pause(ctx, c.Slow) {
				return nil
			}
			if err := c.answer(d, n); err != nil {
				return fail.New(fail.Unavailable, "acknowledging a message: %w", err)
			}
		}
	}
	return nil
}

func (c Consuming) answer(d amqp091.Delivery, n *counts) error {
	reply := c.Reply
	if c.Limit > 0 && n.rejected+n.requeued >= c.Limit {
		reply = Ack
	}
	switch reply {
	case Ack:
		n.acked++
		return d.Ack(false)
	case Reject:
		n.rejected++
		return d.Reject(false)
	case Requeue:
		n.requeued++
		return d.Reject(true)
	}
	return nil
}

// pause waits; it returns false when the context ends first.
func pause(ctx context.Context, length time.Duration) bool {
	if length <= 0 {
		return true
	}
	select {
	case <-ctx.Done():
		return false
	case <-time.After(length):
		return true
	}
}
