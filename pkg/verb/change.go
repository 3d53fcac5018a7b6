package verb

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/rabbitctl/rabbitctl/pkg/app"
	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/record"
	"github.com/rabbitctl/rabbitctl/pkg/render"
)

// Change is a command that may change something on the broker. It first reads and makes a plan. A destructive plan is
// shown and confirmed before it is carried out.
type Change struct {
	// Name, Short, Long and Example are as in List.
	Name, Short, Long, Example string
	// Args name what is changed.
	Args []Arg
	// Destructive means that something is lost: the plan is confirmed at a terminal, and needs --yes elsewhere.
	Destructive bool
	// Flags adds flags of the command's own; nil: none.
	Flags func(*pflag.FlagSet)
	// Plan checks the arguments, reads the present state and says what would be done. It must report a wrong argument
	// before the first request.
	Plan func(ctx context.Context, c *broker.Client, ask Ask) (*Plan, error)
	// Validate checks flags and arguments before anything is sent; nil: nothing to check.
	Validate func(ask Ask) error
}

// Plan is what a Change would do.
type Plan struct {
	// Done is the outcome if nothing has to be done, or nothing may be: the object exists already, or differs.
	Done *Outcome
	// Action says what would be done, in the imperative: "delete queue orders in virtual host /".
	Action string
	// Hits is what the change would affect. It is shown before a confirmation and by --dry-run.
	Hits record.Document
	// Notes say what the reader of Hits must know, such as the age of a figure.
	Notes []string
	// Apply does it.
	Apply func(ctx context.Context) (Outcome, error)
}

// Outcome is what came of a Change.
type Outcome struct {
	// Word is one word for scripts: created, unchanged, differs, deleted, purged.
	Word string
	// Facts are printed below the word; in json they are members beside "outcome".
	Facts record.Document
	// Notes are printed on stderr.
	Notes []string
	// Failed makes the exit code; nil for success. Its message is printed only when it is not Shown.
	Failed error
}

type changeFlags struct {
	journal     string
	yes, dryRun bool
}

// Title is the name and the line about it.
func (c Change) Title() (name, short string) { return c.Name, c.Short }

// Cobra makes the command.
func (c Change) Cobra(a *app.App) *cobra.Command {
	var f changeFlags
	cmd := &cobra.Command{
		Use:     usage(c.Name, c.Args),
		Short:   c.Short,
		Long:    c.Long,
		Example: c.Example,
		Args:    exactly(c.Args),
		RunE:    func(cmd *cobra.Command, args []string) error { return c.run(cmd, a, args, f) },
	}
	vhostFlag(cmd, a)
	cmd.Flags().BoolVar(&f.dryRun, "dry-run", false, "say what would be done, and do nothing")
	cmd.Flags().StringVar(&f.journal, "journal", "", "append a JSON line to `FILE` before and after the change")
	cmd.Flags().BoolVarP(&f.yes, "yes", "y", false, c.yesHelp())
	withFlags(cmd, c.Flags)
	completeArgs(cmd, a, c.Args, "/")
	return cmd
}

func (c Change) yesHelp() string {
	if c.Destructive {
		return "do not ask for confirmation; needed without a terminal"
	}
	return "do not ask for confirmation in a protected context"
}

