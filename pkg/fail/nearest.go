package fail

import "strings"

// Nearest returns the candidate that a person most likely meant by word; "" when none is similar, or when word has
// fewer than three letters. At most a third of the letters, but always one, may be wrong, missing, added or swapped
// with a neighbour. If no candidate is that similar, but exactly one candidate begins with word, Nearest returns that
// one.
func Nearest(word string, candidates []string) string {
	best, bestDistance := "", max(1, len([]rune(word))/3)
	if len([]rune(word)) < 3 {
		return "" // with two letters almost any candidate would be similar
	}
	for _, c := range candidates {
		if d := editDistance([]rune(word), []rune(c)); d <= bestDistance && (best == "" || d < bestDistance) {
			best, bestDistance = c, d
		}
	}
	if best == "" {
		return onlyCompletion(word, candidates)
	}
	return best
}

// onlyCompletion returns the only candidate that begins with the word; "" when none or several do.
func onlyCompletion(word string, candidates []string) string {
	only := ""
	for _, c := range candidates {
		if !strings.HasPrefix(c, word) {
			continue
		}
		if only != "" {
			return ""
		}
		only = c
	}
	return only
}

// DidYouMean returns `, did you mean "x"?` for the nearest candidate; "" when none is similar.
func DidYouMean(word string, candidates []string) string {
	if near := Nearest(word, candidates); near != "" {
		return `, did you mean "` + near + `"?`
	}
	return ""
}

// editDistance returns the optimal string alignment distance: the number of insertions, deletions, replacements and
// swaps of neighbours.
func editDistance(a, b []rune) int {
	before, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(b)]
}
