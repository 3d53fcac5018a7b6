package personality

import "strings"

// commandHelp is the help of one command: how it is called, whether this program does it, and the options that every command has.
func (r *run) commandHelp(name, usage string) string {
	var b strings.Builder
	b.WriteString("\nUsage\n\n" + r.usageLine(usage) + "\n")
	if e, ok := find(toolNamed(r.tool), name); ok && e.lacks != "" {
		b.WriteString("\nThis program refuses it: " + string(e.lacks) + ".\n")
	}
	b.WriteString(`
General Options

short            | long          | what it does
-----------------|---------------|--------------------------------
-?               | --help        | shows this
-n <node>        | --node <node> | asks the API of that node
-l               | --longnames   | is taken and changes nothing
-t <seconds>     | --timeout <n> | ends with exit code 75 after that time
-q               | --quiet       | leaves out the first lines
-s               | --silent      | as --quiet, and leaves out the header of a table
-p <vhost>       | --vhost <v>   | the virtual host, for commands that ask in one
                 | --dry-run     | ends after the first line; changes nothing
                 | --formatter   | table csv json json_stream erlang pretty_table, as far as the command has them
`)
	return b.String()
}
