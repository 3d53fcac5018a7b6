package amqp

import "context"

// Confirmation is the publisher confirm of one message. *amqp091.DeferredConfirmation implements it.
type Confirmation interface {
	// WaitContext returns true if the broker accepted the message, and false if the broker refused it. An error means that
	// the outcome is not known.
	WaitContext(ctx context.Context) (bool, error)
}

// Confirmed counts publisher confirms. A message without a confirm is Unknown: the broker may have taken it or not.
type Confirmed struct{ Taken, Refused, Unknown int }

// Settle waits for the broker's confirm of each message, until the context ends.
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
