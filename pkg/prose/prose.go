// Package prose puts numbers and texts from elsewhere into sentences.
package prose

import (
	"fmt"
	"strings"
)

// Plural writes a count with its noun, in the singular or the plural: "1 connection is", "2 connections are".
func Plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// Few joins names with commas. If there are more names than most, it joins only the first ones, and says how many more
// there are: "a, b and 3 more".
func Few(names []string, most int) string {
	if len(names) <= most {
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(names[:most], ", "), len(names)-most)
}

// OneLine joins the words of a text with single spaces, so that the result has no line breaks.
func OneLine(text string) string { return strings.Join(strings.Fields(text), " ") }
