package diagnose

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/rabbitctl/rabbitctl/pkg/health"
)

// HeldQueue is a queue and its unacknowledged messages.
type HeldQueue struct {
	// Type is classic, quorum or stream.
	VHost, Name, Type         string
	Ready, Unacked, Consumers health.Reading
	// Fresh means that Ready and Unacked are counts of this moment. Told is then Unacked as the statistics have it, as
	// old as the figures of the channels.
	Fresh      bool
	OldUnacked health.Reading
	// Idle is since when the queue is idle; zero when it is not, or when that is not known.
	Idle time.Time
}

// HoldingChannel is a channel of AMQP 0-9-1. Brokers report one count of unacknowledged messages for all its queues
// together.
type HoldingChannel struct {
	Name, Connection, Number string
	VHost, User, Node        string
	// Prefetch is the limit for each of its consumers, 0 for none.
	Prefetch, Unacked health.Reading
	// Idle is since when the channel is idle; zero when it is active. Brokers wake each channel once a minute (measured
	// on 3.10 and 4.3), so it is never older than a minute.
	Idle time.Time
}

// QueueConsumer is a consumer with the channel that it is on.
type QueueConsumer struct {
	VHost, Queue, Tag   string
	Channel, Connection string
	User, Peer, Number  string
	Node                string
	Prefetch            health.Reading
	// Acks means that the consumer must acknowledge. One with automatic acknowledgement holds no messages.
	Acks bool
}

// UnackedFacts are what Unacked judges. The listings are up to 5 s old, and differ in age.
type UnackedFacts struct {
	Queues    []HeldQueue
	Channels  []HoldingChannel
	Consumers []QueueConsumer
	// Connections are by name.
	Connections map[string]Connection
	// Queue is the only queue that is asked about; "" for all.
	Queue string
}

// Holder holds unacknowledged messages of a queue: a channel, or an unknown holder.
type Holder struct {
	VHost, Queue string
	// Unacked is how many messages of this queue it holds; not known where the broker does not report it.
	Unacked health.Reading
	// Channel is the channel, with the count of all that it holds; its name is "" where there is none.
	Channel HoldingChannel
	// Tags are its consumers on this queue.
	Tags       []string
	Connection Connection
	// Idle is since when the holder did nothing with the queue: since its channel is idle or since the queue is,
	// whichever is longer ago. Zero when it is active.
	Idle time.Time
	// Note says what is unusual: that the count cannot be split, or that no listed channel holds the messages.
	Note string
}

// HeldTotal is one queue in words and figures.
type HeldTotal struct {
	HeldQueue
	// Unaccounted is how many messages no listed channel holds; not known where the count of a channel cannot be split.
	Unaccounted health.Reading
	// Young is how many messages are not in the statistics yet, so that their holder is not known yet.
	Young float64
}

// Unacked returns who holds the unacknowledged messages, the most first, and the totals of each queue.
//
// If all consumers of a queue are on one channel, that channel holds all its messages, unless another channel holds
// messages without consuming any queue. Otherwise only the channel's count is known, which is for all its queues
// together. That count belongs to this queue if no other queue that the channel consumes has unacknowledged messages.
// If one has, the split is not known, and the note says so.
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
	unlistedChannels := map[[3]string]QueueConsumer{}
	for _, c := range f.Consumers {
		if !c.Acks {
			continue
		}
		key := [3]string{c.VHost, c.Queue, c.Channel}
		tags[key] = append(tags[key], c.Tag)
		if _, listed := channels[c.Channel]; !listed {
			unlistedChannels[key] = c
			continue
		}
		// The channel holds nothing of a queue without unacknowledged messages.
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
		if h, ok := f.singleHolder(q, tags, channels, unlistedChannels, reads); ok {
			total.Unaccounted = health.Reading{Known: true}
			holders, totals = append(holders, h), append(totals, total)
			continue
		}
		seen, found, split := f.holders(q, tags, unlistedChannels, reads)
		if q.Unacked.Known && !split {
			rest := total.account(found)
			holders = append(holders, rest(len(seen) > 0)...)
		}
		holders = append(holders, seen...)
		totals = append(totals, total)
	}
	holders = append(holders, f.fetchers(reads, totals)...)
	slices.SortStableFunc(holders, func(a, b Holder) int {
		return cmp.Or(cmp.Compare(b.Unacked.Value, a.Unacked.Value), cmp.Compare(b.Channel.Unacked.Value,
			a.Channel.Unacked.Value),
			strings.Compare(a.VHost, b.VHost), strings.Compare(a.Queue, b.Queue), strings.Compare(a.Channel.Name,
				b.Channel.Name))
	})
	return holders, totals
}

