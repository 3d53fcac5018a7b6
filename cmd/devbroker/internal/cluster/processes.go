package cluster

import (
	"context"
	"fmt"
	"os"
	"syscall"
	"time"

	"github.com/rabbitctl/rabbitctl/cmd/devbroker/internal/node"
	"github.com/rabbitctl/rabbitctl/cmd/devbroker/internal/process"
	"github.com/rabbitctl/rabbitctl/cmd/devbroker/internal/state"
)

// processes runs nodes as processes of this machine.
type processes struct{}

func (processes) condition(b state.Broker, n state.Node) (Condition, int, error) {
	id, err := process.Load(b.PIDFile(n))
	if err != nil {
		return "", 0, err
	}
	switch id.Condition() {
	case process.Alive:
		return Running, id.PID, nil
	case process.Frozen:
		return Frozen, id.PID, nil
	}
	if id.PID != 0 {
		return Died, 0, nil
	}
	return Stopped, 0, nil
}

func (processes) start(_ context.Context, b state.Broker, n state.Node, lock *state.Lock) (node.Started, error) {
	return node.Start(b, n, lock)
}

func (processes) freeze(b state.Broker, n state.Node) error {
	return signal(b, n, syscall.SIGSTOP, process.Frozen)
}

func (processes) thaw(b state.Broker, n state.Node) error {
	return signal(b, n, syscall.SIGCONT, process.Alive)
}

// signal sends a signal, and returns when it has taken effect. On a busy machine a process stops only when its threads
// get to run, and until then it would seem to be running.
func signal(b state.Broker, n state.Node, sig syscall.Signal, until process.Condition) error {
	id, err := process.Load(b.PIDFile(n))
	if err != nil {
		return err
	}
	if err := id.Signal(sig); err != nil {
		return err
	}
	if !id.Becomes(until, time.Minute) {
		return fmt.Errorf("process %d got signal %v, but did not become %s", id.PID, sig, until)
	}
	return nil
}

func (p processes) end(ctx context.Context, b state.Broker, n state.Node, grace time.Duration) error {
	id, err := process.Load(b.PIDFile(n))
	if err != nil {
		return err
	}
	if err := id.End(ctx, grace, b.Mark(n)); err != nil {
		return err
	}
	return removeFile(b.PIDFile(n))
}

func (processes) sweep(ctx context.Context, b state.Broker, n state.Node) error {
	return process.Identity{}.End(ctx, 0, b.Mark(n))
}

func (processes) remove(context.Context, state.Broker, state.Node) error { return nil }

// removeFile removes a file that may be missing.
func removeFile(path string) error {
	if err := os.Remove(path); err != nil && !os.IsNotExist(err) {
		return err
	}
	return nil
}
