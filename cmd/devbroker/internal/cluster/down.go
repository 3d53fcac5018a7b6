package cluster

import (
	"context"
	"os"
	"time"

	"github.com/rabbitctl/rabbitctl/cmd/devbroker/internal/process"
	"github.com/rabbitctl/rabbitctl/cmd/devbroker/internal/state"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
)

// Down ends the broker's nodes and its epmd, also those of an interrupted Up, and removes its folder. With keepData
// each node gets two minutes to shut down cleanly, and the folder stays. A broker that does not exist is not an error,
// unless the folder of that name holds something else.
func (e Engine) Down(ctx context.Context, name string, keepData bool) error {
	lock, err := e.lock(ctx, name, false)
	if fail.KindOf(err) == fail.NotFound {
		return nil
	}
	if err != nil {
		return err
	}
	defer lock.Unlock()
	b, err := e.Store.Load(name)
	if fail.KindOf(err) == fail.NotFound {
		return e.Store.RemoveEmpty(name)
	}
	if err != nil {
		return err
	}
	grace := time.Duration(0)
	if keepData {
		grace = stopGrace
	}
	for _, n := range b.Nodes {
		if err := runnerOf(b).end(ctx, b, n, grace); err != nil {
			return err
		}
	}
	epmd, err := process.Load(b.EpmdPIDFile())
	if err != nil {
		return err
	}
	if err := epmd.End(ctx, 0, b.EpmdMark()); err != nil {
		return err
	}
	if err := removeFile(b.EpmdPIDFile()); err != nil {
		return err
	}
	if keepData {
		return nil
	}
	return removeBroker(ctx, b)
}

// removeBroker removes the folder, and the broker's description last, so that an interrupted removal can be repeated.
func removeBroker(ctx context.Context, b state.Broker) error {
	for _, n := range b.Nodes {
		if err := runnerOf(b).remove(ctx, b, n); err != nil {
			return err
		}
		if err := os.RemoveAll(b.NodeDir(n)); err != nil {
			return err
		}
	}
	return state.Remove(b)
}
