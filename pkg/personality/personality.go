// Package personality lets the program act as an official tool, rabbitmqctl or one of its companions: with the same
// arguments, the same output on stdout and the same exit codes, over the HTTP API or, for what the API lacks, over
// Erlang distribution.
//
// The columns and rows of listings come from rabbitctl's own listings, the nouns. What the official tool does
// differently (banner, default columns, order, how a value is written) is an entry in the function listings. A command
// that this program cannot run is in the function catalogue with the reason, and ends with that reason.
package personality

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/rabbitctl/rabbitctl/pkg/app"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/render"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

// run is one command line.
type run struct {
	app   *app.App
	own   Own
	tool  string
	typed []string
	line  line
	// command is the name of the command, or "" before it is known. usage is what follows the tool and the global options
	// in the usage line of the command.
	command, usage string
}

// Own finds rabbitctl's own command of that name. It is used for the rows of listings, and for the line about a command
// in the help.
type Own func(name string) (verb.Command, bool)

// listing returns rabbitctl's own listing of that name.
func (o Own) listing(name string) (verb.List, bool) {
	c, _ := o(name)
	l, ok := c.(verb.List)
	return l, ok
}

// short returns the short description of rabbitctl's own command of that name, or "" if there is no such command.
func (o Own) short(name string) string {
	c, ok := o(name)
	if !ok {
		return ""
	}
	_, short := c.Title()
	return short
}

// Run runs a command line of the tool; args do not include the tool's name. A failure that the tool itself could have
// is printed on stderr, and the returned error only carries a kind, which stands for the official exit code. Run does
// not print other errors, such as an interruption or an error in rabbitctl's own settings.
func Run(ctx context.Context, a *app.App, own Own, tool string, args []string) error {
	r := &run{app: a, own: own, tool: tool, typed: args}
	end := onScreen(a)
	err := r.dispatch(ctx)
	end()
	if err == nil {
		return nil
	}
	var f *fault
	if err = r.faultOf(err); !errors.As(err, &f) {
		return err
	}
	if f.text != "" {
		fmt.Fprintln(a.IO.Err, harmless(strings.TrimSuffix(f.text, "\n")))
	}
	return fail.Verdict(f.kind)
}

// harmless escapes characters that would control a terminal. Newlines and tabs stay.
func harmless(text string) string {
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		parts := strings.Split(line, "\t")
		for j := range parts {
			parts[j] = render.Escape(parts[j])
		}
		lines[i] = strings.Join(parts, "\t")
	}
	return strings.Join(lines, "\n")
}

// globals returns the options that every command has, and their short names.
func globals() (switches, map[string]string) {
	return switches{
			"node": text, "longnames": truth, "timeout": integer, "vhost": text, "quiet": truth, "silent": truth,
			"dry-run": truth, "formatter": text, "printer": text, "file": text, "help": truth, "version": truth,
			"print-stacktrace": truth, "script-name": text, "rabbitmq-home": text, "data-dir": text, "mnesia-dir": text,
			"plugins-dir": text, "enabled-plugins-file": text, "aliases-file": text, "erlang-cookie": text,
			"auto-complete": truth,
		}, map[string]string{
			"n": "node", "l": "longnames", "t": "timeout", "p": "vhost", "q": "quiet", "s": "silent", "?": "help",
		}
}

// dispatch finds the command and runs it. Its checks are in the same order as in the official tools.
func (r *run) dispatch(ctx context.Context) error {
	known, letters := globals()
	r.line = parse(r.typed, known, letters)
	if _, ok := r.line.given("timeout"); ok {
		r.app.Limit(r.limit(0))
	}
	if name, ok := r.line.given("script-name"); ok && toolNamed(name) != 0 {
		r.tool = name
	}
	t := toolNamed(r.tool)
	switch {
	case r.line.on("auto-complete"):
		return r.autocomplete(t, r.line.words)
	case len(r.line.words) == 0 && r.line.on("version"):
		return r.version()
	case len(r.line.words) == 0 && r.line.on("help"):
		return r.print(r.toolHelp(t))
	case len(r.line.words) == 0:
		return &fault{fail.Usage, r.toolHelp(t)}
	}
	r.command = r.line.words[0]
	e, ok := find(t, r.command)
	if !ok {
		return r.notFound(t, r.command)
	}
	if l, ok := listingNamed(e.name); ok {
		if noun, ok := r.own.listing(cmp.Or(l.noun, l.name)); ok {
			return r.list(ctx, l, noun)
		}
	}
	if d, ok := commandOf(t, e.name); ok && e.lacks == "" {
		return r.perform(ctx, d)
	}
	switch e.name {
	case "version":
		if r.usage = "version"; len(r.line.words) > 1 {
			return r.invalid("too many arguments.")
		}
		return r.version()
	case "autocomplete":
		return r.autocomplete(t, r.line.words[1:])
	case "help":
		return r.help(t, r.line.words[1:])
	}
	if r.line.on("help") {
		return r.print(r.entryHelp(e))
	}
	return r.unserved(e)
}

// notFound returns the fault for an unknown command. It suggests a similar name, or, without a similar name, contains
// the help of the tool.
func (r *run) notFound(t tools, name string) *fault {
	text := fmt.Sprintf("\nCommand '%s' not found. \n", name)
	if near := suggestion(name, commandsOf(t)); near != "" {
		return &fault{fail.Usage, text + fmt.Sprintf("Did you mean '%s'? \n\n", near)}
	}
	return &fault{fail.Usage, text + r.toolHelp(t)}
}

// autocomplete prints the commands whose names begin with the first of the words.
func (r *run) autocomplete(t tools, words []string) error {
	if len(words) == 0 {
		return nil
	}
	var b strings.Builder
	for _, name := range commandsOf(t) {
		if strings.HasPrefix(name, words[0]) {
			b.WriteString(name + "\n")
		}
	}
	return r.print(b.String())
}

// version prints the version of this program, in the form of the official tools.
func (r *run) version() error { return r.print(r.app.Version + "\n") }

// buffered returns a writer for stdout, which the caller must flush.
func (r *run) buffered() *bufio.Writer { return bufio.NewWriter(r.app.IO.Out) }

func (r *run) print(text string) error {
	_, err := fmt.Fprint(r.app.IO.Out, text)
	return err
}

// limit returns how long the command may take: the value of --timeout or, if that is not given, the default that the
// caller passes in seconds. The default 0 means no limit of the command's own.
func (r *run) limit(otherwise int) time.Duration {
	if value, ok := r.line.given("timeout"); ok {
		if seconds, err := strconv.Atoi(value); err == nil {
			return time.Duration(seconds) * time.Second
		}
	}
	return time.Duration(otherwise) * time.Second
}

func (r *run) limitText() string {
	return seconds(r.limit(60))
}

// seconds returns a duration in seconds, in the form in which Erlang prints a float.
func seconds(d time.Duration) string { return strconv.FormatFloat(d.Seconds(), 'f', 1, 64) }
