package personality

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/erlang"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/render"
	"github.com/rabbitctl/rabbitctl/pkg/steps"
)

// fault is the failure of a command in the form of an official tool: the text that the tool prints, and the kind of
// failure. Kinds stand for the official exit codes: Usage 64, Data 65, NoUser 67, Unavailable 69, Internal 70, Timeout
// and Lost 75.
type fault struct {
	kind fail.Kind
	text string
}

func (f *fault) Error() string { return f.text }

// invalid returns the fault for a wrong command line, in the form of the official tools: what is wrong, what was typed,
// and the usage line.
func (r *run) invalid(what string) *fault { return r.misused("Error (argument validation): " + what) }

// misused returns a fault with a sentence, what was typed, and the usage line.
func (r *run) misused(sentence string) *fault {
	return &fault{fail.Usage, fmt.Sprintf("%s\nArguments given:\n\t%s\n\nUsage\n\n%s\n", sentence,
		strings.Join(r.typed, " "), r.usageLine(r.usage))}
}

// swallowed returns the fault for a command line in which an option before the command has taken the command as its
// value.
func (r *run) swallowed() *fault {
	return r.invalid("an option in front of the command took the command as its value: put the options after the command.")
}

// refused returns the text that lists the options which the command does not accept.
func (l line) refused() string {
	lines := []string{"Invalid options for this command:"}
	for _, o := range l.invalid {
		lines = append(lines, o.name+" : "+o.value)
	}
	return strings.Join(lines, "\n")
}

// usageLine returns the line that shows how a command is called.
func (r *run) usageLine(usage string) string {
	return r.tool + " [--node <node>] [--longnames] [--quiet] " + usage
}

// missingVHost returns the fault for a virtual host that does not exist.
func missingVHost(name string) *fault {
	return &fault{fail.Data, fmt.Sprintf("Virtual host '%s' does not exist", name)}
}

// missingUser returns the fault for a user that does not exist, in the form that Elixir prints.
func missingUser(name string) *fault {
	return &fault{fail.Unavailable, fmt.Sprintf("Error:\n{:no_such_user, %s}", erlang.JSON(erlang.Binary(name)))}
}

// unserved returns the fault with the text of entry.unserved, in the form in which the tools print errors.
func (r *run) unserved(e entry) *fault {
	if e.name == "exec" && len(r.line.words) < 2 {
		r.usage = "exec <expression> [--offline]"
		return r.invalid("not enough arguments.")
	}
	err := e.unserved(r.tool)
	return &fault{err.Kind, "Error:\n" + err.Error() + "\n  next: " + steps.OfTool(err)}
}

// faultOf turns an error of this program into the failure of an official tool. It returns unchanged what has no such
// form: interruptions, and usage, settings and internal errors of this program.
func (r *run) faultOf(err error) error {
	var known *fault
	if errors.As(err, &known) {
		return known
	}
	err = fail.InWords(err)
	text := render.Escape(err.Error())
	if hint := steps.OfTool(err); hint != "" {
		text += "\n  next: " + render.Escape(hint)
	}
	switch fail.KindOf(err) {
	case fail.Incomplete:
		if !errors.Is(err, context.DeadlineExceeded) {
			return &fault{fail.Timeout, "Error: " + text}
		}
		fallthrough
	case fail.Timeout:
		return &fault{fail.Timeout, fmt.Sprintf("Error: operation %s on node %s timed out. Timeout value used: %s\n%s",
			r.command, r.node(), r.limitText(), text)}
	case fail.Lost:
		return &fault{fail.Lost, "Error:\n" + text}
	case fail.Unreachable, fail.Denied:
		return &fault{fail.Unavailable, fmt.Sprintf(
			"Error: unable to perform an operation on node '%s'. Please see diagnostics information and suggestions below.\n\n%s", r.node(), text)}
	case fail.Unavailable, fail.NotFound, fail.Data:
		if broker.Status(err) == 400 {
			text = strings.TrimPrefix(text, "the broker refused: ")
		}
		return &fault{fail.Unavailable, "Error:\n" + text}
	case fail.Canceled, fail.Config, fail.Usage:
		return err
	}
	return err
}
