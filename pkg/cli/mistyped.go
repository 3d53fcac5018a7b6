package cli

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/rabbitctl/rabbitctl/pkg/cmd/check"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/personality"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

// unknownCommand returns the error for words that are not a command.
func unknownCommand(root *cobra.Command, words ...string) error {
	word := words[0]
	if e := check.Refused(word); e != nil {
		return e
	}
	var names []string
	for _, c := range root.Commands() {
		names = append(append(names, c.Name()), c.Aliases...)
	}
	// People who use other tools type list-queues by habit.
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

// flagError returns the error for a wrong flag, with the nearest flag. words is the command line from the first word on
// that is not a flag.
func flagError(cmd *cobra.Command, err error, words []string) error {
	if errors.Is(err, pflag.ErrHelp) {
		return err
	}
	// After an unknown command, cobra parses the flags as flags of the root. So the error is about the command, not about
	// a flag.
	if cmd == cmd.Root() && len(words) > 0 {
		return unknownCommand(cmd, words...)
	}
	text := err.Error()
	e := fail.New(fail.Usage, "%s", text)
	if bad := (*pflag.InvalidValueError)(nil); errors.As(err, &bad) {
		e.Message = fmt.Sprintf("--%s: %s", bad.GetFlag().Name, verb.BadValue(bad))
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
			return e.Next("every user can read a password on the command line: use RABBITCTL_PASSWORD, --password-file or " +
				"--password-stdin")
		}
	}
	if cmd.HasParent() && (strings.HasPrefix(text, "unknown shorthand flag: 'p'") || strings.HasPrefix(text,
		"unknown shorthand flag: 'V'") || text == "unknown flag: --vhost") {
		return e.Next("%s takes no virtual host: leave it out", cmd.Name())
	}
	return e.Next("%s --help lists the flags", cmd.CommandPath())
}

// ofOneBroker returns the error for --contexts at a command that does not accept it.
func ofOneBroker(cmd *cobra.Command) error {
	what := "is about one broker"
	if cmd.Flags().Lookup("journal") != nil {
		what = "changes one broker at a time"
	}
	return fail.Usagef("%s %s, so it takes no --contexts", cmd.Name(), what).
		Next("name the context with --context; listings, show commands and checks of a broker take --contexts")
}
