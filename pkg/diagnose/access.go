package diagnose

import (
	"fmt"
	"slices"
	"strings"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/prose"
)

// Access holds what is known about a user.
type Access struct {
	User string
	Tags []string
	// Refused means that no tag lets the user into the API, so that nothing else is known about the user.
	Refused bool
	// VHosts lists the known virtual hosts; All means that the broker has no others.
	VHosts []string
	All    bool
	// Entered lists the virtual hosts in which the user has a permission, whatever it allows.
	Entered []string
	// Grants and Topics are the user's permissions. Only administrators may read them. Granted reports whether Grants and
	// Topics are known.
	Grants  []Grant
	Topics  []TopicGrant
	Granted bool
}

// Grant says what a user may do in a virtual host, as patterns for names.
type Grant struct{ User, VHost, Configure, Write, Read string }

// pattern returns the pattern of one permission. The argument what is configure, write or read.
func (g Grant) pattern(what string) string {
	return map[string]string{"configure": g.Configure, "write": g.Write, "read": g.Read}[what]
}

// TopicGrant says which routing keys a user may use with a topic exchange, as patterns.
type TopicGrant struct{ User, VHost, Exchange, Write, Read string }

// tag reports whether the user has the tag, or another tag that includes it.
func (a Access) tag(wanted string) bool {
	return slices.ContainsFunc(a.Tags, func(tag string) bool {
		return tag == wanted || tag == "administrator" ||
			wanted == "management" && (tag == "monitoring" || tag == "policymaker")
	})
}

// OpensAPI reports whether one of the user's tags opens the management API.
func (a Access) OpensAPI() bool { return a.tag("management") }

// barred returns the known virtual hosts that the user may not enter.
func (a Access) barred() []string {
	return slices.DeleteFunc(slices.Clone(a.VHosts), func(v string) bool { return slices.Contains(a.Entered, v) })
}

// group is a set of commands that need the same tag and permissions of a user.
type group struct {
	name, commands, tag string
	// inVHosts means that the commands show or change objects in virtual hosts, and only where the user has a permission.
	inVHosts bool
}

// groups returns the groups of commands that each tag allows (measured on 3.10 and 4.3).
func groups() []group {
	return []group{
		{"listings", "list_queues, list_exchanges, list_bindings, show_queue; own connections", "management", true},
		{"checks", "check, check_*, doctor, status, list_nodes, all connections", "monitoring", true},
		{"policies", "set_policy, clear_policy, list_parameters; making shovels and upstreams", "policymaker", true},
		{"admin", "users, permissions, virtual hosts, limits, operator policies, definitions", "administrator", false},
	}
}

// AccessGroups returns the names of the groups of commands that GroupAccess describes.
func AccessGroups() []string {
	var names []string
	for _, g := range groups() {
		names = append(names, g.name)
	}
	return names
}

// GroupAccess says whether a group of commands works for a user.
type GroupAccess struct {
	Name, Commands string
	// Works is yes, partly or no.
	Works string
	Lacks []string
	// Do holds the command lines with which an administrator gives the user what is missing.
	Do []string
}

// Groups says for each group of commands whether it works for the user, and what the user lacks for it.
func (a Access) Groups() []GroupAccess {
	var all []GroupAccess
	for _, g := range groups() {
		all = append(all, a.group(g))
	}
	return all
}

func (a Access) group(g group) GroupAccess {
	has := GroupAccess{Name: g.name, Commands: g.commands, Works: "yes"}
	barred := a.barred()
	if g.inVHosts && len(a.Entered) == 0 && len(barred) == 0 && !a.Refused {
		barred = []string{"/"}
	}
	if g.inVHosts && len(barred) > 0 {
		has.Works = "partly"
		if len(a.Entered) == 0 && g.name != "checks" {
			has.Works = "no"
		}
		has.Lacks = append(has.Lacks, "a permission in "+vhostNames(barred))
		has.Do = sight(a.User, barred)
	}
	if !a.tag(g.tag) {
		has.Works = "no"
		has.Lacks = append([]string{"the tag " + g.tag}, has.Lacks...)
		has.Do = append([]string{setTags(a.User, append(slices.Clone(a.Tags), g.tag))}, has.Do...)
	}
	return has
}

// most is the highest number of virtual hosts that are named one by one.
const most = 3

func vhostNames(names []string) string {
	if len(names) == 1 {
		return "virtual host " + names[0]
	}
	if len(names) > most {
		return fmt.Sprintf("%d virtual hosts: %s and others", len(names), strings.Join(names[:most], ", "))
	}
	return "virtual hosts " + strings.Join(names, ", ")
}

func setTags(user string, tags []string) string {
	return fail.CommandWith(nil, "set_user_tags", append([]string{user}, tags...)...)
}

// sight returns the command lines that let a user see what is in virtual hosts, and nothing more. Any permission is
// enough for the API, even one that matches nothing (measured on 3.10 and 4.3).
func sight(user string, vhosts []string) []string {
	var lines []string
	for _, v := range vhosts[:min(len(vhosts), most)] {
		lines = append(lines, fail.Command("set_permissions", "-p", v, user, "^$", "^$", "^$"))
	}
	if more := len(vhosts) - most; more > 0 {
		lines = append(lines, "the same for "+prose.Plural(more, "more virtual host", "more virtual hosts"))
	}
	return lines
}
