package messages

import (
	"context"
	"io"
	"time"

	amqp091 "github.com/rabbitmq/amqp091-go"

	"github.com/rabbitctl/rabbitctl/pkg/amqp"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
)

// Stream says what to read of a stream.
type Stream struct {
	VHost, Name string
	// From is the offset at which reading begins.
	From Offset
	// Want is how many messages are handed out at most. 0 means all messages up to the end that the stream has when
	// reading begins.
	Want int64
	// Size is the average size of a body in bytes; 0 if it is not known.
	Size int64
}

// ahead returns how many messages the broker may send ahead, by Size. The broker refuses a consumer of a stream without
// such a number.
func (s Stream) ahead() int64 {
	if s.Size == 0 {
		return streamAhead
	}
	return min(streamAhead, max(1, mostPrefetched/s.Size))
}

// StreamSource reads a stream. It acknowledges messages as it reads, but only so that the broker sends more: a stream
// keeps its messages, even if its readers acknowledge them or fail (measured on 3.10 and 4.3).
type StreamSource struct {
	Stream
	conn       *amqp.Connection
	ch         *amqp091.Channel
	deliveries <-chan amqp091.Delivery
	closed     <-chan *amqp091.Error
	// handed is how many messages were handed out, and next is the offset after the last of them.
	handed, next int64
	// end is the offset of the stream's last message at the time when it was looked up; -1 for an empty stream. found
	// means that it was looked up.
	end   int64
	found bool
	idle  *time.Timer
}

const (
	// streamAhead is how many messages are sent ahead at most.
	streamAhead = 200
	// streamSilence is how long a stream may send nothing before the source looks up where the stream ends.
	streamSilence = 200 * time.Millisecond
	// mostSilent is how many such silences, one after the other, mean that nothing will arrive: the stream is empty, or
	// reading began after its end.
	mostSilent = 5
	// longestSilence is how many silences the source waits for a message that the stream has: 30 s.
	longestSilence = 150
)

// ReadStream connects and begins to read a stream. If Want is 0, it first finds the end of the stream. Close closes the
// connection.
func ReadStream(ctx context.Context, at amqp.Endpoint, from Stream) (*StreamSource, error) {
	s := &StreamSource{Stream: from, idle: time.NewTimer(streamSilence)}
	s.next, _ = from.From.value.(int64)
	var err error
	if s.conn, err = at.Dial(ctx, func(bool, string) {}); err != nil {
		return nil, err
	}
	if s.Want == 0 {
		err = s.findEnd(ctx)
	}
	if err == nil {
		s.ch, s.deliveries, s.closed, err = s.consume(s.From, s.ahead())
	}
	if err != nil {
		s.conn.Shut()
		return nil, err
	}
	return s, nil
}

func (s *StreamSource) named() string { return "stream " + s.Name + " in virtual host " + s.VHost }

func (s *StreamSource) consume(from Offset, ahead int64) (*amqp091.Channel, <-chan amqp091.Delivery,
	<-chan *amqp091.Error, error) {
	ch, err := s.conn.Channel()
	var deliveries <-chan amqp091.Delivery
	var closed <-chan *amqp091.Error
	if err == nil {
		closed = ch.NotifyClose(make(chan *amqp091.Error, 1))
		err = ch.Qos(int(ahead), 0, false)
	}
	if err == nil {
		deliveries, err = ch.Consume(s.Name, firstTag, false, false, false, false,
			amqp091.Table{"x-stream-offset": from.argument()})
	}
	if err != nil {
		return nil, nil, nil, refused("reading "+s.named(), err)
	}
	return ch, deliveries, closed, nil
}

