package amqp

import "context"

// Confirmation is what becomes of one published message, as *amqp091.DeferredConfirmation tells it.
type Confirmation interface {
	// WaitContext is true when the broker has taken the message and false when it refused it; an error means that it is
	// not known.
	WaitContext(ctx context.Context) (bool, error)
}

// Confirmed counts what the broker said of messages. What it said nothing of may have been taken or not.
type Confirmed struct{ Taken, Refused, Unknown int }

// Settle waits for the broker's word on each message, until the context ends.
func Settle[C Confirmation](ctx context.Context, outstanding []C) Confirmed {
	var n Confirmed
	for _, one := range outstanding {
		taken, err := one.WaitContext(ctx)
		switch {
		case err != nil:
			n.Unknown++
		case taken:
			n.Taken++
		default:
			n.Refused++
		}
	}
	return n
}
