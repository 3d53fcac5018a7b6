package change

import (
	"context"
	"time"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// Stop ends RabbitMQ and the Erlang node in which it runs.
func Stop() Op {
	var waits bool
	op := halt("stop", &waits)
	var file string
	op.Params = []Param{{Name: "pidfile", Optional: true, Free: true, In: OfficialOnly, Set: textInto(&file)},
		Switch("idempotent", "", new(bool)).Official()}
	return op
}

// Shutdown is Stop under another name. rabbitctl waits until the node has ended, under both names. The official tool
// waits only under the name shutdown, and not with --no-wait.
func Shutdown() Op {
	waits := true
	op := halt("shutdown", &waits)
	op.Params = []Param{Switch("wait", "", &waits).Official()}
	return op
}

func halt(name string, officialWaits *bool) Op {
	return Op{
		Name: name, Noun: "node", Erlang: true, Loses: true, Lasting: true,
		Plan: func(ctx context.Context, at Site) (*Plan, error) {
			plan := Once("stop RabbitMQ and the Erlang node", "stopped", func(ctx context.Context) error {
				return at.halt(ctx, !at.Official || *officialWaits)
			})
			if at.Official {
				return plan, nil
			}
			pid, err := at.ask(ctx, "os", "getpid")
			if err != nil {
				return nil, err
			}
			up, err := at.isRunning(ctx)
			if err == nil && up {
				err = at.hit(ctx, plan)
			}
			if err != nil {
				return nil, err
			}
			plan.Hits = append(plan.Hits, record.Fields("process",
				record.Field{Column: record.Column{Name: "os_pid"}, Value: record.Of(text(pid))}))
			plan.Notes = append(plan.Notes, "the node can be started again only on its own machine: rabbitctl cannot do that")
			return plan, nil
		},
	}
}

// The shortest and the longest pause between two checks of whether a node has ended.
const (
	firstKnock = 100 * time.Millisecond
	mostKnock  = time.Second
)

// halt tells the node to end. If waits is true, it then waits until the node accepts no connections any more. The node
// may end before it has answered: a lost connection is no failure.
func (s Site) halt(ctx context.Context, waits bool) error {
	node, err := s.Erlang.Node(ctx)
	if err != nil {
		return err
	}
	err = s.do(ctx, "stop the node", "rabbit", "stop_and_halt")
	if err != nil && (fail.KindOf(err) != fail.Lost || ctx.Err() != nil) {
		return err
	}
	if !waits {
		return nil
	}
	s.Waiting("waiting until node %s has ended", node)
	state := "it is not known whether it has ended"
	for pause := firstKnock; ; pause = min(2*pause, mostKnock) {
		runs, err := s.Erlang.Runs(ctx)
		switch {
		case err == nil && !runs:
			return nil
		case err == nil:
			state = "still ran when it last answered"
			err = s.Sleep(ctx, pause)
		}
		if err != nil {
			return fail.New(fail.Lost, "node %s was told to stop, but %s: %w", node, state, err).
				Next("the node may still stop later: look in its log for what it waits for")
		}
	}
}
