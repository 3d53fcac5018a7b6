// Package verb has the kinds of command: List, Show, Check, Change, Follow and Shell. Most commands are a value of one
// of these types, or of a type that is built on one of them. What all commands of a kind have in common (flags,
// formats, watch, dry run, confirmation, completion) is written once, here.
package verb

import (
	"context"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/rabbitctl/rabbitctl/pkg/app"
	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/config"
	"github.com/rabbitctl/rabbitctl/pkg/erldist"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
)

// Command is a value that becomes a cobra command.
type Command interface {
	// Title returns the command's name and its description in one line. It does not make the command.
	Title() (name, short string)
	// Cobra makes a new command. It can be called several times, since the flags of each command have their own variables.
	Cobra(a *app.App) *cobra.Command
}

// Ask is what a person typed, with the host that the command's hooks use.
type Ask struct {
	Host

	// VHost is the virtual host; "" means all of them, or that the command takes none.
	VHost string
	// Args are the positional arguments.
	Args []string
	// DryRun means that a Change only says what it would do. Its plan must find whatever the broker would refuse.
	DryRun bool
	// KeepGoing means that the other items are planned and changed even if one of many items cannot be planned.
	KeepGoing bool
	// AsSent means that passwords in URIs are shown too, as the official tools do.
	AsSent bool
	// Limit is the value of --limit of a List, or 0 if it was not given.
	Limit int
	// Named tells whether --match and --exclude of a List let a name pass; nil means that every name passes.
	Named func(name string) bool
	// Filtered means that --where, --match or --exclude of a List choose rows.
	Filtered bool

	// node is the node on which a Change over Erlang distribution is made.
	node *erldist.Client
}

// Arg is a positional argument.
type Arg struct {
	// Name is the name of the argument, shown in capitals in the usage line: QUEUE.
	Name string
	// Optional means that the argument may be left out. Only the last argument may be Optional.
	Optional bool
	// Many means that the argument may be given several times. Only the last argument may be Many. No argument of a List
	// may be Many, because the columns follow.
	Many bool
	// Free means that the argument is not part of a path, so any text is allowed, including an empty text and dots.
	Free bool
	// Words are the allowed values, for completion; nil means that any value is allowed.
	Words []string
	// Complete lists live names for completion; nil means that there are none to list.
	Complete func(ctx context.Context, c *broker.Client, vhost string) ([]string, error)
	// OnNode lists live names if only a node knows them, over Erlang distribution; nil means that no node is asked.
	OnNode func(ctx context.Context, n *erldist.Client) ([]string, error)
}

// usage returns the usage line of a command with these arguments.
func usage(name string, args []Arg) string {
	words := []string{name}
	for _, a := range args {
		word := a.Name
		if a.Many {
			word += "..."
		}
		if a.Optional {
			word = "[" + word + "]"
		}
		words = append(words, word)
	}
	return strings.Join(words, " ")
}

// Exactly returns a check of the arguments. Its error says which argument is missing, too many, or a name that the API
// cannot address.
func Exactly(args ...Arg) cobra.PositionalArgs {
	return func(cmd *cobra.Command, got []string) error {
		err := given(args, got, cmd.UseLine())
		if err != nil && len(got) > len(args) && isOfVHost(cmd, args) {
			// The first argument becomes the virtual host.
			words := append([]string{"-p"}, got[:len(args)+1]...)
			return fail.Usagef("%v", err).Next("the virtual host is given by -p: %s", fail.Command(cmd.Name(), words...))
		}
		return err
	}
}

// isOfVHost reports whether a command concerns the virtual host of -p itself. People often give this virtual host as an
// argument by mistake.
func isOfVHost(cmd *cobra.Command, args []Arg) bool {
	changes := cmd.Flags().Lookup("journal") != nil
	return cmd.Flags().Lookup("vhost") != nil && (changes && len(args) == 0 || strings.Contains(cmd.Name(), "vhost"))
}

// given checks the number and the values of a command's arguments.
func given(args []Arg, got []string, usage string) error {
	switch {
	case len(got) < len(args) && !args[len(got)].Optional:
		return fail.Usagef("%s is missing", args[len(got)].Name).Next("usage: %s", usage)
	case len(got) > len(args) && !repeats(args):
		return fail.Usagef("unexpected argument %q", got[len(args)]).Next("usage: %s", usage)
	}
	for i, word := range got {
		a := args[min(i, len(args)-1)]
		if a.Free {
			continue
		}
		if err := addressable(a.Name, word); err != nil {
			return err
		}
	}
	return nil
}

// repeats reports whether the last argument may be given several times.
func repeats(args []Arg) bool { return len(args) > 0 && args[len(args)-1].Many }

// vhostFlag adds -p. The last argument is the virtual host that applies without -p; "" means all of them.
func vhostFlag(cmd *cobra.Command, a *app.App, otherwise string) {
	config.BindVHostFlag(cmd.Flags())
	told := " (default: all)"
	if otherwise != "" {
		told = " (default " + otherwise + ")"
	}
	cmd.Flags().Lookup("vhost").Usage += told
	complete(cmd, a, "vhost", vhostNames)
}

// VHostFlag adds -p to a command that is neither a List, a Check nor a Change, and covers all virtual hosts without it.
func VHostFlag(cmd *cobra.Command, a *app.App) { vhostFlag(cmd, a, "") }

// Scope returns the virtual host given by VHostFlag, variable or context. If none is given, it returns its last
// argument.
func Scope(a *app.App, otherwise string) (string, error) { return scope(a, otherwise) }

// usualVHost returns the virtual host of a command if the user names none. one means that the command is about one
// virtual host: then it is /. Otherwise it is "", which means all virtual hosts.
func usualVHost(one bool) string {
	if one {
		return "/"
	}
	return ""
}

// scope returns the virtual host given by -p, variable or context. If none is given, it returns its last argument.
func scope(a *app.App, otherwise string) (string, error) {
	settings, err := a.Settings()
	switch {
	case err != nil:
		return "", err
	case !settings.VHostSet:
		return otherwise, nil
	}
	return settings.VHost, addressable("--vhost", settings.VHost)
}

// addressable refuses a name that cannot be part of a path of the API.
func addressable(what, name string) error {
	switch {
	case name == "":
		return fail.Usagef("%s is an empty name", what)
	case !broker.Addressable(name):
		return fail.Usagef("%s: the HTTP API cannot address the name %q", what, name).
			Next("rabbitctl eval reaches an object of that name over Erlang distribution; an AMQP client reaches a queue " +
				"or an exchange")
	}
	return nil
}

// withFlags lets a command add flags of its own.
func withFlags(cmd *cobra.Command, add func(*pflag.FlagSet)) {
	if add != nil {
		add(cmd.Flags())
		completeWords(cmd)
	}
}
