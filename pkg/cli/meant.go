package cli

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/rabbitctl/rabbitctl/pkg/config"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/personality"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

// meant replaces words that other tools use for a command by the command's name in rabbitctl: queues, list queues, ls
// queues and list-queues become list_queues. It does so only if the words can mean nothing else and the command changes
// nothing. The words begin at the index at; if at is negative, meant replaces nothing.
func meant(args []string, at int, all []verb.Command) []string {
	if at < 0 || known(args[at], all) {
		return args
	}
	rest := args[at+1:]
	if len(rest) > 0 && !strings.HasPrefix(rest[0], "-") {
		if name := harmless(joined(args[at], rest[0]), all); name != "" {
			return slices.Concat(args[:at], []string{name}, rest[1:])
		}
	}
	word := underscored(args[at])
	for _, name := range []string{word, "list_" + word} {
		if name = harmless(name, all); name != "" {
			return slices.Concat(args[:at], []string{name}, rest)
		}
	}
	return args
}

// joined joins two words to one name: list queues becomes list_queues. ls counts as list.
func joined(verb, noun string) string {
	if verb == "ls" {
		verb = "list"
	}
	return underscored(verb + "_" + noun)
}

func underscored(word string) string { return strings.ReplaceAll(strings.ToLower(word), "-", "_") }

// known reports whether a word is the name or an alias of a command.
func known(word string, all []verb.Command) bool {
	also := aliases()
	return slices.ContainsFunc(all, func(c verb.Command) bool {
		name, _ := c.Title()
		return name == word || slices.Contains(also[name], word)
	})
}

// harmless returns the name if it belongs to a command that changes nothing; "" otherwise.
func harmless(name string, all []verb.Command) string {
	also := aliases()
	for _, c := range all {
		title, _ := c.Title()
		if _, changes := c.(verb.Change); !changes && (title == name || slices.Contains(also[title], name)) {
			return name
		}
	}
	return ""
}

// commandAt returns the index of the first word that is neither a flag nor a flag's value. It returns -1 if the command
// line has no such word, or if -- or an unknown flag comes before it. An unknown flag of the form --flag=VALUE is
// skipped, since no value follows it.
func commandAt(args []string) int {
	flags := pflag.NewFlagSet("", pflag.ContinueOnError)
	config.BindFlags(flags)
	addOthersFlags(flags)
	for i := 0; i < len(args); i++ {
		name, isFlag := strings.CutPrefix(args[i], "--")
		var f *pflag.Flag
		switch {
		case args[i] == "--":
			return -1
		case isFlag:
			f = flags.Lookup(name)
		case len(args[i]) == 2 && args[i][0] == '-':
			f = flags.ShorthandLookup(args[i][1:])
		case !strings.HasPrefix(args[i], "-"):
			return i
		default:
			continue // several letters after one -, or - alone
		}
		switch {
		case f == nil && !strings.Contains(args[i], "="):
			return -1
		case f != nil && f.NoOptDefVal == "":
			i++
		}
	}
	return -1
}

// hint says what to use in place of a word of another tool.
type hint struct {
	// words are the words that the user typed: one word, or two that belong together.
	words string
	// next is the line to type instead, or advice in words.
	next string
}

// hints returns words of other tools whose command has another name in rabbitctl, or does not exist.
func hints() []hint {
	return []hint{
		{"get", "rabbitctl peek_messages QUEUE, or rabbitctl get_messages QUEUE to take them out"},
		{"publish", "rabbitctl publish_message --queue QUEUE BODY, or --exchange EXCHANGE --routing-key KEY BODY"},
		{"consume", "rabbitctl peek_messages QUEUE, or rabbitctl get_messages QUEUE to take them out"},
		{"export", "rabbitctl export_definitions FILE, or rabbitctl export_messages QUEUE FILE"},
		{"import", "rabbitctl import_definitions FILE, or rabbitctl import_messages FILE"},
		{"definitions", "rabbitctl export_definitions FILE, or rabbitctl import_definitions FILE"},
		{"declare", "rabbitctl declare_queue QUEUE"},
		{"create", "rabbitctl declare_queue QUEUE"},
		{"create queue", "rabbitctl declare_queue"},
		{"create_queue", "rabbitctl declare_queue"},
		{"add_queue", "rabbitctl declare_queue"},
		{"delete", "rabbitctl delete_queue QUEUE"},
		{"remove", "rabbitctl delete_queue QUEUE"},
		{"rm", "rabbitctl delete_queue QUEUE"},
		{"remove_queue", "rabbitctl delete_queue"},
		{"remove queue", "rabbitctl delete_queue"},
		{"purge", "rabbitctl purge_queue QUEUE"},
		{"close", "rabbitctl close_connection 'NAME'"},
		{"kill", "rabbitctl close_connection 'NAME'"},
		{"queue", "rabbitctl show_queue"},
		{"exchange", "rabbitctl show_exchange"},
		{"connection", "rabbitctl show_connection"},
		{"vhost", "rabbitctl show_vhost"},
		{"set_permissions_globally", "rabbitctl set_permissions USER CONFIGURE WRITE READ --all-vhosts"},
		{"user", "rabbitctl show_user"},
		{"node", "rabbitctl show_node"},
		{"describe queue", "rabbitctl show_queue"},
		{"get queue", "rabbitctl show_queue"},
		{"get queues", "rabbitctl list_queues"},
		{"list", "rabbitctl list_queues; rabbitctl help list finds all listings"},
		{"ls", "rabbitctl list_queues; rabbitctl help list finds all listings"},
		{"show", "rabbitctl show_queue QUEUE; rabbitctl help show finds all commands that show one object"},
		{"check_all", "rabbitctl check --all"},
		{"health", "rabbitctl check --all"},
		{"health_check", "rabbitctl check --all"},
		{"overview", "rabbitctl status, or rabbitctl cluster_status"},
		{"show overview", "rabbitctl status, or rabbitctl cluster_status"},
		{"info", "rabbitctl status, or rabbitctl cluster_status"},
		{"cluster", "rabbitctl cluster_status"},
		{"top", "rabbitctl list_queues --watch 5s --sort -messages --limit 15"},
		{"watch", "rabbitctl list_queues --watch 5s"},
		{"diagnose", "rabbitctl doctor"},
		{"wait", "rabbitctl await_ready, or rabbitctl wait_for"},
		{"login", "rabbitctl config set NAME url=URL username=USER password_command=COMMAND"},
		{"logout", "rabbitctl config remove NAME"},
		{"whoami", "rabbitctl config show has the user's name, rabbitctl show_user USER what the user may do"},
	}
}

