package amqp

import (
	"bufio"
	"net"
	"sync"
	"time"
)

// wire is a socket that collects writes: everything that is written during a send goes out after it, as one piece. It
// also reads in large pieces. Without it, the client makes a system call for each message that it publishes, and for
// every 4 KB that it reads; the broker, too, handles each piece separately.
type wire struct {
	net.Conn
	in *bufio.Reader
	// done is closed when sending has ended.
	done chan struct{}

	mu sync.Mutex
	// news wakes Write and send when one of the fields below has changed.
	news *sync.Cond
	// out is what was written and is not being sent yet.
	out []byte
	// closed means that Close was called: Write takes no more bytes, and send ends when it has sent the rest.
	closed bool
	// err is why sending failed.
	err error
}

// pieces is how many bytes are read at a time. Write blocks while at least as many bytes wait to be sent.
const pieces = 64 << 10

// lastPiece is how long the last piece may take to be sent when the connection is closed.
const lastPiece = 300 * time.Millisecond

func newWire(socket net.Conn) *wire {
	w := &wire{Conn: socket, in: bufio.NewReaderSize(socket, pieces), done: make(chan struct{})}
	w.news = sync.NewCond(&w.mu)
	go w.send()
	return w
}

func (w *wire) Read(p []byte) (int, error) { return w.in.Read(p) }

// Write blocks only while too much data waits to be sent. If sending fails, a later Write returns the error; the client
// also notices the failure when it reads.
func (w *wire) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for len(w.out) >= pieces && w.err == nil && !w.closed {
		w.news.Wait()
	}
	switch {
	case w.err != nil:
		return 0, w.err
	case w.closed:
		return 0, net.ErrClosed
	}
	w.out = append(w.out, p...)
	w.news.Broadcast()
	return len(p), nil
}

// send sends what was written, until the wire is closed or sending fails.
func (w *wire) send() {
	defer close(w.done)
	var piece []byte
	for {
		w.mu.Lock()
		for len(w.out) == 0 && !w.closed {
			w.news.Wait()
		}
		piece, w.out = w.out, piece[:0]
		w.news.Broadcast()
		w.mu.Unlock()
		if len(piece) == 0 {
			return
		}
		if _, err := w.Conn.Write(piece); err != nil {
			w.mu.Lock()
			w.err = err
			w.news.Broadcast()
			w.mu.Unlock()
			return
		}
	}
}

// Close waits until everything that was written is sent, at most lastPiece, and closes the socket.
func (w *wire) Close() error {
	w.mu.Lock()
	w.closed = true
	w.news.Broadcast()
	w.mu.Unlock()
	select {
	case <-w.done:
	case <-time.After(lastPiece):
	}
	return w.Conn.Close()
}
