// Package change has the changes that are made through the management API, over AMQP, over Erlang distribution or in a
// local file. Each change is defined once, as an Op: package verb turns it into a command of rabbitctl, and package
// personality into a command of the official tools.
package change

import (
	"context"
	"time"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/erldist"
	"github.com/rabbitctl/rabbitctl/pkg/messages"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// Op is one change. Each run makes a new Op, since it holds the values of its parameters.
type Op struct {
	// Name is the command's name: the same as in the official tools, if one of them has the command.
	Name string
	// Noun is what the change is about, as in Missing.What: user, vhost, policy.
	Noun string
	// Params are the parameters of the change, in the order of the command line.
	Params []Param
	// Scoped means that the change is about the virtual host of --vhost, or about something in that virtual host.
	Scoped bool
	// Everywhere means that the change is about the whole broker, unless a virtual host is named.
	Everywhere bool
	// Loses means that something is lost. A person then has to agree to it, unless an official tool is called.
	Loses bool
	// Removes means that the object does not exist afterwards. An object that did not exist before is Missing;
	// rabbitctl has a flag with which that is not a failure.
	Removes bool
	// Each means that rabbitctl takes several names for the first parameter, and does the change for each of them.
	Each bool
	// Many means that its plan can have a step for each of many things; rabbitctl has a flag that goes on after an error.
	Many bool
	// AMQP means that the change also speaks AMQP with the broker: Site.AMQP says how to connect.
	AMQP bool
	// NamesNodes means that the actions of its plan name their nodes, or take place on several nodes. The broker or the
	// node that is asked can be another one.
	NamesNodes bool
	// Erlang means that the change is made over Erlang distribution: with Site.Erlang, and not with Site.Broker.
	Erlang bool
	// OrErlang means that the change is made with Site.Broker on releases whose API has a request for it, and with
	// Site.Erlang on other releases.
	OrErlang bool
	// LocalOption is the option that names a local file; "" if there is none. With it, an Erlang change is made in that
	// file, and no node is asked.
	LocalOption string
	// Lasting means that its steps may take as long as they need: the time limit bounds them only if it was set, by
	// --timeout, a variable or the context.
	Lasting bool
	// Compares means that rabbitctl can tell, without writing, whether the broker is as wanted.
	Compares bool
	// Check refuses wrong parameters before anything is sent; nil means that there is nothing to check.
	Check func() error
	// Read reads local files before Plan, for rabbitctl only; nil if there is nothing to read. Its time does not count
	// towards --timeout.
	Read func(ctx context.Context, at Site) error
	// Plan reads the present state and says what has to be done. It sends no change. If rabbitctl and the official tools
	// have different words for a cause (Missing, Exists), the error has that cause.
	Plan func(ctx context.Context, at Site) (*Plan, error)
}

// Site is where a change is planned and made.
type Site struct {
	Broker *broker.Client
	// VHost is the virtual host of a Scoped change.
	VHost string
	// Node is the node that an official tool is about, by -n or by default; "" for rabbitctl.
	Node string
	// Together are all names for which the command makes an Each change, also those of --from-file.
	Together []string
	// DryRun means that the plan is not carried out (--dry-run, --check). The plan then has to find everything that the
	// broker would refuse.
	DryRun bool
	// Generated means that the command has made up the password that the change sets, so that nobody has it yet.
	Generated bool
	// AMQP is what a change needs to connect over AMQP.
	AMQP messages.Program
	// Erlang is the node that Erlang and OrErlang changes reach over Erlang distribution; nil for other changes, and for
	// an official tool that uses the API.
	Erlang *erldist.Client
	// Official means that an official tool is called. The tool shows no preview and reads nothing back, so the change
	// sends only the requests that it needs itself.
	Official bool
	// Files is how files are read and written; it can be nil for a change that needs no files.
	Files Files
	Clock
}

// Clock lets a change wait, and shows what the change waits for.
type Clock interface {
	Now() time.Time
	// Sleep waits for the length, or until the context ends; then it returns the error of the context.
	Sleep(ctx context.Context, length time.Duration) error
	// Until calls look until it returns true or an error, or until the time given by within has passed. It returns the
	// last answer of look. first is the first pause between two calls, and most the longest.
	Until(ctx context.Context, within, first, most time.Duration, look func() (bool, error)) (bool, error)
	// Timeout is the time budget of the whole command; 0 means no limit.
	Timeout() time.Duration
	// Waiting shows at a terminal what the command waits for, if that takes long; the official tools do not show it.
	Waiting(format string, args ...any)
	// Note tells people on stderr what they should know besides the result; the official tools do not show it.
	Note(format string, args ...any)
}

// Plan is what a change would do.
type Plan struct {
	// Done is the outcome if the change sends nothing: the object is as wanted already, or it differs and may not be
	// changed. The official tools carry out the steps anyway, if there are any.
	Done *Outcome
	// Node is the node that makes an OrErlang change over Erlang distribution; "" otherwise.
	Node string
	// Now is what a comparison reports if there are steps: "missing" if the object does not exist, or "" if it differs.
	Now string
	// Hits is what the change would affect. It is shown before a confirmation and by a dry run.
	Hits record.Document
	// Notes are printed with Hits, and say for example how old a figure is, or how long the change lasts.
	Notes []string
	// Dangers are sentences about consequences that people may not expect, for example that no user can log in
	// afterwards. With a danger, a person has to agree even to a change that loses nothing.
	Dangers []string
	// Steps are begun in this order, and carried out one after the other unless AtOnce says otherwise; most changes have
	// one.
	Steps []Step
	// Summary says what would be done, in place of the actions of very many steps: "delete 3 of 5 chosen queues". The hits
	// then list the details.
	Summary string
	// AtOnce is how many steps may be carried out side by side; 0 means one.
	AtOnce int
	// Finally checks the effect of all steps together, if none of them failed; nil means that there is no such check. Only
	// rabbitctl calls it, and not for a plan of one step without a Summary. It may add notes and facts about all steps to
	// their common outcome. If its error has the cause Unheld, the items of that cause count as failed.
	Finally func(ctx context.Context, o *Outcome) error
	// Again names the command that does the rest after an error; "" means the same command.
	Again string
}

// Step is one request, or a few requests that belong together.
type Step struct {
	// Action says what would be done, in the imperative: "delete queue orders in virtual host /".
	Action string
	// Item names what the step changes, to tell it from the other steps of the plan.
	Item string
	// Do carries out the step.
	Do func(ctx context.Context) (Outcome, error)
	// See checks the effect afterwards, for rabbitctl only, unless the outcome of Do is "absent"; nil means that Do checks
	// the effect, or that nothing does. See gets the outcome of Do.
	See func(ctx context.Context, o Outcome) (Outcome, error)
	// Waits means that the step needs the results of the steps before it: it begins when all of them have ended.
	Waits bool
	// Needed means that no other step begins if this step fails, even if a person wants the rest done after an error.
	Needed bool
	// Writes means that Do writes to standard output, so no progress line is shown meanwhile.
	Writes bool
	// Settled is the outcome of an item for which nothing is carried out, because nothing has to be done for it, or its
	// change could not be planned. It counts only if Do is nil.
	Settled *Outcome
}

// Outcome is the result of a change.
type Outcome struct {
	// Word is one word for scripts, such as created, changed, unchanged, differs, deleted or absent.
	Word string
	// Facts are printed below the word; in json they are members beside "outcome".
	Facts record.Document
	// Compared means that the outcome is that of a comparison, and Facts are the Hits of the plan. Word is then no title
	// for Facts: if Word is "missing", for example, the policy is missing, and not the queues to which it would apply.
	Compared bool
	// Notes are printed on stderr.
	Notes []string
	// OutTaken means that the change has written to standard output: the word and the facts go to stderr then, or nowhere
	// with --quiet.
	OutTaken bool
	// Failed decides the exit code; nil means success. Its message is printed unless its field Shown is true.
	Failed error
}

// Unheld is the cause of an error of Plan.Finally: the steps of these items succeeded, but afterwards the broker has
// something else.
type Unheld struct {
	Items []string
	// Now says what the broker has now.
	Now string
}

func (u *Unheld) Error() string { return u.Now }

// Finished returns a plan without steps, whose outcome is the word.
func Finished(word string) *Plan { return &Plan{Done: &Outcome{Word: word}} }

// Once returns a plan of one step. Its outcome is the word if there is no error.
func Once(action, word string, do func(ctx context.Context) error) *Plan {
	return &Plan{Steps: []Step{{Action: action, Do: func(ctx context.Context) (Outcome, error) {
		if err := do(ctx); err != nil {
			return Outcome{}, err
		}
		return Outcome{Word: word}, nil
	}}}}
}

// Already marks a plan whose object is as wanted already. The steps stay, for the official tools.
func (p *Plan) Already(word string) *Plan {
	p.Done = &Outcome{Word: word}
	return p
}

// Seen adds a check of the effect to the only step.
func (p *Plan) Seen(see func(ctx context.Context, o Outcome) (Outcome, error)) *Plan {
	p.Steps[0].See = see
	return p
}

// Make carries out a step, and checks its effect with See. If the outcome is "absent", it checks nothing. With an error of
// Do, the outcome has no word for what was done, unless a part was done.
func (s Step) Make(ctx context.Context) (Outcome, error) {
	o, err := s.Do(ctx)
	switch {
	case err != nil && o.Word != "incomplete":
		o.Word = ""
		return o, err
	case err != nil || s.See == nil || o.Word == "absent":
		return o, err
	}
	return s.See(ctx, o)
}
