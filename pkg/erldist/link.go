package erldist

import (
	"bufio"
	"context"
	"crypto/tls"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/rabbitctl/rabbitctl/pkg/erlang"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
)

const (
	// longestFrame is the largest size of one message, in bytes.
	longestFrame = 64 << 20
	// tickEvery is how often we send a tick. A node closes a connection if it receives nothing for its net_ticktime,
	// which is 60 s by default, and can be set to a few seconds.
	tickEvery = time.Second
	// quiet is how long we wait for a node that sends nothing at all. With the default net_ticktime, a node that has
	// nothing to send sends a tick every 15 s.
	quiet = 75 * time.Second
	// passThrough is the byte in front of the one or two terms of a frame.
	passThrough = 112
)

// Link is a connection to a node. Any number of calls can run on it at the same time.
type Link struct {
	// Node is the node's full name.
	Node string

	target Target
	port   int
	conn   net.Conn
	me     erlang.Pid

	// sent counts the messages that were sent, without the ticks.
	sent    atomic.Uint32
	writing sync.Mutex
	mu      sync.Mutex
	boxes   map[uint32]*mailbox
	last    uint32
	// Only the goroutine that reads the connection uses terms and sorting.
	terms   erlang.Decoder
	sorting sorting
	// lost says why the connection ended; over is closed when it ends.
	lost error
	over chan struct{}
}

// Dial connects to the node, and proves that it knows the cookie. The context limits only Dial itself. The caller must
// close the Link.
func Dial(ctx context.Context, t Target) (*Link, error) {
	if err := t.check(); err != nil {
		return nil, err
	}
	port := t.Port
	if port == 0 {
		var err error
		if port, err = t.lookup(ctx); err != nil {
			return nil, err
		}
	}
	conn, err := t.dial(ctx, t.address(port))
	if err != nil {
		return nil, t.closed(ctx, port, err)
	}
	if t.TLS == nil && t.Note != nil && !isHere(conn) {
		t.Note("Erlang distribution with " + t.Node + " is without TLS: all that is sent can be read on the network")
	}
	stop := context.AfterFunc(ctx, func() { conn.Close() })
	l, err := t.open(ctx, conn, port)
	if !stop() && err == nil {
		l.Close()
		err = ended(ctx, t.Node)
	}
	if err != nil {
		conn.Close()
		return nil, err
	}
	return l, nil
}

func (t Target) open(ctx context.Context, conn net.Conn, port int) (*Link, error) {
	if t.TLS != nil {
		secure := tls.Client(conn, t.TLS)
		if err := secure.HandshakeContext(ctx); err != nil {
			return nil, t.tlsFailed(ctx, err)
		}
		conn = secure
	}
	h := &handshake{target: t, conn: conn, wide: t.TLS != nil}
	if err := h.shake(ctx); err != nil {
		return nil, err
	}
	if err := conn.SetDeadline(time.Time{}); err != nil {
		return nil, err
	}
	l := &Link{Node: string(h.node), target: t, port: port, conn: conn, me: erlang.Pid{Node: h.me, Creation: h.creation},
		boxes: map[uint32]*mailbox{}, over: make(chan struct{})}
	go l.listen()
	go l.tick() //nolint:contextcheck // the connection outlives the context that opened it
	return l, nil
}

// Close ends the connection, and with it every call that still runs.
func (l *Link) Close() { l.end(errClosed) }

var errClosed = errors.New("the connection was closed")

func (l *Link) end(why error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.lost == nil {
		l.lost = why
		close(l.over)
		l.conn.Close()
	}
}

// tick sends a tick every second, so that the node keeps the connection open. To answer the node's ticks would not be
// enough, because these are read only after the messages before them have been taken.
func (l *Link) tick() {
	every := time.NewTicker(tickEvery)
	defer every.Stop()
	for {
		select {
		case <-l.over:
			return
		case <-every.C:
			if err := l.write(context.Background(), make([]byte, 4)); err != nil {
				l.end(err)
				return
			}
		}
	}
}

// write sends whole frames. If the node reads nothing any more, write fails at the deadline of the context, or after
// the duration quiet if that is earlier.
func (l *Link) write(ctx context.Context, b []byte) error {
	l.writing.Lock()
	defer l.writing.Unlock()
	until := time.Now().Add(quiet)
	if end, ok := ctx.Deadline(); ok && end.Before(until) {
		until = end
	}
	if err := l.conn.SetWriteDeadline(until); err != nil {
		return err
	}
	_, err := l.conn.Write(b)
	return err
}

