package personality

// nearEnough is the least similarity with which the official tools suggest a name.
const nearEnough = 0.77

// suggestion returns the name that is most similar to the word, or "" if no name is similar enough.
func suggestion(word string, names []string) string {
	best, similarity := "", 0.0
	for _, n := range names {
		if s := jaro(word, n); s > similarity {
			best, similarity = n, s
		}
	}
	if similarity < nearEnough {
		return ""
	}
	return best
}

// jaro returns the Jaro similarity of two words, from 0 to 1.
func jaro(a, b string) float64 {
	x, y := []rune(a), []rune(b)
	switch {
	case len(x) == 0 && len(y) == 0:
		return 1
	case len(x) == 0 || len(y) == 0:
		return 0
	}
	reach := max(max(len(x), len(y))/2-1, 0)
	taken := make([]bool, len(y))
	var matched []rune
	for i, r := range x {
		for j := max(0, i-reach); j < min(len(y), i+reach+1); j++ {
			if !taken[j] && y[j] == r {
				taken[j] = true
				matched = append(matched, r)
				break
			}
		}
	}
	if len(matched) == 0 {
		return 0
	}
	swapped, at := 0, 0
	for j, t := range taken {
		if t {
			if y[j] != matched[at] {
				swapped++
			}
			at++
		}
	}
	m := float64(len(matched))
	return (m/float64(len(x)) + m/float64(len(y)) + (m-float64(swapped/2))/m) / 3
}
