package health

import (
	"cmp"
	"slices"
	"strings"
)

// worstQueues is the number of verdicts that are kept: more are shown nowhere.
const worstQueues = 100

// QueueSum is the sum of the verdicts on queues. It keeps the worst verdicts and forgets the others, so that its size
// does not depend on the number of queues.
type QueueSum struct {
	// Judged is the number of judged queues, Offenders the number of those with a problem, and Streams the number of those
	// that were judged by their consumers only, although they have other limits too.
	Judged, Offenders, Streams int
	// Status is the worst status.
	Status Status
	// ready and unacked are the numbers of messages in all queues; incomplete means that those of at least one queue are
	// not known.
	ready, unacked float64
	incomplete     bool
	// worst is cut to worstQueues verdicts when it has twice as many.
	worst []QueueVerdict
}

func (s *QueueSum) add(v QueueVerdict, l QueueLimits) {
	s.Judged++
	s.Status = Worse(s.Status, v.Status)
	if v.Status != OK {
		s.Offenders++
	}
	if v.Type == "stream" && !onlyConsumers(l) {
		s.Streams++
	}
	s.incomplete = s.incomplete || !v.Ready.Known || !v.Unacked.Known
	s.ready += v.Ready.Value
	s.unacked += v.Unacked.Value
	if s.worst = append(s.worst, v); len(s.worst) == 2*worstQueues {
		s.cut()
	}
}

func (s *QueueSum) cut() {
	slices.SortStableFunc(s.worst, worseQueueFirst)
	s.worst = s.worst[:min(len(s.worst), worstQueues)]
}

// Worst returns the worst verdicts, a hundred at most: sorted by status, then by the messages that the queue holds.
func (s *QueueSum) Worst() []QueueVerdict {
	s.cut()
	return s.worst
}

func onlyConsumers(l QueueLimits) bool {
	l.Consumers = Limits{}
	return l.IsZero()
}

func worseQueueFirst(a, b QueueVerdict) int {
	if a.Status != b.Status {
		if Worse(a.Status, b.Status) == a.Status {
			return -1
		}
		return 1
	}
	return cmp.Or(cmp.Compare(b.Messages.Value, a.Messages.Value), strings.Compare(a.VHost, b.VHost),
		strings.Compare(a.Name, b.Name))
}
