package cli

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/rabbitctl/rabbitctl/pkg/cmd/alarm"
	"github.com/rabbitctl/rabbitctl/pkg/cmd/binding"
	"github.com/rabbitctl/rabbitctl/pkg/cmd/channel"
	"github.com/rabbitctl/rabbitctl/pkg/cmd/check"
	"github.com/rabbitctl/rabbitctl/pkg/cmd/cluster"
	"github.com/rabbitctl/rabbitctl/pkg/cmd/connection"
	"github.com/rabbitctl/rabbitctl/pkg/cmd/consumer"
	"github.com/rabbitctl/rabbitctl/pkg/cmd/definitions"
	"github.com/rabbitctl/rabbitctl/pkg/cmd/doctor"
	"github.com/rabbitctl/rabbitctl/pkg/cmd/encryption"
	"github.com/rabbitctl/rabbitctl/pkg/cmd/exchange"
	"github.com/rabbitctl/rabbitctl/pkg/cmd/feature"
	"github.com/rabbitctl/rabbitctl/pkg/cmd/federation"
	"github.com/rabbitctl/rabbitctl/pkg/cmd/limit"
	"github.com/rabbitctl/rabbitctl/pkg/cmd/listener"
	"github.com/rabbitctl/rabbitctl/pkg/cmd/member"
	"github.com/rabbitctl/rabbitctl/pkg/cmd/message"
	"github.com/rabbitctl/rabbitctl/pkg/cmd/node"
	"github.com/rabbitctl/rabbitctl/pkg/cmd/parameter"
	"github.com/rabbitctl/rabbitctl/pkg/cmd/plugin"
	"github.com/rabbitctl/rabbitctl/pkg/cmd/policy"
	"github.com/rabbitctl/rabbitctl/pkg/cmd/queue"
	"github.com/rabbitctl/rabbitctl/pkg/cmd/route"
	"github.com/rabbitctl/rabbitctl/pkg/cmd/shovel"
	"github.com/rabbitctl/rabbitctl/pkg/cmd/stream"
	"github.com/rabbitctl/rabbitctl/pkg/cmd/triage"
	"github.com/rabbitctl/rabbitctl/pkg/cmd/user"
	"github.com/rabbitctl/rabbitctl/pkg/cmd/vhost"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

// group is a heading of the help and the commands under it.
type group struct {
	id, title string
	commands  []verb.Command
}

// noun is a package of commands. commands returns its commands.
type noun struct {
	name     string
	commands func() []verb.Command
}

// headings returns the headings of the help with the nouns under each of them.
func headings() []heading {
	return []heading{
		{"queues", "Queues:", []noun{{"queue", queue.Commands}, {"member", member.Commands}}},
		{"topology", "Exchanges, bindings, policies:", []noun{{"exchange", exchange.Commands}, {"binding", binding.Commands},
			{"policy", policy.Commands}, {"route", route.Commands}}},
		{"clients", "Clients:", []noun{{"connection", connection.Commands}, {"channel", channel.Commands},
			{"consumer", consumer.Commands}, {"stream", stream.Commands}}},
		{"messages", "Messages:", []noun{{"message", message.Commands}}},
		{"moving", "Shovels and federation:", []noun{{"shovel", shovel.Commands}, {"federation", federation.Commands}}},
		{"vhosts", "Virtual hosts, users, limits:", []noun{{"vhost", vhost.Commands}, {"user", user.Commands},
			{"limit", limit.Commands}}},
		{"definitions", "Definitions:", []noun{{"definitions", definitions.Commands}}},
		{"encryption", "Encrypted values of the configuration:", []noun{{"encryption", encryption.Commands}}},
		{"nodes", "Nodes and cluster:", []noun{{"node", node.Commands}, {"cluster", cluster.Commands},
			{"listener", listener.Commands}, {"plugin", plugin.Commands}, {"feature", feature.Commands},
			{"parameter", parameter.Commands}}},
		{"checks", "Checks for monitoring:", []noun{{"check", check.Commands}}},
		{"trouble", "Finding out what is wrong:", []noun{{"doctor", doctor.Commands}, {"alarm", alarm.Commands},
			{"triage", triage.Commands}}},
	}
}

// heading is a heading of the help and the nouns under it.
type heading struct {
	id, title string
	nouns     []noun
}

// groups returns all headings, each with only the commands of the nouns that are wanted. A heading can have no command.
func groups(wanted func(noun string) bool) []group {
	var all []group
	for _, h := range headings() {
		g := group{id: h.id, title: h.title}
		for _, n := range h.nouns {
			if wanted(n.name) {
				g.commands = append(g.commands, n.commands()...)
			}
		}
		all = append(all, g)
	}
	return all
}

func anything(string) bool { return true }

func nothing(string) bool { return false }

// groupsFor returns the headings with the commands that a command line can need. If the word at the index at is the
// name of a command, these are the commands of that command's noun: rabbitctl, which monitoring may start every minute,
// then need not build 300 commands to run one. The command `as` needs none of them: package personality asks for those
// that it uses.
func groupsFor(args []string, at int) []group {
	if slices.Equal(args, []string{"--version"}) || at >= 0 && args[at] == "as" {
		return groups(nothing)
	}
	if words := completed(args); len(words) > 0 {
		args, at = words, commandAt(words)
		if at == len(args)-1 {
			return groups(anything) // the shell completes the name of a command
		}
	}
	if helpOfOne(args) {
		at = 1
	} else if slices.ContainsFunc(args, aboutAny) {
		return groups(anything)
	}
	if at >= 0 {
		if name := nounOf(args[at]); name != "" {
			return groups(func(n string) bool { return n == name })
		}
	}
	return groups(anything)
}

// commandNamed finds a command by its name. It builds only the commands of that command's noun.
func commandNamed(name string) (verb.Command, bool) {
	if noun := nounOf(name); noun != "" {
		for _, c := range everything(groups(func(n string) bool { return n == noun })) {
			if title, _ := c.Title(); title == name {
				return c, true
			}
		}
	}
	return nil, false
}

// completed returns the words of the command line that the shell asks to complete, of which the last one is unfinished;
// nil if args is not a request for completion.
func completed(args []string) []string {
	if len(args) > 0 && (args[0] == cobra.ShellCompRequestCmd || args[0] == cobra.ShellCompNoDescRequestCmd) {
		return args[1:]
	}
	return nil
}

// aboutAny reports whether a word stands for help or completion. A command line with such a word may be about any
// command.
func aboutAny(word string) bool { return word == "help" || strings.HasPrefix(word, "__") }

// helpOfOne reports whether a command line is `help NAME`, where NAME is the name of a command.
func helpOfOne(args []string) bool {
	return len(args) == 2 && args[0] == "help" && nounOf(args[1]) != ""
}

// Nouns maps each noun to the names and aliases of its commands.
func Nouns() map[string][]string {
	all, also := map[string][]string{}, aliases()
	for _, h := range headings() {
		for _, n := range h.nouns {
			for _, c := range n.commands() {
				name, _ := c.Title()
				all[n.name] = append(append(all[n.name], name), also[name]...)
			}
		}
	}
	return all
}

func everything(all []group) []verb.Command {
	var commands []verb.Command
	for _, g := range all {
		commands = append(commands, g.commands...)
	}
	return commands
}

func listers(commands []verb.Command) []verb.List {
	var all []verb.List
	for _, c := range commands {
		if l, ok := c.(verb.List); ok {
			all = append(all, l)
		}
	}
	return all
}
