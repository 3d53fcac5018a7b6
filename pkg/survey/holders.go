package survey

import (
	"context"
	"time"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/diagnose"
	"github.com/rabbitctl/rabbitctl/pkg/health"
	"github.com/rabbitctl/rabbitctl/pkg/queues"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// Holders reads queues, channels, consumers and connections for diagnose.Unacked: of one virtual host or, if vhost is
// "", of all that the user may see. If all nodes run, the counts of queues are from this moment.
//
// If there are very many queues, channels and consumers, nearly all have no unacknowledged messages. So Holders decides
// about each of them as it arrives. It keeps these queues: those with unacknowledged messages, those whose number of
// such messages is not known, and those whose name is the argument queue. It keeps the channels that hold messages, and
// the consumers and connections that belong to these queues and channels.
func Holders(ctx context.Context, c *broker.Client, vhost, queue string, whole bool) (diagnose.UnackedFacts, error) {
	h := holders{queue: queue, whole: whole, kept: map[[2]string]int{}, quiet: record.NewByName[quietQueue](),
		quietChannels: record.NewByName[struct{}]()}
	h.facts.Queue = queue
	h.facts.Connections = map[string]diagnose.Connection{}
	err := h.readQueues(ctx, c, vhost)
	if err == nil {
		err = h.readChannels(ctx, c)
	}
	if err == nil && whole {
		err = h.readFresh(ctx, c, vhost)
	}
	if err == nil {
		err = h.readConsumers(ctx, c, vhost)
	}
	if err == nil {
		err = h.readConnections(ctx, c)
	}
	return h.facts, err
}

// holders is the state of one call of Holders.
type holders struct {
	queue string
	whole bool
	facts diagnose.UnackedFacts
	// kept maps the names of kept queues to their indexes in facts.Queues; quiet holds all other queues.
	kept          map[[2]string]int
	quiet         *record.ByName[quietQueue]
	quietChannels *record.ByName[struct{}]
}

// quietQueue is a queue that has no unacknowledged messages, as far as the statistics know.
type quietQueue struct {
	// consumers is the number of consumers plus 1, and idle is a time in milliseconds since 1970. Both are 0 if they are
	// not known. untold means that the statistics do not have the number of unacknowledged messages.
	consumers uint32
	untold    bool
	idle      int64
}

func quietly(q diagnose.HeldQueue) (quiet quietQueue) {
	quiet.untold = !q.Unacked.Known
	if q.Consumers.Known {
		quiet.consumers = uint32(q.Consumers.Value) + 1
	}
	if !q.Idle.IsZero() {
		quiet.idle = q.Idle.UnixMilli()
	}
	return quiet
}

// held turns a quiet queue into a queue to keep, with the counts of this moment.
func (quiet quietQueue) held(q health.Queue) diagnose.HeldQueue {
	h := diagnose.HeldQueue{VHost: q.VHost, Name: q.Name, Type: q.Type, Ready: q.Ready, Unacked: q.Unacked,
		Fresh: q.Unacked.Known}
	h.OldUnacked.Known = h.Fresh && !quiet.untold
	if quiet.consumers > 0 {
		h.Consumers = health.Reading{Value: float64(quiet.consumers - 1), Known: true}
	}
	if quiet.idle > 0 {
		h.Idle = time.UnixMilli(quiet.idle).UTC()
	}
	return h
}

func (h *holders) keep(q diagnose.HeldQueue) {
	h.kept[[2]string{q.VHost, q.Name}] = len(h.facts.Queues)
	h.facts.Queues = append(h.facts.Queues, q)
}

func (h *holders) readQueues(ctx context.Context, c *broker.Client, vhost string) error {
	once := newRepeated()
	reader := record.NewReader(func(b *record.Binder, q *diagnose.HeldQueue) {
		b.Value("vhost", func(v record.Value) { q.VHost = once.text(v) })
		b.Text("name", &q.Name)
		reading(b, "messages_ready", &q.Ready)
		reading(b, "messages_unacknowledged", &q.Unacked)
		reading(b, "consumers", &q.Consumers)
		b.Value("idle_since", func(v record.Value) { q.Idle = moment(v) })
		b.Value("type", func(v record.Value) { q.Type = once.text(v) })
	})
	return each(reader.All(queues.Read(ctx, c, vhost, reader.Columns())), func(q diagnose.HeldQueue) {
		h.facts.Seen++
		if q.Name == h.queue || q.Unacked.Value > 0 || !q.Unacked.Known && !h.whole {
			h.keep(q)
		} else {
			h.quiet.Put([]byte(q.VHost), []byte(q.Name), quietly(q))
		}
	})
}

func (h *holders) readChannels(ctx context.Context, c *broker.Client) error {
	reader := record.NewReader(func(b *record.Binder, ch *diagnose.HoldingChannel) {
		b.Text("name", &ch.Name)
		b.Text("connection_details.name", &ch.Connection)
		b.Text("number", &ch.Number)
		b.Text("vhost", &ch.VHost)
		b.Text("user", &ch.User)
		b.Text("node", &ch.Node)
		reading(b, "prefetch_count", &ch.Prefetch)
		reading(b, "messages_unacknowledged", &ch.Unacked)
		b.Value("idle_since", func(v record.Value) { ch.Idle = moment(v) })
	})
	return each(reader.All(c.Channels(ctx, reader.Columns())), func(ch diagnose.HoldingChannel) {
		if ch.Unacked.Known && ch.Unacked.Value == 0 {
			h.quietChannels.Put(nil, []byte(ch.Name), struct{}{})
		} else {
			h.facts.Channels = append(h.facts.Channels, ch)
		}
	})
}

// readFresh asks the queues for their present counts. It runs after the queues and the channels are read, so that
// messages delivered in the meantime count as too young for the statistics.
func (h *holders) readFresh(ctx context.Context, c *broker.Client, vhost string) error {
	return EachQueue(ctx, c, vhost, nil, func(q health.Queue) {
		if i, kept := h.kept[[2]string{q.VHost, q.Name}]; kept {
			if old := &h.facts.Queues[i]; q.Unacked.Known {
				old.Fresh, old.OldUnacked, old.Ready, old.Unacked = true, old.Unacked, q.Ready, q.Unacked
			}
			return
		}
		quiet, listed := h.quiet.Of([]byte(q.VHost), []byte(q.Name))
		if listed && (q.Unacked.Value > 0 || !q.Unacked.Known && quiet.untold) {
			h.keep(quiet.held(q))
		}
	})
}

// readConsumers runs after all counts of queues are read, because only then it is known which consumers matter.
func (h *holders) readConsumers(ctx context.Context, c *broker.Client, vhost string) error {
	named := map[string]bool{}
	reader := record.NewReader(bindConsumer)
	return each(reader.All(c.Consumers(ctx, vhost, reader.Columns())), func(x diagnose.QueueConsumer) {
		_, kept := h.kept[[2]string{x.VHost, x.Queue}]
		if _, quiet := h.quiet.Of([]byte(x.VHost), []byte(x.Queue)); quiet && !kept {
			return
		}
		h.facts.Consumers = append(h.facts.Consumers, x)
		if _, quiet := h.quietChannels.Of(nil, []byte(x.Channel)); quiet && !named[x.Channel] {
			named[x.Channel] = true // the channel is listed, and holds nothing
			h.facts.Channels = append(h.facts.Channels, diagnose.HoldingChannel{Name: x.Channel, Connection: x.Connection,
				VHost: x.VHost, Unacked: health.Reading{Known: true}})
		}
	})
}

func (h *holders) readConnections(ctx context.Context, c *broker.Client) error {
	wanted := map[string]bool{}
	for _, ch := range h.facts.Channels {
		wanted[ch.Connection] = true
	}
	for _, x := range h.facts.Consumers {
		wanted[x.Connection] = true
	}
	reader := record.NewReader(bindConnection)
	return each(reader.All(c.Connections(ctx, reader.Columns())), func(one diagnose.Connection) {
		if wanted[one.Name] {
			h.facts.Connections[one.Name] = one
		}
	})
}
