package personality

import (
	"cmp"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
)

// help runs the command help; words are its arguments. It prints the help of the tool, or of one of the tool's
// commands.
func (r *run) help(t tools, words []string) error {
	switch {
	case len(words) > 1:
		r.usage = "help (<command> | [--list-commands])"
		return r.invalid("too many arguments.")
	case len(words) == 0 && slices.Contains(r.typed, "--list-commands"):
		return r.print("\n" + commandList(t))
	case len(words) == 0:
		return r.print(r.toolHelp(t))
	}
	e, ok := find(t, words[0])
	if !ok {
		return &fault{fail.Usage, fmt.Sprintf("Error:\n\nCommand '%s' not found.\n", words[0])}
	}
	return r.print(r.entryHelp(e))
}

// entryHelp returns the help of a command of any kind.
func (r *run) entryHelp(e entry) string {
	if l, ok := listingNamed(e.name); ok {
		return r.listingHelp(l)
	}
	if d, ok := commandOf(toolNamed(r.tool), e.name); ok && e.lacks == "" {
		return r.commandHelp(d)
	}
	return r.helpText(e.name, e.name, nil)
}

// toolHelp returns the usage of the whole tool with its commands.
func (r *run) toolHelp(t tools) string {
	return "\nUsage\n\n" + r.tool +
		" [--node <node>] [--timeout <timeout>] [--longnames] [--quiet] <command> [<command options>]\n\n" +
		commandList(t) + "\n\nUse '" + r.tool + " help <command>' to learn more about a specific command\n"
}

func commandList(t tools) string {
	return "Available commands:\n\n   " + strings.Join(commandsOf(t), "\n   ")
}

// commandHelp returns the help of a command other than a listing.
func (r *run) commandHelp(d command) string {
	return r.helpText(d.name, d.shownUsage(), append(arguments(d.shownUsage()), options(d.switches, d.letters)...))
}

// listingHelp returns the help of a listing, with its columns.
func (r *run) listingHelp(l listing) string {
	items := arguments(l.usage)
	if l.free {
		items = slices.DeleteFunc(items, func(i string) bool { return i == "<column>" })
		items = append([]string{"<column>\n\tone of " + strings.Join(l.columnNames(), ", ") + "; without any: " +
			strings.Join(l.shown(), ", ")}, items...)
	}
	known := maps.Clone(l.switches)
	if known == nil {
		known = switches{}
	}
	if cmp.Or(l.format, "table") == "table" {
		known["table-headers"], known["pad-to-header"] = truth, truth
	}
	return r.helpText(l.name, l.usage, append(items, options(known, nil)...))
}

// arguments returns the arguments in a usage line, without the values of its options.
func arguments(usage string) []string {
	var all []string
	for _, match := range regexp.MustCompile(`(--[a-z-]+[ =])?(<[^>]+>)`).FindAllStringSubmatch(usage, -1) {
		if match[1] == "" && !slices.Contains(all, match[2]) {
			all = append(all, match[2])
		}
	}
	return all
}

// options returns the command's own options, each with the kind of its value.
func options(known switches, letters map[string]string) []string {
	var all []string
	for _, name := range slices.Sorted(maps.Keys(known)) {
		shown := "--" + name
		for letter, long := range letters {
			if long == name {
				shown = "-" + letter + ", " + shown
			}
		}
		switch known[name] {
		case truth:
			shown += "\n\tor --no-" + name
		case integer:
			shown += " <whole number>"
		case text:
			shown += " <text>"
		}
		all = append(all, shown)
	}
	return all
}

// helpText returns the help of a command, with its parts in the order of the tools: usage, what the command does,
// arguments and options, general options.
func (r *run) helpText(name, usage string, items []string) string {
	var b strings.Builder
	b.WriteString("\nUsage\n\n" + r.usageLine(usage) + "\n")
	if short := r.own.short(name); short != "" {
		b.WriteString("\n" + short + ".\n")
	}
	if e, ok := find(toolNamed(r.tool), name); ok && e.lacks != "" {
		b.WriteString("\nThis program refuses it: " + string(e.lacks) + ".\n")
	}
	if len(items) > 0 {
		b.WriteString("\nArguments and Options\n\n" + strings.Join(items, "\n") + "\n")
	}
	b.WriteString(`
General Options

short            | long          | what it does
-----------------|---------------|--------------------------------
-?               | --help        | shows this
-n <node>        | --node <node> | asks the API of that node
-l               | --longnames   | is accepted, and has no effect
-t <seconds>     | --timeout <n> | ends with exit code 75 after that time
-q               | --quiet       | leaves out the first lines
-s               | --silent      | as --quiet, and leaves out the header of a table
-p <vhost>       | --vhost <v>   | the virtual host, for commands that need one
                 | --dry-run     | ends after the first line; changes nothing
                 | --formatter   | table csv json json_stream erlang pretty_table, as far as the command has them
`)
	return b.String()
}
