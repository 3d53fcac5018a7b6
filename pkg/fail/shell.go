package fail

import "strings"

// Word quotes a word of a command line for a POSIX shell, if it needs quotes.
func Word(word string) string {
	if word != "" && !strings.ContainsFunc(word, func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("/._-:@%+=", r))
	}) {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}

// Command returns a command line of this program that can be pasted into a shell.
func Command(name string, words ...string) string {
	line := "rabbitctl " + name
	for _, w := range words {
		line += " " + Word(w)
	}
	return line
}
