package routing

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

// The expected results are those of 3.10.8, 4.0.5 and 4.3.6 for one queue bound with each of these patterns.
func TestMatchTopic(t *testing.T) {
	patterns := []string{"", "#", "*", ".", "*.*", "*.", ".*", "a", "a.", ".a", "a.#", "#.a", "a..b", "a.*.b", "a.#.b",
		"#.#", "*.#", "#.*",
		"**", "a*", "..", "#.", ".#", "a.#.#.b", "#.a.#"}
	measured := map[string]string{
		"":      ` # #.#`,
		".":     `# . *.* *. .* #.# *.# #.* #. .#`,
		"a":     `# * a a.# #.a #.# *.# #.* #.a.#`,
		"a.":    `# *.* *. a. a.# #.# *.# #.* #. #.a.#`,
		".a":    `# *.* .* .a #.a #.# *.# #.* .# #.a.#`,
		"a..b":  `# a.# a..b a.*.b a.#.b #.# *.# #.* a.#.#.b #.a.#`,
		"a.b":   `# *.* a.# a.#.b #.# *.# #.* a.#.#.b #.a.#`,
		"a.x.b": `# a.# a.*.b a.#.b #.# *.# #.* a.#.#.b #.a.#`,
		"..":    `# #.# *.# #.* .. #. .#`,
		"*":     `# * #.# *.# #.*`,
		"#":     `# * #.# *.# #.*`,
		"a.*.b": `# a.# a.*.b a.#.b #.# *.# #.* a.#.#.b #.a.#`,
		"a.#.b": `# a.# a.*.b a.#.b #.# *.# #.* a.#.#.b #.a.#`,
		"**":    `# * #.# *.# #.* **`,
		"a*":    `# * #.# *.# #.* a*`,
		"b.a.c": `# #.# *.# #.* #.a.#`,
	}
	for key, row := range measured {
		want := strings.Split(row, " ")
		for _, p := range patterns {
			if got := MatchTopic(p, key); got != slices.Contains(want, p) {
				t.Errorf("pattern %q, key %q: %v", p, key, got)
			}
		}
	}
}

// FuzzMatchTopic compares MatchTopic with a regular expression that states the same rules. For the expression, no dots
// separate the words: each word of the pattern and of the key ends with a newline instead.
func FuzzMatchTopic(f *testing.F) {
	for _, seed := range [][2]string{{"", ""}, {"#", ""}, {"*", "."}, {"a.#.#.b", "a.b"}, {"#.a.#", "b.a.c"},
		{"#.*.#.a", "a.a.a"}, {"a.*", "a."}} {
		f.Add(seed[0], seed[1])
	}
	f.Fuzz(func(t *testing.T, pattern, key string) {
		if strings.ContainsRune(pattern+key, '\n') || len(pattern) > 40 || len(key) > 60 || !utf8.ValidString(pattern) ||
			!utf8.ValidString(key) {
			t.Skip()
		}
		lines := func(text string) []string {
			if text == "" {
				return nil
			}
			return strings.Split(text, ".")
		}
		expression, subject := "^", ""
		for _, w := range lines(pattern) {
			switch w {
			case "*":
				expression += `[^\n]*\n`
			case "#":
				expression += `(?:[^\n]*\n)*`
			default:
				expression += regexp.QuoteMeta(w) + `\n`
			}
		}
		for _, w := range lines(key) {
			subject += w + "\n"
		}
		want := regexp.MustCompile(expression + "$").MatchString(subject)
		if got := MatchTopic(pattern, key); got != want {
			t.Errorf("pattern %q, key %q: %v, want %v", pattern, key, got, want)
		}
	})
}
