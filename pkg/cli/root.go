package cli

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/rabbitctl/rabbitctl/pkg/app"
	"github.com/rabbitctl/rabbitctl/pkg/cmd/alarm"
	"github.com/rabbitctl/rabbitctl/pkg/cmd/await"
	"github.com/rabbitctl/rabbitctl/pkg/cmd/binding"
	"github.com/rabbitctl/rabbitctl/pkg/cmd/channel"
	"github.com/rabbitctl/rabbitctl/pkg/cmd/check"
	"github.com/rabbitctl/rabbitctl/pkg/cmd/cluster"
	contexts "github.com/rabbitctl/rabbitctl/pkg/cmd/config"
	"github.com/rabbitctl/rabbitctl/pkg/cmd/connection"
	"github.com/rabbitctl/rabbitctl/pkg/cmd/consumer"
	"github.com/rabbitctl/rabbitctl/pkg/cmd/definitions"
	"github.com/rabbitctl/rabbitctl/pkg/cmd/doctor"
	"github.com/rabbitctl/rabbitctl/pkg/cmd/encryption"
	"github.com/rabbitctl/rabbitctl/pkg/cmd/exchange"
	"github.com/rabbitctl/rabbitctl/pkg/cmd/feature"
	"github.com/rabbitctl/rabbitctl/pkg/cmd/federation"
	"github.com/rabbitctl/rabbitctl/pkg/cmd/limit"
	"github.com/rabbitctl/rabbitctl/pkg/cmd/listener"
	"github.com/rabbitctl/rabbitctl/pkg/cmd/member"
	"github.com/rabbitctl/rabbitctl/pkg/cmd/message"
	"github.com/rabbitctl/rabbitctl/pkg/cmd/node"
	"github.com/rabbitctl/rabbitctl/pkg/cmd/parameter"
	"github.com/rabbitctl/rabbitctl/pkg/cmd/plugin"
	"github.com/rabbitctl/rabbitctl/pkg/cmd/policy"
	"github.com/rabbitctl/rabbitctl/pkg/cmd/queue"
	"github.com/rabbitctl/rabbitctl/pkg/cmd/route"
	"github.com/rabbitctl/rabbitctl/pkg/cmd/shovel"
	"github.com/rabbitctl/rabbitctl/pkg/cmd/stream"
	"github.com/rabbitctl/rabbitctl/pkg/cmd/triage"
	"github.com/rabbitctl/rabbitctl/pkg/cmd/user"
	"github.com/rabbitctl/rabbitctl/pkg/cmd/vhost"
	"github.com/rabbitctl/rabbitctl/pkg/config"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/personality"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

// group is a heading of the help and the commands under it.
type group struct {
	id, title string
	commands  []verb.Command
}

// noun is the commands of one package.
type noun struct {
	name     string
	commands func() []verb.Command
}

// headings are the headings of the help with the nouns under each.
func headings() []heading {
	return []heading{
		{"queues", "Queues:", []noun{{"queue", queue.Commands}, {"member", member.Commands}}},
		{"topology", "Exchanges, bindings, policies:", []noun{{"exchange", exchange.Commands}, {"binding", binding.Commands},
			{"policy", policy.Commands}, {"route", route.Commands}}},
		{"clients", "Clients:", []noun{{"connection", connection.Commands}, {"channel", channel.Commands},
			{"consumer", consumer.Commands}, {"stream", stream.Commands}}},
		{"messages", "Messages:", []noun{{"message", message.Commands}}},
		{"moving", "Shovels and federation:", []noun{{"shovel", shovel.Commands}, {"federation", federation.Commands}}},
		{"vhosts", "Virtual hosts, users, limits:", []noun{{"vhost", vhost.Commands}, {"user", user.Commands},
			{"limit", limit.Commands}}},
		{"definitions", "Definitions:", []noun{{"definitions", definitions.Commands}}},
		{"encryption", "Encrypted values of the configuration:", []noun{{"encryption", encryption.Commands}}},
		{"nodes", "Nodes and cluster:", []noun{{"node", node.Commands}, {"cluster", cluster.Commands},
			{"listener", listener.Commands}, {"plugin", plugin.Commands}, {"feature", feature.Commands},
			{"parameter", parameter.Commands}}},
		{"checks", "Checks for monitoring:", []noun{{"check", check.Commands}}},
		{"trouble", "Finding out what is wrong:", []noun{{"doctor", doctor.Commands}, {"alarm", alarm.Commands},
			{"triage", triage.Commands}}},
	}
}

