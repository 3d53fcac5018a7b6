package cluster

import (
	"context"
	"time"

	"github.com/rabbitctl/rabbitctl/cmd/devbroker/internal/state"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
)

// Condition is what a node does.
type Condition string

const (
	Running Condition = "running"
	Stopped Condition = "stopped" // ended on purpose; its data is kept
	Frozen  Condition = "frozen"  // it does not run until it is thawed
	Died    Condition = "died"    // ended by itself or by somebody else
)

// Of tells what the node does, and its process id, 0 when there is none.
func Of(b state.Broker, n state.Node) (Condition, int, error) { return runnerOf(b).condition(b, n) }

func isRunning(b state.Broker, n state.Node) bool {
	c, _, err := Of(b, n)
	return err == nil && c == Running
}

// Freeze stops the nodes where they are; they keep their connections and answer nothing.
func (e Engine) Freeze(b state.Broker, nodes []state.Node) error {
	return e.each(b, nodes, runnerOf(b).freeze)
}

// Thaw lets frozen nodes go on.
func (e Engine) Thaw(b state.Broker, nodes []state.Node) error {
	return e.each(b, nodes, runnerOf(b).thaw)
}

// each does something to nodes that must be there.
func (e Engine) each(b state.Broker, nodes []state.Node, do func(state.Broker, state.Node) error) error {
	for _, n := range nodes {
		condition, _, err := Of(b, n)
		if err != nil {
			return err
		}
		if condition == Died || condition == Stopped {
			return fail.New(fail.Unavailable, "%s/%d is not running", b.Name, n.Index).Next("devbroker start %s/%d starts it", b.Name, n.Index)
		}
		if err := do(b, n); err != nil {
			return err
		}
	}
	return nil
}

// Pick chooses the nodes of a broker that a command is about.
type Pick func(state.Broker) ([]state.Node, error)

// stopGrace is how long a node may take to write its data and end, on a machine that has much else to do.
const stopGrace = 2 * time.Minute

// Stop ends the nodes in order and keeps their data. A node that does not run is no error.
func (e Engine) Stop(ctx context.Context, name string, pick Pick) error {
	return e.locked(ctx, name, pick, func(b state.Broker, nodes []state.Node, _ *state.Lock) error {
		for _, n := range nodes {
			if err := runnerOf(b).end(ctx, b, n, stopGrace); err != nil {
				return err
			}
		}
		return nil
	})
}

// Start starts the nodes and waits until they answer, or have logged nothing for so long.
func (e Engine) Start(ctx context.Context, name string, pick Pick, timeout time.Duration) error {
	return e.locked(ctx, name, pick, func(b state.Broker, nodes []state.Node, lock *state.Lock) error {
		ctx, cancel := whileLogging(ctx, b, timeout)
		defer cancel()
		return e.start(ctx, b, nodes, lock)
	})
}

// locked does something to nodes of a broker while no other devbroker works on it.
func (e Engine) locked(ctx context.Context, name string, pick Pick, do func(state.Broker, []state.Node, *state.Lock) error) error {
	lock, err := e.lock(ctx, name, false)
	if err != nil {
		return err
	}
	defer lock.Unlock()
	b, err := e.Store.Load(name)
	if err != nil {
		return err
	}
	nodes, err := pick(b)
	if err != nil {
		return err
	}
	return do(b, nodes, lock)
}