// findEnd finds the last offset by reading the last chunk. If somebody publishes meanwhile, it can find a later offset.
func (s *StreamSource) findEnd(ctx context.Context) error {
	ch, deliveries, closed, err := s.consume(Offset{"last"}, MostHeld)
	if err != nil {
		return err
	}
	defer func() { s.conn.Within(func() { _ = ch.Close() }) }()
	quiet := time.NewTimer(streamSilence)
	defer quiet.Stop()
	for silent := 1; ; silent++ {
		select {
		case d, open := <-deliveries:
			if !open {
				return s.why(closed)
			}
			s.end, s.found = offsetOf(d), true
			return s.endOfChunk(ctx, ch, deliveries, closed)
		case <-ctx.Done():
			return fail.Ended(ctx)
		case <-quiet.C:
		}
		// RabbitMQ 3.10 counts the messages of a stream some seconds late. So a count of 0 is believed only after mostSilent
		// silences.
		q, err := ch.QueueDeclarePassive(s.Name, true, false, false, false, nil)
		switch {
		case err != nil:
			return refused("looking at "+s.named(), err)
		case q.Messages == 0 && silent >= mostSilent:
			s.end, s.found = -1, true
			return nil
		case silent == longestSilence:
			return s.silent()
		}
		quiet.Reset(streamSilence)
	}
}

// endOfChunk reads the last chunk to its end. The broker sends all of it at once, so all of it comes before the reply to
// a cancel, and after the reply nothing comes (seen on 3.10 and 4.3).
func (s *StreamSource) endOfChunk(ctx context.Context, ch *amqp091.Channel, deliveries <-chan amqp091.Delivery,
	closed <-chan *amqp091.Error) error {
	canceled := make(chan error, 1)
	go func() { canceled <- ch.Cancel(firstTag, false) }()
	for {
		select {
		case d, open := <-deliveries:
			if open {
				s.end = max(s.end, offsetOf(d))
				continue
			}
			if <-canceled != nil {
				return s.why(closed)
			}
			return nil
		case <-ctx.Done():
			return fail.Ended(ctx)
		}
	}
}

// silent returns the error for a stream that does not send the messages that it has.
func (s *StreamSource) silent() error {
	return fail.New(fail.Incomplete, "%s has more messages and sent none for %s", s.named(),
		longestSilence*streamSilence).Next("is the broker or the network slow? rabbitctl doctor")
}

func offsetOf(d amqp091.Delivery) int64 {
	n, _ := intOf(d.Headers["x-stream-offset"])
	return n
}

// Next returns the next message. It returns io.EOF after the wanted number of messages, or at the end that the stream
// had when findEnd ran. If reading may have begun after the end, and nothing arrives for a second, that is the end, too.
func (s *StreamSource) Next(ctx context.Context) (*Message, error) {
	if s.Want > 0 && s.handed >= s.Want {
		return nil, io.EOF
	}
	for silent := 1; ; silent++ {
		if s.found && s.next > s.end {
			return nil, io.EOF
		}
		s.idle.Reset(streamSilence)
		select {
		case d, open := <-s.deliveries:
			if !open {
				return nil, s.why(s.closed)
			}
			return s.handOut(d)
		case <-ctx.Done():
			return nil, fail.Ended(ctx)
		case <-s.idle.C:
		}
		switch {
		case !s.found:
			if err := s.findEnd(ctx); err != nil {
				return nil, err
			}
		case silent >= mostSilent && s.handed == 0 && s.From.later():
			return nil, io.EOF
		case silent >= longestSilence:
			return nil, s.silent()
		}
	}
}

func (s *StreamSource) handOut(d amqp091.Delivery) (*Message, error) {
	s.handed++
	s.next = offsetOf(d) + 1
	if s.handed%max(1, s.ahead()/2) == 0 {
		if err := s.ch.Ack(d.DeliveryTag, true); err != nil {
			return nil, s.why(s.closed)
		}
	}
	m := received(d)
	m.Number = s.handed
	return m, nil
}

// why returns the error that says why the broker sends no more messages.
func (s *StreamSource) why(closed <-chan *amqp091.Error) error {
	reply := toldBy(closed, s.conn.Closed)
	if reply == nil {
		return fail.New(fail.Incomplete, "the broker ended the consumer of %s", s.named()).
			Next("was it deleted, or did its node stop? %s", fail.Command("show_queue", "-p", s.VHost, s.Name))
	}
	return refused("reading "+s.named(), reply)
}

// Remove returns an error: a stream keeps its messages.
func (s *StreamSource) Remove(int64, bool) error {
	return fail.New(fail.Data, "%s keeps its messages: none can be removed", s.named()).
		Next("a policy with max-age or max-length-bytes makes the broker delete the oldest messages")
}

// Close ends reading and closes the connection.
func (s *StreamSource) Close() error {
	s.idle.Stop()
	s.conn.Shut()
	return nil
}
