package cluster

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/rabbitctl/rabbitctl/cmd/devbroker/internal/state"
)

// TestWhileMoving: the context of whileLogging outlives its limit while a node writes to its log, and ends when no node
// writes.
func TestWhileMoving(t *testing.T) {
	b := state.Broker{Dir: t.TempDir(), Nodes: []state.Node{{Index: 1}, {Index: 2}}}
	log := b.LogFile(b.Nodes[1])
	if err := os.MkdirAll(filepath.Dir(log), 0o700); err != nil {
		t.Fatal(err)
	}
	const limit = 2 * time.Second
	ctx, end := whileLogging(t.Context(), b, limit)
	defer end()
	for begun, text := time.Now(), ""; time.Since(begun) < limit+limit/2; time.Sleep(20 * time.Millisecond) {
		text += "."
		if err := os.WriteFile(log, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if ctx.Err() != nil {
			t.Fatalf("ended after %s, while the node wrote: %v", time.Since(begun), context.Cause(ctx))
		}
	}
	<-ctx.Done()
	if !errors.Is(context.Cause(ctx), errNoProgress) || interrupted(ctx) {
		t.Errorf("ended by %v", context.Cause(ctx))
	}
	outer, cancel := context.WithCancel(t.Context())
	ctx, end = whileLogging(outer, b, time.Hour)
	defer end()
	cancel()
	if <-ctx.Done(); !interrupted(ctx) {
		t.Errorf("an interrupt is told as %v", context.Cause(ctx))
	}
}
