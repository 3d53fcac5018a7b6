package cli

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/rabbitctl/rabbitctl/pkg/app"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/personality"
)

// as returns the command that runs a command line of an official tool. All words after the tool's name belong to the
// tool, so rabbitctl does not parse them as flags.
func as(a *app.App) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "as TOOL [ARGUMENT ...]",
		Short: "Behave as rabbitmqctl, or another official tool",
		Long: `Behave as rabbitmqctl, rabbitmq-diagnostics, rabbitmq-queues, rabbitmq-streams, rabbitmq-plugins or
rabbitmq-upgrade: the same arguments, the same output on stdout, the same exit codes, over the HTTP API. Put
flags of rabbitctl before as; all that follows TOOL belongs to TOOL. A symlink of such a name to rabbitctl does
the same, but takes no flags of rabbitctl: only rabbitctl's variables and its configuration file count. A
command that the HTTP API cannot do goes over Erlang distribution (see rabbitctl help transports), or is done on
this machine, as encode and hash_password are. Any other command ends with exit code 69 and says why.

It asks for confirmation only before a change in a protected context. There, without a terminal to ask at, the change
needs --yes before as.`,
		Example: `  rabbitctl as rabbitmqctl list_queues -p / name messages
  rabbitctl as rabbitmqctl -q list_users --formatter json
  rabbitctl as rabbitmq-diagnostics check_running
  rabbitctl --yes -c prod as rabbitmqctl delete_vhost old`,
		Args:               cobra.ArbitraryArgs,
		DisableFlagParsing: true,
		ValidArgsFunction: func(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
			if len(args) > 0 {
				return nil, cobra.ShellCompDirectiveNoFileComp
			}
			return personality.Tools(), cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			at := slices.IndexFunc(args, func(word string) bool { return slices.Contains(personality.Tools(), word) })
			ours := args
			if at >= 0 {
				ours = args[:at]
			}
			// For a command that parses no flags, cobra does not parse the root's flags either, so they are parsed here.
			flags := cmd.Flags()
			flags.AddFlagSet(cmd.Root().PersistentFlags())
			err := flags.Parse(ours)
			switch {
			case at < 0 && (slices.Contains(args, "--help") || slices.Contains(args, "-h")):
				return cmd.Help()
			case at < 0 && (err == nil || flags.NArg() > 0):
				return noTool(flags.Args())
			case err != nil:
				return flagError(cmd, err, nil)
			}
			if stray := flags.Args(); len(stray) > 0 {
				return fail.Usagef("%q is before the tool's name", stray[0]).Next("rabbitctl as %s ...", args[at])
			}
			a.UseFlags(cmd.Context(), flags, true)
			a.Yes, _ = flags.GetBool("yes")
			return personality.Run(cmd.Context(), a, commandNamed, args[at], args[at+1:])
		},
	}
	cmd.Flags().BoolP("yes", "y", false, "before as: do not ask for confirmation in a protected context")
	return cmd
}

// noTool returns the error for words that do not begin with the name of a tool.
func noTool(words []string) error {
	tools := personality.Tools()
	if len(words) == 0 {
		return fail.Usagef("TOOL is missing").Next("tools: %s", strings.Join(tools, " "))
	}
	word := words[0]
	if tool, ok := personality.ToolOf(word); ok {
		return fail.Usagef("%s is a command of %s: the tool's name comes first", word, tool).
			Next("rabbitctl as %s %s ...", tool, word)
	}
	return fail.Usagef("no tool %q%s", word, fail.DidYouMean(word, tools)).Next("tools: %s", strings.Join(tools, " "))
}

// asCalled returns the arguments for rabbitctl. If the program was called by the name of an official tool (rabbitmqctl
// …), it puts `as TOOL` in front of them.
func asCalled(argv []string) []string {
	if tool, ok := personality.Named(argv[0]); ok {
		return append([]string{"as", tool}, argv[1:]...)
	}
	return argv[1:]
}
