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

// MostLooked is how many messages one look holds at most. A larger look would hide its messages from the applications
// for too long.
const MostLooked = 2000

// Look says which messages to look at, and what side effects the user accepts.
type Look struct {
	VHost, Name string
	// Want is the largest number of messages to look at.
	Want int64
	// From is where reading begins. It is for streams only.
	From Offset
	// Counted means that the user accepts that the broker counts the look as a delivery.
	Counted bool
	// Beside means that the user accepts a look at a queue that has consumers.
	Beside bool
}

// Looked is the result of a look.
type Looked struct {
	// Queue is the queue as the management API reports it.
	Queue record.Value
	// Ready is how many messages were ready when the look began; -1 for a stream, or if the look failed before.
	Ready int64
	// Seen is how many messages were looked at.
	Seen int64
	// Notes are sentences for the user about side effects of the look.
	Notes []string
}

// Viewer takes messages to look at them, and requeues them.
type Viewer struct {
	Client  *broker.Client
	Program Program
	// Agreed is called before a look that the broker counts as a delivery, because the delivery count stays changed. It
	// returns an error, which names the queue, if nothing may be changed.
	Agreed func(queue string) error
	// Waiting shows the progress of the look; nil means that no progress is shown.
	Waiting func(format string, args ...any)

	// endpoints keeps the AMQP addresses that were found, by virtual host.
	endpoints map[string]amqp.Endpoint
	version   string
}

// Look calls the function each for every message while the message is unacknowledged, and requeues all messages at the
// end. each must not wait for a person or a pipe. If Look fails, it still returns what was known until then.
func (v *Viewer) Look(ctx context.Context, l Look, each func(*Message) error) (Looked, error) {
	q, err := v.judge(ctx, l)
	if err != nil {
		return Looked{Queue: q.raw, Ready: -1}, err
	}
	seen := Looked{Queue: q.raw, Ready: -1}
	if q.counts {
		if err := v.Agreed(l.Name); err != nil {
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

// endpoint returns the AMQP address of the virtual host. The address is looked up only once for each virtual host.
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

// open begins to read. It sets how many messages of the queue are ready, unless the queue is a stream.
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

// ErrEnough ends a look early if the function each returns it. The look then returns no error.
var ErrEnough = errors.New("enough")
