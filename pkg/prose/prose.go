// Package prose is how numbers and foreign texts are put into sentences.
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

// OneLine is a text without line breaks; white space of any length is one space.
func OneLine(text string) string { return strings.Join(strings.Fields(text), " ") }
