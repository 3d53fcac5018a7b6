package cluster

import (
	"context"
	"time"

	"github.com/rabbitctl/rabbitctl/cmd/devbroker/internal/node"
	"github.com/rabbitctl/rabbitctl/cmd/devbroker/internal/state"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
)

// patience is how long a running node may stay silent before await runs start_app on it: a person may have run
// stop_app, or a join may have been interrupted.
const patience = 8 * time.Second

// bootTries is how often a cluster node that ends while it boots is started again.
const bootTries = 2

// await waits until all nodes answer, or the context ends. It checks the nodes in turns, because each may wait for
// another. If a node ends while it boots, await starts the node again in two cases, which are explained in the function
// look. Otherwise it returns an error with lines of the node's log.
func (e Engine) await(ctx context.Context, b state.Broker, waiting []watch, lock *state.Lock) error {
	for len(waiting) > 0 {
		var left []watch
		var last error
		for _, w := range waiting {
			answered, err := e.look(ctx, b, &w, lock)
			if err != nil {
				return err
			}
			if answered == nil {
				continue
			}
			left, last = append(left, w), answered
		}
		waiting = left
		if len(waiting) == 0 {
			return nil
		}
		select {
		case <-ctx.Done():
			if interrupted(ctx) {
				return fail.New(fail.Canceled, "interrupted while %s/%d booted", b.Name, waiting[0].node.Index).
					Next("devbroker up continues, devbroker down %s removes the broker", b.Name)
			}
			return waiting[len(waiting)-1].failure(b, "did not answer, and "+context.Cause(ctx).Error()+" ("+last.Error()+")")
		case <-time.After(200 * time.Millisecond):
		}
	}
	return nil
}

// look checks one node once. answered is the error of a node that does not answer yet, and nil if the node answers.
// failed is an error that ends the wait.
func (e Engine) look(ctx context.Context, b state.Broker, w *watch, lock *state.Lock) (answered, failed error) {
	answered = node.Answers(ctx, w.node)
	if answered == nil {
		if w.fresh {
			e.Report("%s/%d answers after %.1f s", b.Name, w.node.Index, time.Since(w.since).Seconds())
		}
		return nil, nil
	}
	if ended(b, *w) {
		// In two cases the node is started again. If this run did not start it, it may have been about to die already. A
		// cluster node may have met another node in the middle of its boot: 3.10 then ends with incompatible_feature_flags,
		// and boots at the next try.
		if w.fresh && (len(b.Nodes) == 1 || w.tries >= bootTries) {
			return answered, w.failure(b, "ended while it booted")
		}
		tries := w.tries
		*w, failed = e.startNode(ctx, b, w.node, lock)
		w.tries = tries + 1
		return answered, failed
	}
	if condition, _, err := Of(b, w.node); err == nil && condition == Frozen {
		e.Report("%s/%d was frozen during the wait: thawing it", b.Name, w.node.Index)
		return answered, runnerOf(b).thaw(b, w.node)
	}
	if !w.fresh && !w.nudged && time.Since(w.since) > patience {
		w.nudged = true
		e.Report("%s/%d runs but does not answer: starting its application", b.Name, w.node.Index)
		// The next checks show whether that helped.
		_, _ = e.Tool(ctx, b, w.node, "rabbitmqctl", "start_app")
	}
	return answered, nil
}

func ended(b state.Broker, w watch) bool {
	if w.fresh {
		return w.started.Ended()
	}
	condition, _, err := Of(b, w.node)
	return err == nil && (condition == Died || condition == Stopped)
}

func (w watch) failure(b state.Broker, what string) error {
	text := ""
	if w.fresh {
		for _, line := range w.started.Reason() {
			text += "\n  " + line
		}
	}
	return fail.New(fail.Unavailable, "%s/%d %s%s", b.Name, w.node.Index, what, text).
		Next("devbroker logs %s/%d shows the whole log, devbroker down %s removes the broker", b.Name, w.node.Index, b.Name)
}
