// Package prose puts numbers and foreign texts into sentences.
package prose

import (
	"fmt"
	"strings"
)

// Plural is a number of things: "1 connection is", "2 connections are".
func Plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// Few names at most so many, and says how many more there are: "a, b and 3 more".
func Few(names []string, most int) string {
	if len(names) <= most {
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(names[:most], ", "), len(names)-most)
}

// OneLine is a text without line breaks; white space of any length is one space.
func OneLine(text string) string { return strings.Join(strings.Fields(text), " ") }
