package verb

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/rabbitctl/rabbitctl/pkg/app"
	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/record"
	"github.com/rabbitctl/rabbitctl/pkg/render"
)

// Show is a command that prints one thing with what belongs to it.
type Show struct {
	// Name, Short, Long and Example are as in List.
	Name, Short, Long, Example string
	// Args name the thing.
	Args []Arg
	// Scoped means that the thing belongs to a virtual host, / unless -p or the context says another.
	Scoped bool
	// Flags adds flags of the command's own; nil: none.
	Flags func(*pflag.FlagSet)
	// Read asks the broker. What it returns beside an Incomplete error is printed, and the error makes the exit code.
	Read func(ctx context.Context, c *broker.Client, ask Ask) (record.Document, error)
	// Text is for what has a text form of its own, which is printed where no format is asked for; nil: it has none.
	Text func(ctx context.Context, c *broker.Client, ask Ask) (string, error)
}

// Title is the name and the line about it.
func (s Show) Title() (name, short string) { return s.Name, s.Short }

// Cobra makes the command.
func (s Show) Cobra(a *app.App) *cobra.Command {
	cmd := &cobra.Command{
		Use:     usage(s.Name, s.Args),
		Short:   s.Short,
		Long:    s.Long,
		Example: s.Example,
		Args:    exactly(s.Args),
		RunE: func(cmd *cobra.Command, args []string) error {
			ask := Ask{Host: hostOf(a), Args: args}
			if _, err := format(a); err != nil {
				return err
			}
			settings, err := a.Settings()
			if err != nil {
				return err
			}
			if s.Scoped {
				if ask.VHost, err = scope(a, "/"); err != nil {
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
			progress := a.IO.Progress("waiting for " + client.BaseURL())
			if s.Text != nil && settings.Formatter == "" {
				text, err := s.Text(ctx, client, ask)
				progress.Stop()
				if err != nil {
					return err
				}
				return plain(a, text)
			}
			d, err := s.Read(ctx, client, ask)
			progress.Stop()
			if err != nil && (d == nil || fail.KindOf(err) != fail.Incomplete) {
				return err
			}
			if err := document(a, d); err != nil {
				return err
			}
			return err
		},
	}
	if s.Scoped {
		vhostFlag(cmd, a)
	}
	withFlags(cmd, s.Flags)
	completeArgs(cmd, a, s.Args, "/")
	return cmd
}

// plain prints a text, with what could steer a terminal escaped where one reads it.
func plain(a *app.App, text string) error {
	if a.IO.OutTTY {
		text = render.EscapeLines(text)
	}
	_, err := fmt.Fprintln(a.IO.Out, text)
	return err
}
