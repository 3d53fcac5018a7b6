package verb

import (
	"context"
	"errors"

	"github.com/rabbitctl/rabbitctl/pkg/erldist"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/health"
	"github.com/rabbitctl/rabbitctl/pkg/inside"
	"github.com/rabbitctl/rabbitctl/pkg/record"
	"github.com/rabbitctl/rabbitctl/pkg/steps"
	"github.com/rabbitctl/rabbitctl/pkg/survey"
)

// Transports over which an answer came, as JSON names them.
const (
	HTTP   = "http"
	Erlang = "erlang"
	File   = "file"
)

// transports makes a field with the transports over which an answer came. An answer over HTTP alone has no such field.
func transports(ways ...string) record.Field {
	return record.Field{Column: record.Column{Name: "transports", Kind: record.List}, Value: list(ways)}
}

// itself asks the node over Erlang distribution, because its management API does not answer; reason says why. If the
// node cannot be asked either, itself returns the reason with the next step.
func itself(ctx context.Context, ask Ask, name string, reason error) (survey.Itself, error) {
	node, err := ask.app.SilentNode(name)
	if err != nil {
		return survey.Itself{}, reason
	}
	defer node.Close()
	told, err := survey.OfItself(ctx, node)
	if err == nil {
		return told, nil
	}
	if fail.KindOf(err) == fail.Config && !ask.app.TellsCookie() {
		next := fail.HintOf(reason).Say("rabbitctl can ask the node itself, with its name and its Erlang cookie: " +
			"set RABBITCTL_NODE=NAME@HOST, and see rabbitctl help transports")
		return told, fail.New(fail.KindOf(reason), "%w", &looked{reason}).Advise(next)
	}
	return told, unasked(ask.app, reason, err)
}

// unanswered reports whether the error means that no management API answered. An error of the two other ways to a
// broker, AMQP and Erlang distribution, says nothing about the API.
func unanswered(err error) bool {
	return fail.KindOf(err) == fail.Unreachable && !errors.As(err, new(*fail.Unreached))
}

// aboutItself makes a report from what the node reports about itself.
func (c Check) aboutItself(ctx context.Context, ask Ask, reason error) (Report, error) {
	name := ""
	if len(c.Args) > 0 && len(ask.Args) > 0 {
		name = ask.Args[0]
	}
	told, err := itself(ctx, ask, name, reason)
	if err != nil {
		return Report{}, err
	}
	r := c.Itself(told, reason)
	r.Transports = []string{Erlang}
	r.LookedAt = itselfAlone(told.Name, reason)
	return r, nil
}

// Node returns a client that talks to the node with that name over Erlang distribution. It connects at its first call.
func (h Host) Node(name string) (*erldist.Client, error) { return h.app.Node(name) }

// TellsCookie reports whether an option, a variable or the context gives the Erlang cookie. If so, a command may ask a
// node over Erlang distribution for facts that the management API does not know.
func (h Host) TellsCookie() bool { return h.app.TellsCookie() }

// itselfAlone returns a text that says that an answer comes only from what the node itself reports, and why.
func itselfAlone(node string, reason error) string {
	return "what node " + node + " reports about itself over Erlang distribution, because " + fail.InWords(reason).Error()
}

// aboutItself makes a document from what the node reports about itself.
func (s Show) aboutItself(ctx context.Context, ask Ask, reason error) (record.Document, error) {
	told, err := itself(ctx, ask, "", reason)
	if err != nil {
		return nil, err
	}
	ask.Note("this is only %s", itselfAlone(told.Name, reason))
	return append(record.Document{record.Fields("", transports(Erlang))}, s.Itself(told)...), nil
}

// StoppedNode returns the report about a node that runs without RabbitMQ. It is for checks that need RabbitMQ to run.
func StoppedNode(n survey.Itself, s health.Status) Report {
	why := n.NotRunning()
	return Report{Result: health.Result{Status: s, Summary: why.Error(), Details: []string{"next: " + afterStop(why)}}}
}

// afterStop says what to do with a node on which RabbitMQ does not run.
func afterStop(s *inside.Stopped) string {
	if s.Booting {
		return steps.Of(fail.New(fail.Unavailable, "").Do(fail.AwaitReady))
	}
	return "rabbitctl start_app --node " + s.Node + " starts it"
}
