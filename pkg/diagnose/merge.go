package diagnose

import (
	"slices"
	"strings"
	"unicode"
)

// merge makes one finding of those that say the same of several nodes: an operator of ten nodes has one thing to mend then,
// and not ten to read. Findings whose figures differ stay apart.
func merge(findings []Finding, nodes []string) []Finding {
	type same struct{ rule, severity, what, hit string }
	of := map[same][]int{}
	about := make([]string, len(findings))
	keys := make([]same, len(findings))
	for i, x := range findings {
		node, what := aboutNode(x.What, nodes)
		about[i], keys[i] = node, same{x.Rule, x.Severity.String(), what, x.Hit}
		if node != "" {
			of[keys[i]] = append(of[keys[i]], i)
		}
	}
	var merged []Finding
	for i, x := range findings {
		alike := of[keys[i]]
		switch {
		case about[i] == "" || len(alike) < 2:
			merged = append(merged, x)
		case alike[0] == i:
			merged = append(merged, together(findings, about, alike, keys[i].what))
		}
	}
	return merged
}

// here stands for the name of the node in what a finding says of it.
const here = "\x00"

// aboutNode is the node that a text names, and the text without its name; "" where it names none, or several.
func aboutNode(text string, nodes []string) (node, rest string) {
	for _, n := range nodes {
		parts := splitWord(text, n)
		switch {
		case len(parts) == 1:
		case len(parts) > 2 || node != "":
			return "", text
		default:
			node, rest = n, strings.Join(parts, here)
		}
	}
	return node, rest
}

// splitWord splits a text at a name, where that is no part of a longer one.
func splitWord(text, name string) []string {
	var parts []string
	start := 0
	for at := 0; name != ""; {
		i := strings.Index(text[at:], name)
		if i < 0 {
			break
		}
		i += at
		at = i + len(name)
		if i > 0 && ofName(rune(text[i-1])) || at < len(text) && ofName(rune(text[at])) || at+1 < len(text) && text[at] == '.' && ofName(rune(text[at+1])) {
			continue
		}
		parts, start = append(parts, text[start:i]), at
	}
	return append(parts, text[start:])
}

func ofName(r rune) bool {
	return unicode.IsLetter(r) || unicode.IsDigit(r) || strings.ContainsRune("@_-", r)
}

// together is one finding of several that are alike.
func together(findings []Finding, about []string, alike []int, what string) Finding {
	x := findings[alike[0]]
	var names, evidence []string
	var do [][]string
	of := map[string][]string{}
	for _, i := range alike {
		names = append(names, about[i])
		do = append(do, findings[i].Do)
		for _, line := range findings[i].Evidence {
			if of[line] == nil {
				evidence = append(evidence, line)
			}
			of[line] = append(of[line], about[i])
		}
	}
	for i, line := range evidence {
		// What is so of all needs no name, and neither does what has one.
		if nodes := of[line]; len(nodes) < len(names) && !strings.Contains(line, nodes[0]) {
			evidence[i] = some(nodes) + ": " + line
		}
	}
	for one, many := range map[string]string{" is ": " are ", " runs ": " run ", " was ": " were "} {
		if rest, found := strings.CutPrefix(what, here+one); found {
			what = here + many + rest
		}
	}
	x.What = strings.ReplaceAll(what, here, some(names))
	x.Evidence, x.Do = evidence, inTurn(do)
	return x
}

// inTurn are the first lines of all lists, then the second ones, and so on, each once.
func inTurn(lists [][]string) []string {
	var all []string
	for i, more := 0, true; more; i++ {
		more = false
		for _, l := range lists {
			if i < len(l) {
				more = true
				if !slices.Contains(all, l[i]) {
					all = append(all, l[i])
				}
			}
		}
	}
	return all
}