// heading is a heading of the help and the nouns under it.
type heading struct {
	id, title string
	nouns     []noun
}

// groups are all headings, with the commands of the nouns that are wanted.
func groups(wanted func(noun string) bool) []group {
	var all []group
	for _, h := range headings() {
		g := group{id: h.id, title: h.title}
		for _, n := range h.nouns {
			if wanted(n.name) {
				g.commands = append(g.commands, n.commands()...)
			}
		}
		all = append(all, g)
	}
	return all
}

func anything(string) bool { return true }

func nothing(string) bool { return false }

// groupsFor are the headings with as many commands as a command line can need: those of one noun, if its word for the
// command, which is at the index, is known. A program that runs every minute does not make 300 commands to run one.
func groupsFor(args []string, at int) []group {
	if slices.Equal(args, []string{"--version"}) {
		return groups(nothing)
	}
	if words := completed(args); len(words) > 0 {
		args, at = words, commandAt(words)
		if at == len(args)-1 {
			return groups(anything) // the name of a command is completed
		}
	}
	if at >= 0 && !slices.ContainsFunc(args, aboutAny) {
		if name := nounOf(args[at]); name != "" {
			return groups(func(n string) bool { return n == name })
		}
	}
	return groups(anything)
}

// completed are the words of a command line that the shell asks to complete, the last one unfinished; nil for another.
func completed(args []string) []string {
	if len(args) > 0 && (args[0] == cobra.ShellCompRequestCmd || args[0] == cobra.ShellCompNoDescRequestCmd) {
		return args[1:]
	}
	return nil
}

// aboutAny tells that a command line with such a word may be about any command: help and completion.
func aboutAny(word string) bool { return word == "help" || strings.HasPrefix(word, "__") }

// Nouns are the names of all commands with their aliases, by noun.
func Nouns() map[string][]string {
	all, also := map[string][]string{}, aliases()
	for _, h := range headings() {
		for _, n := range h.nouns {
			for _, c := range n.commands() {
				name, _ := c.Title()
				all[n.name] = append(append(all[n.name], name), also[name]...)
			}
		}
	}
	return all
}

// everything are the commands of all groups.
func everything(all []group) []verb.Command {
	var commands []verb.Command
	for _, g := range all {
		commands = append(commands, g.commands...)
	}
	return commands
}

// listers are those of the commands that list.
func listers(commands []verb.Command) []verb.List {
	var all []verb.List
	for _, c := range commands {
		if l, ok := c.(verb.List); ok {
			all = append(all, l)
		}
	}
	return all
}

// Root makes the whole command tree for the app. It reads nothing and dials nothing.
func Root(a *app.App) *cobra.Command { return tree(a, groups(anything), anything) }

