package messages_test

import (
	"context"
	"errors"
	"io"
	"slices"
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/messages"
)

// shelf is a source of messages in memory.
type shelf struct {
	has     int64
	handed  int64
	there   map[int64]bool
	removes int
	closed  bool
	fails   int64 // Next fails at this message
	most    int64 // how many messages it hands out before some must be removed; 0: no limit
	gone    int64 // the highest number that was removed
}

func newShelf(n int64) *shelf {
	s := &shelf{has: n, there: map[int64]bool{}}
	for i := range n {
		s.there[i+1] = true
	}
	return s
}

var errSource = errors.New("the source is gone")

func (s *shelf) Next(ctx context.Context) (*messages.Message, error) {
	switch {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case s.handed == s.has:
		return nil, io.EOF
	case s.Full():
		return nil, errSource
	case s.handed+1 == s.fails:
		return nil, errSource
	}
	s.handed++
	return &messages.Message{Number: s.handed}, nil
}

func (s *shelf) Remove(number int64, before bool) error {
	s.removes++
	s.gone = max(s.gone, number)
	if !before {
		delete(s.there, number)
		return nil
	}
	for i := range number {
		delete(s.there, i+1)
	}
	return nil
}

func (s *shelf) Full() bool { return s.most > 0 && s.handed-s.gone >= s.most }

func (s *shelf) Close() error {
	s.closed = true
	return nil
}

// crate is a sink in memory that confirms messages only when Settle is called.
type crate struct {
	put, open []int64
	refuses   int64 // the sink refuses the message with this number
	returns   int64 // from this message on, no message is certain to be safe
	stopped   bool
	failed    error
	most      int
}

var errRefused = errors.New("refused")

func (c *crate) Put(_ context.Context, m *messages.Message) error {
	if c.failed != nil {
		return c.failed
	}
	c.put = append(c.put, m.Number)
	c.open = append(c.open, m.Number)
	c.most = max(c.most, len(c.open))
	return nil
}

func (c *crate) Settle(_ context.Context, unsafe int) (safe []int64, err error) {
	for len(c.open) > unsafe {
		number := c.open[0]
		c.open = c.open[1:]
		switch {
		case number == c.refuses:
			c.failed = errRefused
		case number == c.returns:
			c.failed, c.stopped = errRefused, true
		case !c.stopped:
			safe = append(safe, number)
		}
	}
	return safe, c.failed
}

func (c *crate) Close() error { return nil }

func TestTransfer_movesAll(t *testing.T) {
	t.Parallel()
	from, to := newShelf(1201), &crate{}
	counts, err := messages.Transfer{From: from, To: to}.Run(t.Context())
	if err != nil || counts.Safe != 1201 || counts.Removed != 1201 || counts.Doubtful() != 0 || len(from.there) != 0 ||
		!from.closed {
		t.Errorf("%+v %v, %d left", counts, err, len(from.there))
	}
	if to.most > messages.Window || from.removes > 10 {
		t.Errorf("%d were open at once, removed in %d steps", to.most, from.removes)
	}
}

// TestTransfer_fullSource: if a source hands out only a few messages before some are removed, the transfer removes
// messages in time, so that all messages are moved.
func TestTransfer_fullSource(t *testing.T) {
	t.Parallel()
	for _, most := range []int64{1, 2, 67} {
		from, to := newShelf(300), &crate{}
		from.most = most
		counts, err := messages.Transfer{From: from, To: to}.Run(t.Context())
		if err != nil || counts.Removed != 300 || len(from.there) != 0 {
			t.Errorf("%d at a time: %+v %v", most, counts, err)
		}
	}
}

func TestTransfer_endsAtTheLimit(t *testing.T) {
	t.Parallel()
	from, to := newShelf(100), &crate{}
	counts, err := messages.Transfer{From: from, To: to, Limit: 7}.Run(t.Context())
	if err != nil || counts.Removed != 7 || len(from.there) != 93 || from.handed != 7 {
		t.Errorf("%+v %v, %d left", counts, err, len(from.there))
	}
}

// TestTransfer_keepsWhatIsNotSafe: the source keeps a message that the sink refuses, and one that may have been
// returned.
func TestTransfer_keepsWhatIsNotSafe(t *testing.T) {
	t.Parallel()
	from, to := newShelf(1000), &crate{refuses: 100}
	counts, err := messages.Transfer{From: from, To: to}.Run(t.Context())
	if !errors.Is(err, errRefused) || !from.there[100] || from.there[99] || from.there[101] || !from.there[501] ||
		counts.Doubtful() != 1 || counts.Put != 500 {
		t.Errorf("%+v %v", counts, err)
	}
	from, to = newShelf(1000), &crate{returns: 100}
	counts, err = messages.Transfer{From: from, To: to}.Run(t.Context())
	if !errors.Is(err, errRefused) || from.there[99] || !from.there[100] || !from.there[101] || counts.Removed != 99 {
		t.Errorf("%+v %v", counts, err)
	}
}

