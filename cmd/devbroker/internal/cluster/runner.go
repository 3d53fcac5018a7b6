package cluster

import (
	"context"
	"time"

	"github.com/rabbitctl/rabbitctl/cmd/devbroker/internal/container"
	"github.com/rabbitctl/rabbitctl/cmd/devbroker/internal/node"
	"github.com/rabbitctl/rabbitctl/cmd/devbroker/internal/state"
)

// runner runs the nodes of a broker, as processes or as containers.
type runner interface {
	condition(b state.Broker, n state.Node) (Condition, int, error)
	// start starts a node that is not running; its folders are prepared.
	start(ctx context.Context, b state.Broker, n state.Node, lock *state.Lock) (node.Started, error)
	freeze(b state.Broker, n state.Node) error
	thaw(b state.Broker, n state.Node) error
	// end ends a node and forgets its process. With a grace above 0 the node gets that time to shut down cleanly.
	end(ctx context.Context, b state.Broker, n state.Node, grace time.Duration) error
	// sweep ends processes that a dead node left running.
	sweep(ctx context.Context, b state.Broker, n state.Node) error
	// remove removes what a node has outside the broker's folder.
	remove(ctx context.Context, b state.Broker, n state.Node) error
}

func runnerOf(b state.Broker) runner {
	if b.Source == state.Docker {
		return containers{}
	}
	return processes{}
}

// containers runs nodes with docker.
type containers struct{}

func (containers) condition(b state.Broker, n state.Node) (Condition, int, error) {
	s, err := container.Inspect(context.Background(), b, n)
	switch {
	case err != nil:
		return "", 0, err
	case s.Status == "running" || s.Status == "restarting":
		return Running, s.PID, nil
	case s.Status == "paused":
		return Frozen, s.PID, nil
	case s.Status == "" || s.Status == "created" || s.ExitCode == 0:
		return Stopped, 0, nil
	}
	return Died, 0, nil
}

func (c containers) start(ctx context.Context, b state.Broker, n state.Node, _ *state.Lock) (node.Started, error) {
	begun := time.Now()
	if err := container.Start(ctx, b, n); err != nil {
		return node.Started{}, err
	}
	return node.Started{
		Ended: func() bool {
			condition, _, err := c.condition(b, n)
			return err == nil && (condition == Died || condition == Stopped)
		},
		Reason: func() []string { return node.Reason([]string{container.Log(b, n, begun)}) },
	}, nil
}

func (containers) freeze(b state.Broker, n state.Node) error { return container.Do(b, n, "pause") }

func (containers) thaw(b state.Broker, n state.Node) error { return container.Do(b, n, "unpause") }

func (containers) end(ctx context.Context, b state.Broker, n state.Node, grace time.Duration) error {
	return container.Stop(ctx, b, n, grace)
}

func (containers) sweep(context.Context, state.Broker, state.Node) error { return nil }

func (containers) remove(ctx context.Context, b state.Broker, n state.Node) error {
	return container.Remove(ctx, b, n)
}
