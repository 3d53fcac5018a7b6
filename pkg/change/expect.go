package change

import (
	"context"
	"errors"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/queues"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// held is what the queues of a virtual host hold.
type held struct {
	queues, ready, unacked int64
	// uncounted are the queues whose messages are not known.
	uncounted int64
	// lag is how old the counts can be.
	lag time.Duration
	// err means that the queues cannot be listed.
	err error
}

// heldIn counts the messages in the queues of a virtual host.
func heldIn(ctx context.Context, at Site, vhost string) held {
	type queue struct {
		kind           string
		ready, unacked record.Value
	}
	reader := record.NewReader(func(b *record.Binder, q *queue) {
		b.Text("type", &q.kind)
		b.Value("messages_ready", func(v record.Value) { q.ready = v })
		b.Value("messages_unacknowledged", func(v record.Value) { q.unacked = v })
	})
	var h held
	for q, err := range reader.All(queues.Read(ctx, at.Broker, vhost, reader.Columns())) {
		if err != nil {
			return held{err: err}
		}
		ready, readyKnown := q.ready.Int()
		unacked, unackedKnown := q.unacked.Int()
		if !readyKnown || !unackedKnown {
			h.uncounted++
		}
		h.queues, h.ready, h.unacked = h.queues+1, h.ready+ready, h.unacked+unacked
		h.lag = max(h.lag, lagOf(q.kind))
	}
	return h
}

// lagOf is how long after a message it is in the count of a queue of that type. Measured on 3.10 and 4.3: at once in
// that of a classic queue, after up to 4.0 s in that of a quorum queue; the count of a stream is renewed in two steps of
// 5 s.
func lagOf(kind string) time.Duration {
	switch kind {
	case "classic":
		return 0
	case "stream":
		return 12 * time.Second
	}
	return 6 * time.Second
}

// expectation is how many messages a virtual host may hold for its deletion; text is "" for any number.
type expectation struct {
	text      string
	low, high int64
}

func (e *expectation) flag(what string) Param {
	return Param{Name: "expect-messages", Role: Option, In: OwnOnly, Free: true, Set: e.parse, Help: "refuse unless " + what +
		" holds `N[:M]` messages, ready and unacknowledged together (200, 0:1000, :500, 1:)"}
}

func (e *expectation) parse(text string) error {
	low, high, ranged := strings.Cut(text, ":")
	if ranged && low == "" && high != "" {
		low = "0"
	}
	var errLow, errHigh error
	e.text = text
	e.low, errLow = strconv.ParseInt(low, 10, 64)
	if e.high = e.low; ranged {
		e.high = math.MaxInt64
		if high != "" {
			e.high, errHigh = strconv.ParseInt(high, 10, 64)
		}
	}
	if errLow != nil || errHigh != nil || e.low < 0 || e.high < e.low {
		return fail.Usagef("%q is neither a number nor a range", text).Next("for example 200, 0:1000, :500, or 1:")
	}
	return nil
}

// look counts, and refuses where something else is held than expected. Where counts can be older than this moment it
// waits, and counts again: what was there when the command began is seen then.
func (e *expectation) look(ctx context.Context, at Site, vhost string) (held, error) {
	h := heldIn(ctx, at, vhost)
	if e.text == "" {
		return h, nil
	}
	if err := e.violated(h, vhost); err != nil || h.lag == 0 {
		return h, err
	}
	at.Waiting("waiting %s, since counts in virtual host %s can be older than its messages", h.lag, vhost)
	if err := at.Sleep(ctx, h.lag); errors.Is(err, context.DeadlineExceeded) {
		return h, fail.New(fail.Timeout,
			"the counts in virtual host %s can be %s old, and the time ran out before they could be trusted", vhost, h.lag).
			Next("--timeout 60s leaves enough")
	} else if err != nil {
		return h, err
	}
	h = heldIn(ctx, at, vhost)
	return h, e.violated(h, vhost)
}

// violated says what is held in place of what is expected.
func (e *expectation) violated(h held, vhost string) error {
	total := h.ready + h.unacked
	switch {
	case h.err != nil:
		return h.err
	case h.uncounted > 0 && total <= e.high:
		return fail.New(fail.Data, "refused: the broker does not know how many messages virtual host %s holds", vhost).
			Next("are all its nodes up? rabbitctl list_queues -p %s name state node messages", fail.Word(vhost))
	case total < e.low || total > e.high:
		return fail.New(fail.Data, "refused: virtual host %s holds %d messages, expected %s", vhost, total, e.text)
	}
	return nil
}

// guarded is the plan that counts again before its step: a person may have thought about it for long.
func (e *expectation) guarded(p *Plan, at Site, vhost string) *Plan {
	if e.text == "" {
		return p
	}
	do := p.Steps[0].Do
	p.Steps[0].Do = func(ctx context.Context) (Outcome, error) {
		if err := e.violated(heldIn(ctx, at, vhost), vhost); err != nil {
			return Outcome{}, err
		}
		return do(ctx)
	}
	return p
}
