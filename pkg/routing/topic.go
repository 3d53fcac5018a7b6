package routing

import "strings"

// MatchTopic reports whether a routing key matches the pattern of a binding of a topic exchange. Both are words
// separated by dots. In the pattern, * stands for exactly one word, which may be empty, and # for any number of words,
// including none. The empty text has no words: it matches # and the empty pattern, but not *. In a routing key, * and #
// are plain words, and so is a* in a pattern (measured on 3.10, 4.0 and 4.3).
func MatchTopic(pattern, key string) bool {
	// After a mismatch, go back to the last # and let it take one more word.
	p, k := words(pattern), words(key)
	i, j, hash, resume := 0, 0, -1, 0
	for j < len(k) {
		switch {
		case i < len(p) && p[i] == "#":
			hash, resume = i, j
			i++
		case i < len(p) && (p[i] == "*" || p[i] == k[j]):
			i++
			j++
		case hash >= 0:
			resume++
			i, j = hash+1, resume
		default:
			return false
		}
	}
	for i < len(p) && p[i] == "#" {
		i++
	}
	return i == len(p)
}

func words(text string) []string {
	if text == "" {
		return nil
	}
	return strings.Split(text, ".")
}
