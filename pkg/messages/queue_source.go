package messages

import (
	"context"
	"io"
	"time"

	amqp091 "github.com/rabbitmq/amqp091-go"

	"github.com/rabbitctl/rabbitctl/pkg/amqp"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/prose"
	"github.com/rabbitctl/rabbitctl/pkg/release"
)

// MostHeld is how many messages a source can hold at a time and give back: the largest prefetch in AMQP 0-9-1.
const MostHeld = 65535

// mostPrefetched is how many bytes of bodies may be on their way to this program or wait in it.
const mostPrefetched = 64 << 20

// QueueSource takes messages from a classic or a quorum queue with a consumer. The messages stay unacknowledged until
// they are removed. If the source or this program ends before that, they go back to the queue. QueueSource does not use
// basic.get, which changes the order on quorum queues (measured on 3.10, 4.0 and 4.3).
type QueueSource struct {
	Queue
	conn       *amqp.Connection
	ch         *amqp091.Channel
	deliveries <-chan amqp091.Delivery
	// tag is the consumer's tag.
	tag string
	// prefetch is how many messages of the present consumer the broker sends before some of them are removed.
	prefetch int64
	// handed and removed count the messages that were handed out and removed; bytes is the size of all bodies handed out.
	handed, removed, bytes int64
	// base is how many messages the first consumer got, if the second one has begun. freed is how many messages of the
	// present consumer were removed. The broker counts only messages of the present consumer against the prefetch.
	base, freed int64
	// singly is how many messages were removed one at a time, each by its own acknowledgement.
	singly int64
	// learning means that the size of bodies is not known yet, so only a few messages are sent ahead.
	learning bool
	// ahead are deliveries of the first consumer that were not handed out when the second one began.
	ahead []amqp091.Delivery
	// closed receives the reason if the broker closes the channel.
	closed <-chan *amqp091.Error
	// ended means that the broker has ended the consumer, the channel or the connection. Close then only closes the
	// connection, which gives back the messages.
	ended bool
	// unsure means that the broker may not have received the last acknowledgements: the consumer ended, or gets no more
	// messages.
	unsure bool
	// canceled means that this program has cancelled the consumer. Messages that the broker sent before that still arrive.
	canceled bool
	idle     *time.Timer
	// at is the AMQP address, for further sources of the same queue.
	at amqp.Endpoint
	// lastCameBack means that the last message that arrived had been delivered before.
	lastCameBack bool
}

// The tags of the consumers differ: a quorum queue of 3.10 sent nothing to a second consumer that had the tag of a
// cancelled consumer (measured).
const (
	firstTag  = "rabbitctl"
	secondTag = "rabbitctl-2"
)

// TakeQueue connects and begins to take messages, unless Want is 0. Close closes the connection.
func TakeQueue(ctx context.Context, at amqp.Endpoint, q Queue) (*QueueSource, error) {
	s := &QueueSource{Queue: q, at: at, prefetch: q.prefetched(), tag: firstTag, idle: time.NewTimer(patienceForNext)}
	if q.Want == 0 {
		return s, nil
	}
	if s.learning = q.Size == 0 && s.prefetch > fewAhead; s.learning {
		s.prefetch = fewAhead
	}
	var err error
	if s.conn, err = at.Dial(ctx, func(bool, string) {}); err != nil {
		return nil, err
	}
	if s.ch, err = s.conn.Channel(); err == nil {
		s.closed = s.ch.NotifyClose(make(chan *amqp091.Error, 1))
		err = s.consume()
	}
	if err != nil {
		s.conn.Shut()
		return nil, q.untaken(err)
	}
	return s, nil
}

// fewAhead is how many messages are sent ahead while their size is not known. The management API reports the size of a
// queue's messages only after some seconds, and not at all if statistics are off.
const fewAhead = 16

// consume starts a consumer, to which the broker sends as many messages ahead as the prefetch allows.
func (s *QueueSource) consume() error {
	err := s.ch.Qos(int(s.prefetch), 0, false)
	if err == nil {
		s.deliveries, err = s.ch.Consume(s.Name, s.tag, false, false, false, false, nil)
	}
	return err
}

