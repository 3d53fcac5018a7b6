package messages

import (
	"context"
	"crypto/rand"
	"io"
	"sync/atomic"
	"time"

	amqp091 "github.com/rabbitmq/amqp091-go"

	"github.com/rabbitctl/rabbitctl/pkg/amqp"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
)

// Tap says which messages of an exchange to copy.
type Tap struct {
	VHost, Exchange, Key string
	// Arguments are the arguments of the binding, for an exchange of type headers.
	Arguments map[string]any
	// Want is how many messages are handed out at most, and For is how long the tap runs; 0 means without a limit.
	Want int64
	For  time.Duration
	// Arrived returns how many messages have come into a queue, by the broker's statistics, which are some seconds old.
	// With matters = true, Arrived waits for newer statistics. It returns false if the count is not known. If the field
	// Arrived is nil, the count is never known.
	Arrived func(ctx context.Context, queue string, matters bool) (int64, bool)
}

// TapPrefix is the beginning of the names of taps' queues, so that an administrator can give permissions for exactly
// these queues.
const TapPrefix = "rabbitctl-tap-"

// These limits bound what a tap may hold. A length limit does not count unacknowledged messages. Without a prefetch, a
// frozen tap would therefore hold all messages that arrive (measured on 4.0 and 4.3). With the prefetch it holds 200
// messages at most.
const (
	tapPrefetch = 100
	// TapWindow is how many messages may be written and not yet acknowledged.
	TapWindow  = tapPrefetch / 2
	tapLength  = 100
	tapBytes   = 16 << 20
	tapExpires = time.Minute
)

// TapSource is a source with a queue of its own, which gets a copy of messages as they are published. The broker
// deletes this queue when the connection ends.
type TapSource struct {
	Tap
	// Loss says what the broker dropped. It is complete only after Close.
	Loss Loss

	name       string
	conn       *amqp.Connection
	ch         *amqp091.Channel
	deliveries <-chan amqp091.Delivery
	// ahead is a delivery that More has received and Next has not handed out yet.
	ahead   *amqp091.Delivery
	closed  <-chan *amqp091.Error
	bound   amqp091.Table
	handed  atomic.Int64
	bytes   atomic.Int64
	end     <-chan time.Time
	watched watchedTap
}

// OpenTap declares the queue of the tap and binds it to the exchange.
func OpenTap(ctx context.Context, at amqp.Endpoint, t Tap) (*TapSource, error) {
	s := &TapSource{Tap: t, name: TapPrefix + rand.Text()[:12], bound: amqp091.Table{}}
	var err error
	if s.conn, err = at.Dial(ctx, func(bool, string) {}); err != nil {
		return nil, err
	}
	if err := s.open(); err != nil {
		s.conn.Shut()
		e := refused("tapping exchange "+t.Exchange+" in virtual host "+t.VHost, err)
		if fail.KindOf(e) == fail.Denied {
			e = fail.New(fail.Denied, "%w", e).
				Next("a tap needs to configure, write and read queues %s.*, and to read the exchange", TapPrefix)
		}
		return nil, e
	}
	if t.For > 0 {
		s.end = time.After(t.For)
	}
	s.watch()
	return s, nil
}

func (s *TapSource) open() (err error) {
	if s.ch, err = s.conn.Channel(); err != nil {
		return err
	}
	s.closed = s.ch.NotifyClose(make(chan *amqp091.Error, 1))
	if _, err := s.ch.QueueDeclare(s.name, false, false, true, false, amqp091.Table{"x-max-length": tapLength,
		"x-max-length-bytes": tapBytes, "x-overflow": "drop-head", "x-expires": tapExpires.Milliseconds()}); err != nil {
		return err
	}
	if err := s.ch.Qos(tapPrefetch, 0, false); err != nil {
		return err
	}
	if s.deliveries, err = s.ch.Consume(s.name, firstTag, false, true, false, false, nil); err != nil {
		return err
	}
	// Bind last, so that the queue drops nothing before this program reads it.
	for name, value := range s.Arguments {
		s.bound[name] = fromJSON(value)
	}
	return s.ch.QueueBind(s.name, s.Key, s.Exchange, false, s.bound)
}

// Next waits for the next message that is published. It returns io.EOF after Want messages, or when For has passed.
func (s *TapSource) Next(ctx context.Context) (*Message, error) {
	if s.Want > 0 && s.handed.Load() >= s.Want {
		return nil, io.EOF
	}
	if s.ahead != nil {
		d := *s.ahead
		s.ahead = nil
		return s.hand(d), nil
	}
	select {
	case d, open := <-s.deliveries:
		if !open {
			s.Loss.Unknown = true
			return nil, s.why()
		}
		return s.hand(d), nil
	case <-s.end:
		return nil, io.EOF
	case <-ctx.Done():
		return nil, fail.Ended(ctx)
	}
}

func (s *TapSource) hand(d amqp091.Delivery) *Message {
	s.handed.Add(1)
	s.bytes.Add(int64(len(d.Body)))
	return received(d)
}

// More implements Live.
func (s *TapSource) More() bool {
	if s.ahead == nil && (s.Want == 0 || s.handed.Load() < s.Want) {
		select {
		case d, open := <-s.deliveries:
			if open {
				s.ahead = &d
			}
		default:
		}
	}
	return s.ahead != nil
}

func (s *TapSource) why() error {
	select {
	case reply := <-s.closed:
		if reply != nil {
			return refused("tapping exchange "+s.Exchange, reply)
		}
	case <-time.After(200 * time.Millisecond):
	}
	return fail.New(fail.Incomplete, "the broker ended the tap of exchange %s", s.Exchange)
}

// Remove acknowledges messages, which makes room for further ones: see TapWindow.
func (s *TapSource) Remove(number int64, before bool) error {
	if err := s.ch.Ack(uint64(number), before); err != nil {
		return fail.New(fail.Unavailable, "acknowledging what the tap got: %w", err)
	}
	return nil
}

// Close finds out what the broker dropped, and closes the connection. The broker then deletes the queue and its
// binding.
func (s *TapSource) Close() error {
	s.unwatch()
	if !s.Loss.Unknown {
		s.Loss = s.lost()
	}
	s.conn.Shut()
	return nil
}
