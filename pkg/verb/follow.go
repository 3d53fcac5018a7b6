package verb

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/rabbitctl/rabbitctl/pkg/app"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/inside"
	"github.com/rabbitctl/rabbitctl/pkg/record"
	"github.com/rabbitctl/rabbitctl/pkg/render"
)

// Follow is a command that prints what a node sends over Erlang distribution, as it arrives, until the command ends or
// is interrupted.
type Follow struct {
	// Name, Short, Long and Example are as in List.
	Name, Short, Long, Example string
	// Flags adds the command's own flags; nil means none.
	Flags func(*pflag.FlagSet)
	// Endless means that --timeout limits the command only if it is given.
	Endless bool
	// Objects means that Run itself prints JSON objects, one on each line, in every format.
	Objects bool
	// Run asks the node, and calls print with each piece of text that arrives.
	Run func(ctx context.Context, n inside.Node, ask Ask, print func(text string) error) error
}

// Title returns the name of the command and its description in one line.
func (f Follow) Title() (name, short string) { return f.Name, f.Short }

// Cobra makes the command.
func (f Follow) Cobra(a *app.App) *cobra.Command {
	cmd := &cobra.Command{
		Use:     f.Name,
		Short:   f.Short,
		Long:    f.long(),
		Example: f.Example,
		Args:    Exactly(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return f.run(cmd.Context(), a)
		},
	}
	withFlags(cmd, NodeFlags(f.Flags))
	return cmd
}

func (f Follow) long() string {
	if f.Endless {
		return strings.TrimSpace(f.Long) + "\n\nThe default of --timeout (60s) does not hold for this command: it has " +
			"no time limit unless --timeout,\na variable or the context sets one."
	}
	return f.Long
}

func (f Follow) run(whole context.Context, a *app.App) error {
	ctx, cancel, err := f.budget(whole, a)
	if err != nil {
		return err
	}
	defer cancel()
	objects, err := f.objects(a)
	if err != nil {
		return err
	}
	node, err := a.Node("")
	if err != nil {
		return err
	}
	defer node.Close()
	lines := lineObjects{}
	err = f.Run(ctx, node, Ask{Host: hostOf(a)}, func(text string) error {
		switch {
		case objects:
			text = lines.add(text)
		case a.IO.OutTTY:
			text = render.EscapeLines(text)
		}
		_, err := fmt.Fprint(a.IO.Out, text)
		return err
	})
	if rest := lines.end(); rest != "" {
		fmt.Fprint(a.IO.Out, rest)
	}
	if f.Endless && fail.KindOf(err) == fail.Canceled {
		return nil // to be interrupted is how it ends
	}
	return err
}

// objects tells whether to make a JSON object of each line. It refuses a format that does not suit a stream, if
// --formatter gives it; a variable or the context may give such a format, which is then not used.
func (f Follow) objects(a *app.App) (bool, error) {
	s, err := a.Settings()
	if err != nil {
		return false, err
	}
	switch wanted := render.Format(s.Formatter); wanted {
	case render.JSON, render.JSONL:
		return !f.Objects, nil
	case "", render.Table, render.TSV:
		return false, nil
	default:
		if s.Origin("formatter") != "flag --formatter" {
			return false, nil
		}
		return false, fail.Usagef("%s prints lines as they come, and has no output format %q", f.Name, wanted).
			Next("formats: json jsonl, an object on each line")
	}
}

// lineObjects makes a JSON object of each line of a text that arrives in pieces: {"line":"..."}.
type lineObjects struct{ begun string }

func (l *lineObjects) add(text string) string {
	var out strings.Builder
	whole := strings.Split(l.begun+text, "\n")
	l.begun = whole[len(whole)-1]
	for _, line := range whole[:len(whole)-1] {
		out.WriteString(lineObject(line))
	}
	return out.String()
}

// end returns the last line as an object, if no line end followed it.
func (l *lineObjects) end() string {
	if l.begun == "" {
		return ""
	}
	return lineObject(l.begun)
}

func lineObject(line string) string { return `{"line":` + string(record.Of(line)) + "}\n" }

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
