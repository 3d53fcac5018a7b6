package cli

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/rabbitctl/rabbitctl/pkg/app"
)

// help returns the command help. It shows the help of a command, a topic, a finding or a runbook. For any other word it
// searches.
func help(a *app.App, root *cobra.Command) *cobra.Command {
	return &cobra.Command{
		Use:   "help [COMMAND | TOPIC | FINDING | RUNBOOK | WORD]",
		Short: "Help about a command, a topic, or any word",
		Long: `Show the help of a command, or of a topic: exit-codes, connecting, transports, formats, where, findings,
runbooks; or the page of a finding of doctor, or a runbook. Any other word is searched in all of them.

At a terminal, text that is longer than the screen is shown by the command of RABBITCTL_PAGER, else PAGER, else less;
--no-pager prints it.`,
		Example: "  rabbitctl help list_queues\n  rabbitctl help where\n  rabbitctl help disk-fills\n  rabbitctl help dead letter",
		Args:    cobra.ArbitraryArgs,
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			var out []string
			for _, c := range root.Commands() {
				if c.IsAvailableCommand() || c.IsAdditionalHelpTopicCommand() {
					out = append(out, cobra.CompletionWithDesc(c.Name(), c.Short))
				}
			}
			for _, p := range allPages() {
				out = append(out, cobra.CompletionWithDesc(p.name, p.about))
			}
			return append(out, root.ValidArgs...), cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			about, rest, err := root.Find(args)
			switch {
			case err == nil && (len(rest) == 0 || about != root):
				// cobra's own help command does the same. Without it, the text would differ from that of --help.
				about.InitDefaultHelpFlag()
				about.InitDefaultVersionFlag()
				if about != cmd && cmd.Flags().Changed("no-pager") {
					_ = about.Flags().Set("no-pager", cmd.Flag("no-pager").Value.String())
				}
				return about.Help()
			case len(args) == 1 && page(args[0]) != "":
				return show(a, cmd, a.IO.Out, page(args[0]))
			}
			if found := search(root, args); found != "" {
				return show(a, cmd, a.IO.Out, found)
			}
			return unknownCommand(root, args[0])
		},
	}
}

// showHelp returns the function that shows a help text; --help runs it too. For `PARENT NOSUCH --help` the function
// shows nothing: strayBesideHelp returns an error instead.
func showHelp(a *app.App, plain func(*cobra.Command, []string)) func(*cobra.Command, []string) {
	return func(cmd *cobra.Command, args []string) {
		if strayBesideHelp(cmd) != nil {
			return
		}
		out := cmd.OutOrStdout()
		var text bytes.Buffer
		cmd.SetOut(&text)
		plain(cmd, args)
		cmd.SetOut(out)
		if !cmd.HasParent() {
			text = *bytes.NewBufferString(wantToKnow() + "\n" + text.String())
		}
		// The flag library has no way to return the error, and a reader can see that the text is missing.
		_ = show(a, cmd, out, text.String())
	}
}

// show writes a text for people. At a terminal it wraps the text, and starts a pager if the text is longer than the
// screen.
func show(a *app.App, cmd *cobra.Command, out io.Writer, text string) error {
	if !a.IO.OutTTY || out != a.IO.Out && (out != a.IO.Err || !a.IO.ErrTTY) {
		_, err := io.WriteString(out, text)
		return err
	}
	text = broken(text, a.IO.Width)
	if command, wanted := pager(a, cmd); wanted && strings.Count(text, "\n") >= a.IO.Height && a.IO.Page(command, text) {
		return nil
	}
	_, err := fmt.Fprint(out, text)
	return err
}

// pager returns the pager's command ("" for the usual one), and reports whether to use a pager. It does not read the
// settings, so help works even with a broken configuration file.
func pager(a *app.App, cmd *cobra.Command) (command string, wanted bool) {
	if off, err := cmd.Flags().GetBool("no-pager"); err == nil && off || !a.IO.CanPage() {
		return "", false
	}
	if on := strings.ToLower(a.Getenv("RABBITCTL_NO_PAGER")); slices.Contains([]string{"1", "true", "yes", "on"}, on) {
		return "", false
	}
	command = a.Getenv("RABBITCTL_PAGER")
	if command == "" {
		command = a.Getenv("PAGER")
	}
	return command, command != "cat"
}