// send sends a control term, which says what the node must do, and the message that belongs to it, if there is one.
func (l *Link) send(ctx context.Context, control erlang.Term, message ...erlang.Term) error {
	frame := []byte{0, 0, 0, 0, passThrough}
	for _, t := range append([]erlang.Term{control}, message...) {
		var err error
		if frame, err = erlang.Append(frame, t); err != nil {
			return fail.New(fail.Internal, "%w", err)
		}
	}
	binary.BigEndian.PutUint32(frame, uint32(len(frame)-4))
	l.sent.Add(1)
	if err := l.write(ctx, frame); err != nil {
		l.end(err)
		return err
	}
	return nil
}

// listen puts each message into the mailbox of the process that it is for, until the connection ends.
func (l *Link) listen() {
	in := bufio.NewReaderSize(&patient{link: l}, 32<<10)
	var frame []byte
	for {
		var err error
		if frame, err = readFrame(in, frame); err == nil && len(frame) > 0 {
			err = l.take(frame)
		}
		if err != nil {
			l.pass()
			l.end(err)
			return
		}
		if cap(frame) > usualFrame {
			frame = nil
		}
	}
}

// usualFrame is the largest buffer that is kept for the next frame. For a longer frame the buffer grows in steps as the
// bytes arrive, so a length that is only announced takes no memory.
const usualFrame = 64 << 10

// readFrame reads one frame, into the memory of the slice room if the frame fits there. A tick is an empty frame.
func readFrame(in io.Reader, room []byte) ([]byte, error) {
	var head [4]byte
	if _, err := io.ReadFull(in, head[:]); err != nil {
		return nil, err
	}
	length := int(binary.BigEndian.Uint32(head[:]))
	if length > longestFrame {
		return nil, fmt.Errorf("it sends a message of %d bytes", length)
	}
	frame := room[:0]
	for len(frame) < length {
		from := len(frame)
		frame = slices.Grow(frame, min(length-from, usualFrame))[:min(length, from+usualFrame)]
		if _, err := io.ReadFull(in, frame[from:]); err != nil {
			return nil, err
		}
	}
	return frame, nil
}

// The first element of a control message: it says what the sender asks for.
const (
	opSend        = 2
	opRegSend     = 6
	opMonitor     = 19
	opDemonitor   = 20
	opMonitorExit = 21
	opSpawn       = 29
	opSpawnReply  = 31
)

// take reads a frame and puts its message into the mailbox of the process that it is for. It drops everything else:
// links, log events that a node forwards, and messages for a call that is over.
func (l *Link) take(frame []byte) error {
	if frame[0] != passThrough {
		return fmt.Errorf("its message begins with byte %d, which is not Erlang distribution", frame[0])
	}
	if rest, again := l.sorting.same(frame); again {
		message, err := l.terms.Decode(rest)
		if err == nil {
			l.sort(l.sorting.to, received{message: message}, len(frame))
		}
		return err
	}
	first, rest, err := l.terms.DecodeFirst(frame[1:])
	if err != nil {
		return err
	}
	control, _ := first.(erlang.Tuple)
	if len(control) == 0 {
		return errors.New("the node sent a message without the control part that Erlang distribution requires")
	}
	var got received
	var to erlang.Term
	message := false
	switch op := control[0]; {
	case op == erlang.Int(opSend) && len(control) == 3:
		to = control[2]
		if got.message, err = l.terms.Decode(rest); err != nil {
			return err
		}
		message = true
	case op == erlang.Int(opMonitorExit) && len(control) == 5:
		to, got = control[2], received{ref: control[3], exit: control[4]}
	case op == erlang.Int(opSpawnReply) && len(control) == 5:
		to, got = control[2], received{ref: control[1], spawned: control[4]}
	}
	if pid, ok := to.(erlang.Pid); ok && pid.Node == l.me.Node && pid.Creation == l.me.Creation {
		l.sort(pid.ID, got, len(frame))
		if message {
			l.sorting.remember(frame[:len(frame)-len(rest)])
		}
	}
	return nil
}
