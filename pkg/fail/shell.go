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

// Command returns a command line of this program that can be pasted into a shell. The words are some of the flags -p,
// --node, --to-type, --type and --header, each with its value, and then the arguments. If an argument begins with "-",
// Command puts "--" before the arguments.
func Command(name string, words ...string) string {
	line := "rabbitctl " + name
	first := 0
	for first+1 < len(words) && slices.Contains([]string{"-p", "--node", "--to-type", "--type", "--header"}, words[first]) {
		first += 2
	}
	ended := slices.ContainsFunc(words[first:], func(word string) bool { return strings.HasPrefix(word, "-") })
	for i, w := range words {
		if i == first && ended {
			line += " --"
		}
		line += " " + Word(w)
	}
	return line
}
