package diagnose

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/rabbitctl/rabbitctl/pkg/health"
)

// HeldQueue is a queue and its unacknowledged messages.
type HeldQueue struct {
	// Type is the type as the broker names it: classic, quorum, stream and others.
	VHost, Name, Type         string
	Ready, Unacked, Consumers health.Reading
	// Fresh means that Ready and Unacked are up to date, and not from the statistics. OldUnacked is then the count of
	// unacknowledged messages in the statistics, which is as old as the figures of the channels.
	Fresh      bool
	OldUnacked health.Reading
	// Idle is the time since which the queue is idle; zero when it is not idle, or when that is not known.
	Idle time.Time
}

// HoldingChannel is a channel of AMQP 0-9-1. Brokers report one count of unacknowledged messages for all its queues
// together.
type HoldingChannel struct {
	Name, Connection, Number string
	VHost, User, Node        string
	// Prefetch is the limit for each consumer of the channel; 0 means no limit.
	Prefetch, Unacked health.Reading
	// Idle is the time since which the channel is idle; zero when it is active. Brokers wake each channel once a minute
	// (measured on 3.10 and 4.3), so an idle time is never longer than a minute.
	Idle time.Time
}

// QueueConsumer is a consumer with the channel that it is on.
type QueueConsumer struct {
	VHost, Queue, Tag   string
	Channel, Connection string
	User, Peer, Number  string
	Node                string
	Prefetch            health.Reading
	// Acks means that the consumer must acknowledge. A consumer with automatic acknowledgement holds no messages.
	Acks bool
}

// UnackedFacts holds the facts that the function Unacked judges. The listings are up to 5 s old, and differ in age.
type UnackedFacts struct {
	// Queues may leave out queues without unacknowledged messages, and Consumers may leave out the consumers of those
	// queues. Seen is the number of all queues.
	Queues    []HeldQueue
	Seen      int
	Channels  []HoldingChannel
	Consumers []QueueConsumer
	// Connections holds the connections by name.
	Connections map[string]Connection
	// Queue is the only queue that the user asked about; "" for all queues.
	Queue string
}

// Holder is a channel that holds unacknowledged messages of a queue, or stands for a holder that is not known.
type Holder struct {
	VHost, Queue string
	// Unacked is the number of messages of this queue that the holder has; not known if the broker does not report it.
	Unacked health.Reading
	// Channel is the channel, with the count of all messages that it holds. Its name is "" if the holder is no known
	// channel.
	Channel HoldingChannel
	// Tags holds the tags of the channel's consumers on this queue.
	Tags       []string
	Connection Connection
	// Idle is the time since which the holder did nothing with the queue: since the channel or the queue is idle,
	// whichever is longer ago. It is zero if the channel is active, or if there is no known channel.
	Idle time.Time
	// Note says what is unusual: that the count cannot be split, or that no listed channel holds the messages.
	Note string
}

// HeldTotal says how many messages of one queue have no known holder.
type HeldTotal struct {
	HeldQueue
	// Unaccounted is the number of unacknowledged messages that no listed consumer holds, without Young. It is not known
	// if the queue's own count is not known, or if the number that a consumer holds is not known.
	Unaccounted health.Reading
	// Young is the number of unacknowledged messages that are not in the statistics yet, so that their holder is not
	// known yet. It is 0 unless Fresh is true.
	Young float64
}

// Unacked returns the holders of the unacknowledged messages, those with the most first, and the totals of each queue.
//
// If all consumers of a queue that must acknowledge are on one channel, that channel holds all its unacknowledged
// messages, unless a channel in the virtual host holds messages without consuming any queue. Otherwise only the count
// of each channel is known, which is for all its queues together. That count belongs to this queue if no other queue
// that the channel consumes has unacknowledged messages. If another one has, the split is not known, and the note says
// so.
func Unacked(f UnackedFacts) ([]Holder, []HeldTotal) {
	r := readersOf(f)
	var holders []Holder
	var totals []HeldTotal
	for _, q := range f.Queues {
		if f.Queue != "" && q.Name != f.Queue {
			continue
		}
		total := HeldTotal{HeldQueue: q}
		if h, ok := r.singleHolder(q); ok {
			total.Unaccounted = health.Reading{Known: true}
			holders, totals = append(holders, h), append(totals, total)
			continue
		}
		seen, found, split := r.holders(q)
		if q.Unacked.Known && !split {
			rest := total.account(found)
			holders = append(holders, rest(len(seen) > 0)...)
		}
		holders = append(holders, seen...)
		totals = append(totals, total)
	}
	holders = append(holders, r.fetchers(f.Channels, totals)...)
	slices.SortStableFunc(holders, func(a, b Holder) int {
		return cmp.Or(cmp.Compare(b.Unacked.Value, a.Unacked.Value), cmp.Compare(b.Channel.Unacked.Value,
			a.Channel.Unacked.Value),
			strings.Compare(a.VHost, b.VHost), strings.Compare(a.Queue, b.Queue), strings.Compare(a.Channel.Name,
				b.Channel.Name))
	})
	return holders, totals
}

// account splits the messages for which no holder was found into those that are too young for the statistics and those
// that are unaccounted for. It returns a function that makes the rows for both. The parameter read of that function
// says whether listed channels hold messages of the queue.
func (t *HeldTotal) account(found float64) func(read bool) []Holder {
	gap := max(0, t.Unacked.Value-found)
	if t.Fresh {
		t.Young = min(gap, max(0, t.Unacked.Value-max(t.OldUnacked.Value, found)))
	}
	t.Unaccounted = health.Reading{Value: gap - t.Young, Known: true}
	return func(read bool) (rows []Holder) {
		if t.Young > 0 {
			rows = append(rows, Holder{VHost: t.VHost, Queue: t.Name, Unacked: health.Reading{Value: t.Young, Known: true},
				Note: "not yet in the statistics: the holder is known within 10 s"})
		}
		if t.Unaccounted.Value > 0 {
			note := "unaccounted: no listed consumer holds them; they were fetched by basic.get, or the listings differ in age"
			if read {
				note = "unaccounted: more than the listed consumers hold; the rest was fetched by basic.get, or the listings differ in age"
			}
			rows = append(rows, Holder{VHost: t.VHost, Queue: t.Name, Unacked: t.Unaccounted, Note: note})
		}
		return rows
	}
}

func idleSince(c HoldingChannel, q HeldQueue) time.Time {
	if !c.Idle.IsZero() && !q.Idle.IsZero() && q.Idle.Before(c.Idle) {
		return q.Idle
	}
	return c.Idle
}