// singleHolder is the holder of all messages of a queue whose consumers are on one channel. It is false if another
// channel of the virtual host holds messages and consumes no queue: that one may have fetched them from this queue, or
// have had a consumer on it.
func (f UnackedFacts) singleHolder(q HeldQueue, tags map[[3]string][]string, channels map[string]HoldingChannel,
	unlistedChannels map[[3]string]QueueConsumer,
	reads map[string][]string) (Holder, bool) {
	var of []string
	for key := range tags {
		if key[0] == q.VHost && key[1] == q.Name {
			of = append(of, key[2])
		}
	}
	others := slices.ContainsFunc(f.Channels, func(c HoldingChannel) bool {
		return c.VHost == q.VHost && (c.Unacked.Value > 0 || !c.Unacked.Known) && len(reads[c.Name]) == 0
	})
	if len(of) != 1 || others || q.Unacked.Value == 0 || q.Consumers.Known && int(q.Consumers.Value) > f.consumersOf(q) {
		return Holder{}, false
	}
	key := [3]string{q.VHost, q.Name, of[0]}
	h := Holder{VHost: q.VHost, Queue: q.Name, Unacked: q.Unacked, Tags: tags[key]}
	if c, listed := channels[of[0]]; listed {
		if c.Unacked.Known && c.Unacked.Value == 0 {
			// The channel is new, or another channel holds the messages.
			return Holder{}, false
		}
		h.Channel, h.Idle = c, idleSince(c, q)
		if len(reads[c.Name]) < 2 && c.Unacked.Known && c.Unacked.Value != q.Unacked.Value {
			h.Note = fmt.Sprintf("the channel reported %s some seconds ago", number(c.Unacked.Value))
		}
	} else {
		h.Channel = unlistedChannels[key].channel()
		h.Note = unlistedChannels[key].unlisted()
	}
	if len(h.Tags) > 1 && h.Note == "" {
		h.Note = fmt.Sprintf("%d consumers on this channel together", len(h.Tags))
	}
	h.Connection = f.Connections[h.Channel.Connection]
	return h, true
}

// consumersOf counts the listed consumers of the queue; a user without the tag monitoring sees only its own.
func (f UnackedFacts) consumersOf(q HeldQueue) int {
	n := 0
	for _, c := range f.Consumers {
		if c.VHost == q.VHost && c.Queue == q.Name {
			n++
		}
	}
	return n
}

// channel is what the consumer says about its channel, for a channel that is not listed.
func (c QueueConsumer) channel() HoldingChannel {
	return HoldingChannel{Name: c.Channel, Connection: c.Connection, Number: c.Number, User: c.User, Node: c.Node,
		VHost: c.VHost, Prefetch: c.Prefetch}
}

// unlisted says why the channel of a consumer may not be listed. The local shovels of 4.x read queues inside the
// broker, and without a channel.
func (c QueueConsumer) unlisted() string {
	if c.Channel == "" {
		return "a consumer inside the broker, as local shovels have: rabbitctl list_shovels"
	}
	return "its channel is not listed: it is new, or of AMQP 1.0, MQTT or STOMP"
}

// holders are the channels that hold messages of a queue. found is the sum of their known counts; split means that some
// counts are not known.
func (f UnackedFacts) holders(q HeldQueue, tags map[[3]string][]string, unlistedChannels map[[3]string]QueueConsumer,
	reads map[string][]string) (seen []Holder, found float64, split bool) {
	for _, c := range f.Channels {
		shared := reads[c.Name]
		mine := tags[[3]string{q.VHost, q.Name, c.Name}]
		if len(mine) == 0 || c.VHost != q.VHost || c.Unacked.Known && c.Unacked.Value == 0 || !slices.Contains(shared,
			q.Name) {
			continue
		}
		h := Holder{VHost: q.VHost, Queue: q.Name, Channel: c, Tags: mine, Connection: f.Connections[c.Connection],
			Idle: idleSince(c, q)}
		switch {
		case len(shared) > 1:
			split = true
			h.Note = fmt.Sprintf("the channel holds %s of %s together; the broker does not report how many of each",
				number(c.Unacked.Value), strings.Join(shared, ", "))
		case !c.Unacked.Known:
			split = true
			h.Note = "the channel does not report a count yet"
		default:
			h.Unacked = c.Unacked
			found += c.Unacked.Value
		}
		if len(mine) > 1 && h.Note == "" {
			h.Note = fmt.Sprintf("%d consumers on this channel together", len(mine))
		}
		seen = append(seen, h)
	}
	for key, c := range unlistedChannels {
		if key[0] == q.VHost && key[1] == q.Name && q.Unacked.Value > 0 {
			split = true
			seen = append(seen, Holder{VHost: q.VHost, Queue: q.Name, Tags: tags[key], Connection: f.Connections[c.Connection],
				Channel: c.channel(), Note: c.unlisted() + ", so its count is unknown"})
		}
	}
	if q.Fresh && q.Type == "classic" && q.Unacked.Known && q.Unacked.Value < found {
		for i := range seen {
			seen[i].Note = strings.TrimPrefix(fmt.Sprintf("%s; by now the queue has %s", seen[i].Note, number(q.Unacked.Value)),
				"; ")
		}
	}
	return seen, found, split
}

// account splits the messages that no found holder has into those that are too young for the statistics and those that
// are unaccounted, and returns the rows for both. read tells whether the queue has holders.
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

// fetchers are channels that hold messages and have no consumer: they fetched the messages by basic.get, and brokers do
// not report from which queue. They are listed where messages of a queue are unaccounted.
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
				Note: fmt.Sprintf("holds %s that it fetched by basic.get; the broker does not report from which queue",
					number(c.Unacked.Value))})
		}
	}
	return out
}
