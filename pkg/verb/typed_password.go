package verb

import (
	"context"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/rabbitctl/rabbitctl/pkg/app"
	"github.com/rabbitctl/rabbitctl/pkg/config"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
)

// TypedPassword is a password that a command needs besides the password for its login. It never comes from the command
// line, where every user of the machine could read it.
type TypedPassword struct {
	// Question is the question to the person; "" means a question for a password.
	Question string

	from config.PasswordFrom
	// flag is the beginning of the names of the password's flags. what is the name of the password in messages. twice
	// means that a person must type the password twice.
	flag, what string
	twice      bool
}

// Flags adds the flags that say where the password comes from: --FLAG-file, --FLAG-command and --FLAG-stdin.
func (p *TypedPassword) Flags(fs *pflag.FlagSet, flag, what string, twice bool) {
	p.flag, p.what, p.twice = "--"+flag, what, twice
	fs.StringVar(&p.from.File, flag+"-file", "", "`FILE` whose first line is "+what)
	fs.StringVar(&p.from.Command, flag+"-command", "", "shell `COMMAND` whose first line of output is "+what)
	fs.BoolVar(&p.from.Stdin, flag+"-stdin", false, "read "+what+" from the first line of standard input")
}

// Read reads the password. If no flag names a source, it asks a person.
func (p *TypedPassword) Read(cmd *cobra.Command, a *app.App) (string, error) {
	if err := p.check(loginStdin(cmd), "and "+p.flag+"-stdin"); err != nil {
		return "", err
	}
	return p.typed(cmd.Context(), a, "")
}

// loginStdin returns the flag that reads the password for the login from standard input, or nil if the command has
// none.
func loginStdin(cmd *cobra.Command) pflag.Value {
	if f := cmd.Flags().Lookup("password-stdin"); f != nil {
		return f.Value
	}
	return nil
}

// FromStdin tells whether the password comes from standard input.
func (p *TypedPassword) FromStdin() bool { return p.from.Stdin }

// check refuses flags that exclude each other. last is the end of the list of flags in the error.
func (p *TypedPassword) check(login pflag.Value, last string) error {
	given := 0
	for _, is := range []bool{p.from.File != "", p.from.Command != "", p.from.Stdin} {
		if is {
			given++
		}
	}
	switch {
	case given > 1:
		return p.several(last)
	case p.from.Stdin && login != nil && login.String() == "true":
		return fail.Usagef("--password-stdin and %s-stdin both read standard input", p.flag).
			Next("%s-file FILE reads it from a file", p.flag)
	}
	return nil
}

func (p *TypedPassword) several(last string) error {
	return fail.Usagef("%s is given in more than one way", p.what).
		Next("give one of %s-file, %s-command, %s", p.flag, p.flag, last)
}

// typed reads the password. If there is neither a flag for it nor a terminal, the error ends with the last argument,
// which names a further way to give the password.
func (p *TypedPassword) typed(ctx context.Context, a *app.App, more string) (string, error) {
	switch {
	case p.from != config.PasswordFrom{}:
		return a.NewPassword(ctx, p.from, p.flag)
	case a.IO.CanPrompt():
		return p.ask(ctx, a)
	}
	return "", fail.Usagef("no %s is given, and there is no terminal to ask for it", strings.TrimPrefix(p.what, "the ")).
		Next("give it with %s-file or %s-command, or with %s-stdin if no other flag reads standard input%s", p.flag,
			p.flag, p.flag, more)
}

func (p *TypedPassword) ask(ctx context.Context, a *app.App) (string, error) {
	question, noun := "Password: ", "password"
	switch {
	case p.Question != "":
		question, noun = p.Question, strings.TrimPrefix(p.what, "the ")
	case p.twice:
		question = "New password: "
	}
	first, err := a.AskSecret(ctx, question)
	switch {
	case err != nil:
		return "", err
	case first == "":
		return "", fail.New(fail.Canceled, "no %s was entered; nothing was changed", noun)
	case !p.twice:
		return first, nil
	}
	again, err := a.AskSecret(ctx, "The same again: ")
	if err == nil && first != again {
		err = fail.Usagef("the two %ss are not the same; nothing was changed", noun)
	}
	return first, err
}
