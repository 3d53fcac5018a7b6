package cluster

import (
	"context"
	"errors"
	"time"

	"github.com/rabbitctl/rabbitctl/cmd/devbroker/internal/node"
	"github.com/rabbitctl/rabbitctl/cmd/devbroker/internal/state"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
)

// join makes one cluster of the broker's nodes. Nodes that the first node does not know join it; then every running
// node must see the others. Stopped nodes are ignored. If the first node does not run, or refuses the default user,
// join does nothing.
func (e Engine) join(ctx context.Context, b state.Broker, lock *state.Lock) error {
	if len(b.Nodes) < 2 || !isRunning(b, b.Nodes[0]) {
		return nil
	}
	first := b.Nodes[0]
	members, err := e.members(ctx, first)
	if errors.Is(err, node.ErrDenied) {
		e.Report("%s refuses the default user, so its membership is not checked", b.Name)
		return nil
	}
	if err != nil {
		return err
	}
	for _, n := range b.Nodes[1:] {
		if _, known := members[n.Node]; known || !isRunning(b, n) {
			continue
		}
		e.Report("joining %s/%d to %s", b.Name, n.Index, first.Node)
		for _, step := range [][]string{{"stop_app"}, {"reset"}, {"join_cluster", first.Node}, {"start_app"}} {
			if out, err := e.Tool(ctx, b, n, append([]string{"rabbitmqctl"}, step...)...); err != nil {
				return fail.New(fail.Unavailable, "joining %s/%d: rabbitmqctl %s: %w\n%s", b.Name, n.Index, step[0], err, out).
					Next("devbroker up tries again, devbroker down %s removes the broker", b.Name)
			}
		}
		if err := e.await(ctx, b, []watch{{node: n, since: time.Now()}}, lock); err != nil {
			return err
		}
	}
	return e.awaitMembers(ctx, b)
}

// members returns the members of the node's cluster. It asks again on an error, because a busy node can fail to answer
// in time.
func (e Engine) members(ctx context.Context, n state.Node) (map[string]bool, error) {
	for {
		members, err := node.Members(ctx, n)
		if err == nil || errors.Is(err, node.ErrDenied) {
			return members, err
		}
		select {
		case <-ctx.Done():
			return nil, fail.New(fail.Unavailable, "%s does not report its cluster's members: %w", n.Node, err).
				Next("devbroker up tries again")
		case <-time.After(300 * time.Millisecond):
		}
	}
}

// awaitMembers waits until every running node sees every running node.
func (e Engine) awaitMembers(ctx context.Context, b state.Broker) error {
	for {
		missing := ""
		for _, seer := range b.Nodes {
			if !isRunning(b, seer) {
				continue
			}
			members, err := node.Members(ctx, seer)
			for _, seen := range b.Nodes {
				if err != nil || isRunning(b, seen) && !members[seen.Node] {
					missing = seer.Node + " does not see " + seen.Node
				}
			}
		}
		if missing == "" {
			return nil
		}
		select {
		case <-ctx.Done():
			return fail.New(fail.Unavailable, "the nodes of %s are running, but not as one cluster: %s", b.Name, missing).
				Next("look for a partition with devbroker ctl %s -- rabbitmqctl cluster_status, or remove the broker with devbroker down %s", b.Name, b.Name)
		case <-time.After(300 * time.Millisecond):
		}
	}
}
