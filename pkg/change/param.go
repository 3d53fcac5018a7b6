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
	Rest            // all words that follow; there may be none
	Option          // --name VALUE
)

// Kind is what the text of a parameter must be.
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

// Param is a parameter of a change, defined once for both dialects.
type Param struct {
	// Name is as in the official usage line: username, apply-to.
	Name string
	// Help is one line about it, without a full stop; needed for an Option.
	Help string
	Role Role
	Kind Kind
	// In says which dialects have it.
	In Dialects
	// Default is the value of an Option that is not given, as text; "" for none.
	Default string
	// Optional means that the last Positional may be left out.
	Optional bool
	// Secret is a password: rabbitctl never takes it from the command line.
	Secret bool
	// Free means that it is not part of a path, so any text is allowed, also an empty one and dots.
	Free bool
	// Wide means that with it a Scoped change is about several virtual hosts, and not about that of -p.
	Wide bool
	// Filed means that it can hold a password, in a URI: rabbitctl takes it from a file or the standard input too, so that
	// nobody sees it in the list of processes. A Positional that is Filed is the last one.
	Filed bool
	// Words are the values that it takes; nil: any. A completion offers them.
	Words []string
	// Listed means that it takes several of its Words, with commas between them.
	Listed bool
	// Names lists live candidates for completion and for the nearest name; nil: there is nothing to list.
	Names func(ctx context.Context, c *broker.Client, vhost string) ([]string, error)
	// OnNode lists candidates that only a node knows, over Erlang distribution; nil: no node is asked.
	OnNode func(ctx context.Context, n *erldist.Client) ([]string, error)
	// Set takes the text. It is called once for each word of a Rest.
	Set func(text string) error
}

// Arg is a positional parameter that names an object.
func Arg(name string, into *string, names func(context.Context, *broker.Client, string) ([]string, error)) Param {
	return Param{Name: name, Names: names, Set: textInto(into)}
}

// FreeArg is a positional parameter of any text.
func FreeArg(name, help string, into *string) Param {
	return Param{Name: name, Help: help, Free: true, Set: textInto(into)}
}

// RestArg is all words that follow.
func RestArg(name string, into *[]string, words ...string) Param {
	return Param{Name: name, Role: Rest, Free: true, Words: words, Set: func(text string) error {
		*into = append(*into, text)
		return nil
	}}
}

// Flag is an option with a text. *into is its value when it is not given.
func Flag(name, help string, into *string, words ...string) Param {
	return Param{Name: name, Help: help, Role: Option, Free: true, Default: *into, Words: words, Set: textInto(into)}
}

// WholeFlag is an option with a whole number. *into is its value when it is not given.
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

// Switch is an option that is on or off. *into is its value when it is not given.
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

// SecretArg is a password.
func SecretArg(into *string) Param {
	return Param{Name: "password", Secret: true, Free: true, Set: textInto(into)}
}

// FromFile makes it a parameter that rabbitctl reads from a file, too.
func (p Param) FromFile() Param {
	p.Filed, p.Free = true, true
	return p
}

// Own makes it a parameter of rabbitctl only.
func (p Param) Own() Param {
	p.In = OwnOnly
	return p
}

// Official makes it a parameter of the official tool only.
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
