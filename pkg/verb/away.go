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

// shortly is how long to wait for a node that is asked only in order to explain an error.
const shortly = 3 * time.Second

// looked marks an error about a management API that does not answer, after the node itself was asked for the reason.
type looked struct{ error }

func (l *looked) Unwrap() error { return l.error }

// Away is what a node reports about itself while its management API does not answer.
type Away struct {
	Node string
	// Running means that RabbitMQ runs on the node.
	Running bool
	// stopped says why RabbitMQ does not run; nil if it runs.
	stopped *inside.Stopped
}

// Away asks the node itself about its state if the node's management API does not answer, and an option, a variable or
// the context gives the Erlang cookie. known is false if the node was not asked, or cannot be asked either. The error
// is the reason, with what the node reports or why it cannot be asked.
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
	if a.Running = err == nil; errors.As(err, &a.stopped) {
		err = nil
	}
	// When the time of limited is over, the connection can report a timeout before limited.Err does.
	if err != nil && ctx.Err() == nil && (limited.Err() != nil || fail.KindOf(err) == fail.Timeout) {
		err = fail.New(fail.Timeout, "it did not answer within %s", shortly).
			Next("look at its process and its log on its machine")
	}
	if err != nil {
		return a, false, unasked(h.app, reason, err)
	}
	return a, true, a.explain(reason)
}

// explain adds to the reason what the node reports about itself.
func (a Away) explain(reason error) error {
	kind, seen := fail.KindOf(reason), &looked{reason}
	if !a.Running {
		return fail.New(kind, "%w; %w", seen, a.stopped).Next("%s", afterStop(a.stopped))
	}
	return fail.New(kind, "%w; RabbitMQ runs on node %s, without its management API at this address", seen, a.Node).
		Next("rabbitctl enable_plugins rabbitmq_management --node %s, if the plugin is off; otherwise give the API's URL "+
			"with --url or RABBITCTL_URL; rabbitctl help transports lists what needs no management API", a.Node)
}

// unasked adds to the reason that the node itself cannot be asked either, and why.
func unasked(a *app.App, reason, err error) error {
	next := fail.HintOf(reason).Without(fail.SeeEnvironment).
		Say("asking the node itself, over Erlang distribution, failed: %s", fail.InWords(err))
	words := steps.ByVariable
	if a.DistributionByFlag() {
		words = steps.Of
	}
	if hint := words(err); hint != "" {
		next = next.Say("%s", hint)
	}
	return fail.New(fail.KindOf(reason), "%w", &looked{reason}).Advise(next)
}

// away returns the error of a request to a broker. If the broker's management API does not answer, it adds what the
// node itself reports.
func away(ctx context.Context, a *app.App, err error) error {
	_, _, err = Host{app: a}.Away(ctx, err)
	return err
}
