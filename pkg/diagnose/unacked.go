package diagnose

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/rabbitctl/rabbitctl/pkg/health"
)

// HeldQueue is a queue with what clients hold of it.
type HeldQueue struct {
	VHost, Name               string
	Ready, Unacked, Consumers health.Reading
	// Idle is since when nothing happened to it; zero when something does, or it is not told.
	Idle time.Time
}

// HoldingChannel is a channel of AMQP 0-9-1. Brokers count what it holds for all queues together.
type HoldingChannel struct {
	Name, Connection, Number string
	VHost, User, Node        string
	// Prefetch is the limit for each of its consumers, 0 for none.
	Prefetch, Unacked health.Reading
	// Idle is since when it sleeps; zero when it is at work. Brokers wake each channel once a minute (measured on 3.10 and
	// 4.3), so it is never longer ago than that.
	Idle time.Time
}

// QueueConsumer is a consumer with the channel that it is on.
type QueueConsumer struct {
	VHost, Queue, Tag   string
	Channel, Connection string
	User, Peer, Number  string
	Node                string
	Prefetch            health.Reading
	// Acks means that it must acknowledge; one that need not holds nothing.
	Acks bool
}

// UnackedFacts are what Unacked judges. The listings are up to 5 s old, and not of the same moment.
type UnackedFacts struct {
	Queues    []HeldQueue
	Channels  []HoldingChannel
	Consumers []QueueConsumer
	// Connections are by name.
	Connections map[string]Connection
	// Queue is the only queue that is asked about; "" for all.
	Queue string
}

// Holder is who holds messages of a queue: a channel, or nobody that can be told.
type Holder struct {
	VHost, Queue string
	// Unacked is how many messages of this queue it holds; not known where the broker does not tell.
	Unacked health.Reading
	// Channel is the channel, with the count of all that it holds; its name is "" where there is none.
	Channel HoldingChannel
	// Tags are its consumers on this queue.
	Tags       []string
	Connection Connection
	// Idle is since when it did nothing with the queue, as far as is told: since it sleeps, or since nothing happened to the
	// queue, whichever is longer ago. Zero when it is at work.
	Idle time.Time
	// Note says what is odd: that the count cannot be split, or that nobody is seen to hold the messages.
	Note string
}

// HeldTotal is one queue in words and figures.
type HeldTotal struct {
	HeldQueue
	// Unaccounted is how many messages nobody is seen to hold; not known where the count of a channel cannot be split.
	Unaccounted health.Reading
}

