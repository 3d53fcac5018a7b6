// Package traffic makes AMQP traffic for tests: publishers, consumers, idle connections and churn. All traffic is
// bounded, and lines on stdout say what the broker did.
package traffic

import (
	"context"
	"fmt"
	"io"
	"sync"

	"github.com/rabbitctl/rabbitctl/pkg/amqp"
)

// Lines writes whole lines from several goroutines.
type Lines struct {
	mu  sync.Mutex
	out io.Writer
	err error
}

// NewLines returns Lines that write to out.
func NewLines(out io.Writer) *Lines { return &Lines{out: out} }

// Printf writes one line.
func (l *Lines) Printf(format string, args ...any) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if _, err := fmt.Fprintf(l.out, format+"\n", args...); err != nil && l.err == nil {
		l.err = err
	}
}

// Err is the first error of a write, for example because the reader closed the pipe.
func (l *Lines) Err() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.err
}

// dial opens a connection. It prints `blocked: REASON` and `unblocked` when the broker blocks and unblocks the
// connection.
func dial(ctx context.Context, to amqp.Endpoint, lines *Lines) (*amqp.Connection, error) {
	return to.Dial(ctx, func(active bool, reason string) {
		if active {
			lines.Printf("blocked: %s", reason)
		} else {
			lines.Printf("unblocked")
		}
	})
}
