package change

import (
	"context"
	"strconv"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/erldist"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
)

// Role is where a parameter stands on the command line.
type Role int

const (
	Positional Role = iota
	Rest            // all words that follow; they may be left out
	Option          // --name VALUE
)

// Kind is the type of a parameter's value, which is given as text: any text, a whole number, or true or false.
type Kind int

const (
	Text Kind = iota
	Whole
	Truth
)

// Dialects says which tools have a parameter: rabbitctl itself (OwnOnly), the official tools (OfficialOnly), or both.
type Dialects int

const (
	Both Dialects = iota
	OwnOnly
	OfficialOnly
)

// Param is a parameter of a change. One definition serves both rabbitctl and the official tools.
type Param struct {
	// Name is the parameter's name in the official usage line: username, apply-to.
	Name string
	// Help describes the parameter in one line, without a full stop. An Option needs it.
	Help string
	Role Role
	Kind Kind
	// In says which tools have the parameter.
	In Dialects
	// Default is the value, as text, of an Option that is not given; "" if it has no default.
	Default string
	// Optional means that the parameter may be left out. Only the last Positional can be Optional.
	Optional bool
	// Secret means that the parameter is a password: rabbitctl never takes it from the command line.
	Secret bool
	// Free means that the value is not part of a URL path. So any text is allowed, also an empty one or one with dots
	// only.
	Free bool
	// File means that the value is the path of a file on this machine. Unlike a text for the broker, it need not be UTF-8.
	File bool
	// Wide means that this option makes a Scoped change apply to several virtual hosts in place of the one of -p.
	Wide bool
	// Filed means that the value can hold a password, in a URI. So rabbitctl takes it from a file or from standard input
	// too, where nobody sees it in the list of processes. A Positional that is Filed is the last one.
	Filed bool
	// Words are the values that help and completion offer; nil means none. Other values are accepted, too, unless Set or
	// the Check of the change refuses them.
	Words []string
	// Listed means that the value can be several of the Words, separated by commas.
	Listed bool
	// Names asks the broker for values, for completion and to suggest the nearest name; nil means that the broker has none
	// to list.
	Names func(ctx context.Context, c *broker.Client, vhost string) ([]string, error)
	// OnNode asks a node over Erlang distribution for values that only the node knows; nil means that no node is asked.
	OnNode func(ctx context.Context, n *erldist.Client) ([]string, error)
	// Set stores the text as the value. For a Rest it is called once for each word.
	Set func(text string) error
}

// Arg returns a positional parameter that names an object.
func Arg(name string, into *string, names func(context.Context, *broker.Client, string) ([]string, error)) Param {
	return Param{Name: name, Names: names, Set: textInto(into)}
}

// FreeArg returns a positional parameter that accepts any text.
func FreeArg(name, help string, into *string) Param {
	return Param{Name: name, Help: help, Free: true, Set: textInto(into)}
}

// RestArg returns a parameter for all words that follow. words are those that help and completion offer; other words
// are accepted, too.
func RestArg(name string, into *[]string, words ...string) Param {
	return Param{Name: name, Role: Rest, Free: true, Words: words, Set: func(text string) error {
		*into = append(*into, text)
		return nil
	}}
}

// Flag returns an option with a text. The present value of *into is its default. words are those that help and
// completion offer; other texts are accepted, too.
func Flag(name, help string, into *string, words ...string) Param {
	return Param{Name: name, Help: help, Role: Option, Free: true, Default: *into, Words: words, Set: textInto(into)}
}

// WholeFlag returns an option with a whole number. The present value of *into is its default.
func WholeFlag(name, help string, into *int) Param {
	return Param{Name: name, Help: help, Role: Option, Kind: Whole, Free: true, Default: strconv.Itoa(*into),
		Set: func(text string) error {
			n, err := strconv.Atoi(text)
			if err != nil {
				return fail.Usagef("%q is not a whole number", text)
			}
			*into = n
			return nil
		}}
}

// Switch returns an option that is on or off. The present value of *into is its default.
func Switch(name, help string, into *bool) Param {
	return Param{Name: name, Help: help, Role: Option, Kind: Truth, Default: strconv.FormatBool(*into),
		Set: func(text string) error {
			on, err := strconv.ParseBool(text)
			if err != nil {
				return fail.Usagef("%q is neither true nor false", text)
			}
			*into = on
			return nil
		}}
}

// SecretArg returns the parameter for a password.
func SecretArg(into *string) Param {
	return Param{Name: "password", Secret: true, Free: true, Set: textInto(into)}
}

// OfFile returns p as a parameter whose value is the path of a file on this machine.
func (p Param) OfFile() Param {
	p.File = true
	return p
}

// FromFile returns p as a parameter that rabbitctl also reads from a file or from standard input. Any text is allowed
// for it.
func (p Param) FromFile() Param {
	p.Filed, p.Free = true, true
	return p
}

// Own returns p as a parameter that only rabbitctl has.
func (p Param) Own() Param {
	p.In = OwnOnly
	return p
}

// Official returns p as a parameter that only the official tool has.
func (p Param) Official() Param {
	p.In = OfficialOnly
	return p
}

func textInto(into *string) func(string) error {
	return func(text string) error {
		*into = text
		return nil
	}
}
