package erldist

import (
	"bytes"
	"context"
	"sync/atomic"

	"github.com/rabbitctl/rabbitctl/pkg/erlang"
)

// received is something that arrived for a process of ours: a message; the end of a monitored process, with the
// reference of the monitor and the reason; or the answer to the request to spawn a process, which is the process or, as
// an atom, the reason for a refusal.
type received struct {
	message            erlang.Term
	ref, exit, spawned erlang.Term
}

// mailbox is a process of ours, as the node sees it. Each call has its own mailbox, so that its output is not mixed up
// with that of another call.
type mailbox struct {
	link *Link
	pid  erlang.Pid
	in   chan batch
	gone chan struct{}
	// held holds the messages of the last batch that came through the channel m.in, except those that the method next has
	// already returned. heavy is the size of that batch in bytes.
	held  []received
	heavy int64
	// load is the size in bytes of all batches that were handed over and are not used up; used signals that load has
	// become smaller.
	load atomic.Int64
	used chan struct{}
}

// batch holds messages that are handed over together, and the size in bytes in which they were sent.
type batch struct {
	read []received
	size int64
}

const (
	// together and longTogether bound one batch: its number of messages, and its size in bytes. The last message of a
	// batch may exceed that size. The constant waiting is the number of batches that may wait in a mailbox.
	together, longTogether, waiting = 64, 64 << 10, 4
	// mostLoad is the number of bytes that may wait in a mailbox, unless they are a single batch. Above mostLoad, nothing
	// more is read from the node.
	mostLoad = 1 << 20
)

func (l *Link) mailbox() *mailbox {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.last++
	m := &mailbox{link: l, pid: l.me, in: make(chan batch, waiting), gone: make(chan struct{}),
		used: make(chan struct{}, 1)}
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

// sorting holds the messages for one mailbox that the reader of the connection has read and not handed over yet.
type sorting struct {
	to uint32
	batch
	// control holds the bytes with which the frame of a message for that mailbox begins: they are the same for all rows of
	// a listing.
	control []byte
}

// same returns the message in a frame if it is for the same mailbox as the message before it.
func (s *sorting) same(frame []byte) (message []byte, ok bool) {
	if len(s.control) == 0 {
		return nil, false
	}
	return bytes.CutPrefix(frame, s.control)
}

// remember keeps the bytes with which the frame of the last sorted message begins.
func (s *sorting) remember(control []byte) { s.control = append(s.control[:0], control...) }

// sort adds a message to the batch for a mailbox; to is the ID of the mailbox. Before that, it hands over a batch for
// another mailbox. A full batch is handed over at once.
func (l *Link) sort(to uint32, got received, size int) {
	s := &l.sorting
	if to != s.to {
		l.pass()
		s.to, s.control = to, s.control[:0]
	}
	s.read, s.size = append(s.read, got), s.size+int64(size)
	if len(s.read) == together || s.size >= longTogether {
		l.pass()
	}
}

// pass hands the batch over to its mailbox. While the mailbox holds too many bytes, pass waits. If the call is over,
// pass drops the batch.
func (l *Link) pass() {
	b := l.sorting.batch
	if len(b.read) == 0 {
		return
	}
	l.sorting.batch = batch{}
	l.mu.Lock()
	m := l.boxes[l.sorting.to]
	l.mu.Unlock()
	if m == nil {
		return
	}
	for waits := m.load.Load(); waits > 0 && waits+b.size > mostLoad; waits = m.load.Load() {
		select {
		case <-m.used:
		case <-m.gone:
			return
		case <-l.over:
			return
		}
	}
	m.load.Add(b.size)
	select {
	case m.in <- b:
	case <-m.gone:
	case <-l.over:
	}
}

// ref makes a reference. On one connection, references repeat after 2^18 references and mailboxes.
func (m *mailbox) ref() erlang.Ref {
	m.link.mu.Lock()
	defer m.link.mu.Unlock()
	m.link.last++
	return erlang.Ref{Node: m.pid.Node, Creation: m.pid.Creation, Words: 3, ID: [5]uint32{m.link.last & 0x3ffff, 0, 1}}
}

// next returns the next thing that was received. If there is none yet, next waits for it.
func (m *mailbox) next(ctx context.Context) (received, error) {
	if len(m.held) > 0 {
		return m.take(), nil
	}
	m.use()
	select {
	case b := <-m.in:
		return m.open(b), nil
	default:
	}
	select {
	case b := <-m.in:
		return m.open(b), nil
	case <-ctx.Done():
		return received{}, ended(ctx, m.link.Node)
	case <-m.link.over:
		// A message that arrived before the end still counts.
		select {
		case b := <-m.in:
			return m.open(b), nil
		default:
			return received{}, m.link.broken()
		}
	}
}

// use subtracts the last batch, which is used up, from the load.
func (m *mailbox) use() {
	if m.heavy == 0 {
		return
	}
	m.load.Add(-m.heavy)
	m.heavy = 0
	select {
	case m.used <- struct{}{}:
	default:
	}
}

func (m *mailbox) open(b batch) received {
	m.held, m.heavy = b.read, b.size
	return m.take()
}

func (m *mailbox) take() received {
	got := m.held[0]
	m.held[0] = received{}
	m.held = m.held[1:]
	return got
}

// more reports whether another message of the same batch is held.
func (m *mailbox) more() bool { return len(m.held) > 0 }

// broken returns the error for a connection that ended during a call.
func (l *Link) broken() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if isLate(l.lost) {
		return unreachable("node %s sends nothing any more, not even signs of life: it hangs", l.Node).
			Next("look at the process and the log on its machine")
	}
	return unreachable("the connection to node %s is lost: %w", l.Node, bare(l.lost)).
		Next("look whether the node still runs")
}
