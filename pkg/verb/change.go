package verb

import (
	"context"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/rabbitctl/rabbitctl/pkg/app"
	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/change"
)

// Change is a command that may change something on the broker. It first reads the present state and makes a plan. A
// destructive plan, and in a protected context every plan, is shown and must be confirmed before it is carried out,
// unless --yes was given.
type Change struct {
	// Name, Short, Long and Example are as in List.
	Name, Short, Long, Example string
	// Args name the objects to change.
	Args []Arg
	// Destructive means that the change loses something: the plan must be confirmed at a terminal, and needs --yes
	// elsewhere.
	Destructive bool
	// Flags adds the command's own flags; nil means none.
	Flags func(*pflag.FlagSet)
	// Plan checks the arguments, reads the present state and returns what would be done. It must report a wrong argument
	// before the first request.
	Plan func(ctx context.Context, c *broker.Client, ask Ask) (*change.Plan, error)
	// Validate checks flags and arguments before anything is sent; nil means that there is nothing to check.
	Validate func(ask Ask) error
	// Unscoped means that the change concerns no virtual host, so there is no -p.
	Unscoped bool
	// Everywhere means that the change concerns all virtual hosts if -p is not given.
	Everywhere bool
	// Bulk means that one run can change many items.
	Bulk bool
	// NamesNodes is as in change.Op.
	NamesNodes bool
	// Lasting means that the steps take as long as there is something to do: --timeout limits them only if it is given.
	Lasting bool
	// erlang means that the change is made over Erlang distribution, on one node. distant means that it is made over
	// Erlang distribution too, but on the nodes that the plan determines. orErlang means that Erlang distribution is used
	// only if the broker's release has no request for the change.
	erlang, distant, orErlang bool
	// file returns the local file that an erlang change writes instead of changing a node. nil or "" means that there is
	// none.
	file func() string
	// reads gets the contents of files before the check, and returns the names of further items; nil means that there are
	// no files.
	reads func(a *app.App, args []string, stdinTaken bool) (items []string, err error)
	// local reads large local files before the plan is made, for as long as data arrives; nil means that there are none.
	local func(ctx context.Context, c *broker.Client, ask Ask) error
	// completes makes flags offer live names; nil means that no flag does.
	completes func(cmd *cobra.Command, a *app.App)
	// secret is the password that the change sets; nil means that it sets none.
	secret *newPassword
	// wide returns the option on the command line that makes the change concern several virtual hosts; nil or "" means
	// that there is no such option.
	wide func() string
}

type changeFlags struct {
	journal                string
	yes, dryRun, keepGoing bool
}

// Title returns the name of the command and its description in one line.
func (c Change) Title() (name, short string) { return c.Name, c.Short }

// Cobra makes the command.
func (c Change) Cobra(a *app.App) *cobra.Command {
	var f changeFlags
	cmd := &cobra.Command{
		Use:     usage(c.Name, c.Args),
		Short:   c.Short,
		Long:    c.long(),
		Example: c.Example,
		Args:    Exactly(c.Args...),
		RunE: func(cmd *cobra.Command, args []string) error {
			return away(cmd.Context(), a, c.run(cmd, a, args, f))
		},
	}
	if !c.Unscoped {
		vhostFlag(cmd, a, usualVHost(!c.Everywhere))
	}
	if c.Bulk {
		cmd.Flags().BoolVar(&f.keepGoing, "keep-going", false, "go on with the other items after an error")
	}
	if c.secret != nil {
		c.secret.flags(cmd.Flags())
	}
	c.changeFlags(cmd, &f)
	withFlags(cmd, c.Flags)
	if c.completes != nil {
		c.completes(cmd, a)
	}
	completeArgs(cmd, a, c.Args, "/")
	return cmd
}

