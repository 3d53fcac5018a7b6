package messages

import (
	"context"
	"time"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
)

const (
	// firstBehind is how many messages the method behind takes in its first step.
	firstBehind = 500
	// mostBehind is how long the method behind may take.
	mostBehind = 10 * time.Second
)

// Close gives back the messages that were not removed. It cancels the consumer first. Otherwise the broker would
// deliver these messages again at once, and count these deliveries. If the broker has ended the consumer already, Close
// only closes the connection.
func (s *QueueSource) Close() error {
	s.idle.Stop()
	if s.conn == nil || s.ended {
		s.shut()
		return nil
	}
	var behind []*QueueSource
	ok := s.conn.Within(s.endDeliveries)
	if ok && s.lastCameBack && s.Type == "quorum" && s.quietly() {
		behind = s.behind()
	}
	arrived := false
	ok = ok && s.conn.Within(func() { arrived = s.giveBack() })
	lost := !ok || !arrived
	s.unsure = s.unsure || lost
	s.shut()
	for _, b := range behind {
		ok = b.conn.Within(b.endDeliveries) && b.conn.Within(func() { b.giveBack() }) && ok
		b.shut()
	}
	switch {
	case lost && s.removed > 0:
		return fail.New(fail.Incomplete, "the broker did not confirm that it removed the last messages of %s", s.named()).
			Next("did its node stop? %s", fail.Command("show_queue", "-p", s.VHost, s.Name))
	case !ok:
		return fail.New(fail.Incomplete, "the broker did not confirm in time that it took back messages of %s", s.named()).
			Next("they are back when the connection has ended: %s", fail.Command("show_queue", "-p", s.VHost, s.Name))
	}
	return nil
}

func (s *QueueSource) shut() {
	if s.conn != nil {
		s.conn.Shut()
	}
}

// endDeliveries cancels the consumer, and takes the messages that were sent ahead. They go back to the queue, too.
func (s *QueueSource) endDeliveries() {
	if !s.canceled && s.ch.Cancel(s.tag, false) != nil {
		return
	}
	for d := range s.deliveries {
		s.lastCameBack = d.Redelivered
	}
}

// giveBack gives back the messages that were not removed. arrived reports whether the broker answered the request to
// close the channel. The broker does not confirm an acknowledgement, but this answer shows that the channel has
// received all of them.
func (s *QueueSource) giveBack() (arrived bool) {
	if s.quietly() {
		_ = s.ch.Nack(0, true, true)
	}
	if s.Type == "quorum" && s.singly > 0 {
		time.Sleep(min(longestLull, shortestLull+time.Duration(s.singly)*lullEach))
	}
	// Closing a channel that has ended already is no error for amqp091.
	return !s.ch.IsClosed() && s.ch.Close() == nil
}

// A channel of the broker holds back acknowledgements for a quorum queue while more than a few acknowledgements of this
// channel are uncommitted in the queue. A channel that is closed at once forgets the acknowledgements that it holds
// back: of 600 messages that were acknowledged one by one, 67 to 305 came back (measured on 3.10 and 4.3). The broker
// does not report when the queue has all acknowledgements. So giveBack waits before it closes the channel; it waits
// longer if there were more single acknowledgements.
const (
	shortestLull = 200 * time.Millisecond
	lullEach     = 2 * time.Millisecond
	longestLull  = 3 * time.Second
)

// behind takes the messages that had come back to the queue earlier and that the source has not taken. It is needed to
// keep the order: a quorum queue delivers first the messages that came back, in the order in which they came back.
// After a look at five messages, a look at two put these two behind the other three (measured on 3.10 and 4.3). So the
// source's own messages are given back first, and then the messages that behind took. Before 4.3, behind is not called,
// because the broker would count another delivery of messages that the user did not ask for. On these releases the
// order changes.
//
//nolint:contextcheck // messages are given back also when the command has been interrupted
func (s *QueueSource) behind() (all []*QueueSource) {
	ctx, cancel := context.WithTimeout(context.Background(), mostBehind)
	defer cancel()
	for held, chunk := s.handed, int64(firstBehind); held < MostHeld; chunk *= 4 {
		left, err := s.left(ctx)
		if err != nil || left == 0 {
			return all
		}
		more := s.Queue
		more.Want, more.Held = min(int64(left), chunk, MostHeld-held), true
		more.Want = more.prefetched()
		b, err := TakeQueue(ctx, s.at, more)
		if err != nil {
			return all
		}
		all = append(all, b)
		b.lastCameBack = true
		for err == nil && b.lastCameBack {
			_, err = b.Next(ctx)
		}
		b.idle.Stop()
		held += b.handed
		if err == nil || b.handed < more.Want {
			return all
		}
	}
	return all
}
