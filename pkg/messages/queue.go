package messages

import (
	"errors"
	"strings"
	"time"

	amqp091 "github.com/rabbitmq/amqp091-go"

	"github.com/rabbitctl/rabbitctl/pkg/amqp"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
)

// Queue says what to take from a queue.
type Queue struct {
	VHost, Name string
	// Type is classic or quorum.
	Type string
	// Want is how many messages are handed out at most: not more than were ready when the command began. Without this
	// limit, reading a queue would never end while somebody publishes to it.
	Want int64
	// Held means that messages stay unacknowledged until the end, because they are only copied or only some of them are
	// chosen.
	Held bool
	// Size is the average size of a body in bytes; 0 if it is not known.
	Size int64
}

// untaken returns the error for a consumer that could not begin. The reply code for an internal error has two possible
// causes. Either a message at the head of the queue cannot be read over AMQP 0-9-1, and the broker ends the connection
// before it has confirmed the consumer (seen on 3.10), or the queue has no majority.
func (q Queue) untaken(err error) error {
	var reply *amqp091.Error
	if errors.As(err, &reply) && reply.Code == amqp091.InternalError {
		return fail.New(fail.Unavailable, "taking messages from %s: %s", q.named(), amqp.Reason(reply)).
			Next("either AMQP 0-9-1 cannot express a message at its head, which an AMQP 1.0 client can read, or the queue has no "+
				"majority: %s%s", fail.Command("show_queue", "-p", q.VHost, q.Name), q.counted())
	}
	return refused("taking messages from "+q.named(), err)
}

// counted returns a warning against another attempt if the broker counts how often a message was delivered: at the
// delivery limit the message is dropped or dead-lettered, even if no client could read it.
func (q Queue) counted() string {
	if q.Type != "quorum" {
		return ""
	}
	return "; each try counts as a delivery of the message"
}

func (q Queue) named() string { return "queue " + q.Name + " in virtual host " + q.VHost }

// prefetched returns how many messages the broker may send ahead: only as many as will be used, not more than Window
// (MostHeld if Held is set), and of bodies of a known size not more than mostPrefetched bytes. If this program is
// killed, these messages can be both in the queue and in the destination, because acknowledgements that the broker has
// not read yet are lost (seen on 4.3).
func (q Queue) prefetched() int64 {
	most := int64(Window)
	if q.Held {
		most = MostHeld
	}
	if q.Size > 0 {
		most = min(most, max(1, mostPrefetched/q.Size))
	}
	return min(most, q.Want)
}

// MostAtOnce returns how many of the wanted messages can be held at a time.
func (q Queue) MostAtOnce() int64 { return q.prefetched() }

// refused returns the error for something that the broker did not allow. Its kind follows from the reply code of AMQP;
// without a reply code it is Unavailable.
func refused(doing string, err error) error {
	var reply *amqp091.Error
	if !errors.As(err, &reply) {
		return fail.New(fail.Unavailable, "%s: %w", doing, err)
	}
	kind := fail.Unavailable
	// If the queue has an exclusive consumer, the broker refuses every other consumer with the reply code of a missing
	// permission.
	taken := strings.Contains(reply.Reason, "in exclusive use")
	switch reply.Code {
	case amqp091.AccessRefused, amqp091.NotAllowed:
		if kind = fail.Denied; taken {
			kind = fail.Data
		}
	case amqp091.NotFound:
		kind = fail.NotFound
	case amqp091.ResourceLocked, amqp091.PreconditionFailed:
		kind = fail.Data
	}
	e := fail.New(kind, "%s: %s", doing, amqp.Reason(reply))
	e.Err = err
	if taken {
		return e.Next("stop that consumer first: rabbitctl list_consumers names it")
	}
	if kind == fail.Denied {
		return e.Next("rabbitctl explain_access shows what this user may do")
	}
	return e
}

const (
	// patienceForNext is how long a queue may deliver nothing before the source checks whether the queue has more.
	patienceForNext = time.Second
	// mostIdle is how many of these checks may find ready messages while the queue delivers none.
	mostIdle = 10
)
