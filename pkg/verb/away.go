package verb

import (
	"context"
	"errors"
	"time"

	"github.com/rabbitctl/rabbitctl/pkg/app"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/inside"
	"github.com/rabbitctl/rabbitctl/pkg/steps"
)

// shortly is how long to wait for a node that is asked only to explain an error.
const shortly = 3 * time.Second

// looked marks an error after the node itself was asked why its management API does not answer.
type looked struct{ error }

func (l *looked) Unwrap() error { return l.error }

// Away is what a node reports about itself while its management API does not answer.
type Away struct {
	Node string
	// Running means that RabbitMQ runs on it.
	Running bool
}

// Away asks the node itself if its management API does not answer and the Erlang cookie was given. known is false if no
// cookie was given, or if the node cannot be asked either: then the error says so.
func (h Host) Away(ctx context.Context, reason error) (a Away, known bool, err error) {
	if !unanswered(reason) || !h.app.TellsCookie() || errors.As(reason, new(*looked)) || ctx.Err() != nil {
		return a, false, reason
	}
	node, err := h.app.SilentNode("")
	if err != nil {
		return a, false, reason
	}
	defer node.Close()
	limited, cancel := context.WithTimeout(ctx, shortly)
	defer cancel()
	if a.Node, err = node.Node(limited); err == nil {
		err = inside.NeedsRabbit(limited, node)
	}
	if a.Running = err == nil; errors.As(err, new(*inside.Stopped)) {
		err = nil
	}
	// The connection can know that the time is over before limited does.
	if err != nil && ctx.Err() == nil && (limited.Err() != nil || fail.KindOf(err) == fail.Timeout) {
		err = fail.New(fail.Timeout, "it did not answer within %s", shortly).
			Next("look at its process and its log on its machine")
	}
	if err != nil {
		return a, false, unasked(reason, err)
	}
	return a, true, a.explain(reason)
}

// explain adds to the reason what the node reports about itself.
func (a Away) explain(reason error) error {
	kind, seen := fail.KindOf(reason), &looked{reason}
	if !a.Running {
		return fail.New(kind, "%w; node %s runs, but RabbitMQ is stopped on it", seen, a.Node).
			Next("rabbitctl start_app --node %s starts it", a.Node)
	}
	return fail.New(kind, "%w; RabbitMQ runs on node %s, without its management API at this address", seen, a.Node).
		Next("rabbitctl enable_plugins rabbitmq_management --node %s, if the plugin is off; otherwise give the API's URL "+
			"with --url or RABBITCTL_URL; rabbitctl help transports lists what needs no management API", a.Node)
}

// unasked adds to the reason why the node itself cannot be asked either.
func unasked(reason, err error) error {
	next := fail.HintOf(reason).Say("the node itself cannot be asked, either: %s", fail.InWords(err)).
		Say("%s", steps.Of(err))
	return fail.New(fail.KindOf(reason), "%w", &looked{reason}).Advise(next)
}

// away is the error of a broker. If its management API does not answer, the error adds what the node itself reports.
func away(ctx context.Context, a *app.App, err error) error {
	_, _, err = Host{app: a}.Away(ctx, err)
	return err
}
