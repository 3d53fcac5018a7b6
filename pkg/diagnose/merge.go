package diagnose

import (
	"slices"
	"strings"
	"unicode"
)

// merge combines findings that say the same about several nodes, so that an operator of ten nodes reads one finding and
// not ten. Only Evidence, Do and the node's name in What may differ: findings with other figures in What are not
// combined.
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
			merged = append(merged, combine(findings, about, alike, keys[i].what))
		}
	}
	return merged
}

// here stands for the node's name in the text of a finding.
const here = "\x00"

// aboutNode returns the node that a text names, and the text with the constant here in place of the node's name. If the
// text names no node, several nodes, or one node twice, the node is "".
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

// splitWord splits a text at each occurrence of a name, except where the name is a part of a longer name.
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
		if i > 0 && isNameRune(rune(text[i-1])) || at < len(text) && isNameRune(rune(text[at])) || at+1 < len(text) &&
			text[at] == '.' && isNameRune(rune(text[at+1])) {
			continue
		}
		parts, start = append(parts, text[start:i]), at
	}
	return append(parts, text[start:])
}

func isNameRune(r rune) bool {
	return unicode.IsLetter(r) || unicode.IsDigit(r) || strings.ContainsRune("@_-", r)
}

// combine makes one finding of several; alike holds their indexes. The argument what is the text that they share, with
// the constant here in place of the node's name.
func combine(findings []Finding, about []string, alike []int, what string) Finding {
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
		// Evidence that all nodes share needs no node's name in front. A line that already contains the node's name needs
		// none either.
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
	x.Evidence, x.Do = evidence, interleave(do)
	return x
}

// interleave returns the first lines of all lists, then the second lines, and so on, each line once.
func interleave(lists [][]string) []string {
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