// Unacked tells who holds the unacknowledged messages, most first, and for each queue how many nobody is seen to hold.
//
// A channel counts what it holds for all queues together. It is this queue's where no other queue that the channel reads
// has unacknowledged messages; else the split is not known, and said to be so rather than guessed or counted twice.
func Unacked(f UnackedFacts) ([]Holder, []HeldTotal) {
	channels := map[string]HoldingChannel{}
	for _, c := range f.Channels {
		channels[c.Name] = c
	}
	queues := map[[2]string]HeldQueue{}
	for _, q := range f.Queues {
		queues[[2]string{q.VHost, q.Name}] = q
	}
	// tags are by queue and channel, and reads by channel.
	tags, reads := map[[3]string][]string{}, map[string][]string{}
	strange := map[[3]string]QueueConsumer{}
	for _, c := range f.Consumers {
		if !c.Acks {
			continue
		}
		key := [3]string{c.VHost, c.Queue, c.Channel}
		tags[key] = append(tags[key], c.Tag)
		if _, listed := channels[c.Channel]; !listed {
			strange[key] = c
			continue
		}
		// A queue of which nobody holds anything is none that the channel could hold something of.
		q, known := queues[[2]string{c.VHost, c.Queue}]
		if empty := known && q.Unacked.Known && q.Unacked.Value == 0; !empty && !slices.Contains(reads[c.Channel], c.Queue) {
			reads[c.Channel] = append(reads[c.Channel], c.Queue)
		}
	}
	var holders []Holder
	var totals []HeldTotal
	for _, q := range f.Queues {
		if f.Queue != "" && q.Name != f.Queue {
			continue
		}
		total := HeldTotal{HeldQueue: q}
		found, split := 0.0, false
		for _, c := range f.Channels {
			shared := reads[c.Name]
			mine := tags[[3]string{q.VHost, q.Name, c.Name}]
			if len(mine) == 0 || c.VHost != q.VHost || c.Unacked.Known && c.Unacked.Value == 0 || !slices.Contains(shared, q.Name) {
				continue
			}
			h := Holder{VHost: q.VHost, Queue: q.Name, Channel: c, Tags: mine, Connection: f.Connections[c.Connection], Idle: idleSince(c, q)}
			switch {
			case len(shared) > 1:
				split = true
				h.Note = fmt.Sprintf("the channel holds %s of %s together: how many of which is not told", number(c.Unacked.Value), strings.Join(shared, ", "))
			case !c.Unacked.Known:
				split = true
				h.Note = "the channel does not tell how many it holds yet"
			default:
				h.Unacked = c.Unacked
				found += c.Unacked.Value
			}
			if len(mine) > 1 && h.Note == "" {
				h.Note = fmt.Sprintf("%d consumers on this channel together", len(mine))
			}
			holders = append(holders, h)
		}
		for key, c := range strange {
			if key[0] == q.VHost && key[1] == q.Name && q.Unacked.Value > 0 {
				split = true
				holders = append(holders, Holder{VHost: q.VHost, Queue: q.Name, Tags: tags[key], Connection: f.Connections[c.Connection],
					Channel: HoldingChannel{Name: c.Channel, Connection: c.Connection, Number: c.Number, User: c.User, Node: c.Node, VHost: c.VHost, Prefetch: c.Prefetch},
					Note:    "its channel is not listed, so how many it holds is not told: it is new, or of AMQP 1.0, MQTT or STOMP"})
			}
		}
		if q.Unacked.Known && !split {
			total.Unaccounted = health.Reading{Value: max(0, q.Unacked.Value-found), Known: true}
			if total.Unaccounted.Value > 0 {
				holders = append(holders, Holder{VHost: q.VHost, Queue: q.Name, Unacked: total.Unaccounted,
					Note: "unaccounted: no consumer is seen to hold them; fetched one by one, or the listings are of different moments"})
			}
		}
		totals = append(totals, total)
	}
	holders = append(holders, f.fetchers(reads, totals)...)
	slices.SortStableFunc(holders, func(a, b Holder) int {
		return cmp.Or(cmp.Compare(b.Unacked.Value, a.Unacked.Value), cmp.Compare(b.Channel.Unacked.Value, a.Channel.Unacked.Value),
			strings.Compare(a.VHost, b.VHost), strings.Compare(a.Queue, b.Queue), strings.Compare(a.Channel.Name, b.Channel.Name))
	})
	return holders, totals
}

func idleSince(c HoldingChannel, q HeldQueue) time.Time {
	if !c.Idle.IsZero() && !q.Idle.IsZero() && q.Idle.Before(c.Idle) {
		return q.Idle
	}
	return c.Idle
}

// fetchers are channels that hold messages and have no consumer whose queue they could be of: they fetched them one by
// one, and brokers do not tell from where. They are listed where messages of a queue are unaccounted.
func (f UnackedFacts) fetchers(reads map[string][]string, totals []HeldTotal) []Holder {
	missing := map[string]bool{}
	for _, t := range totals {
		if t.Unaccounted.Known && t.Unaccounted.Value > 0 {
			missing[t.VHost] = true
		}
	}
	var out []Holder
	for _, c := range f.Channels {
		if c.Unacked.Value > 0 && len(reads[c.Name]) == 0 && missing[c.VHost] {
			out = append(out, Holder{VHost: c.VHost, Channel: c, Connection: f.Connections[c.Connection], Idle: c.Idle,
				Note: fmt.Sprintf("holds %s that it fetched one by one (basic.get): of which queue is not told", number(c.Unacked.Value))})
		}
	}
	return out
}
