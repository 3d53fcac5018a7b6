package diagnose

import (
	"slices"
	"strings"

	"github.com/rabbitctl/rabbitctl/pkg/health"
	"github.com/rabbitctl/rabbitctl/pkg/prose"
)

// Rule finds one kind of problem.
type Rule struct {
	// Name identifies the rule in output, and is the name of its page in docs/findings.
	Name string
	// Needs lists the parts of the facts that the rule needs.
	Needs []Part
	// Judge returns the findings. The caller fills in the rule's name.
	Judge func(Facts) []Finding
}

// Rules returns all rules, in the order in which a person would look.
func Rules() []Rule {
	return slices.Concat(alarmRules(), nodeRules(), queueRules(), lossRules(), movingRules(), releaseRules(), userRules())
}

// notSeen is the rule name for findings about parts that could not be read.
const notSeen = "not-seen"

// RuleNames returns the names that findings can have.
func RuleNames() []string {
	names := append(betweenViews(), notSeen)
	for _, r := range Rules() {
		names = append(names, r.Name)
	}
	return names
}

// Examine runs all rules and sorts the findings, worst first. Parts that could not be read become a finding of their
// own, so an empty result means that everything that the release offers was examined.
func Examine(f Facts) []Finding {
	var found []Finding
	for _, host := range f.Routing {
		f.holes = append(f.holes, Unroutable(host)...)
	}
	for _, r := range Rules() {
		if slices.ContainsFunc(r.Needs, func(p Part) bool { return f.Unseen[p] != "" || f.NotOffered[p] }) {
			continue
		}
		for _, x := range r.Judge(f) {
			x.Rule = r.Name
			found = append(found, x)
		}
	}
	if x, some := unseen(f); some {
		found = append(found, x)
	}
	Sort(found)
	var nodes []string
	for _, n := range f.Nodes {
		nodes = append(nodes, n.Name)
	}
	return merge(found, nodes)
}

func unseen(f Facts) (Finding, bool) {
	// What is missing can be a tag, the statistics or an answer. Only the errors say which of these, so their next steps
	// are the advice.
	x := Finding{Rule: notSeen, Severity: health.Unknown, Do: enoughTags(slices.Sorted(slices.Values(f.Next)))}
	var parts []string
	for part, why := range f.Unseen {
		parts = append(parts, string(part))
		x.Evidence = append(x.Evidence, string(part)+": "+why)
	}
	for _, host := range f.Routing {
		if host.PoliciesUnread != "" {
			// The rest of the routing was seen.
			parts, x.Evidence = append(parts, "policies"), append(x.Evidence, "policies: "+host.PoliciesUnread)
			break
		}
	}
	switch {
	case f.View.Waits:
		x.Do = []string{"look again when the silent node answers, or is treated as down (after about a minute)"}
	case len(x.Do) == 0 && len(parts) > 0:
		x.Do = []string{"run the command again; rabbitctl list_nodes shows which nodes run"}
	}
	if unread := unreadCertificates(f); len(unread) > 0 {
		if f.Unseen[OfTLS] == "" {
			parts = append(parts, string(OfTLS))
		}
		x.Evidence = append(x.Evidence, unread...)
		x.Do = append(x.Do, "rabbitctl check_certificates on a host that can reach these listeners")
	}
	slices.Sort(parts)
	slices.Sort(x.Evidence)
	x.What = "could not look at " + strings.Join(parts, ", ")
	return x, len(parts) > 0
}

// unreadCertificates returns a line for each TLS listener whose certificate could not be read, for example because a
// firewall stands before it. Such a certificate may have expired.
func unreadCertificates(f Facts) []string {
	var lines []string
	for _, l := range f.TLS.Listeners {
		if l.Failed != "" {
			lines = append(lines, string(OfTLS)+": "+l.Name+": "+l.Failed)
		}
	}
	return lines
}

// enoughTags leaves out each command that gives a user another tag, if one of the commands gives the same user the tag
// administrator, which includes the others: set_user_tags replaces all tags, so the second command would take away what
// the first one gave.
func enoughTags(commands []string) []string {
	return slices.DeleteFunc(slices.Clone(commands), func(command string) bool {
		for _, tag := range []string{"monitoring", "policymaker"} {
			rest, is := strings.CutSuffix(command, " "+tag)
			if is && slices.Contains(commands, rest+" administrator") {
				return true
			}
		}
		return false
	})
}

// some names the first five of the names, and says how many more there are.
func some(names []string) string { return prose.Few(names, 5) }
