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
	// Want is how many messages are handed out at most: those that were ready when the command began. Without it a queue
	// that somebody fills would never end.
	Want int64
	// Held means that messages stay unacknowledged until the end: they are copied, or only some are chosen.
	Held bool
	// Size is how large a body is on average; 0 where that is not known.
	Size int64
}

// untaken is why a consumer could not begin. A message that cannot be read can end the connection before the broker has
// said that the consumer has begun (seen on 3.10).
func (q Queue) untaken(err error) error {
	var reply *amqp091.Error
	if errors.As(err, &reply) && reply.Code == amqp091.InternalError {
		return fail.New(fail.Unavailable, "taking messages from %s: %s", q.named(), amqp.Reason(reply)).
			Next("either AMQP 0-9-1 cannot express a message at its head, which an AMQP 1.0 client can read, or the queue has no "+
				"majority: rabbitctl show_queue -p %s %s%s", fail.Word(q.VHost), fail.Word(q.Name), q.counted())
	}
	return refused("taking messages from "+q.named(), err)
}

// counted warns of trying again where the broker counts how often a message was delivered: at the limit it is dropped, or
// dead-lettered, also if nobody could read it.
func (q Queue) counted() string {
	if q.Type != "quorum" {
		return ""
	}
	return "; each try counts as a delivery of the message"
}

func (q Queue) named() string { return "queue " + q.Name + " in virtual host " + q.VHost }

// prefetched is how many messages the broker may send ahead: none that will not be used, and no more than Window. Those
// can be in both places when this program is killed: acknowledgements that the broker has not read yet are lost then
// (seen on 4.3).
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

// MostAtOnce is how many of the messages that are wanted can be held at a time.
func (q Queue) MostAtOnce() int64 { return q.prefetched() }

// refused is the error of a broker that does not allow something, by its reply code.
func refused(doing string, err error) error {
	var reply *amqp091.Error
	if !errors.As(err, &reply) {
		return fail.New(fail.Unavailable, "%s: %w", doing, err)
	}
	kind := fail.Unavailable
	// A queue that a consumer has for itself alone is refused with the code of a missing permission.
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
