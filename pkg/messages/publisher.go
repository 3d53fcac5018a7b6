package messages

import (
	"context"
	"errors"
	"sync"
	"time"

	amqp091 "github.com/rabbitmq/amqp091-go"

	"github.com/rabbitctl/rabbitctl/pkg/amqp"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
)

// Publisher is the sink that publishes messages with publisher confirms and the flag mandatory: the broker returns a
// message that no queue gets. A Publisher needs a connection of its own, on which nothing is consumed: if the broker
// blocks a connection, acknowledgements on it do not get through either (measured on 3.10 and 4.3).
type Publisher struct {
	conn *amqp.Connection
	ch   *amqp091.Channel
	// to returns the exchange and the routing key for a message.
	to func(*Message) (exchange, key string)
	// todo hands messages to the method send, so that Put can give up: a write to a blocked connection may never end.
	todo chan outgoing
	// sent is closed when the sender has ended.
	sent chan struct{}
	// changed receives a value when the broker has confirmed or refused a message, or an error has occurred.
	changed chan struct{}

	mu sync.Mutex
	// numbers has the number of each message that the broker has not yet confirmed or refused, in the order in which they
	// were put.
	numbers []int64
	// safe are the numbers that were confirmed before any return, and that Settle has not returned yet.
	safe []int64
	// failed is the first error; told means that Put or Settle has returned it.
	failed error
	told   bool
	// broken is closed when failed is set.
	broken chan struct{}
	// returned means that the broker has returned a message. A return has no number, so messages that are confirmed after
	// it are not known to be in a queue.
	returned bool
	// returns and refusals count the messages that the broker returned or refused.
	returns, refusals int64
	// over means that nothing more will be confirmed.
	over bool
}

type outgoing struct {
	exchange, key string
	publishing    amqp091.Publishing
}

// NewPublisher opens a connection and on it a channel with publisher confirms. Close closes both.
func NewPublisher(ctx context.Context, at amqp.Endpoint, to func(*Message) (exchange, key string)) (*Publisher, error) {
	p := &Publisher{to: to, todo: make(chan outgoing), sent: make(chan struct{}),
		changed: make(chan struct{}, 1), broken: make(chan struct{})}
	var err error
	if p.conn, err = at.Dial(ctx, p.onBlocked); err != nil {
		return nil, err
	}
	p.ch, err = p.conn.Channel()
	if err == nil {
		err = p.ch.Confirm(false)
	}
	if err != nil {
		p.conn.Shut()
		return nil, fail.New(fail.Unavailable, "opening a channel with publisher confirms: %w", err)
	}
	// The Go channels returns and confirmations have no buffer: the goroutine that reads the connection waits until a
	// return or a confirmation is taken. Both are therefore taken in the order in which the broker sent them. The broker
	// confirms a returned message after the return, so that message is not counted as one that a queue has.
	returns := p.ch.NotifyReturn(make(chan amqp091.Return))
	confirmations := p.ch.NotifyPublish(make(chan amqp091.Confirmation))
	closed := p.ch.NotifyClose(make(chan *amqp091.Error, 1))
	go p.watch(returns, confirmations, closed)
	go p.send()
	return p, nil
}

func (p *Publisher) onBlocked(active bool, reason string) {
	if active {
		p.fail(fail.New(fail.Incomplete, "the broker blocks publishers: %s", reason).
			Next("rabbitctl explain_blocked says what to do"))
	}
}

// fail keeps the first error, and wakes Settle.
func (p *Publisher) fail(err error) {
	p.mu.Lock()
	if p.failed == nil {
		p.failed = err
		close(p.broken)
	}
	p.mu.Unlock()
	p.news()
}

func (p *Publisher) news() {
	select {
	case p.changed <- struct{}{}:
	default:
	}
}

