package diagnose

import (
	"time"

	"github.com/rabbitctl/rabbitctl/pkg/health"
	"github.com/rabbitctl/rabbitctl/pkg/routing"
)

// Queue holds what the statistics report about one queue; they can be ten seconds old.
type Queue struct {
	VHost, Name string
	// Consumers, Ready and Unacked are counts. Published, Acked and Redelivered are per second; Published includes
	// messages that a full queue rejected.
	Consumers, Ready, Unacked, Published, Acked, Redelivered health.Reading
	// Limit holds the queue's length limits; nil for a queue that rejects nothing.
	Limit *routing.Queue
	// Then is the change between two further looks at the queue; nil if there were no further looks.
	Then *Change
}

// Change is what happened to a queue between two looks at known moments.
type Change struct {
	// Over is the time between the looks.
	Over time.Duration
	// Grown is the growth in messages; Redelivered and Acked are the numbers of messages that were redelivered and
	// acknowledged.
	Grown, Redelivered, Acked health.Reading
}

// Queues holds the queues that a rule may name, and counts of all queues.
type Queues struct {
	Total int
	// Blank is the number of queues without figures yet, because they were declared some seconds ago. The queues in Down
	// are not among them.
	Blank int
	// Down counts the queues that no client can use.
	Down DownQueues
	// Suspects holds the queues for which Suspect is true.
	Suspects []Queue
}

// Suspect reports whether any rule could report the queue. Other queues need not be kept in memory.
func (q Queue) Suspect() bool { return q.Moves() || q.unacknowledged() || q.full() != "" }

// Moves reports whether a rule needs two further looks at the queue: rates are averages of the past, and do not prove
// growth.
func (q Queue) Moves() bool { return q.unread() || q.isRedelivered() }

// unread reports whether the queue has no consumer but has ready messages, and clients still publish to it.
func (q Queue) unread() bool {
	return q.Consumers.Known && q.Consumers.Value == 0 && q.Ready.Value > 0 && q.Published.Value > 0
}

// grows reports whether an unread queue grew between the two looks. A queue at its limit does not grow, nor does a
// queue whose messages expire as fast as others arrive.
func (q Queue) grows() bool { return q.unread() && q.Then != nil && q.Then.Grown.Value > 0 }

// isRedelivered reports whether at least one message a second is redelivered, and at least as many as are acknowledged.
func (q Queue) isRedelivered() bool {
	return q.Redelivered.Value >= 1 && q.Redelivered.Value >= q.Acked.Value
}

// loops reports whether two further looks still show redelivery. After a consumer disconnects, its messages are
// redelivered only once.
func (q Queue) loops() bool {
	return q.isRedelivered() && q.Then != nil && q.Then.Redelivered.Value > 0 &&
		q.Then.Redelivered.Value >= q.Then.Acked.Value
}

// unacknowledged reports whether consumers hold messages, more messages are ready, and none was acknowledged lately.
func (q Queue) unacknowledged() bool {
	return q.Consumers.Value > 0 && q.Unacked.Value > 0 && q.Ready.Value > 0 && q.Acked.Value == 0
}

// full says which limit makes the queue reject new messages; "" if the queue does not reject any.
func (q Queue) full() string {
	if q.Limit == nil {
		return ""
	}
	return q.Limit.Full()
}
