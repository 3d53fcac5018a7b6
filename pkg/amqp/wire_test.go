package amqp

import (
	"bytes"
	"errors"
	"io"
	"net"
	"sync"
	"testing"
	"time"
)

// slowSocket is a connection that accepts one write for each value that the test sends on the channel take.
type slowSocket struct {
	net.Conn
	take   chan struct{}
	closed chan struct{}
	once   sync.Once
	pieces [][]byte
}

func newSlowSocket() *slowSocket {
	return &slowSocket{take: make(chan struct{}), closed: make(chan struct{})}
}

func (s *slowSocket) Write(p []byte) (int, error) {
	select {
	case <-s.take:
	case <-s.closed:
		return 0, net.ErrClosed
	}
	s.pieces = append(s.pieces, bytes.Clone(p))
	return len(p), nil
}

func (s *slowSocket) Read([]byte) (int, error) { return 0, io.EOF }

func (s *slowSocket) Close() error {
	s.once.Do(func() { close(s.closed) })
	return nil
}

// TestWire_together: bytes that are written while a piece is being sent go out together as the next piece, in their
// order. A close waits for them.
func TestWire_together(t *testing.T) {
	t.Parallel()
	s := newSlowSocket()
	w := newWire(s)
	var all []byte
	for i := range 100 {
		b := []byte{byte(i), 1}
		all = append(all, b...)
		if n, err := w.Write(b); n != 2 || err != nil {
			t.Fatal(n, err)
		}
	}
	close(s.take)
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if sent := bytes.Join(s.pieces, nil); !bytes.Equal(sent, all) {
		t.Errorf("sent %v", sent)
	}
	if len(s.pieces) > 3 {
		t.Errorf("100 writes went as %d pieces", len(s.pieces))
	}
	if _, err := w.Write([]byte("x")); !errors.Is(err, net.ErrClosed) {
		t.Errorf("after the close: %v", err)
	}
}

// TestWire_full: a peer that accepts nothing blocks Write. Close ends this wait with an error, and does not block.
func TestWire_full(t *testing.T) {
	t.Parallel()
	s := newSlowSocket()
	w := newWire(s)
	written := make(chan error)
	total := 0
	go func() {
		for {
			n, err := w.Write(make([]byte, 1000))
			if total += n; err != nil {
				written <- err
				return
			}
		}
	}()
	select {
	case err := <-written:
		t.Fatalf("it was not held up: %v after %d bytes", err, total)
	case <-time.After(50 * time.Millisecond):
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if err := <-written; !errors.Is(err, net.ErrClosed) {
		t.Errorf("the writer: %v", err)
	}
	if total > 3*pieces {
		t.Errorf("%d bytes were held", total)
	}
}

// TestWire_broken: if a piece could not be sent, a later write returns the error.
func TestWire_broken(t *testing.T) {
	t.Parallel()
	s := newSlowSocket()
	w := newWire(s)
	_ = s.Close()
	for range 1000 {
		if _, err := w.Write([]byte("x")); err != nil {
			if !errors.Is(err, net.ErrClosed) {
				t.Error(err)
			}
			return
		}
		time.Sleep(time.Millisecond)
	}
	t.Error("no write failed")
}
