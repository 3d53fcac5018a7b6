package personality

import (
	"cmp"
	"context"
	"errors"

	"github.com/rabbitctl/rabbitctl/pkg/app"
	"github.com/rabbitctl/rabbitctl/pkg/change"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

// says turns the outcome of a change into the answer of the official tool, or into its error.
type says func(ctx context.Context, c *call, o change.Outcome, err error) (answer, error)

// ofOp returns the command for a change, under its official name. d has the parts that the tool adds: usage, banner,
// refusals. The parameters of the change give the number of arguments and the options. say puts the result into words.
// If say is nil, nothing is printed, and only the errors that most changes share are put into the tool's words.
func ofOp(made func() change.Op, d command, say says) command {
	op := made()
	d.name, d.changes, d.op = op.Name, true, true
	if d.switches == nil {
		d.switches = switches{}
	}
	for _, p := range op.Params {
		switch {
		case p.In == change.OwnOnly:
		case p.Role == change.Option:
			d.switches[p.Name] = map[change.Kind]kind{change.Text: text, change.Whole: integer, change.Truth: truth}[p.Kind]
		case p.Role == change.Rest:
			d.max = -1
		case p.Secret || p.Optional:
			d.max++
		default:
			d.min++
			d.max++
		}
	}
	if say == nil {
		say = quiet
	}
	d.run = func(ctx context.Context, c *call) (answer, error) {
		o, err := c.change(ctx, made())
		return say(ctx, c, o, err)
	}
	return d
}

// quiet gives the result of a change without printing anything.
func quiet(_ context.Context, _ *call, _ change.Outcome, err error) (answer, error) {
	return answer{}, shared(err)
}

// shared puts the errors that most changes share into the tool's words.
func shared(err error) error {
	missing := change.MissingOf(err)
	switch {
	case missing != nil && missing.What == "user":
		return noUser(missing.Name, true)
	case missing != nil && missing.What == "vhost":
		return missingVHost(missing.Name)
	}
	return err
}

// change sets the parameters of a change, plans it and carries it out. It sends the request even if the broker already
// has what is wanted, as the official tools do.
func (c *call) change(ctx context.Context, op change.Op) (change.Outcome, error) {
	if err := c.tell(ctx, op); err != nil {
		return change.Outcome{}, err
	}
	if op.Check != nil {
		if err := op.Check(); err != nil {
			return change.Outcome{}, err
		}
	}
	if op.Scoped {
		if err := addressable(c.vhost()); err != nil {
			return change.Outcome{}, err
		}
	}
	plan, err := op.Plan(ctx, change.Site{Broker: c.client, VHost: c.vhost(), Node: c.node, Official: true,
		Erlang: c.erlang, Clock: verb.Silent(c.app), Files: verb.Silent(c.app)})
	if err != nil {
		return change.Outcome{}, err
	}
	var last change.Outcome
	if plan.Done != nil {
		last = *plan.Done
	}
	return c.carry(ctx, op, plan, last)
}

// carry carries out the steps of a plan, and writes each step to the journal that the settings name.
func (c *call) carry(ctx context.Context, op change.Op, plan *change.Plan,
	last change.Outcome) (change.Outcome, error) {
	journal, err := c.app.OpenJournal("")
	if err != nil {
		return last, err
	}
	defer journal.Close()
	entry := app.JournalEntry{Command: c.tool + " " + op.Name, Broker: c.node, User: "Erlang cookie"}
	if c.client != nil {
		entry.Broker, entry.User = c.client.BaseURL(), c.client.Username()
	}
	if op.Scoped {
		entry.VHost = c.vhost()
	}
	for i, step := range plan.Steps {
		entry.Action = step.Action
		step.See = nil // the official tools check nothing afterwards
		var o change.Outcome
		_, unwritten, err := journal.Make(entry, func() (_ string, err error) {
			o, err = step.Make(ctx)
			return o.Word, err
		})
		if c.heard != nil {
			err = c.heard(i, len(plan.Steps), o, err)
		}
		if err := cmp.Or(err, unwritten); err != nil {
			return last, err
		}
		last = o
	}
	return last, nil
}

// tell sets the parameters of a change from the command line.
func (c *call) tell(ctx context.Context, op change.Op) error {
	at := 0
	for _, p := range op.Params {
		var words []string
		option, given := c.line.given(p.Name)
		switch {
		case p.In == change.OwnOnly:
			continue
		case p.Role == change.Option && given:
			words = []string{option}
		case p.Role == change.Option:
			continue
		case p.Secret:
			password, err := c.secret(ctx, at, c.silence(op))
			if err != nil {
				return err
			}
			words, at = []string{password}, at+1
		case p.Role == change.Rest:
			words = c.args[min(at, len(c.args)):]
		case at < len(c.args):
			words, at = c.args[at:at+1], at+1
		}
		for _, word := range words {
			if p.Role == change.Positional && !p.Free {
				if err := addressable(word); err != nil {
					return err
				}
			}
			var notJSON *change.NotJSON
			switch err := p.Set(word); {
			case errors.As(err, &notJSON):
				return no(fail.Unavailable, "Could not parse JSON document: %s", notJSON.Text)
			case err != nil:
				return no(fail.Unavailable, "%v", err)
			}
		}
	}
	return nil
}

// silence returns the kind of error for a missing password: add_user has another exit code than the other commands.
func (c *call) silence(op change.Op) fail.Kind {
	if op.Name == "add_user" {
		return fail.Data
	}
	return fail.Internal
}
