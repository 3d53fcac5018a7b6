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
	// Arguments belong to the binding; an exchange of type headers reads them.
	Arguments map[string]any
	// Want is how many messages are handed out at most, and For how long it lasts; 0: no end.
	Want int64
	For  time.Duration
	// Arrived is how many messages have come into a queue, as the broker's statistics say. The statistics are some
	// seconds old; with matters, Arrived waits for newer ones. It returns false if the count is not known. A nil
	// Arrived means that the count is never known.
	Arrived func(ctx context.Context, queue string, matters bool) (int64, bool)
}

// TapPrefix begins the names of the queues of taps, so that an administrator can allow just these.
const TapPrefix = "rabbitctl-tap-"

// What a tap may hold. Unacknowledged messages are not counted by a length limit, so without a prefetch a frozen tap
// would hold all messages that come (measured on 4.0 and 4.3); with it 200 at most.
const (
	tapPrefetch = 100
	// TapWindow is how many may be written and not acknowledged.
	TapWindow  = tapPrefetch / 2
	tapLength  = 100
	tapBytes   = 16 << 20
	tapExpires = time.Minute
)

// TapSource is a queue of its own that gets a copy of messages as they are published. The broker deletes the queue when
// the connection ends.
type TapSource struct {
	Tap
	// Loss is what the broker dropped, once the source is closed.
	Loss Loss

	name       string
	conn       *amqp.Connection
	ch         *amqp091.Channel
	deliveries <-chan amqp091.Delivery
	// ahead is a delivery that More has found.
	ahead   *amqp091.Delivery
	closed  <-chan *amqp091.Error
	bound   amqp091.Table
	handed  atomic.Int64
	bytes   atomic.Int64
	end     <-chan time.Time
	watched watchedTap
}

// OpenTap declares the queue and binds it.
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

// Next is the next message that is published.
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

// Remove acknowledges.
func (s *TapSource) Remove(number int64, before bool) error {
	if err := s.ch.Ack(uint64(number), before); err != nil {
		return fail.New(fail.Unavailable, "acknowledging what the tap got: %w", err)
	}
	return nil
}

// Close finds out what the broker dropped, and ends the connection, and with it the queue and its binding.
func (s *TapSource) Close() error {
	s.unwatch()
	if !s.Loss.Unknown {
		s.Loss = s.lost()
	}
	s.conn.Shut()
	return nil
}