// learned starts a second consumer, whose prefetch is chosen by the size of the bodies so far.
func (s *QueueSource) learned() error {
	s.learning = false
	err := s.ch.Cancel(s.tag, false)
	s.tag = secondTag
	if err == nil {
		for d := range s.deliveries {
			s.ahead = append(s.ahead, d)
		}
		s.base, s.freed = s.handed+int64(len(s.ahead)), 0
		s.Size = max(1, s.bytes/s.handed)
		s.prefetch = max(1, s.prefetched()-(s.handed-s.removed))
		err = s.consume()
	}
	if err != nil {
		return s.untaken(err)
	}
	return nil
}

// Full reports whether the broker sends no more messages before some are removed. It is false while the size of bodies
// is not known, because Next starts a second consumer in that case. It is also false after the wanted number of
// messages.
func (s *QueueSource) Full() bool {
	return !s.learning && s.handed-s.base-s.freed >= s.prefetch && s.handed < s.Want
}

// Next returns the next message. It returns io.EOF after the wanted number of messages, or if the queue has no more:
// another consumer may have taken some messages, or they expired.
func (s *QueueSource) Next(ctx context.Context) (*Message, error) {
	if s.handed >= s.Want {
		return nil, io.EOF
	}
	if s.Full() {
		return nil, fail.New(fail.Incomplete, "%s of %s are held unacknowledged, the most that can be held at a time",
			prose.Plural(int(s.handed-s.removed), "message", "messages"), s.named()).
			Next("rabbitctl export_messages --limit N writes the first N messages into a file, from which you can choose; " +
				"export_messages --remove takes all messages out of the queue, and import_messages puts them back")
	}
	if s.learning && s.handed == s.prefetch {
		if err := s.learned(); err != nil {
			return nil, err
		}
	}
	if len(s.ahead) > 0 {
		d := s.ahead[0]
		s.ahead = s.ahead[1:]
		return s.hand(d), nil
	}
	for idle := 0; ; idle++ {
		s.idle.Reset(patienceForNext)
		select {
		case d, open := <-s.deliveries:
			if !open && s.canceled {
				return nil, io.EOF
			}
			if !open {
				return nil, s.why()
			}
			return s.hand(d), nil
		case <-ctx.Done():
			return nil, fail.Ended(ctx)
		case <-s.idle.C:
		}
		left, err := s.left(ctx)
		switch {
		case err != nil:
			return nil, err
		case left == 0 && s.canceled:
			return nil, fail.New(fail.Incomplete, "the broker did not end the consumer of %s in time", s.named())
		case left == 0:
			// No message is ready, but a large body may still be on its way. It arrives before the reply to a cancel, and after
			// the reply nothing arrives.
			if err := s.cancel(); err != nil {
				return nil, err
			}
		case idle == mostIdle:
			s.unsure = true
			return nil, fail.New(fail.Incomplete, "%s has %s and delivers none", s.named(),
				prose.Plural(left, "ready message", "ready messages")).
				Next("did another node take it over, or has it a single active consumer? %s",
					fail.Command("show_queue", "-p", s.VHost, s.Name))
		}
	}
}

// cancel ends the consumer. Its messages stay unacknowledged.
func (s *QueueSource) cancel() (err error) {
	s.canceled = true
	if !s.conn.Within(func() { err = s.ch.Cancel(s.tag, false) }) {
		return fail.New(fail.Incomplete, "the broker did not end the consumer of %s in time", s.named())
	}
	if err != nil {
		return s.why()
	}
	return nil
}

// hand turns a delivery into a message, and counts it as handed out.
func (s *QueueSource) hand(d amqp091.Delivery) *Message {
	s.handed++
	s.bytes += int64(len(d.Body))
	s.lastCameBack = d.Redelivered
	if s.handed == s.Want && !s.canceled {
		// Without this, the broker would send one more message after each acknowledgement. An error needs no report here:
		// either the broker has ended the consumer, or it does not answer, which Close reports.
		_ = s.cancel()
	}
	return received(d)
}

// left returns how many messages in the queue are ready.
func (s *QueueSource) left(ctx context.Context) (int, error) {
	ch, err := s.conn.Channel()
	if err != nil {
		return 0, s.why()
	}
	q, err := ch.QueueDeclarePassive(s.Name, false, false, false, false, nil)
	if err != nil {
		return 0, refused("looking at "+s.named(), err)
	}
	_ = ch.Close()
	return q.Messages, fail.Ended(ctx)
}

