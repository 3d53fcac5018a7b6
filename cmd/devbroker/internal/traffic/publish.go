package traffic

import (
	"context"
	"fmt"
	"strings"
	"sync/atomic"
	"time"

	amqp091 "github.com/rabbitmq/amqp091-go"

	"github.com/rabbitctl/rabbitctl/pkg/amqp"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
)

// Publishing describes what to publish, where, and how many messages.
type Publishing struct {
	amqp.Endpoint
	Exchange string // "" for the default exchange
	Key      string // the queue's name with the default exchange
	Count    int    // 0 for as many as For allows
	For      time.Duration
	Rate     float64 // messages a second; 0 for as fast as possible
	// Confirm asks for publisher confirms, and at the end waits up to ConfirmLimit for outstanding ones.
	Confirm      bool
	ConfirmLimit time.Duration
	Mandatory    bool
	// Body is the text of each message; empty for "message N". Size is the length in bytes to which the text is cut or
	// filled up; 0 leaves it as it is.
	Body    string
	Size    int
	Message amqp091.Publishing
}

// Run publishes and prints the results: `published N`; with confirms also `confirmed N` and, if N is above 0, `nacked
// N` and `unconfirmed N`; `returned CODE TEXT exchange=… key=…` for each returned message; `closed: …` if the broker
// closed the channel. If the broker does not read from the connection, Run prints nothing about confirms. Such a
// broker, unconfirmed messages and a closed channel are errors.
func (p Publishing) Run(ctx context.Context, lines *Lines) error {
	l, err := dial(ctx, p.Endpoint, lines)
	if err != nil {
		return err
	}
	defer l.Shut()
	ch, err := l.Channel()
	if err != nil {
		return fail.New(fail.Unavailable, "opening a channel: %w", err)
	}
	if p.Confirm {
		if err := ch.Confirm(false); err != nil {
			return fail.New(fail.Unavailable, "turning on publisher confirms: %w", err)
		}
	}
	closed := ch.NotifyClose(make(chan *amqp091.Error, 1))
	returns := ch.NotifyReturn(make(chan amqp091.Return, 1024))
	returned := make(chan struct{})
	go func() {
		defer close(returned)
		for r := range returns {
			lines.Printf("returned %d %s exchange=%s key=%s", r.ReplyCode, r.ReplyText, r.Exchange, r.RoutingKey)
		}
	}()

	var published atomic.Int64
	var outstanding []*amqp091.DeferredConfirmation
	sent := make(chan error, 1)
	work, cancel := bounded(ctx, p.For)
	defer cancel()
	go func() {
		var err error
		outstanding, err = p.send(work, ch, &published)
		sent <- err
	}()
	stuck := false
	select {
	case err = <-sent:
	case <-work.Done():
		// A write to a blocked connection may never end: then only the number of sent messages is known.
		stuck = !l.Within(func() { err = <-sent })
	}
	var failure error
	if stuck {
		failure = fail.New(fail.Incomplete, "the broker does not read from the connection")
	} else if p.Confirm {
		failure = p.settle(ctx, lines, outstanding, int(published.Load()))
	}
	if !stuck && err == nil {
		// The broker answers a channel's close only after it has handled all that was published on the channel. So all
		// returned messages have arrived by then.
		if l.Within(func() { _ = ch.Close() }) {
			<-returned
		}
	}
	lines.Printf("published %d", published.Load())
	select {
	case reply := <-closed:
		if reply != nil {
			lines.Printf("closed: %s", amqp.Reason(reply))
			failure = fail.New(fail.Unavailable, "the broker closed the channel: %s", amqp.Reason(reply))
		}
	default:
		if !stuck && err != nil && failure == nil {
			failure = fail.New(fail.Unavailable, "publishing: %w", err)
		}
	}
	if failure == nil {
		failure = lines.Err()
	}
	return failure
}

// send publishes until the count is reached or the context ends.
func (p Publishing) send(ctx context.Context, ch *amqp091.Channel,
	published *atomic.Int64) ([]*amqp091.DeferredConfirmation, error) {
	var outstanding []*amqp091.DeferredConfirmation
	pace := newPace(p.Rate)
	for i := 1; (p.Count == 0 || i <= p.Count) && pace.wait(ctx); i++ {
		message := p.Message
		message.Body = body(p.Body, i, p.Size)
		confirmation, err := ch.PublishWithDeferredConfirm(p.Exchange, p.Key, p.Mandatory, false, message)
		if err != nil {
			return outstanding, err
		}
		if confirmation != nil {
			outstanding = append(outstanding, confirmation)
		}
		published.Add(1)
	}
	return outstanding, nil
}

// settle waits for the confirm of each message.
func (p Publishing) settle(ctx context.Context, lines *Lines, outstanding []*amqp091.DeferredConfirmation,
	published int) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), p.ConfirmLimit)
	defer cancel()
	n := amqp.Settle(ctx, outstanding)
	lines.Printf("confirmed %d", n.Taken)
	if n.Refused > 0 {
		lines.Printf("nacked %d", n.Refused)
	}
	if missing := published - n.Taken - n.Refused; missing > 0 {
		lines.Printf("unconfirmed %d", missing)
		return fail.New(fail.Incomplete, "%d of %d messages were not confirmed within %s", missing, published, p.ConfirmLimit)
	}
	return nil
}

// body is the text, or "message N", filled up or cut to the size.
func body(text string, number, size int) []byte {
	if text == "" {
		text = fmt.Sprintf("message %d", number)
	}
	switch {
	case size <= 0:
		return []byte(text)
	case len(text) >= size:
		return []byte(text[:size])
	}
	return []byte(text + strings.Repeat("x", size-len(text)))
}