func (c Change) run(cmd *cobra.Command, a *app.App, args []string, f changeFlags) error {
	ask := Ask{Host: hostOf(a), Args: args, DryRun: f.dryRun}
	out, err := format(a)
	if err != nil {
		return err
	}
	if ask.VHost, err = scope(a, "/"); err != nil {
		return err
	}
	if c.Validate != nil {
		if err := c.Validate(ask); err != nil {
			return err
		}
	}
	intent := app.Intent{Destructive: c.Destructive, Yes: f.yes || f.dryRun || onlyLooks(cmd),
		GoOn: "--dry-run shows what it would hit, --yes does it"}
	asks, err := a.MustAsk(intent)
	if err != nil {
		return err
	}
	client, err := a.Broker()
	if err != nil {
		return err
	}
	ctx, cancel, err := a.Budget(cmd.Context())
	if err != nil {
		return err
	}
	defer cancel()
	plan, err := c.plan(ctx, a, client, ask)
	if err != nil {
		return err
	}
	if plan.Done != nil {
		return finish(a, out, *plan.Done)
	}
	if f.dryRun {
		fmt.Fprintln(a.IO.Err, render.Message(fmt.Sprintf("would %s on %s", render.Escape(plan.Action), client.BaseURL()),
			errWidth(a)))
		if err := document(a, plan.Hits); err != nil {
			return err
		}
		plan.tell(a)
		return nil
	}
	if err := a.MayChange(cmd.Context(), intent, func() error { return about(a, client, plan) }); err != nil {
		return err
	}
	if asks {
		// The answer to the question may have taken longer than the time budget.
		cancel()
		if ctx, cancel, err = a.Budget(cmd.Context()); err != nil {
			return err
		}
		defer cancel()
	}
	j, err := a.OpenJournal(f.journal)
	if err != nil {
		return err
	}
	defer j.Close()
	entry := app.JournalEntry{Command: c.Name, Broker: client.BaseURL(), User: client.Username(), VHost: ask.VHost,
		Action: plan.Action}
	return plan.apply(ctx, a, j, entry, out)
}

// apply makes the change, and tells what came of it, whatever becomes of the journal.
func (p *Plan) apply(ctx context.Context, a *app.App, j *app.Journal, entry app.JournalEntry, out render.Format) error {
	if err := j.Before(entry); err != nil {
		return err
	}
	outcome, err := p.Apply(ctx)
	word := outcome.Word
	if lost := broker.OutcomeOf(err); lost != "" {
		word = lost
	}
	unwritten := j.After(entry, word, err)
	if err == nil {
		err = finish(a, out, outcome)
	}
	if err != nil && unwritten != nil {
		note(a, "%s", unwritten)
		return err
	}
	return cmp.Or(err, unwritten)
}

// onlyLooks reports whether --check was given. Commands with this flag change nothing then.
func onlyLooks(cmd *cobra.Command) bool {
	check := cmd.Flags().Lookup("check")
	return check != nil && check.Value.String() == "true"
}

// plan makes the plan, and shows at a terminal what the command waits for.
func (c Change) plan(ctx context.Context, a *app.App, client *broker.Client, ask Ask) (*Plan, error) {
	progress := a.IO.Progress("asking " + client.BaseURL())
	defer progress.Stop()
	ask.Host = ask.during(progress.Update)
	return c.Plan(ctx, client, ask)
}

// tell writes what the reader of Hits must know.
func (p *Plan) tell(a *app.App) {
	for _, n := range p.Notes {
		note(a, "%s", n)
	}
}

// about shows what the plan hits.
func about(a *app.App, client *broker.Client, plan *Plan) error {
	fmt.Fprintln(a.IO.Err, render.Message(fmt.Sprintf("about to %s on %s", render.Escape(plan.Action), client.BaseURL()),
		errWidth(a)))
	if err := writeDocument(a, render.Table, a.IO.Err, plan.Hits, options(a)); err != nil {
		return err
	}
	plan.tell(a)
	return nil
}

// finish prints the outcome.
func finish(a *app.App, out render.Format, o Outcome) error {
	var err error
	if out == render.Table || out == render.TSV {
		if _, err = fmt.Fprintln(a.IO.Out, o.Word); err == nil && len(o.Facts) > 0 {
			facts := slices.Clone(o.Facts)
			if len(facts) == 1 {
				facts[0].Name = "" // the word above is title enough
			}
			err = writeDocument(a, out, a.IO.Out, facts, options(a))
		}
	} else {
		word := record.Fields("", record.Field{Column: record.Column{Name: "outcome"}, Value: record.Of(o.Word)})
		err = writeDocument(a, out, a.IO.Out, append(record.Document{word}, o.Facts...), options(a))
	}
	for _, n := range o.Notes {
		note(a, "%s", strings.TrimSpace(n))
	}
	if o.Failed != nil {
		return o.Failed
	}
	return err
}