// noTimeLimit is the end of the help of the changes for whose steps the default of --timeout does not hold.
const noTimeLimit = "\n\nThe default of --timeout (60s) holds only until the command asks for confirmation or begins " +
	"its work. After that\nthere is no time limit unless --timeout, a variable or the context sets one."

func (c Change) long() string {
	if c.Lasting {
		return strings.TrimSpace(c.Long) + noTimeLimit
	}
	return c.Long
}

// changeFlags adds the flags that every change has.
func (c Change) changeFlags(cmd *cobra.Command, f *changeFlags) {
	cmd.Flags().BoolVar(&f.dryRun, "dry-run", false, "say what would be done, and do nothing")
	cmd.Flags().StringVar(&f.journal, "journal", "", "append a JSON line to `FILE` before and after each change")
	cmd.Flags().BoolVarP(&f.yes, "yes", "y", false, c.yesHelp())
}

func (c Change) yesHelp() string {
	if c.Destructive {
		return "do not ask for confirmation; without a terminal, a change needs --yes, --dry-run does not"
	}
	return "do not ask; without a terminal, needed whenever the command would ask: where its help says so, for a risk that " +
		"--dry-run names, and if the context has protected = true"
}

func (c Change) run(cmd *cobra.Command, a *app.App, args []string, f changeFlags) error {
	line := &waitingLine{}
	ask := Ask{Host: hostOf(a).during(line.update), Args: args, DryRun: f.dryRun, KeepGoing: f.keepGoing}
	out, err := format(a)
	if err != nil {
		return err
	}
	if err := c.valid(cmd, a, &ask); err != nil {
		return err
	}
	looks := f.dryRun || onlyLooks(cmd)
	intent := app.Intent{Destructive: c.Destructive, Yes: f.yes, Looks: looks,
		GoOn: "--dry-run shows what would be changed, --yes changes it"}
	if _, err := a.MustAsk(intent); err != nil {
		return err
	}
	if c.secret != nil && (!looks || onlyLooks(cmd) && c.secret.given()) {
		if err := c.secret.read(cmd.Context(), a); err != nil {
			return err
		}
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
	if c.local != nil {
		line.show(a.IO.Progress("reading"))
		err := c.local(cmd.Context(), client, ask)
		line.end()
		if err != nil {
			return err
		}
		// The time budget starts again here: the reading of local files does not count.
		restarted, end, err := a.Budget(cmd.Context())
		if err != nil {
			return err
		}
		defer end()
		ctx = restarted
	}
	line.show(a.IO.Progress("asking " + client.BaseURL()))
	plan, where, user, err := c.planned(ctx, a, client, &ask)
	if ask.node != nil {
		defer ask.node.Close()
	}
	line.end()
	if err != nil {
		return err
	}
	if plan.Done != nil {
		return finish(a, out, *plan.Done, c.ways(plan))
	}
	if f.dryRun {
		return would(a, c.at(where), plan)
	}
	doing := carrying{app: a, line: line, out: out, secret: c.secret, keepGoing: f.keepGoing, ways: c.ways(plan),
		entry: app.JournalEntry{Command: c.Name, Broker: where, User: user, VHost: ask.VHost}}
	show := func() error { return about(a, c.at(where), plan) }
	return c.agreed(ctx, cmd.Context(), doing, plan, intent, f.journal, show)
}

// ways returns the transports over which the change is made; nil means HTTP alone.
func (c Change) ways(plan *change.Plan) []string {
	switch {
	case plan.Node != "":
		return []string{HTTP, Erlang}
	case c.inFile() != "":
		return []string{File}
	case c.erlang:
		return []string{Erlang}
	case c.distant:
		return []string{HTTP, Erlang}
	}
	return nil
}

// inFile returns the local file that the change writes, or "" if it changes the broker.
func (c Change) inFile() string {
	if c.file == nil {
		return ""
	}
	return c.file()
}

// at returns where the actions of a plan take place, as the end of a sentence. The argument is the broker, the node or
// the file, as a text.
func (c Change) at(where string) string {
	switch {
	case c.inFile() != "":
		return " in " + where
	case c.distant:
		return ", over Erlang distribution, in the cluster of " + where
	case c.NamesNodes:
		return ", through " + where
	}
	return " on " + where
}

// byCookie stands in the journal as the user of a change over Erlang distribution.
const byCookie = "Erlang cookie"

// planned returns the plan, the place where the plan is carried out, and the user that the journal names.
func (c Change) planned(ctx context.Context, a *app.App, client *broker.Client,
	ask *Ask) (plan *change.Plan, where, user string, err error) {
	where, user = client.BaseURL(), client.Username()
	if where := c.inFile(); where != "" {
		plan, err = c.Plan(ctx, client, *ask)
		return plan, where, "", err
	}
	if c.erlang {
		if ask.node, err = a.Node(""); err != nil {
			return nil, "", "", err
		}
		user = byCookie
		if where, err = ask.node.Node(ctx); err != nil {
			return nil, "", "", err
		}
	}
	if c.orErlang {
		if ask.node, err = a.Node(""); err != nil {
			return nil, "", "", err
		}
	}
	if c.distant {
		user = byCookie
	}
	plan, err = c.Plan(broker.Changing(ctx), client, *ask)
	if err == nil && plan.Node != "" {
		where, user = plan.Node, byCookie
	}
	return plan, where, user, err
}

// agreed carries out the plan, after a confirmation if one is needed. It gets two contexts: within has the time budget
// of planning, and whole lasts as long as the command. After a question, the steps get a new time budget.
func (c Change) agreed(within, whole context.Context, doing carrying, plan *change.Plan, intent app.Intent,
	journal string, show func() error) error {
	if len(plan.Dangers) > 0 {
		intent.Destructive, intent.Why = true, strings.Join(plan.Dangers, "; ")
	}
	asked, err := doing.app.MayChange(whole, intent, show)
	if err != nil {
		return err
	}
	if asked || c.Lasting {
		// The person may have taken longer to answer the question than the time budget allows.
		ctx, cancel, err := c.budget(whole, doing.app)
		if err != nil {
			return err
		}
		defer cancel()
		within = ctx
	}
	if doing.journal, err = doing.app.OpenJournal(journal); err != nil {
		return err
	}
	defer doing.journal.Close()
	return doing.all(within, plan)
}

// valid checks what was typed, before anything is sent. It sets the virtual host in ask, and adds the items that a file
// names.
func (c Change) valid(cmd *cobra.Command, a *app.App, ask *Ask) (err error) {
	if !c.Unscoped {
		if ask.VHost, err = scope(a, usualVHost(!c.Everywhere)); err != nil {
			return err
		}
		if err := c.widen(cmd, ask); err != nil {
			return err
		}
	}
	var login pflag.Value
	if f := cmd.Flags().Lookup("password-stdin"); f != nil {
		login = f.Value
	}
	if c.reads != nil {
		items, err := c.reads(a, ask.Args, login != nil && login.String() == "true")
		if err != nil {
			return err
		}
		ask.Args = append(ask.Args, items...)
	}
	if c.secret != nil {
		if err := c.secret.check(login); err != nil {
			return err
		}
	}
	if c.Validate == nil {
		return nil
	}
	return c.Validate(*ask)
}

// onlyLooks reports whether --check was given. A command with this flag then changes nothing.
func onlyLooks(cmd *cobra.Command) bool {
	check := cmd.Flags().Lookup("check")
	return check != nil && check.Value.String() == "true"
}

// budget returns a context with the time limit for the steps.
func (c Change) budget(ctx context.Context, a *app.App) (context.Context, context.CancelFunc, error) {
	s, err := a.Settings()
	if err != nil {
		return nil, nil, err
	}
	if c.Lasting && s.Origin("timeout") == "default" {
		return a.Within(ctx, 0)
	}
	return a.Budget(ctx)
}