func TestTransfer_sourceFails(t *testing.T) {
	t.Parallel()
	from, to := newShelf(1000), &crate{}
	from.fails = 42
	counts, err := messages.Transfer{From: from, To: to}.Run(t.Context())
	if !errors.Is(err, errSource) || counts.Removed != 41 || from.there[41] || !from.there[42] {
		t.Errorf("%+v %v", counts, err)
	}
}

// TestTransfer_interrupted: after Ctrl-C, the transfer waits until the messages on their way are confirmed.
func TestTransfer_interrupted(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	from, to := newShelf(1000), &crate{}
	counts, err := messages.Transfer{From: from, To: to, Progress: func(c messages.Counts) {
		if c.Put == 10 {
			cancel()
		}
	}}.Run(ctx)
	if !errors.Is(err, context.Canceled) || counts.Removed != 10 || len(from.there) != 990 {
		t.Errorf("%+v %v, %d left", counts, err, len(from.there))
	}
}

func TestTransfer_picksAndKeeps(t *testing.T) {
	t.Parallel()
	from, to := newShelf(10), &crate{}
	even := func(m *messages.Message) (bool, error) { return m.Number%2 == 0, nil }
	counts, err := messages.Transfer{From: from, To: to, Pick: even}.Run(t.Context())
	if err != nil || counts.Looked != 10 || counts.Removed != 5 || !slices.Equal(to.put, []int64{2, 4, 6, 8, 10}) ||
		from.there[2] || !from.there[1] || !from.there[3] {
		t.Errorf("%+v %v %v", counts, err, from.there)
	}
	from, to = newShelf(10), &crate{}
	counts, err = messages.Transfer{From: from, To: to, Keep: true}.Run(t.Context())
	if err != nil || counts.Safe != 10 || counts.Removed != 0 || len(from.there) != 10 {
		t.Errorf("%+v %v %v", counts, err, from.there)
	}
}

// belt is a source whose messages come in groups of three, as on a live queue.
type belt struct{ *shelf }

func (b belt) More() bool { return b.handed%3 != 0 }

// TestTransfer_live: messages that have come are confirmed and removed before the transfer waits for more.
func TestTransfer_live(t *testing.T) {
	t.Parallel()
	from, to := belt{newShelf(9)}, &crate{}
	counts, err := messages.Transfer{From: from, To: to, Window: 50}.Run(t.Context())
	if err != nil || counts.Removed != 9 || to.most != 3 || from.removes != 3 {
		t.Errorf("%+v %v, %d were open at once, removed in %d steps", counts, err, to.most, from.removes)
	}
}

// stuck is a source whose method Remove succeeds as often as the field after says, and then fails. When the source is
// closed, it reports one message of which it does not know whether it is removed.
type stuck struct {
	*shelf
	after int
}

func (s stuck) Remove(number int64, before bool) error {
	if s.removes == s.after {
		return errSource
	}
	return s.shelf.Remove(number, before)
}

func (s stuck) Unsure() int64 {
	if !s.closed {
		return 0
	}
	return 1
}

// TestTransfer_removalFails: safe messages that could not be removed count as doubtful. Messages that the source
// reports as Unsure when it is closed count as doubtful, too.
func TestTransfer_removalFails(t *testing.T) {
	t.Parallel()
	odd := func(m *messages.Message) (bool, error) { return m.Number%2 == 1, nil }
	for name, tt := range map[string]struct {
		pick           func(*messages.Message) (bool, error)
		after          int
		removed, doubt int64
	}{
		"all at once": {nil, 1, 250, 501},
		"one by one":  {odd, 3, 3, 498},
		"the last":    {nil, 9, 1000, 1},
	} {
		from := stuck{newShelf(1000), tt.after}
		counts, err := messages.Transfer{From: from, To: &crate{}, Pick: tt.pick}.Run(t.Context())
		if counts.Removed != tt.removed || counts.Doubtful() != tt.doubt || (err == nil) != (tt.removed == 1000) {
			t.Errorf("%s: %+v, %d are doubtful, %v", name, counts, counts.Doubtful(), err)
		}
	}
}
