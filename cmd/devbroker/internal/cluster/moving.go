package cluster

import (
	"context"
	"errors"
	"os"
	"time"

	"github.com/rabbitctl/rabbitctl/cmd/devbroker/internal/state"
)

// What ends a context of whileLogging.
var (
	errNoProgress = errors.New("no node has written to its log for the time of --timeout")
	errEndless    = errors.New("the nodes kept writing to their logs, but did not become ready")
)

// hopeless is how many times the limit is the longest that anything is waited for: nodes that quarrel write for ever.
const hopeless = 10

// whileLogging is a context that ends with errNoProgress when none of the broker's nodes has written to its logs for so long. How long a boot
// takes depends on what else the machine does; but a node that boots or joins writes line after line, however slowly.
func whileLogging(ctx context.Context, b state.Broker, limit time.Duration) (context.Context, context.CancelFunc) {
	ctx, drop := context.WithTimeoutCause(ctx, hopeless*limit, errEndless)
	ctx, end := context.WithCancelCause(ctx)
	go func() {
		last, since := written(b), time.Now()
		for {
			select {
			case <-ctx.Done():
				return
			case <-time.After(min(limit/4, time.Second)):
			}
			if now := written(b); now != last {
				last, since = now, time.Now()
			} else if time.Since(since) >= limit {
				end(errNoProgress)
				return
			}
		}
	}()
	return ctx, func() { end(context.Canceled); drop() }
}

// written is how much all nodes have logged. A container keeps its log to itself: there the limit is one for the whole wait.
func written(b state.Broker) (bytes int64) {
	for _, n := range b.Nodes {
		for _, path := range []string{b.LogFile(n), b.ConsoleFile(n)} {
			if info, err := os.Stat(path); err == nil {
				bytes += info.Size()
			}
		}
	}
	return bytes
}

// interrupted tells a context that a person or a signal has ended.
func interrupted(ctx context.Context) bool { return errors.Is(context.Cause(ctx), context.Canceled) }
