package cli

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/rabbitctl/rabbitctl/docs"
)

// entry is a command, a topic or a page that help can show.
type entry struct{ kind, name, about, text string }

// allPages returns the findings and runbooks.
func allPages() []entry {
	var all []entry
	for _, folder := range []string{docs.Runbooks, docs.Findings} {
		for _, name := range docs.Names(folder) {
			text, _ := docs.Page(folder, name)
			all = append(all, entry{folder, name, sentence(folder, text), text})
		}
	}
	return all
}

// entries returns everything that help can show, commands first.
func entries(root *cobra.Command) []entry {
	var all []entry
	for _, c := range root.Commands() {
		switch {
		case c.IsAdditionalHelpTopicCommand():
			all = append(all, entry{"topics", c.Name(), c.Short, c.Long})
		case c.IsAvailableCommand():
			text := c.Long + "\n" + c.Example + "\n" + strings.Join(c.Aliases, " ")
			c.LocalFlags().VisitAll(func(f *pflag.Flag) { text += "\n--" + f.Name + " " + f.Usage })
			all = append(all, entry{"commands", c.Name(), c.Short, text})
		}
	}
	slices.SortStableFunc(all, func(a, b entry) int { return strings.Compare(a.kind, b.kind) })
	return append(all, allPages()...)
}

// search lists the entries that match the words: first those whose name or short text matches, then those whose help
// mentions the words. It returns "" if no entry matches.
func search(root *cobra.Command, words []string) string {
	var near, far strings.Builder
	kind, count := "", 0
	for _, e := range entries(root) {
		switch {
		case mentions(e.name+" "+e.about, words):
			if e.kind != kind {
				kind = e.kind
				fmt.Fprintf(&near, "%s:\n", strings.ToUpper(kind[:1])+kind[1:])
			}
			near.WriteString("  " + e.name + strings.Repeat(" ", max(2, 28-len(e.name))) + e.about + "\n")
		case mentions(e.name+" "+e.about+" "+e.text, words):
			far.WriteString(" " + e.name)
			count++
		}
	}
	if near.Len() == 0 && count == 0 {
		return ""
	}
	text := near.String()
	if count > 0 {
		if text != "" {
			text += "\n"
		}
		text += "Mentioned in the help of:\n  " + strings.TrimSpace(far.String()) + "\n"
	}
	return text + "\nrabbitctl help NAME shows one.\n"
}

// mentions reports whether a text contains all the words. They can also be parts of other words; - and _ count as the
// same character.
func mentions(text string, words []string) bool {
	plain := func(s string) string { return strings.ReplaceAll(strings.ToLower(s), "-", "_") }
	text = plain(text)
	return !slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(text, plain(w)) })
}
