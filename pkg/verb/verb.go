// Package verb has the four kinds of command, List, Show, Check and Change. A command is a value of one of them; what
// the kind has in common (flags, formats, watch, dry run, confirmation, completion) is written here once.
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
	// Title is the command's name and one line about it, without making the command.
	Title() (name, short string)
	// Cobra makes a new command; flags are bound to variables of its own, so it can be called again.
	Cobra(a *app.App) *cobra.Command
}

// Ask is what was typed, and the host on which it is to be answered.
type Ask struct {
	Host

	// VHost is the virtual host; "" means all of them, or that the command takes none.
	VHost string
	// Args are the positional arguments.
	Args []string
	// DryRun means that a Change will only say what it would do. Its plan has to find whatever the broker would refuse.
	DryRun bool
	// KeepGoing means that an item of many that cannot be planned does not hold up the others.
	KeepGoing bool
	// AsSent shows passwords in URIs too, as the official tools do.
	AsSent bool
	// Limit is --limit of a List, 0 where it was not given.
	Limit int
	// Named tells whether --match and --exclude of a List let a name pass; nil: any.
	Named func(name string) bool

	// node is the node of a Change that is done over Erlang distribution.
	node *erldist.Client
}

// Arg is a positional argument.
type Arg struct {
	// Name is shown in the usage line in capitals: QUEUE.
	Name string
	// Optional means that it may be left out, as only the last argument may.
	Optional bool
	// Many means that it may be given several times. Only the last argument may be Many, and none of a List, because
	// the columns follow.
	Many bool
	// Free means that it is not part of a path, so any text is allowed, also an empty one and dots.
	Free bool
	// Words are the values that it takes, for completion; nil: any.
	Words []string
	// Complete lists live candidates for completion; nil: there is nothing to list.
	Complete func(ctx context.Context, c *broker.Client, vhost string) ([]string, error)
	// OnNode lists them where only a node over Erlang distribution knows them; nil: nothing is asked.
	OnNode func(ctx context.Context, n *erldist.Client) ([]string, error)
}

// usage is the usage line of a command with these arguments.
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

// exactly checks the number of arguments and says which one is missing or too many.
func exactly(args []Arg) cobra.PositionalArgs {
	return func(cmd *cobra.Command, got []string) error {
		err := given(args, got, cmd.UseLine())
		if err != nil && len(got) > len(args) && isOfVHost(cmd, args) {
			return fail.Usagef("%v", err).
				Next("the virtual host is given by -p: %s -p %s", cmd.CommandPath(), hostAmong(args, got))
		}
		return err
	}
}

// isOfVHost reports whether a command is about the virtual host of -p itself, which people then take for an argument.
func isOfVHost(cmd *cobra.Command, args []Arg) bool {
	changes := cmd.Flags().Lookup("journal") != nil
	return cmd.Flags().Lookup("vhost") != nil && (changes && len(args) == 0 || strings.Contains(cmd.Name(), "vhost"))
}

// hostAmong is the virtual host that somebody gave as the first argument, and the arguments after it.
func hostAmong(args []Arg, got []string) string {
	words := make([]string, 0, len(got))
	for _, word := range got[:len(args)+1] {
		words = append(words, fail.Word(word))
	}
	return strings.Join(words, " ")
}

// given checks the arguments that a command got.
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

// vhostFlag adds -p.
func vhostFlag(cmd *cobra.Command, a *app.App) {
	config.BindVHostFlag(cmd.Flags())
	complete(cmd, a, "vhost", vhostNames)
}

// VHostFlag adds -p to a command that is neither a List, a Check nor a Change.
func VHostFlag(cmd *cobra.Command, a *app.App) { vhostFlag(cmd, a) }

// Scope is the virtual host that was asked for by VHostFlag, variable or context, else otherwise.
func Scope(a *app.App, otherwise string) (string, error) { return scope(a, otherwise) }

// scope is the virtual host that was asked for, by -p, variable or context, else otherwise.
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

// addressable refuses names that no path of the API leads to.
func addressable(what, name string) error {
	switch {
	case name == "":
		return fail.Usagef("%s is empty", what)
	case !broker.Addressable(name):
		return fail.Usagef("%s: the HTTP API cannot address the name %q", what, name).
			Next("an AMQP client can, and so can rabbitctl eval, over Erlang distribution")
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
