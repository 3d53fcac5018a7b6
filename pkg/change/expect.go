package change

import (
	"context"
	"errors"
	"math"
	"strconv"
	"strings"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/prose"
)

// Expectation is the number of messages that a queue or a virtual host may hold for a change to be made; text is "" if
// any number will do.
type Expectation struct {
	text      string
	low, high int64
}

// Param returns the option --expect-messages. The argument holds is a part of the help of the option: what holds the
// messages, with the verb, for example "the queue holds".
func (e *Expectation) Param(holds string) Param {
	return Param{Name: "expect-messages", Role: Option, In: OwnOnly, Free: true, Set: e.parse, Help: "refuse unless " + holds +
		" `N[:M]` messages, ready and unacknowledged together (200 means exactly 200; ranges: 0:1000, :500, 1:)"}
}

func (e *Expectation) parse(text string) error {
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
		return fail.Usagef("%q is neither a number of messages nor a range of such numbers", text).
			Next("for example 200, 0:1000, :500, or 1:")
	}
	return nil
}

// Given tells whether a number of messages is expected.
func (e *Expectation) Given() bool { return e.text != "" }

// Refuse returns an error if a number of messages is expected, and n is not an expected one or not known. The argument
// what names the queues, in the plural. known is false if there may be more messages than n.
func (e *Expectation) Refuse(what string, n int64, known bool) error {
	switch {
	case !e.Given(), known && !e.outside(n):
		return nil
	case known || n > e.high:
		return fail.New(fail.Data, "refused: %s hold %s, which --expect-messages %s does not allow", what,
			prose.Plural(int(n), "message", "messages"),
			e.text)
	}
	return fail.New(fail.Data, "refused: the broker does not know how many messages %s hold", what).
		Next("are all nodes up? rabbitctl list_queues name state node messages")
}

// outside reports whether n is not an expected number.
func (e *Expectation) outside(n int64) bool { return e.text != "" && (n < e.low || n > e.high) }

// look counts the messages, and refuses an unexpected number. If the counts can be older than this moment, it waits and
// counts again, so that it sees all messages that were there when the command began. If no number is expected, it
// counts once, and a failed count is no error.
func (e *Expectation) look(ctx context.Context, at Site, vhost string) (Held, error) {
	h := heldIn(ctx, at, vhost)
	if e.text == "" {
		return h, nil
	}
	if err := e.violated(h, vhost); err != nil || h.Lag == 0 {
		return h, err
	}
	at.Waiting("waiting %s, since counts in virtual host %s can be older than its messages", h.Lag, vhost)
	if err := at.Sleep(ctx, h.Lag); errors.Is(err, context.DeadlineExceeded) {
		return h, fail.New(fail.Timeout,
			"the counts in virtual host %s can be %s old, and --timeout ended before newer counts came", vhost, h.Lag).
			Next("--timeout 60s leaves enough time")
	} else if err != nil {
		return h, err
	}
	h = heldIn(ctx, at, vhost)
	return h, e.violated(h, vhost)
}

// violated returns an error if the virtual host does not hold an expected number of messages, or if that is not known.
func (e *Expectation) violated(h Held, vhost string) error {
	total := h.Ready + h.Unacked
	switch {
	case h.err != nil:
		return h.err
	case h.Uncounted > 0 && total <= e.high:
		return fail.New(fail.Data, "refused: the broker does not know how many messages virtual host %s holds", vhost).
			Next("are all its nodes up? rabbitctl list_queues -p %s name state node messages", fail.Word(vhost))
	case e.outside(total):
		return fail.New(fail.Data, "refused: virtual host %s holds %s, which --expect-messages %s does not allow", vhost,
			prose.Plural(int(total), "message", "messages"), e.text)
	}
	return nil
}

// guarded makes the plan count again before its step, because a person may have taken long to confirm it.
func (e *Expectation) guarded(p *Plan, at Site, vhost string) *Plan {
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
