package diagnose

import (
	"fmt"
	"slices"
	"strings"

	"github.com/rabbitctl/rabbitctl/pkg/health"
)

// readers holds the channels that consume queues, by queue, so that each queue can be judged without a look at all
// others.
type readers struct {
	channels    map[string]HoldingChannel
	connections map[string]Connection
	// of holds the channels with a consumer that acknowledges, each channel once, by virtual host and queue. consumers
	// holds the number of listed consumers, by virtual host and queue.
	of        map[[2]string][]string
	consumers map[[2]string]int
	// tags holds consumer tags by virtual host, queue and channel. unlisted holds a consumer for each channel that is not
	// listed.
	tags     map[[3]string][]string
	unlisted map[[3]string]QueueConsumer
	// reads holds, by channel name, the queues that the channel consumes and that may have unacknowledged messages.
	reads map[string][]string
	// fetching holds the virtual hosts with a channel that has no queue in reads, and that holds messages or has no known
	// count. The channel may have fetched messages from any queue by basic.get, or may have had a consumer that is
	// cancelled now.
	fetching map[string]bool
}

func readersOf(f UnackedFacts) readers {
	r := readers{
		channels: map[string]HoldingChannel{}, connections: f.Connections, of: map[[2]string][]string{},
		consumers: map[[2]string]int{}, tags: map[[3]string][]string{}, unlisted: map[[3]string]QueueConsumer{},
		reads: map[string][]string{}, fetching: map[string]bool{},
	}
	for _, c := range f.Channels {
		r.channels[c.Name] = c
	}
	unacked := map[[2]string]health.Reading{}
	for _, q := range f.Queues {
		unacked[[2]string{q.VHost, q.Name}] = q.Unacked
	}
	for _, c := range f.Consumers {
		r.add(c, unacked)
	}
	for _, c := range f.Channels {
		if (c.Unacked.Value > 0 || !c.Unacked.Known) && len(r.reads[c.Name]) == 0 {
			r.fetching[c.VHost] = true
		}
	}
	return r
}

func (r readers) add(c QueueConsumer, unacked map[[2]string]health.Reading) {
	queue := [2]string{c.VHost, c.Queue}
	r.consumers[queue]++
	if !c.Acks {
		return
	}
	key := [3]string{c.VHost, c.Queue, c.Channel}
	if len(r.tags[key]) == 0 {
		r.of[queue] = append(r.of[queue], c.Channel)
	}
	r.tags[key] = append(r.tags[key], c.Tag)
	if _, listed := r.channels[c.Channel]; !listed {
		r.unlisted[key] = c
		return
	}
	// Leave out a queue that has no unacknowledged messages: the channel cannot hold any of them.
	n, known := unacked[queue]
	if empty := known && n.Known && n.Value == 0; !empty && !slices.Contains(r.reads[c.Channel], c.Queue) {
		r.reads[c.Channel] = append(r.reads[c.Channel], c.Queue)
	}
}

// singleHolder returns the holder of all unacknowledged messages of a queue if all its consumers that must acknowledge
// are on one channel. It returns false if there is no such holder, for example because another channel may have fetched
// messages from this queue.
func (r readers) singleHolder(q HeldQueue) (Holder, bool) {
	queue := [2]string{q.VHost, q.Name}
	of := r.of[queue]
	if len(of) != 1 || r.fetching[q.VHost] || q.Unacked.Value == 0 ||
		q.Consumers.Known && int(q.Consumers.Value) > r.consumers[queue] {
		return Holder{}, false
	}
	key := [3]string{q.VHost, q.Name, of[0]}
	h := Holder{VHost: q.VHost, Queue: q.Name, Unacked: q.Unacked, Tags: r.tags[key]}
	if c, listed := r.channels[of[0]]; listed {
		if c.Unacked.Known && c.Unacked.Value == 0 {
			// The channel is new, or another channel holds the messages.
			return Holder{}, false
		}
		h.Channel, h.Idle = c, idleSince(c, q)
		if len(r.reads[c.Name]) < 2 && c.Unacked.Known && c.Unacked.Value != q.Unacked.Value {
			h.Note = fmt.Sprintf("the channel reported %s some seconds ago", number(c.Unacked.Value))
		}
	} else {
		h.Channel = r.unlisted[key].channel()
		h.Note = r.unlisted[key].unlisted()
	}
	if len(h.Tags) > 1 && h.Note == "" {
		h.Note = fmt.Sprintf("%d consumers on this channel together", len(h.Tags))
	}
	h.Connection = r.connections[h.Channel.Connection]
	return h, true
}

