package verb

import (
	"iter"
	"sync"

	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// laneRoom is how many rows of one context are held while the contexts before it still send theirs. As long as no
// context holds that many, rows are passed on in the order of the contexts. When a context holds that many rows, and
// the context before it sends nothing, the rows of the later context are passed on first. Otherwise rabbitctl would
// stop reading from the broker of the later context, that broker would close the connection (after 30 s on 4.3), and
// its answer would be cut off.
const laneRoom = 10_000

// lanes pass the rows of several readers on to one printer. They are safe for concurrent use.
type lanes struct {
	mu    sync.Mutex
	moved sync.Cond
	// order are the lanes that have not ended or still hold rows.
	order   []*lane
	stopped bool
}

type lane struct {
	rows  []record.Row
	ended bool
}

func newLanes(n int) *lanes {
	l := &lanes{}
	l.moved.L = &l.mu
	for range n {
		l.order = append(l.order, &lane{})
	}
	return l
}

// put adds a row. It waits while the lane is full, and returns false when no more rows are wanted.
func (l *lanes) put(to *lane, row record.Row) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	for len(to.rows) >= laneRoom && !l.stopped {
		l.moved.Wait()
	}
	to.rows = append(to.rows, row)
	if n := len(to.rows); n == 1 || n == laneRoom {
		l.moved.Broadcast()
	}
	return !l.stopped
}

// end marks a lane as ended: no more rows come to it.
func (l *lanes) end(of *lane) {
	l.mu.Lock()
	defer l.mu.Unlock()
	of.ended = true
	l.moved.Broadcast()
}

// stop ends all waiting calls of put.
func (l *lanes) stop() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.stopped = true
	l.moved.Broadcast()
}

// all yields the rows until all lanes have ended.
func (l *lanes) all() iter.Seq[record.Row] {
	return func(yield func(record.Row) bool) {
		defer l.stop()
		for {
			rows, more := l.take()
			for _, row := range rows {
				if !yield(row) {
					return
				}
			}
			if !more {
				return
			}
		}
	}
}

// take waits for rows of the first lane in order, or of a full lane, and takes them. more is false after the last rows.
func (l *lanes) take() (rows []record.Row, more bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for len(l.order) > 0 {
		turn := l.order[0]
		if len(turn.rows) == 0 && !turn.ended {
			turn = l.full()
		}
		switch {
		case turn == nil:
			l.moved.Wait()
		case len(turn.rows) > 0:
			rows, turn.rows = turn.rows, nil
			l.moved.Broadcast()
			return rows, true
		default:
			l.order = l.order[1:]
		}
	}
	return nil, false
}

// full returns a lane that can take no more rows, or nil if there is none.
func (l *lanes) full() *lane {
	for _, one := range l.order {
		if len(one.rows) >= laneRoom {
			return one
		}
	}
	return nil
}