// watch processes the broker's returns and confirmations.
func (p *Publisher) watch(returns <-chan amqp091.Return, confirmations <-chan amqp091.Confirmation,
	closed <-chan *amqp091.Error) {
	for returns != nil || confirmations != nil {
		select {
		case r, open := <-returns:
			if !open {
				returns = nil
				continue
			}
			p.mu.Lock()
			p.returned = true
			p.returns++
			p.mu.Unlock()
			p.fail(fail.New(fail.Data, "the broker returned a message: %s (exchange %q, routing key %q)", r.ReplyText,
				r.Exchange, r.RoutingKey).
				Next("does the queue still exist? rabbitctl explain_route shows where the message would go"))
		case c, open := <-confirmations:
			if !open {
				confirmations = nil
				continue
			}
			p.settled(c)
		}
	}
	err := error(fail.New(fail.Unavailable, "the connection was closed"))
	if reply, told := <-closed; told && reply != nil {
		err = refused("the broker closed the channel", reply)
	}
	p.mu.Lock()
	p.over = true
	p.mu.Unlock()
	p.fail(err)
}

// settled processes the broker's confirmation or refusal of the oldest message that has neither.
func (p *Publisher) settled(c amqp091.Confirmation) {
	p.mu.Lock()
	number := p.numbers[0]
	p.numbers = p.numbers[1:]
	if c.Ack && !p.returned {
		p.safe = append(p.safe, number)
	}
	if !c.Ack {
		p.refusals++
	}
	p.mu.Unlock()
	if !c.Ack {
		p.fail(fail.New(fail.Incomplete, "the broker refused a message").
			Next("is the queue full, or its node down? rabbitctl list_queues name state messages arguments"))
	}
	p.news()
}

// Unstored returns how many messages the broker returned, because no queue got them, and how many it refused.
func (p *Publisher) Unstored() (returned, refused int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.returns, p.refusals
}

// send publishes the messages that Put hands to it.
func (p *Publisher) send() {
	defer close(p.sent)
	for o := range p.todo {
		err := p.ch.Publish(o.exchange, o.key, true, false, o.publishing)
		if errors.Is(err, amqp091.ErrClosed) {
			// The method watch reports why the broker has closed the channel. This can happen a little after Publish has
			// returned ErrClosed. Wait for the report, because only the first error is kept.
			select {
			case <-p.broken:
			case <-time.After(time.Second):
			}
		}
		if err != nil {
			p.fail(fail.New(fail.Unavailable, "publishing: %w", err))
		}
	}
}

// Put hands a message to the method send, which publishes it. If Put returns an error, the message was not published.
func (p *Publisher) Put(ctx context.Context, m *Message) error {
	exchange, key := p.to(m)
	p.mu.Lock()
	if p.failed != nil {
		defer p.mu.Unlock()
		p.told = true
		return p.failed
	}
	// The confirmation can come before Put is done.
	p.numbers = append(p.numbers, m.Number)
	p.mu.Unlock()
	var err error
	select {
	case p.todo <- outgoing{exchange, key, m.Publishing}:
		return nil
	case <-ctx.Done():
		err = fail.Ended(ctx)
	case <-p.broken:
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.numbers = p.numbers[:max(0, len(p.numbers)-1)]
	if err == nil {
		err, p.told = p.failed, true
	}
	return err
}

// Settle waits for confirmations. If an error has occurred that neither Put nor Settle has returned yet, it returns the
// error at once. Later calls wait for the confirmations that can still come, and then return the error again. If the
// broker confirms nothing for Patience, that is an error, too.
func (p *Publisher) Settle(ctx context.Context, unsafe int) (safe []int64, err error) {
	quiet := time.NewTimer(Patience)
	defer quiet.Stop()
	for {
		p.mu.Lock()
		safe, p.safe = append(safe, p.safe...), p.safe[:0]
		settled := len(p.numbers) <= unsafe || p.over
		if p.failed != nil && (!p.told || settled) {
			p.told, err = true, p.failed
		}
		p.mu.Unlock()
		if settled || err != nil {
			return safe, err
		}
		select {
		case <-p.changed:
			quiet.Reset(Patience)
		case <-ctx.Done():
			return safe, fail.Ended(ctx)
		case <-quiet.C:
			return safe, fail.New(fail.Incomplete, "the broker confirmed no message for %s", Patience).
				Next("it is not known whether the last messages were stored: rabbitctl doctor")
		}
	}
}

// Close closes the channel and the connection. It waits only a limited time for the reply of the broker.
func (p *Publisher) Close() error {
	close(p.todo)
	if p.conn.Within(func() { <-p.sent }) {
		p.conn.Within(func() { _ = p.ch.Close() })
	}
	p.conn.Shut()
	return nil
}
