package verb

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/rabbitctl/rabbitctl/pkg/app"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/inside"
	"github.com/rabbitctl/rabbitctl/pkg/render"
)

// Follow is a command that prints what a node tells over Erlang distribution as it comes, until it ends or is
// interrupted.
type Follow struct {
	// Name, Short, Long and Example are as in List.
	Name, Short, Long, Example string
	// Flags adds flags of the command's own; nil: none.
	Flags func(*pflag.FlagSet)
	// Endless means that --timeout bounds it only where it is given.
	Endless bool
	// Run asks the node, and prints.
	Run func(ctx context.Context, n inside.Node, ask Ask, print func(text string) error) error
}

// Title is the name and the line about it.
func (f Follow) Title() (name, short string) { return f.Name, f.Short }

// Cobra makes the command.
func (f Follow) Cobra(a *app.App) *cobra.Command {
	cmd := &cobra.Command{
		Use:     f.Name,
		Short:   f.Short,
		Long:    f.Long,
		Example: f.Example,
		Args:    exactly(nil),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return f.run(cmd.Context(), a)
		},
	}
	withFlags(cmd, NodeFlags(f.Flags))
	return cmd
}

func (f Follow) run(whole context.Context, a *app.App) error {
	ctx, cancel, err := f.budget(whole, a)
	if err != nil {
		return err
	}
	defer cancel()
	node, err := a.Node("")
	if err != nil {
		return err
	}
	defer node.Close()
	err = f.Run(ctx, node, Ask{Host: hostOf(a)}, func(text string) error {
		if a.IO.OutTTY {
			text = render.EscapeLines(text)
		}
		_, err := fmt.Fprint(a.IO.Out, text)
		return err
	})
	if f.Endless && fail.KindOf(err) == fail.Canceled {
		return nil // to be interrupted is how it ends
	}
	return err
}

func (f Follow) budget(ctx context.Context, a *app.App) (context.Context, context.CancelFunc, error) {
	s, err := a.Settings()
	if err != nil {
		return nil, nil, err
	}
	if f.Endless && s.Origin("timeout") == "default" {
		return a.Within(ctx, 0)
	}
	return a.Budget(ctx)
}
