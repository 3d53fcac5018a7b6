package cluster

import (
	"context"
	"errors"
	"os"
	"time"

	"github.com/rabbitctl/rabbitctl/cmd/devbroker/internal/state"
)

// The causes with which a context of whileLogging can end.
var (
	errNoProgress = errors.New("no node has written to its log for the time of --timeout")
	errEndless    = errors.New("the nodes kept writing to their logs, but did not become ready")
)

// hopeless is the factor for the longest wait: a context of whileLogging ends after hopeless × limit, even if the nodes
// still write to their logs. Nodes that cannot agree can write for ever.
const hopeless = 10

// whileLogging returns a context that ends with errNoProgress when no node of the broker has written to its logs for as
// long as the limit, and with errEndless after hopeless × limit. The duration of a boot depends on the load of the
// machine, but a node that boots or joins keeps writing lines.
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

// written returns the total size of the logs of all nodes. The logs of a container are not visible, so for containers
// the limit is the longest time of the whole wait.
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

// interrupted reports whether a signal ended the context.
func interrupted(ctx context.Context) bool { return errors.Is(context.Cause(ctx), context.Canceled) }
