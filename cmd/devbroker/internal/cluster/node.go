package cluster

import (
	"context"
	"time"

	"github.com/rabbitctl/rabbitctl/cmd/devbroker/internal/state"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
)

// Condition is the state of a node.
type Condition string

const (
	Running Condition = "running"
	Stopped Condition = "stopped" // not started yet, or ended by devbroker with its data kept; a container also by itself
	Frozen  Condition = "frozen"  // stopped by a signal until it is thawed
	Died    Condition = "died"    // ended without devbroker
)

// Of returns the node's condition and its process id, which is 0 if the node has no process.
func Of(b state.Broker, n state.Node) (Condition, int, error) { return runnerOf(b).condition(b, n) }

func isRunning(b state.Broker, n state.Node) bool {
	c, _, err := Of(b, n)
	return err == nil && c == Running
}

// Freeze freezes the nodes: they keep their connections and answer nothing.
func (e Engine) Freeze(b state.Broker, nodes []state.Node) error {
	return e.each(b, nodes, runnerOf(b).freeze)
}

// Thaw lets frozen nodes continue.
func (e Engine) Thaw(b state.Broker, nodes []state.Node) error {
	return e.each(b, nodes, runnerOf(b).thaw)
}

// each calls the function do for each of the nodes, which must be running or frozen.
func (e Engine) each(b state.Broker, nodes []state.Node, do func(state.Broker, state.Node) error) error {
	for _, n := range nodes {
		condition, _, err := Of(b, n)
		if err != nil {
			return err
		}
		if condition == Died || condition == Stopped {
			return fail.New(fail.Unavailable, "%s/%d is not running", b.Name, n.Index).
				Next("devbroker start %s/%d starts it", b.Name, n.Index)
		}
		if err := do(b, n); err != nil {
			return err
		}
	}
	return nil
}

// Pick chooses nodes of a broker.
type Pick func(state.Broker) ([]state.Node, error)

// stopGrace is the time that a node gets to write its data and end, also on a busy machine.
const stopGrace = 2 * time.Minute

// Stop shuts the nodes down cleanly and keeps their data. A node that is not running is not an error.
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

// Start starts the nodes. It waits until all of them answer, or until none of them has written to its log for as long
// as the timeout.
func (e Engine) Start(ctx context.Context, name string, pick Pick, timeout time.Duration) error {
	return e.locked(ctx, name, pick, func(b state.Broker, nodes []state.Node, lock *state.Lock) error {
		ctx, cancel := whileLogging(ctx, b, timeout)
		defer cancel()
		return e.start(ctx, b, nodes, lock)
	})
}

// locked picks nodes of a broker, and calls the function do with them while the broker is locked.
func (e Engine) locked(ctx context.Context, name string, pick Pick,
	do func(state.Broker, []state.Node, *state.Lock) error) error {
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
