// Package change has every change that the management API can make, and those that a node makes over Erlang
// distribution, each defined once for both dialects: package verb
// makes the command of rabbitctl of it, package personality the one of the official tool.
package change

import (
	"context"
	"time"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/erldist"
	"github.com/rabbitctl/rabbitctl/pkg/messages"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// Op is one change. It is made afresh for each run, since its parameters are set in it.
type Op struct {
	// Name is the command's name: rabbitmqctl's, where it has one.
	Name string
	// Noun is what the change is about, as in Missing.What: user, vhost, policy.
	Noun string
	// Params are what the change is told, in the order of the command line.
	Params []Param
	// Scoped means that it is about a virtual host, or something in one.
	Scoped bool
	// Everywhere means that it is about the whole broker, unless a virtual host is named.
	Everywhere bool
	// Loses means that something is lost. A person then has to agree to it, unless an official tool is called.
	Loses bool
	// Removes means that afterwards the object is not there. One that was not there is Missing; rabbitctl has a flag that
	// makes no failure of that.
	Removes bool
	// Each means that rabbitctl takes several names for the first parameter, and does the change for each of them.
	Each bool
	// Many means that its plan can have a step for each of many things; rabbitctl has a flag that goes on after an error.
	Many bool
	// AMQP means that it speaks AMQP with the broker, too: Site.AMQP says how to begin.
	AMQP bool
	// Erlang means that it is done over Erlang distribution: by Site.Erlang, and not by Site.Broker.
	Erlang bool
	// OrErlang means that it is done by Site.Broker on releases whose API has a request for it, and by Site.Erlang on
	// others.
	OrErlang bool
	// LocalOption is the option of an Erlang change with which it is made in the local file that it names, and no node is
	// asked; "" for none.
	LocalOption string
	// Lasting means that its steps take as long as there is something to do: --timeout bounds them only where it is given.
	Lasting bool
	// Compares means that rabbitctl can tell, without writing, whether the broker is as wanted.
	Compares bool
	// Check refuses wrong parameters before anything is sent; nil: nothing to check.
	Check func() error
	// Read reads local files that may be large, before Plan; nil: there are none. It may take longer than --timeout while
	// data arrives.
	Read func(ctx context.Context, at Site) error
	// Plan reads what is there and says what has to be done. It sends no change. A cause that a dialect words by itself
	// (Missing, Exists) is in the error.
	Plan func(ctx context.Context, at Site) (*Plan, error)
}

// Site is where a change is planned and made.
type Site struct {
	Broker *broker.Client
	// VHost is the virtual host of a Scoped change.
	VHost string
	// Node is the one that an official tool is told by -n.
	Node string
	// Together are the names that rabbitctl makes the change for, where the same command is told several.
	Together []string
	// DryRun means that the plan is only shown. It has to find whatever the broker would refuse.
	DryRun bool
	// AMQP is what a change that speaks AMQP needs to know to connect.
	AMQP messages.Program
	// Erlang is the node of a change that is done over Erlang distribution.
	Erlang *erldist.Client
	// Official means that an official tool is called. It shows nothing of what is hit and reads nothing back, so only what
	// the change itself needs is asked for.
	Official bool
	// Files is how files are read and written; nil for an official tool.
	Files Files
	Clock
}

// Clock is how a change waits, and says what for.
type Clock interface {
	Now() time.Time
	// Sleep waits for so long, or until the context ends, which it returns as the error.
	Sleep(ctx context.Context, length time.Duration) error
	// Until looks again and again until it holds or the time is over.
	Until(ctx context.Context, within, first, most time.Duration, look func() (bool, error)) (bool, error)
	// Timeout is the time budget of the whole command, 0 for none.
	Timeout() time.Duration
	// Waiting shows at a terminal what the command waits for, if that takes long.
	Waiting(format string, args ...any)
	// Note tells people at once what they should know.
	Note(format string, args ...any)
}

// Plan is what a change would do.
type Plan struct {
	// Done is the outcome if nothing has to be done, or nothing may be: the object is as wanted, or differs. The official
	// tools carry out the steps anyway, where there are some.
	Done *Outcome
	// Node is the node that does it over Erlang distribution, where the change is done by the API on other releases.
	Node string
	// Now is the word for what is there instead of what is wanted: missing, or "" for differs.
	Now string
	// Hits is what the change would affect. It is shown before a confirmation and by a dry run.
	Hits record.Document
	// Notes say what the reader of Hits must know, such as the age of a figure.
	Notes []string
	// Dangers are sentences about what somebody may not expect, such as that nobody can log in afterwards. With one of
	// them a person has to agree, also to a change that loses nothing.
	Dangers []string
	// Steps are carried out one after the other; most changes have one.
	Steps []Step
	// Summary says in place of the steps' actions what would be done, where there can be very many steps: "delete 3 of 5
	// chosen queues". The hits then have a row for each.
	Summary string
	// AtOnce is how many steps may be carried out side by side; 0 is one.
	AtOnce int
	// Finally looks, after steps without an error, whether what they did is to be seen; nil: they know.
	Finally func(ctx context.Context) error
}

// Step is one request, or the few that belong together.
type Step struct {
	// Action says what would be done, in the imperative: "delete queue orders in virtual host /".
	Action string
	// Item names what it is about among the others of a plan with many steps.
	Item string
	// Do does it.
	Do func(ctx context.Context) (Outcome, error)
	// See looks afterwards whether it is as it should be, for rabbitctl only; nil: Do knows. It gets the outcome of Do.
	See func(ctx context.Context, o Outcome) (Outcome, error)
	// Waits means that it needs what the steps before it make: it is begun when all of them have ended.
	Waits bool
	// Needed means that no other step is begun where it fails, also where the rest is to be done after an error.
	Needed bool
	// Writes means that Do writes to standard output, so no progress line is shown meanwhile.
	Writes bool
	// Settled is the outcome of an item for which nothing has to be done, or could not be planned; Do is nil then.
	Settled *Outcome
}

// Outcome is what came of a change.
type Outcome struct {
	// Word is one word for scripts: created, changed, unchanged, differs, deleted, absent.
	Word string
	// Facts are printed below the word; in json they are members beside "outcome".
	Facts record.Document
	// Notes are printed on stderr.
	Notes []string
	// OutTaken means that the change has written to standard output: the word and the facts go to stderr then.
	OutTaken bool
	// Failed makes the exit code; nil for success. Its message is printed only when it is not Shown.
	Failed error
}

// Finished is a plan for which nothing has to be done.
func Finished(word string) *Plan { return &Plan{Done: &Outcome{Word: word}} }

// Once is a plan of one step, whose outcome is the word if there is no error.
func Once(action, word string, do func(ctx context.Context) error) *Plan {
	return &Plan{Steps: []Step{{Action: action, Do: func(ctx context.Context) (Outcome, error) {
		if err := do(ctx); err != nil {
			return Outcome{}, err
		}
		return Outcome{Word: word}, nil
	}}}}
}

// Already says that what the plan would make is there as wanted. Its steps stay, for the official tools.
func (p *Plan) Already(word string) *Plan {
	p.Done = &Outcome{Word: word}
	return p
}

// Seen adds a look afterwards to the only step.
func (p *Plan) Seen(see func(ctx context.Context, o Outcome) (Outcome, error)) *Plan {
	p.Steps[0].See = see
	return p
}

// Make carries out a step, and looks whether it is as it should be.
func (s Step) Make(ctx context.Context) (Outcome, error) {
	o, err := s.Do(ctx)
	if err != nil || s.See == nil || o.Word == "absent" {
		return o, err
	}
	return s.See(ctx, o)
}
