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
	// Type is classic, quorum or stream.
	VHost, Name, Type         string
	Ready, Unacked, Consumers health.Reading
	// Fresh means that Ready and Unacked are of this moment; Told is Unacked as the statistics have it then, of the age of the
	// channels.
	Fresh bool
	Told  health.Reading
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
	// Young is how many the statistics do not have yet, so that nobody can be seen to hold them.
	Young float64
}

// Unacked tells who holds the unacknowledged messages, most first, and for each queue how many nobody is seen to hold.
//
// A queue whose consumers are all on one channel has its messages held there, unless some other channel holds messages
// that it does not consume. Else the channel's count is what can be told: that is for all queues together. It is this
// queue's where no other queue that the channel reads has unacknowledged messages; else the split is not known, and said to
// be so rather than guessed or counted twice.
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
		if h, ok := f.only(q, tags, channels, strange, reads); ok {
			total.Unaccounted = health.Reading{Known: true}
			holders, totals = append(holders, h), append(totals, total)
			continue
		}
		seen, found, split := f.holders(q, tags, strange, reads)
		if q.Unacked.Known && !split {
			rest := total.account(found)
			holders = append(holders, rest(len(seen) > 0)...)
		}
		holders = append(holders, seen...)
		totals = append(totals, total)
	}
	holders = append(holders, f.fetchers(reads, totals)...)
	slices.SortStableFunc(holders, func(a, b Holder) int {
		return cmp.Or(cmp.Compare(b.Unacked.Value, a.Unacked.Value), cmp.Compare(b.Channel.Unacked.Value, a.Channel.Unacked.Value),
			strings.Compare(a.VHost, b.VHost), strings.Compare(a.Queue, b.Queue), strings.Compare(a.Channel.Name, b.Channel.Name))
	})
	return holders, totals
}

// only is the holder of all messages of a queue whose consumers are on one channel. Where another channel of the virtual
// host holds messages and consumes from no queue, it may have fetched them here, or have had a consumer here.
func (f UnackedFacts) only(q HeldQueue, tags map[[3]string][]string, channels map[string]HoldingChannel, strange map[[3]string]QueueConsumer,
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
			// It is new, or somebody else holds them.
			return Holder{}, false
		}
		h.Channel, h.Idle = c, idleSince(c, q)
		if len(reads[c.Name]) < 2 && c.Unacked.Known && c.Unacked.Value != q.Unacked.Value {
			h.Note = fmt.Sprintf("the channel told %s some seconds ago", number(c.Unacked.Value))
		}
	} else {
		h.Channel = strange[key].channel()
		h.Note = strange[key].unlisted()
	}
	if len(h.Tags) > 1 && h.Note == "" {
		h.Note = fmt.Sprintf("%d consumers on this channel together", len(h.Tags))
	}
	h.Connection = f.Connections[h.Channel.Connection]
	return h, true
}

// consumersOf is how many consumers of the queue are seen: of a user without the tag monitoring only its own.
func (f UnackedFacts) consumersOf(q HeldQueue) int {
	n := 0
	for _, c := range f.Consumers {
		if c.VHost == q.VHost && c.Queue == q.Name {
			n++
		}
	}
	return n
}

// channel is what the consumer tells of its channel, where that is not listed.
func (c QueueConsumer) channel() HoldingChannel {
	return HoldingChannel{Name: c.Channel, Connection: c.Connection, Number: c.Number, User: c.User, Node: c.Node, VHost: c.VHost, Prefetch: c.Prefetch}
}

// unlisted says why the channel of a consumer may not be listed. The local shovels of 4.x read queues inside the broker, and
// without a channel.
func (c QueueConsumer) unlisted() string {
	if c.Channel == "" {
		return "a consumer inside the broker, as local shovels have: rabbitctl list_shovels"
	}
	return "its channel is not listed: it is new, or of AMQP 1.0, MQTT or STOMP"
}

// holders are the channels that hold messages of a queue, as far as they tell; found is how many those are, and split that
// there are some whose number is not known.
func (f UnackedFacts) holders(q HeldQueue, tags map[[3]string][]string, strange map[[3]string]QueueConsumer, reads map[string][]string) (seen []Holder, found float64, split bool) {
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
		seen = append(seen, h)
	}
	for key, c := range strange {
		if key[0] == q.VHost && key[1] == q.Name && q.Unacked.Value > 0 {
			split = true
			seen = append(seen, Holder{VHost: q.VHost, Queue: q.Name, Tags: tags[key], Connection: f.Connections[c.Connection],
				Channel: c.channel(), Note: c.unlisted() + ", so how many it holds is not told"})
		}
	}
	if q.Fresh && q.Type == "classic" && q.Unacked.Known && q.Unacked.Value < found {
		for i := range seen {
			seen[i].Note = strings.TrimPrefix(fmt.Sprintf("%s; by now the queue has %s", seen[i].Note, number(q.Unacked.Value)), "; ")
		}
	}
	return seen, found, split
}

// account splits what the holders that were found do not hold into what is too young for the statistics and what is
// unaccounted, and makes the rows of both; read tells whether the queue has holders.
func (t *HeldTotal) account(found float64) func(read bool) []Holder {
	gap := max(0, t.Unacked.Value-found)
	if t.Fresh {
		t.Young = min(gap, max(0, t.Unacked.Value-max(t.Told.Value, found)))
	}
	t.Unaccounted = health.Reading{Value: gap - t.Young, Known: true}
	return func(read bool) (rows []Holder) {
		if t.Young > 0 {
			rows = append(rows, Holder{VHost: t.VHost, Queue: t.Name, Unacked: health.Reading{Value: t.Young, Known: true},
				Note: "not yet in the statistics: who holds them is told within 10 s"})
		}
		if t.Unaccounted.Value > 0 {
			note := "unaccounted: no consumer is seen to hold them; fetched one by one, or the listings are of different moments"
			if read {
				note = "unaccounted: more than its consumers are seen to hold; fetched one by one, or the listings are of different moments"
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
