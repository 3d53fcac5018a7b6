package cli

import (
	"slices"

	"github.com/spf13/cobra"

	"github.com/rabbitctl/rabbitctl/pkg/app"
	"github.com/rabbitctl/rabbitctl/pkg/cmd/await"
	contexts "github.com/rabbitctl/rabbitctl/pkg/cmd/config"
	"github.com/rabbitctl/rabbitctl/pkg/config"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

// Root builds the whole command tree for the app. It reads no file and opens no connection.
func Root(a *app.App) *cobra.Command { return tree(a, groups(anything), anything) }

// rootFor builds only the part of the tree that a command line needs, since building all commands takes time. The other
// commands in ours get only a name and the line about it, for help and suggestions.
func rootFor(a *app.App, ours []group, args []string) *cobra.Command {
	if len(everything(ours)) == 0 {
		return tree(a, ours, nothing)
	}
	also := aliases()
	named := func(name string) bool {
		return slices.ContainsFunc(append(also[name], name), func(word string) bool { return slices.Contains(args, word) })
	}
	known := 0
	for _, c := range everything(ours) {
		if name, _ := c.Title(); named(name) {
			known++
		}
	}
	// Help, the completion of names and a mistyped command may be about any command.
	line := args
	if words := completed(args); len(words) > 1 && nounOf(words[0]) != "" {
		line = words
	}
	if known == 0 || slices.ContainsFunc(line, aboutAny) && !helpOfOne(line) {
		return Root(a)
	}
	return tree(a, ours, named)
}

// tree builds the root with its commands. Commands that are not wanted have only a name, the line about it, and
// aliases.
func tree(a *app.App, ours []group, wanted func(name string) bool) *cobra.Command {
	root := &cobra.Command{
		Use:   "rabbitctl",
		Short: "Administer RabbitMQ without Erlang",
		Long: `rabbitctl administers RabbitMQ over its management HTTP API. It has the commands of rabbitmqctl under the same names,
and needs neither Erlang on this machine nor root. Commands about messages use AMQP, too. What neither the API nor AMQP
can do goes over Erlang distribution, with the Erlang cookie: see rabbitctl help transports.

It asks http://127.0.0.1:15672 as guest unless --url, --host, a variable such as RABBITCTL_URL, or a context of
~/.config/rabbitctl/config.toml says otherwise. See also: rabbitctl help exit-codes, connecting, where, findings, runbooks.`,
		Example: `  rabbitctl list_queues name messages consumers
  rabbitctl declare_queue orders --type quorum
  rabbitctl check_disk
  rabbitctl explain_blocked`,
		Version:       a.Version,
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				cmd.SetOut(a.IO.Err)
				if err := cmd.Help(); err != nil {
					return err
				}
				return fail.Verdict(fail.Usage)
			}
			return unknownCommand(cmd, args...)
		},
		PersistentPreRun: func(cmd *cobra.Command, _ []string) { a.UseFlags(cmd.Context(), cmd.Flags(), true) },
	}
	root.SetIn(a.IO.In)
	root.SetOut(a.IO.Out)
	root.SetErr(a.IO.Err)
	root.SetVersionTemplate("{{.Version}}\n")
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error { return flagError(cmd, err, cmd.Flags().Args()) })
	config.BindFlags(root.PersistentFlags())
	// Commands that change something have the flag --yes themselves. The root has it too, so that --yes can come before
	// the command: otherwise cobra would take the command's name as the value of the flag.
	root.Flags().BoolP("yes", "y", false, "agree to the change beforehand")
	_ = root.Flags().MarkHidden("yes")
	addOthersFlags(root.PersistentFlags())
	// An error would mean that the flag does not exist. The test of the command tree would find that.
	_ = root.RegisterFlagCompletionFunc("formatter", verb.CompleteFormats)
	_ = root.RegisterFlagCompletionFunc("context", contexts.Complete(a))
	commands, also := everything(ours), aliases()
	waiting := group{"waiting", "Waiting until something is true:", await.Commands(listers(commands))}
	for _, g := range append(ours, waiting) {
		root.AddGroup(&cobra.Group{ID: g.id, Title: g.title})
		for _, c := range g.commands {
			cmd := &cobra.Command{RunE: func(*cobra.Command, []string) error {
				return fail.New(fail.Internal, "the command was left out of the command tree")
			}}
			if cmd.Use, cmd.Short = c.Title(); wanted(cmd.Use) {
				cmd = c.Cobra(a)
			}
			addOwnOthers(cmd)
			cmd.GroupID = g.id
			cmd.Aliases = also[cmd.Name()]
			for _, alias := range cmd.Aliases {
				root.ValidArgs = append(root.ValidArgs, cobra.CompletionWithDesc(alias, cmd.Short))
			}
			root.AddCommand(cmd)
		}
	}
	root.AddGroup(&cobra.Group{ID: "rabbitctl", Title: "rabbitctl itself:"})
	for _, cmd := range []*cobra.Command{contexts.Command(a), as(a), version(a)} {
		cmd.GroupID = "rabbitctl"
		root.AddCommand(cmd)
	}
	for _, cmd := range topics(wanted) {
		root.AddCommand(cmd)
	}
	root.SetHelpCommand(help(a, root))
	root.SetHelpCommandGroupID("rabbitctl")
	root.SetCompletionCommandGroupID("rabbitctl")
	root.InitDefaultHelpCmd()
	root.InitDefaultCompletionCmd()
	refuseStrayShell(a, root)
	root.SetHelpFunc(showHelp(a, root.HelpFunc()))
	return root
}

// strayBesideHelp returns the error for --help with the name of a command that does not exist; nil for any other
// command line.
func strayBesideHelp(cmd *cobra.Command) error {
	asked, err := cmd.Flags().GetBool("help")
	if err != nil || !asked || !cmd.HasSubCommands() || cmd.Flags().NArg() == 0 {
		return nil
	}
	return unknownCommand(cmd, cmd.Flags().Arg(0))
}

// refuseStrayShell makes `completion` return an error if no known shell is given: cobra's own command has no Run, and
// so returns no error. For a surplus argument after a known shell, the error is about the argument, not about an
// unknown command.
func refuseStrayShell(a *app.App, root *cobra.Command) {
	for _, cmd := range root.Commands() {
		if cmd.Name() != "completion" {
			continue
		}
		cmd.RunE = func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 {
				return unknownCommand(cmd, args[0])
			}
			cmd.SetOut(a.IO.Err)
			if err := cmd.Help(); err != nil {
				return err
			}
			return fail.Verdict(fail.Usage)
		}
		cmd.Args = cobra.ArbitraryArgs
		for _, shell := range cmd.Commands() {
			shell.Args = verb.Exactly()
		}
	}
}