// channel returns what the consumer reports about its channel, for a channel that is not listed.
func (c QueueConsumer) channel() HoldingChannel {
	return HoldingChannel{Name: c.Channel, Connection: c.Connection, Number: c.Number, User: c.User, Node: c.Node,
		VHost: c.VHost, Prefetch: c.Prefetch}
}

// unlisted says why the channel of a consumer may be missing from the listing. The local shovels of 4.x read queues
// inside the broker, without a channel.
func (c QueueConsumer) unlisted() string {
	if c.Channel == "" {
		return "a consumer inside the broker, as local shovels have: rabbitctl list_shovels"
	}
	return "its channel is not listed: it is new, or of AMQP 1.0, MQTT or STOMP"
}

// holders returns the channels that hold messages of a queue. found is the sum of their known counts; split means that
// some counts are not known.
func (r readers) holders(q HeldQueue) (seen []Holder, found float64, split bool) {
	for _, name := range r.of[[2]string{q.VHost, q.Name}] {
		key := [3]string{q.VHost, q.Name, name}
		h := Holder{VHost: q.VHost, Queue: q.Name, Tags: r.tags[key]}
		c, listed := r.channels[name]
		if !listed {
			if q.Unacked.Value > 0 {
				split = true
				one := r.unlisted[key]
				h.Channel, h.Connection = one.channel(), r.connections[one.Connection]
				h.Note = one.unlisted() + ", so its count is unknown"
				seen = append(seen, h)
			}
			continue
		}
		shared := r.reads[name]
		if c.VHost != q.VHost || c.Unacked.Known && c.Unacked.Value == 0 || !slices.Contains(shared, q.Name) {
			continue
		}
		h.Channel, h.Connection, h.Idle = c, r.connections[c.Connection], idleSince(c, q)
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
		if len(h.Tags) > 1 && h.Note == "" {
			h.Note = fmt.Sprintf("%d consumers on this channel together", len(h.Tags))
		}
		seen = append(seen, h)
	}
	if q.Fresh && q.Type == "classic" && q.Unacked.Known && q.Unacked.Value < found {
		for i := range seen {
			seen[i].Note = strings.TrimPrefix(fmt.Sprintf("%s; by now the queue has %s", seen[i].Note, number(q.Unacked.Value)),
				"; ")
		}
	}
	return seen, found, split
}

// fetchers returns the channels that hold messages and have no consumer of a queue with unacknowledged messages. Most
// likely they fetched the messages by basic.get, and brokers do not report from which queue. It returns them only for
// virtual hosts where messages of a queue are unaccounted for.
func (r readers) fetchers(channels []HoldingChannel, totals []HeldTotal) []Holder {
	missing := map[string]bool{}
	for _, t := range totals {
		if t.Unaccounted.Known && t.Unaccounted.Value > 0 {
			missing[t.VHost] = true
		}
	}
	var out []Holder
	for _, c := range channels {
		if c.Unacked.Value > 0 && len(r.reads[c.Name]) == 0 && missing[c.VHost] {
			out = append(out, Holder{VHost: c.VHost, Channel: c, Connection: r.connections[c.Connection], Idle: c.Idle,
				Note: fmt.Sprintf("holds %s that it fetched by basic.get; the broker does not report from which queue",
					number(c.Unacked.Value))})
		}
	}
	return out
}
