package messages

import (
	"context"
	"sync/atomic"
	"time"
)

// Loss says how many messages the broker dropped because a tap was too slow.
type Loss struct {
	// Dropped is how many messages were dropped at least.
	Dropped int64
	// Unknown means that more messages may have been dropped.
	Unknown bool
}

const (
	// tapGlance is how often a tap checks whether its queue is filling up.
	tapGlance = 500 * time.Millisecond
	// tapPause is the longest time between two of these checks. After a longer time, the queue may have been full in
	// between.
	tapPause = 2 * tapGlance
)

// watchedTap records whether the queue of a tap may have been full. The broker does not report what a queue drops.
type watchedTap struct {
	full        atomic.Bool
	stop, ended chan struct{}
}

// watch checks at intervals how full the queue is. If this program was itself suspended for a while, the queue counts
// as full, because nothing was checked meanwhile.
func (s *TapSource) watch() {
	w := &s.watched
	w.stop, w.ended = make(chan struct{}), make(chan struct{})
	go func() {
		defer close(w.ended)
		tick := time.NewTicker(tapGlance)
		defer tick.Stop()
		last := time.Now()
		for {
			select {
			case <-w.stop:
				return
			case <-tick.C:
			}
			if now := time.Now(); now.Sub(last) > tapPause {
				w.full.Store(true)
			}
			if ready, err := s.ready(); err == nil && s.filling(ready) {
				w.full.Store(true)
			}
			last = time.Now()
		}
	}()
}

func (s *TapSource) unwatch() {
	close(s.watched.stop)
	s.conn.Within(func() { <-s.watched.ended })
}

// filling reports whether this number of ready messages is at least half of what the queue may hold, by count or by
// bytes.
func (s *TapSource) filling(ready int64) bool {
	average := s.bytes.Load() / max(1, s.handed.Load())
	return ready >= tapLength/2 || ready*average >= tapBytes/2
}

func (s *TapSource) ready() (int64, error) {
	ch, err := s.conn.Channel()
	if err != nil {
		return 0, err
	}
	defer ch.Close()
	q, err := ch.QueueDeclarePassive(s.name, false, false, true, false, nil)
	return int64(q.Messages), err
}

// lost compares how many messages came into the queue with how many came out of it. The statistics do not count
// messages that the broker itself publishes, as it does for tracing (measured on 3.10 and 4.3). For these, lost knows
// only whether the queue may have been full.
//
//nolint:contextcheck // the loss is also counted when the command has been interrupted
func (s *TapSource) lost() Loss {
	loss := Loss{Unknown: s.watched.full.Load()}
	out := s.handed.Load()
	if s.Arrived == nil || !s.conn.Within(func() { out += s.stopped() }) {
		return loss
	}
	in, known := s.Arrived(context.Background(), s.name, loss.Unknown)
	if known && in >= out {
		return Loss{Dropped: in - out}
	}
	return loss
}

// stopped ends the deliveries. It returns the number of messages that Next did not hand out: those that were delivered,
// and those that are still in the queue.
func (s *TapSource) stopped() (left int64) {
	_ = s.ch.QueueUnbind(s.name, s.Key, s.Exchange, s.bound)
	_ = s.ch.Cancel(firstTag, false)
	for range s.deliveries {
		left++
	}
	if s.ahead != nil {
		left++
	}
	ready, _ := s.ready()
	return left + ready
}
