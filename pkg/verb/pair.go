package verb

import (
	"context"
	"iter"
	"strings"

	"github.com/spf13/cobra"

	"github.com/rabbitctl/rabbitctl/pkg/app"
	"github.com/rabbitctl/rabbitctl/pkg/beside"
	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// Pair is a listing that compares two brokers. Its first two arguments name them, each by its context, or by the word
// in Own.
type Pair struct {
	List
	// Own is the argument that stands for the broker of --url, --context and similar options.
	Own string
	// Both asks the two brokers for the rows with exactly these columns.
	Both func(ctx context.Context, a, b Peer, ask Ask, columns []record.Column) iter.Seq2[record.Row, error]
}

// Peer is one of the two brokers of a Pair.
type Peer struct {
	// Name is the broker's name on the command line.
	Name   string
	Client *broker.Client
	app    *app.App
}

// Cobra makes the command.
func (p Pair) Cobra(a *app.App) *cobra.Command {
	var peers [2]Peer
	l := p.List
	l.brokers = func(ctx context.Context, args []string) ([]*app.App, error) {
		for i := range peers {
			peer, err := p.open(ctx, a, args[i])
			if err != nil {
				return nil, err
			}
			peers[i] = peer
		}
		if args[0] == args[1] {
			return nil, fail.Usagef("A and B are the same: %s", args[0])
		}
		return []*app.App{peers[0].app}, app.LogIn(ctx, peers[0].app, peers[1].app)
	}
	l.Rows = func(ctx context.Context, _ *broker.Client, ask Ask, columns []record.Column) iter.Seq2[record.Row, error] {
		return p.Both(ctx, peers[0], peers[1], ask, columns)
	}
	cmd := l.Cobra(a)
	// The arguments already name the two brokers.
	_ = cmd.Flags().MarkHidden("contexts")
	run := cmd.RunE
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if cmd.Flags().Changed("contexts") {
			return fail.Usagef("%s takes no --contexts: A and B are the contexts", cmd.Name())
		}
		return run(cmd, args)
	}
	columns := cmd.ValidArgsFunction
	cmd.ValidArgsFunction = func(cmd *cobra.Command, got []string, prefix string) ([]string, cobra.ShellCompDirective) {
		if len(got) >= 2 {
			return columns(cmd, got, prefix)
		}
		names := ContextNames(cmd, a, "", prefix, got...)
		if strings.HasPrefix(p.Own, prefix) {
			names = append(names, p.Own)
		}
		return names, cobra.ShellCompDirectiveNoFileComp
	}
	return cmd
}

func (p Pair) open(ctx context.Context, a *app.App, name string) (Peer, error) {
	one := a
	if name != p.Own {
		var err error
		if one, err = a.In(ctx, name); err != nil {
			return Peer{}, err
		}
	}
	client, err := one.Broker()
	return Peer{name, client, one}, err
}

// AskBoth asks two brokers at the same time, each within its own time budget.
func AskBoth[T any](ctx context.Context, a, b Peer, ask func(context.Context, *broker.Client) (T, error)) (
	one, two T, err error) {
	var asked []*beside.Work[T]
	for _, p := range []Peer{a, b} {
		bounded, cancel, err := p.app.Budget(ctx)
		if err != nil {
			return one, two, InContext(err, p.app)
		}
		defer cancel()
		asked = append(asked, beside.Run(bounded, func(ctx context.Context) (got T, err error) {
			defer func() {
				if broken := recover(); broken != nil {
					err = defect(broken)
				}
			}()
			got, err = ask(ctx, p.Client)
			return got, InContext(err, p.app)
		}))
	}
	one, errA := asked[0].Result()
	two, errB := asked[1].Result()
	if errA != nil {
		return one, two, errA
	}
	return one, two, errB
}

// InContext adds to the error of an app's broker the name of its context, and a next step that suits this context.
func InContext(err error, one *app.App) error {
	if err == nil || one.Label() == "" {
		return err
	}
	err = inContext(err, one.Name())
	e := fail.New(fail.KindOf(err), "%s%w", one.Label(), err)
	return e.Advise(fail.HintOf(err))
}
