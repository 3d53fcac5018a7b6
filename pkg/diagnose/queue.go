package diagnose

import (
	"time"

	"github.com/rabbitctl/rabbitctl/pkg/health"
	"github.com/rabbitctl/rabbitctl/pkg/routing"
)

// Queue is what the statistics say of one queue; they can be ten seconds old.
type Queue struct {
	VHost, Name string
	// Consumers, Ready and Unacked are counts. Published, Acked and Redelivered are per second: what was published counts
	// also where a full queue refused it.
	Consumers, Ready, Unacked, Published, Acked, Redelivered health.Reading
	// Limit is the queue as far as its limits matter; nil for one that refuses nothing.
	Limit *routing.Queue
	// Then are two further looks at the queue; nil where they were not taken.
	Then *Change
}

// Change is what happened to a queue between two looks at known moments.
type Change struct {
	// Over is the time between the looks.
	Over time.Duration
	// Grown is by how many messages it grew, Redelivered and Acked how many came back and were acknowledged.
	Grown, Redelivered, Acked health.Reading
}

// Queues are those that a rule may name, out of all that were looked at.
type Queues struct {
	Total int
	// Blank are those without figures yet: declared some seconds ago. Down are not among them.
	Blank int
	// Down are those that nobody reaches.
	Down DownQueues
	// Suspects are the queues for which Suspect is true.
	Suspects []Queue
}

// Suspect tells whether any rule could have something to say of the queue, so that the others need not be kept.
func (q Queue) Suspect() bool { return q.Moves() || q.unacknowledged() || q.full() != "" }

// Moves tells whether a rule could have something to say that takes two further looks: rates are those of a moment that is
// over, and say nothing of growth.
func (q Queue) Moves() bool { return q.unread() || q.comesBack() }

// unread tells whether messages wait in a queue that nobody reads and that more are published to.
func (q Queue) unread() bool {
	return q.Consumers.Known && q.Consumers.Value == 0 && q.Ready.Value > 0 && q.Published.Value > 0
}

// grows tells whether an unread queue has grown from one look to the other. One that stands at its limit, or whose
// messages expire as others come, does not.
func (q Queue) grows() bool { return q.unread() && q.Then != nil && q.Then.Grown.Value > 0 }

// comesBack tells whether at least as many messages come back from consumers as are acknowledged, and not just now and
// then.
func (q Queue) comesBack() bool {
	return q.Redelivered.Value >= 1 && q.Redelivered.Value >= q.Acked.Value
}

// loops tells whether messages go on to come back. After a consumer has gone they do so once.
func (q Queue) loops() bool {
	return q.comesBack() && q.Then != nil && q.Then.Redelivered.Value > 0 && q.Then.Redelivered.Value >= q.Then.Acked.Value
}

// unacknowledged tells whether consumers hold messages, more wait, and none was acknowledged lately.
func (q Queue) unacknowledged() bool {
	return q.Consumers.Value > 0 && q.Unacked.Value > 0 && q.Ready.Value > 0 && q.Acked.Value == 0
}

// full says by what limit the queue refuses what is published to it; "" where it does not.
func (q Queue) full() string {
	if q.Limit == nil {
		return ""
	}
	return q.Limit.Full()
}
