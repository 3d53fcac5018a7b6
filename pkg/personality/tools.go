package personality

import (
	"path/filepath"
	"slices"
	"strings"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
)

// tools is a set of official tools, one bit for each.
type tools int

const (
	ctl tools = 1 << iota
	diagnostics
	queuesTool
	streams
	plugins
	upgrade
)

// names returns the names of the tools, in the order of the constants.
func names() []string {
	return []string{"rabbitmqctl", "rabbitmq-diagnostics", "rabbitmq-queues", "rabbitmq-streams", "rabbitmq-plugins",
		"rabbitmq-upgrade"}
}

// Tools returns the names under which the program behaves as an official tool.
func Tools() []string { return names() }

// Named returns the last element of a program's path without .exe. ok tells whether this is the name of an official
// tool.
func Named(path string) (tool string, ok bool) {
	base := strings.TrimSuffix(filepath.Base(path), ".exe")
	return base, slices.Contains(names(), base)
}

func toolNamed(name string) tools {
	if i := slices.Index(names(), name); i >= 0 {
		return 1 << i
	}
	return 0
}

// lack is a reason why this program cannot run a command of the official tools.
type lack string

const (
	lacksDistribution lack = "it talks to the node by Erlang distribution, and the HTTP API has no such request"
	lacksElixir       lack = "it runs Elixir inside the tool itself, and this program contains no Elixir"
)

// commandsOf returns the names of a tool's commands in alphabetical order.
func commandsOf(t tools) []string {
	var all []string
	for _, e := range catalogue() {
		if e.tools&t != 0 {
			all = append(all, e.name)
		}
	}
	return all
}

// ToolOf returns the first tool that has the command, in the order of Tools.
func ToolOf(command string) (tool string, ok bool) {
	for _, tool := range names() {
		if _, ok := find(toolNamed(tool), command); ok {
			return tool, true
		}
	}
	return "", false
}

// Elsewhere returns an error that says how to run a command of an official tool, or why this program cannot run it. For
// a name that no official tool has, it returns nil. It does not check whether rabbitctl has the command itself.
func Elsewhere(name string) error {
	tool, ok := ToolOf(name)
	if !ok {
		return nil
	}
	e, _ := find(toolNamed(tool), name)
	if e.lacks == "" {
		return fail.Usagef("%s is a command of %s only", name, tool).Next("rabbitctl as %s %s ... runs it", tool, name)
	}
	return e.unserved(tool)
}

// unserved returns the error for a command that this program cannot run: why the HTTP API cannot do the same, and what
// to use instead.
func (e entry) unserved(tool string) *fail.Error {
	if e.name == "exec" {
		return fail.New(fail.Unavailable, "exec cannot be done: %s", e.lacks).
			Next("rabbitmqctl eval runs Erlang code on the node")
	}
	return fail.New(fail.Unavailable, "%s cannot be done over the HTTP API: %s", e.name, e.lacks).
		Next("run %s on the broker's own machine", tool)
}

// find returns the command with that name if one of the tools t has it, or had it in an earlier release.
func find(t tools, name string) (entry, bool) {
	for _, e := range append(catalogue(), former()...) {
		if e.name == name && e.tools&t != 0 {
			return e, true
		}
	}
	return entry{}, false
}
