package verb

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/rabbitctl/rabbitctl/pkg/app"
	"github.com/rabbitctl/rabbitctl/pkg/change"
	"github.com/rabbitctl/rabbitctl/pkg/config"
	"github.com/rabbitctl/rabbitctl/pkg/erlang"
	"github.com/rabbitctl/rabbitctl/pkg/erldist"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/iostreams"
	"github.com/rabbitctl/rabbitctl/pkg/render"
)

// Shell is the command that runs Erlang code on a node, line by line.
type Shell struct{ Name, Short, Long, Example string }

// Title returns the name of the command and its description in one line.
func (s Shell) Title() (name, short string) { return s.Name, s.Short }

// Cobra makes the command.
func (s Shell) Cobra(a *app.App) *cobra.Command {
	var yes bool
	journal := ""
	cmd := &cobra.Command{
		Use: s.Name, Short: s.Short, Long: s.Long, Example: s.Example, Args: Exactly(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			_, err := a.MayChange(cmd.Context(), app.Intent{Yes: yes, GoOn: "the same command with --yes opens the shell"},
				func() error { return nil })
			if err != nil {
				return err
			}
			node, err := a.Node("")
			if err != nil {
				return err
			}
			defer node.Close()
			return RunShell(cmd.Context(), a, node, "rabbitctl "+s.Name, journal)
		},
	}
	withFlags(cmd, config.BindDistributionFlags)
	cmd.Flags().BoolVarP(&yes, "yes", "y", false, "do not ask in a protected context; needed there without a terminal")
	cmd.Flags().StringVar(&journal, "journal", "", "append a JSON line to `FILE` before and after the shell")
	return cmd
}

// RunShell reads expressions and evaluates them on the node until the input ends, or q(). is typed. It keeps variables.
// It writes none of the typed text to a journal, since that text may be secret. If the input does not come from a
// person, the first failure ends the shell.
func RunShell(ctx context.Context, a *app.App, node *erldist.Client, command, path string) error {
	dialed, cancel, err := a.Budget(ctx)
	if err != nil {
		return err
	}
	name, err := node.Node(dialed)
	cancel()
	if err != nil {
		return err
	}
	journal, err := a.OpenJournal(path)
	if err != nil {
		return err
	}
	defer journal.Close()
	entry := app.JournalEntry{Command: command, Broker: name, User: "Erlang cookie", Action: "run an Erlang shell"}
	_, unwritten, err := journal.Make(entry, func() (string, error) {
		s := &shell{app: a, node: node, name: name, editor: a.IO.NewEditor(), person: a.IO.CanPrompt()}
		return "ended", s.run(ctx)
	})
	if err != nil {
		return err
	}
	return unwritten
}

// shell is a running shell.
type shell struct {
	app    *app.App
	node   *erldist.Client
	name   string
	editor *iostreams.Editor
	person bool
	bound  erlang.List
}

func (s *shell) say(format string, args ...any) {
	fmt.Fprintln(s.app.IO.Err, render.EscapeLines(fmt.Sprintf(format, args...)))
}

func (s *shell) run(ctx context.Context) error {
	if s.person {
		s.say("Erlang shell on node %s.\nThe Erlang cookie gives all rights there: what is typed here is not limited\n"+
			"by users, tags or permissions. An expression ends with a full stop. q(). or Ctrl-D ends\n"+
			"the shell, not the node; f(). forgets the variables.", s.name)
	}
	for count := 1; ; count++ {
		text, err := s.expression(ctx, count)
		switch {
		case errors.Is(err, io.EOF) && s.person:
			s.say("")
			return nil
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return err
		}
		switch strings.Join(strings.Fields(text), "") {
		case "q().":
			return nil
		case "f().":
			s.bound = nil
			continue
		}
		if err := s.evaluate(ctx, text); err != nil && (!s.person || endsShell(err)) {
			return err
		} else if err != nil {
			s.say("** %v", fail.InWords(err))
		}
	}
}

// endsShell tells whether nothing more can be evaluated after this error.
func endsShell(err error) bool {
	k := fail.KindOf(err)
	return k == fail.Canceled || k == fail.Unreachable || k == fail.Lost || k == fail.Denied
}

// expression reads lines up to one that ends with a full stop.
func (s *shell) expression(ctx context.Context, count int) (string, error) {
	short, _, _ := strings.Cut(s.name, "@")
	prompt := fmt.Sprintf("(%s)%d> ", s.name, count)
	if len(s.name) > 40 {
		prompt = fmt.Sprintf("(%s)%d> ", short, count)
	}
	var lines []string
	for {
		line, err := s.editor.ReadLine(ctx, prompt)
		if err != nil && (line == "" || !errors.Is(err, io.EOF)) {
			if rest := strings.TrimSpace(strings.Join(lines, "\n")); errors.Is(err, io.EOF) && rest != "" && !s.person {
				return "", fail.New(fail.Data, "the last expression was not evaluated: it does not end with a full stop")
			}
			return "", err
		}
		if strings.TrimSpace(line) == "" && len(lines) == 0 {
			continue
		}
		lines = append(lines, line)
		if strings.HasSuffix(strings.TrimSpace(line), ".") {
			return strings.Join(lines, "\n"), nil
		}
		prompt = strings.Repeat(" ", max(len(prompt)-2, 0)) + "| "
	}
}

// evaluate prints the value of an expression. There is no time limit: Ctrl-C ends the evaluation and the shell.
func (s *shell) evaluate(ctx context.Context, text string) error {
	print := func(text string) {
		if s.app.IO.OutTTY {
			text = render.EscapeLines(text)
		}
		_, _ = io.WriteString(s.app.IO.Out, text)
	}
	e := change.Evaluation{Expression: text, Bindings: s.bound, Print: print}
	printed, _, err := e.Run(ctx, s.node)
	if err == nil {
		s.bound = e.Bound
		print(printed + "\n")
	}
	return err
}
