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

// newPassword is the password that a change gives to a user. It and the password for the login cannot both come from
// standard input.
type newPassword struct {
	TypedPassword
	set      func(string) error
	generate bool
	// text is the password, once it is read.
	text string
}

func (n *newPassword) flags(fs *pflag.FlagSet) {
	n.Flags(fs, "new-password", "the new password", true)
	fs.BoolVar(&n.generate, "generate", false, "make a random password, and print it once")
}

// check refuses flags that exclude each other.
func (n *newPassword) check(login pflag.Value) error {
	if n.generate && n.from != (config.PasswordFrom{}) {
		return n.several("--new-password-stdin and --generate")
	}
	return n.TypedPassword.check(login, "--new-password-stdin and --generate")
}

// given reports whether a flag other than --generate says where the password comes from. Without such a flag, a
// comparison (--check) leaves the password out, because it asks no person.
func (n *newPassword) given() bool { return n.from != (config.PasswordFrom{}) }

// read makes a password for --generate, or reads the password that the flags name; without such a flag, it asks a
// person. It refuses a password that is not UTF-8.
func (n *newPassword) read(ctx context.Context, a *app.App) error {
	var err error
	if n.generate {
		n.text = rand.Text()
	} else if n.text, err = n.typed(ctx, a, "; --generate makes one"); err != nil {
		return err
	}
	// The broker would set a different password, with U+FFFD in place of each byte that is not UTF-8.
	if change.NotUTF8(n.what, n.text) != nil {
		return fail.Usagef("%s is not UTF-8: the broker would set another password", n.what)
	}
	return n.set(n.text)
}

// shown adds a generated password to the output, since it is known nowhere else.
func (n *newPassword) shown(o change.Outcome) change.Outcome {
	if n.generate {
		o.Facts = append(o.Facts, record.Fields("", record.Field{Column: record.Column{Name: "password"},
			Value: record.Of(n.text)}))
	}
	return o
}
