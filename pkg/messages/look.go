package messages

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/rabbitctl/rabbitctl/pkg/amqp"
	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/prose"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// MostLooked is how many messages one look holds at most. More would hide them from the applications for too long.
const MostLooked = 2000

// Look says what is looked at, and what that may cost.
type Look struct {
	VHost, Name string
	// Want is how many messages are looked at, at most.
	Want int64
	// From is where reading begins in a stream.
	From Offset
	// Counted means that the broker may count the look as a delivery.
	Counted bool
	// Beside means that the queue may have consumers.
	Beside bool
}

// Looked is what is known after a look.
type Looked struct {
	// Queue is the queue as the management API has it.
	Queue record.Value
	// Ready is how many messages were ready when the look began; -1 for a stream.
	Ready int64
	// Seen is how many were looked at.
	Seen int64
	// Notes are what people should know.
	Notes []string
}

// Viewer takes messages to look at them, and requeues them.
type Viewer struct {
	Client  *broker.Client
	Program Program
	// Agreed is called before a look that the broker counts as a delivery, because the delivery count stays changed. It
	// returns an error if nothing may be changed.
	Agreed func() error
	// Waiting shows the progress of the look; nil: nobody wants to know.
	Waiting func(format string, args ...any)

	// endpoints keeps the AMQP address of each virtual host that was asked for before.
	endpoints map[string]amqp.Endpoint
	version   string
}

// Look calls each for every message while the message is unacknowledged, and requeues all of them at the end. each must
// not wait for a person or a pipe. With an error it returns what was known until then.
func (v *Viewer) Look(ctx context.Context, l Look, each func(*Message) error) (Looked, error) {
	q, err := v.judge(ctx, l)
	if err != nil {
		return Looked{Queue: q.raw, Ready: -1}, err
	}
	seen := Looked{Queue: q.raw, Ready: -1}
	if q.counts {
		if err := v.Agreed(); err != nil {
			return seen, err
		}
	}
	at, err := v.endpoint(ctx, l.VHost)
	if err != nil {
		return seen, err
	}
	source, err := q.open(ctx, at, l, &seen)
	if err != nil {
		return seen, err
	}
	tally := deliveries{of: q}
	err = v.readAll(ctx, source, &seen, func(m *Message) error {
		tally.add(m)
		return each(m)
	})
	seen.Notes = append(seen.Notes, tally.notes(seen.Ready)...)
	return seen, err
}

// endpoint is the AMQP address of the virtual host. It is found once for all queues of the virtual host.
func (v *Viewer) endpoint(ctx context.Context, vhost string) (amqp.Endpoint, error) {
	if at, known := v.endpoints[vhost]; known {
		return at, nil
	}
	at, err := Reach(ctx, v.Client, v.Program, vhost)
	if err == nil {
		if v.endpoints == nil {
			v.endpoints = map[string]amqp.Endpoint{}
		}
		v.endpoints[vhost] = at
	}
	return at, err
}

// open begins to read, and says how many messages are ready.
func (q viewed) open(ctx context.Context, at amqp.Endpoint, l Look, seen *Looked) (Source, error) {
	if q.kind == "stream" {
		return ReadStream(ctx, at, Stream{VHost: l.VHost, Name: l.Name, From: l.From, Want: l.Want, Size: q.bodySize()})
	}
	ready, err := Ready(ctx, at, l.Name)
	if err != nil {
		return nil, err
	}
	seen.Ready = ready
	from := Queue{VHost: l.VHost, Name: l.Name, Type: q.kind, Want: min(l.Want, ready), Held: true, Size: q.bodySize()}
	if most := from.prefetched(); most < from.Want {
		seen.Notes = append(seen.Notes, fmt.Sprintf("bodies are about %s each, so this look covers only %s",
			prose.Bytes(float64(from.Size)),
			prose.Plural(int(most), "message", "messages")))
		from.Want = most
	}
	return TakeQueue(ctx, at, from)
}

// readAll reads to the end of the source and closes it.
func (v *Viewer) readAll(ctx context.Context, source Source, seen *Looked, each func(*Message) error) error {
	var err error
	for err == nil {
		var m *Message
		if m, err = source.Next(ctx); err == nil {
			seen.Seen++
			err = each(m)
		}
		if v.Waiting != nil && seen.Seen%100 == 0 {
			v.Waiting("looked at %s so far", prose.Plural(int(seen.Seen), "message", "messages"))
		}
	}
	if errors.Is(err, io.EOF) || errors.Is(err, ErrEnough) {
		err = nil
	}
	if closed := source.Close(); err == nil {
		err = closed
	}
	return err
}

// ErrEnough, returned by each, ends a look early. The look then returns no error.
var ErrEnough = errors.New("enough")
