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

// Command returns a command line of this program that can be pasted into a shell. The words are arguments, after -p with
// a virtual host if they begin so. If an argument begins with "-", Command puts "--" before the arguments.
func Command(name string, words ...string) string {
	if len(words) > 1 && words[0] == "-p" {
		return CommandWith(words[:2], name, words[2:]...)
	}
	return CommandWith(nil, name, words...)
}

// CommandWith is Command with any flags, each followed by its value.
func CommandWith(flags []string, name string, arguments ...string) string {
	line := "rabbitctl " + name
	for _, word := range flags {
		line += " " + Word(word)
	}
	if slices.ContainsFunc(arguments, func(word string) bool { return strings.HasPrefix(word, "-") }) {
		line += " --"
	}
	for _, word := range arguments {
		line += " " + Word(word)
	}
	return line
}