// why notes that the broker delivers no more messages, and returns the error that says why.
func (s *QueueSource) why() error {
	s.ended, s.unsure = true, true
	reply := toldBy(s.closed, s.conn.Closed)
	switch {
	case reply == nil:
		return fail.New(fail.Incomplete, "the broker ended the consumer of %s", s.named()).
			Next("was it deleted, or did its node stop? %s", fail.Command("show_queue", "-p", s.VHost, s.Name))
	case reply.Code == amqp091.InternalError:
		// Measured: some messages that an AMQP 1.0 client published end each connection that reads them. The messages that
		// are on their way at that moment do not arrive either. So the message that cannot be read may be a later one than
		// the number in the error. On 4.3 such messages have a UUID in the properties, on 3.10 a number as message-id.
		return fail.New(fail.Data, "message %d of %s, or a later one, cannot be read over AMQP 0-9-1: %s", s.handed+1,
			s.named(), amqp.Reason(reply)).
			Next("a lower --limit reads those before it, and an AMQP 1.0 client can read this one; all are still in the queue%s",
				s.counted())
	}
	return refused("taking messages from "+s.named(), reply)
}

// toldBy returns the reason that the broker gave for closing a channel or its connection, or nil if it gave none. The
// reason can arrive a little later than the end of the deliveries.
func toldBy(channel, connection <-chan *amqp091.Error) *amqp091.Error {
	var reply *amqp091.Error
	for _, from := range []<-chan *amqp091.Error{channel, connection} {
		select {
		case told := <-from:
			if told != nil {
				reply = told
			}
		case <-time.After(200 * time.Millisecond):
		}
	}
	return reply
}

// received turns a delivery into a message. The delivery tag becomes its number: on a channel, the tags count the
// deliveries.
func received(d amqp091.Delivery) *Message {
	return &Message{
		Publishing: amqp091.Publishing{Headers: d.Headers, ContentType: d.ContentType, ContentEncoding: d.ContentEncoding,
			DeliveryMode: d.DeliveryMode, Priority: d.Priority, CorrelationId: d.CorrelationId, ReplyTo: d.ReplyTo,
			Expiration: d.Expiration, MessageId: d.MessageId, Timestamp: d.Timestamp, Type: d.Type, UserId: d.UserId,
			AppId: d.AppId, Body: d.Body},
		Exchange: d.Exchange, RoutingKey: d.RoutingKey, Redelivered: d.Redelivered, Number: int64(d.DeliveryTag),
	}
}

// Remove acknowledges messages. It does not wait until the queue has the acknowledgements: see Unsure.
func (s *QueueSource) Remove(number int64, before bool) error {
	if s.ch.Ack(uint64(number), before) != nil {
		return s.why()
	}
	if !before {
		s.singly++
	}
	switch {
	case before:
		s.removed, s.freed = number, max(0, number-s.base)
	case number > s.base:
		s.freed++
		fallthrough
	default:
		s.removed++
	}
	return nil
}

// Unsure returns how many acknowledged messages the queue may still have: if its node stops, acknowledgements on their
// way to the channel are lost. These are at most as many as the prefetch. A classic queue also loses some
// acknowledgements that the channel received, and nothing reports how many (with a prefetch of 500, the numbers of
// messages that came back on 4.3 were 567, 652 and 1,366).
func (s *QueueSource) Unsure() int64 {
	if !s.unsure {
		return 0
	}
	return max(0, min(s.removed, s.prefetch-(s.handed-s.base-s.freed)))
}

// quietly reports whether messages are given back by a negative acknowledgement; LooksAreFree says when this works.
func (s *QueueSource) quietly() bool {
	version, _ := s.conn.Properties["version"].(string)
	return LooksAreFree(s.Type, version)
}

// LooksAreFree reports whether one can look at messages of a queue and give them back in their order, without the
// broker counting a delivery. This holds for classic queues, and for quorum queues since 4.3 (measured on 4.3). On
// quorum queues of 3.10 and 4.0 each look counts, and only closing the channel keeps the order. The releases in between
// were not measured, and are treated like 3.10 and 4.0.
func LooksAreFree(queueType, version string) bool {
	return queueType != "quorum" || release.AtLeast(version, 4, 3)
}
