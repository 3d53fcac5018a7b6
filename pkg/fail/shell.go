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
	if len(flags) > 0 {
		line += " " + Words(flags...)
	}
	if len(arguments) > 0 {
		line += " " + Arguments(arguments...)
	}
	return line
}

// Words quotes words of a command line, where they need it, and puts a space between them.
func Words(words ...string) string {
	var quoted []string
	for _, word := range words {
		quoted = append(quoted, Word(word))
	}
	return strings.Join(quoted, " ")
}

// Arguments is Words for arguments of a command. If one of them begins with "-", Arguments puts "--" before them all.
func Arguments(words ...string) string {
	if slices.ContainsFunc(words, func(word string) bool { return strings.HasPrefix(word, "-") }) {
		return "-- " + Words(words...)
	}
	return Words(words...)
}