// rootFor makes as much of the tree as a command line needs, so a program that runs every minute does not build more
// than a hundred commands to run one. The others have only a name, for help and suggestions.
func rootFor(a *app.App, ours []group, args []string) *cobra.Command {
	if slices.Equal(args, []string{"--version"}) {
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
	// Help, completion of names and mistakes may be about any command.
	line := args
	if words := completed(args); len(words) > 1 && nounOf(words[0]) != "" {
		line = words
	}
	if known == 0 || slices.ContainsFunc(line, aboutAny) {
		return Root(a)
	}
	return tree(a, ours, named)
}

// tree makes the root with its commands, whole for those that are wanted.
func tree(a *app.App, ours []group, wanted func(name string) bool) *cobra.Command {
	root := &cobra.Command{
		Use:   "rabbitctl",
		Short: "Administer RabbitMQ without Erlang",
		Long: `rabbitctl administers RabbitMQ over its management HTTP API: rabbitmqctl's commands by their names, without Erlang and
root. Messages go over AMQP, and what neither can do over Erlang distribution, with the Erlang cookie: see
rabbitctl help transports.

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
	// Commands that change something have this flag themselves. The root has it too, so it can come before the command;
	// otherwise cobra would take the command's name as its value.
	root.Flags().BoolP("yes", "y", false, "agree to the change beforehand")
	_ = root.Flags().MarkHidden("yes")
	addOthersFlags(root.PersistentFlags())
	// The error is about a flag that does not exist, which the tree test would find.
	_ = root.RegisterFlagCompletionFunc("formatter", verb.CompleteFormats)
	_ = root.RegisterFlagCompletionFunc("context", contexts.Complete(a))
	commands, also := everything(ours), aliases()
	for _, g := range append(ours, group{"waiting", "Waiting until something is so:", await.Commands(listers(commands))}) {
		root.AddGroup(&cobra.Group{ID: g.id, Title: g.title})
		for _, c := range g.commands {
			cmd := &cobra.Command{RunE: func(*cobra.Command, []string) error {
				return fail.New(fail.Internal, "this command was not made")
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
	for _, cmd := range []*cobra.Command{contexts.Command(a), as(a, commands), version(a)} {
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

// strayBesideHelp is the error for a request for the help of a command that does not exist.
func strayBesideHelp(cmd *cobra.Command) error {
	asked, err := cmd.Flags().GetBool("help")
	if err != nil || !asked || !cmd.HasSubCommands() || cmd.Flags().NArg() == 0 {
		return nil
	}
	return unknownCommand(cmd, cmd.Flags().Arg(0))
}

// refuseStrayShell makes `completion` without a known shell an error, because cobra's command has no Run.
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
	}
}

// unknownCommand is the error for words that are no command.
func unknownCommand(root *cobra.Command, words ...string) error {
	word := words[0]
	if e := check.Refused(word); e != nil {
		return e
	}
	var names []string
	for _, c := range root.Commands() {
		names = append(append(names, c.Name()), c.Aliases...)
	}
	// list-queues is a habit from other tools.
	if under := strings.ReplaceAll(word, "-", "_"); under != word {
		for _, n := range names {
			if n == under {
				return fail.Usagef("no command %q, did you mean %q?", word, n)
			}
		}
	}
	if !root.HasParent() {
		if e := suggested(root, words); e != nil {
			return e
		}
	}
	if e := personality.Elsewhere(word); e != nil {
		return e
	}
	return fail.Usagef("no command %q%s", word, fail.DidYouMean(word, names)).
		Next("rabbitctl help lists them, rabbitctl help WORD searches")
}

// flagError is the error for a wrong flag, with the nearest flag. words are the command line from the first word that
// is not a flag.
func flagError(cmd *cobra.Command, err error, words []string) error {
	if errors.Is(err, pflag.ErrHelp) {
		return err
	}
	// cobra reads flags after an unknown command as flags of the root.
	if cmd == cmd.Root() && len(words) > 0 {
		return unknownCommand(cmd, words...)
	}
	text := err.Error()
	e := fail.New(fail.Usage, "%s", text)
	if bad := (*pflag.InvalidValueError)(nil); errors.As(err, &bad) {
		e.Message = fmt.Sprintf("--%s: %s", bad.GetFlag().Name, badValue(bad))
	}
	if name, ok := strings.CutPrefix(text, "unknown flag: --"); ok {
		var names []string
		add := func(f *pflag.Flag) {
			if !f.Hidden {
				names = append(names, f.Name)
			}
		}
		cmd.Flags().VisitAll(add)
		cmd.InheritedFlags().VisitAll(add)
		if name == "contexts" && cmd.HasParent() {
			return ofOneBroker(cmd)
		}
		if instead := notAFlag(name); instead != "" {
			return e.Next("%s", instead)
		}
		if near := fail.Nearest(name, names); near != "" {
			e.Message += ", did you mean --" + near + "?"
		}
		if name == "password" {
			return e.Next("a password on the command line can be read by every user: RABBITCTL_PASSWORD, --password-file or --password-stdin")
		}
	}
	if cmd.HasParent() && (strings.HasPrefix(text, "unknown shorthand flag: 'p'") || strings.HasPrefix(text,
		"unknown shorthand flag: 'V'") || text == "unknown flag: --vhost") {
		return e.Next("%s takes no virtual host: leave it out", cmd.Name())
	}
	return e.Next("%s --help lists the flags", cmd.CommandPath())
}

// ofOneBroker is the error for --contexts where it is not offered.
func ofOneBroker(cmd *cobra.Command) error {
	what := "is about one broker"
	if cmd.Flags().Lookup("journal") != nil {
		what = "changes one broker at a time"
	}
	return fail.Usagef("%s %s, so it takes no --contexts", cmd.Name(), what).
		Next("name the context with --context; listings, show commands and checks take --contexts")
}

// badValue says what is wrong with a flag's value, without the words of Go's number parsing.
func badValue(bad *pflag.InvalidValueError) string {
	cause := bad.Unwrap().Error()
	switch kind := bad.GetFlag().Value.Type(); {
	case strings.Contains(cause, "strconv.") && kind == "bool":
		return fmt.Sprintf("%q is neither true nor false", bad.GetValue())
	case strings.Contains(cause, "strconv."):
		return fmt.Sprintf("%q is not a whole number", bad.GetValue())
	}
	return cause
}
