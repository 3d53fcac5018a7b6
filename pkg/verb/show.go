package verb

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/rabbitctl/rabbitctl/pkg/app"
	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/config"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/record"
	"github.com/rabbitctl/rabbitctl/pkg/render"
	"github.com/rabbitctl/rabbitctl/pkg/survey"
)

// Show is a command that prints one document, in most cases one object with the facts that belong to it.
type Show struct {
	// Name, Short, Long and Example are as in List.
	Name, Short, Long, Example string
	// Args name the object.
	Args []Arg
	// Scoped means that the object belongs to a virtual host, which is / unless -p or the context names another.
	Scoped bool
	// Everywhere means that a Scoped command covers all virtual hosts, unless one is named.
	Everywhere bool
	// Flags adds the command's own flags; nil means none.
	Flags func(*pflag.FlagSet)
	// Read asks the broker. If it returns a document together with an Incomplete or a Differs error, the document is
	// printed, and the error gives the exit code.
	Read func(ctx context.Context, c *broker.Client, ask Ask) (record.Document, error)
	// Itself makes the document from what a node reports about itself over Erlang distribution. It is called if the
	// management API does not answer; nil means that the command needs the API.
	Itself func(n survey.Itself) record.Document
	// Text returns the object in its own text form, which is printed if no format is asked for; nil means that it has
	// none.
	Text func(ctx context.Context, c *broker.Client, ask Ask) (string, error)
}

// Title returns the name of the command and its description in one line.
func (s Show) Title() (name, short string) { return s.Name, s.Short }

// Cobra makes the command.
func (s Show) Cobra(a *app.App) *cobra.Command {
	cmd := &cobra.Command{
		Use:     usage(s.Name, s.Args),
		Short:   s.Short,
		Long:    s.Long,
		Example: s.Example,
		Args:    Exactly(s.Args...),
		RunE: func(cmd *cobra.Command, args []string) error {
			if _, err := format(a); err != nil {
				return err
			}
			settings, err := a.Settings()
			if err != nil {
				return err
			}
			sources, err := sourcesOf(cmd.Context(), a, args, s.Scoped, usualVHost(!s.Everywhere))
			if err != nil {
				return err
			}
			if s.Text != nil && settings.Formatter == "" {
				return s.printText(cmd.Context(), a, sources)
			}
			return s.print(cmd.Context(), a, sources)
		},
	}
	if s.Scoped {
		vhostFlag(cmd, a, usualVHost(!s.Everywhere))
	}
	contextsFlag(cmd, a)
	if s.Itself != nil {
		config.BindDistributionFlags(cmd.Flags())
	}
	withFlags(cmd, s.Flags)
	completeArgs(cmd, a, s.Args, "/")
	return cmd
}

// print asks the brokers and prints their answers, even if some are missing.
func (s Show) print(ctx context.Context, a *app.App, sources []source) error {
	progress := a.IO.Progress("waiting for " + names(sources))
	answers := askEach(ctx, sources, progress, func(ctx context.Context, one source) (record.Document, error) {
		d, err := s.Read(ctx, one.client, one.ask)
		if s.Itself != nil && unanswered(err) {
			return s.aboutItself(ctx, one.ask, err)
		}
		return d, err
	})
	progress.Stop()
	say(answers, func(format string, args ...any) { note(a, format, args...) })
	var seen []answer[record.Document]
	for _, one := range answers {
		kind := fail.KindOf(one.err)
		if one.complete() || one.got != nil && (kind == fail.Incomplete || kind == fail.Differs) {
			seen = append(seen, one)
		}
	}
	err := failure(answers, "")
	if len(seen) == 0 {
		return err
	}
	d := seen[0].got
	if a.Context() != "" {
		d = together(seen)
	}
	if err := document(a, d); err != nil {
		return err
	}
	return err
}

// printText prints the text of each broker. With --contexts, the name of the context precedes each text.
func (s Show) printText(ctx context.Context, a *app.App, sources []source) error {
	progress := a.IO.Progress("waiting for " + names(sources))
	answers := askEach(ctx, sources, progress, func(ctx context.Context, one source) (string, error) {
		return s.Text(ctx, one.client, one.ask)
	})
	progress.Stop()
	say(answers, func(format string, args ...any) { note(a, format, args...) })
	for _, one := range answers {
		if !one.complete() {
			continue
		}
		if one.app.Context() != "" {
			one.got = "context " + one.app.Context() + ":\n" + one.got
		}
		if err := plain(a, one.got); err != nil {
			return err
		}
	}
	return failure(answers, "")
}

// plain prints a text. At a terminal it escapes characters that could control the terminal.
func plain(a *app.App, text string) error {
	if a.IO.OutTTY {
		text = render.EscapeLines(text)
	}
	_, err := fmt.Fprintln(a.IO.Out, text)
	return err
}