// suggested returns an error for the words of another tool. The error shows the line that does what the user means.
// suggested returns nil for any other words.
func suggested(root *cobra.Command, words []string) error {
	first := underscored(words[0])
	if len(words) > 1 {
		if name := joined(words[0], words[1]); has(root, name) {
			return fail.Usagef("no command %q, did you mean %q?", words[0]+" "+words[1], name).Next("%s", line(name, words[2:]))
		}
		if e := personality.Elsewhere(joined(words[0], words[1])); e != nil {
			return e
		}
	}
	if name, rest := otherwise(root, words); name != "" {
		return fail.Usagef("no command %q, did you mean %q?", strings.Join(words[:len(words)-len(rest)], " "), name).
			Next("%s", line(name, rest))
	}
	for _, h := range hints() {
		one, two, pair := strings.Cut(h.words, " ")
		rest := words[1:]
		if first != one || pair && (len(rest) == 0 || underscored(rest[0]) != two) || !pair && slices.ContainsFunc(hints(),
			func(o hint) bool { return len(rest) > 0 && o.words == one+" "+rest[0] }) {
			continue
		}
		if pair {
			rest = rest[1:]
		}
		next := h.next
		if name, ours := strings.CutPrefix(next, "rabbitctl "); ours && has(root, name) {
			next = line(name, rest)
		}
		return fail.Usagef("no command %q, did you mean: %s", strings.TrimSpace(h.words), next)
	}
	return nil
}

// otherwise finds the command with the same noun and a verb of the same meaning: add_user for create user or
// declare_user. The name with the nearest spelling could mean something else: the nearest to create_policy is
// clear_policy.
func otherwise(root *cobra.Command, words []string) (name string, rest []string) {
	verb, noun, one := strings.Cut(underscored(words[0]), "_")
	rest = words[1:]
	if !one && len(rest) > 0 {
		noun, rest = underscored(rest[0]), rest[1:]
	}
	for _, alike := range [][]string{{"declare_", "add_", "set_", "create_", "make_", "new_", "put_"},
		{"delete_", "clear_", "remove_", "rm_", "drop_", "destroy_"}} {
		if noun == "" || !slices.Contains(alike, verb+"_") {
			continue
		}
		for _, begins := range alike {
			if has(root, begins+noun) {
				return begins + noun, rest
			}
		}
	}
	return "", nil
}

func has(root *cobra.Command, name string) bool {
	return slices.ContainsFunc(root.Commands(), func(c *cobra.Command) bool { return c.Name() == name })
}

// line returns the command line of rabbitctl for the arguments of another tool, which names an object by name=NAME or
// --name NAME.
func line(name string, args []string) string {
	words := []string{"rabbitctl", name}
	for i := 0; i < len(args); i++ {
		word := args[i]
		prefixes := []string{"--name=", "--queue=", "name=", "queue="}
		if strings.HasSuffix(name, "_policy") {
			prefixes = append(prefixes, "--pattern=", "pattern=")
		}
		if slices.ContainsFunc(prefixes, func(p string) bool { return word+"=" == p && strings.HasPrefix(word, "--") }) {
			continue
		}
		if i := slices.IndexFunc(prefixes, func(p string) bool { return strings.HasPrefix(word, p) }); i >= 0 {
			words = append(words, fail.Word(strings.TrimPrefix(word, prefixes[i])))
			continue
		}
		if key := strings.TrimLeft(word, "-"); key == "password" || strings.HasPrefix(key, "password=") {
			continue // no command of rabbitctl accepts a password on the command line
		}
		if key, value, both := strings.Cut(word, "="); both && !strings.HasPrefix(word, "-") {
			words = append(words, "--"+strings.ReplaceAll(key, "_", "-")+"="+fail.Word(value))
			continue
		}
		words = append(words, fail.Word(word))
	}
	if len(words) == 2 && !strings.HasPrefix(name, "list_") {
		words = append(words, "NAME")
	}
	return strings.Join(words, " ")
}
