package fail

import (
	"slices"
	"strings"
)

// Word quotes a word of a command line for a POSIX shell, if it needs quotes.
func Word(word string) string {
	if word != "" && !strings.ContainsFunc(word, func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("/._-:@%+=", r))
	}) {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}

// Command returns a command line of this program that can be pasted into a shell. The words are flags with their
// values, then arguments. If an argument begins with "-", Command puts "--" before the arguments. It does not do so if
// flags follow the arguments, as --header does, because "--" would make arguments of these flags.
func Command(name string, words ...string) string {
	line := "rabbitctl " + name
	first := 0
	for first+1 < len(words) && (words[first] == "-p" || strings.HasPrefix(words[first], "--")) {
		first += 2
	}
	begins := func(with string) bool {
		return slices.ContainsFunc(words[first:], func(word string) bool { return strings.HasPrefix(word, with) })
	}
	ended := begins("-") && !begins("--")
	for i, w := range words {
		if i == first && ended {
			line += " --"
		}
		line += " " + Word(w)
	}
	return line
}
