package erldist

import (
	"context"

	"github.com/rabbitctl/rabbitctl/pkg/erlang"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
)

// received is what came for a process of ours: a message; or that what was watched by the reference has ended, and why;
// or which process was started for it.
type received struct {
	message            erlang.Term
	ref, exit, spawned erlang.Term
}

// mailbox is a process of ours, as the node sees it: each call has one of its own, so that what is printed during it is
// not mixed up with what another prints.
type mailbox struct {
	link *Link
	pid  erlang.Pid
	in   chan received
	gone chan struct{}
}

// waiting is how many messages may wait in a mailbox. When it is full, nothing more is read from the node until
// somebody has taken one.
const waiting = 256

func (l *Link) mailbox() *mailbox {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.last++
	m := &mailbox{link: l, pid: l.me, in: make(chan received, waiting), gone: make(chan struct{})}
	m.pid.ID = l.last
	l.boxes[l.last] = m
	return m
}

func (m *mailbox) close() {
	m.link.mu.Lock()
	defer m.link.mu.Unlock()
	delete(m.link.boxes, m.pid.ID)
	close(m.gone)
}

func (l *Link) deliver(id uint32, got received) {
	l.mu.Lock()
	m := l.boxes[id]
	l.mu.Unlock()
	if m == nil {
		return
	}
	select {
	case m.in <- got:
	case <-m.gone:
	case <-l.over:
	}
}

// ref makes a reference that is like no other of this connection.
func (m *mailbox) ref() erlang.Ref {
	m.link.mu.Lock()
	defer m.link.mu.Unlock()
	m.link.last++
	return erlang.Ref{Node: m.pid.Node, Creation: m.pid.Creation, Words: 3, ID: [5]uint32{m.link.last & 0x3ffff, 0, 1}}
}

// next is the next that came.
func (m *mailbox) next(ctx context.Context) (received, error) {
	select {
	case got := <-m.in:
		return got, nil
	default:
	}
	select {
	case got := <-m.in:
		return got, nil
	case <-ctx.Done():
		return received{}, ended(ctx, m.link.Node)
	case <-m.link.over:
		// What came before the end counts.
		select {
		case got := <-m.in:
			return got, nil
		default:
			return received{}, m.link.broken()
		}
	}
}

// broken is that the connection has ended while something was under way.
func (l *Link) broken() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if isLate(l.lost) {
		return fail.New(fail.Unreachable, "node %s sends nothing any more, not even signs of life: it hangs", l.Node).
			Next("look at the process and the log on its machine")
	}
	return fail.New(fail.Unreachable, "the connection to node %s is lost: %w", l.Node, bare(l.lost)).
		Next("look whether the node still runs")
}
