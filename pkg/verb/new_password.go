package verb

import (
	"context"
	"crypto/rand"

	"github.com/spf13/pflag"

	"github.com/rabbitctl/rabbitctl/pkg/app"
	"github.com/rabbitctl/rabbitctl/pkg/change"
	"github.com/rabbitctl/rabbitctl/pkg/config"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

const newPasswordFlag = "--new-password"

// newPassword is the password that a change gives to a user. It never comes from the command line, where every user of
// the machine could read it, and never from where the password to log in with comes from.
type newPassword struct {
	set      func(string) error
	from     config.PasswordFrom
	generate bool
	// text is the password, once it is read.
	text string
}

func (n *newPassword) flags(fs *pflag.FlagSet) {
	fs.StringVar(&n.from.File, "new-password-file", "", "`FILE` whose first line is the new password")
	fs.StringVar(&n.from.Command, "new-password-command", "",
		"shell `COMMAND` whose first line of output is the new password")
	fs.BoolVar(&n.from.Stdin, "new-password-stdin", false, "read the new password from the first line of standard input")
	fs.BoolVar(&n.generate, "generate", false, "make a random password, and print it once")
}

// check refuses flags that exclude each other.
func (n *newPassword) check(login pflag.Value) error {
	given := 0
	for _, is := range []bool{n.from.File != "", n.from.Command != "", n.from.Stdin, n.generate} {
		if is {
			given++
		}
	}
	switch {
	case given > 1:
		return fail.Usagef("the new password comes from several places").
			Next("give one of --new-password-file, --new-password-command, --new-password-stdin and --generate")
	case n.from.Stdin && login != nil && login.String() == "true":
		return fail.Usagef("--password-stdin and --new-password-stdin both read standard input").
			Next("--new-password-file FILE reads the new one from a file")
	}
	return nil
}

// read gets the password, from a person where no flag says from where.
func (n *newPassword) read(ctx context.Context, a *app.App) error {
	var err error
	switch {
	case n.generate:
		n.text = rand.Text()
	case n.from != config.PasswordFrom{}:
		n.text, err = a.NewPassword(ctx, n.from, newPasswordFlag)
	case a.IO.CanPrompt():
		n.text, err = n.ask(ctx, a)
	default:
		err = fail.Usagef("no new password is given, and there is no terminal to ask for it").
			Next("--new-password-file, --new-password-command and --new-password-stdin read it, --generate makes one")
	}
	if err != nil {
		return err
	}
	return n.set(n.text)
}

func (n *newPassword) ask(ctx context.Context, a *app.App) (string, error) {
	first, err := a.AskSecret(ctx, "New password: ")
	if err != nil {
		return "", err
	}
	again, err := a.AskSecret(ctx, "The same again: ")
	switch {
	case err != nil:
		return "", err
	case first == "":
		return "", fail.New(fail.Canceled, "no password was entered; nothing was changed")
	case first != again:
		return "", fail.Usagef("the two passwords are not the same; nothing was changed")
	}
	return first, nil
}

// shown adds a generated password to what is printed, since it is known nowhere else.
func (n *newPassword) shown(o change.Outcome) change.Outcome {
	if n.generate {
		o.Facts = append(o.Facts, record.Fields("", record.Field{Column: record.Column{Name: "password"},
			Value: record.Of(n.text)}))
	}
	return o
}
