package config

import (
	"fmt"
	"slices"
	"strings"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
)

const envPrefix = "RABBITCTL_"

// misspeltVariables returns a warning for each unknown RABBITCTL_ variable whose name is like a known one.
func misspeltVariables(environ []string) []string {
	var known []string
	for _, o := range allOptions {
		if o.Env != "" {
			known = append(known, strings.TrimPrefix(o.Env, envPrefix))
		}
	}
	var warnings []string
	for _, pair := range environ {
		name, _, _ := strings.Cut(pair, "=")
		word, ours := strings.CutPrefix(name, envPrefix)
		if !ours || slices.Contains(known, word) {
			continue
		}
		if meant := meantVariable(word, known); meant != "" {
			warnings = append(warnings, fmt.Sprintf("%s is not a variable of rabbitctl, did you mean %s?", name,
				envPrefix+meant))
		}
	}
	slices.Sort(warnings)
	return warnings
}

// meantVariable prefers a known name that word abbreviates (USER, PASS) or extends (HOSTNAME) over one with a similar
// spelling.
func meantVariable(word string, known []string) string {
	upper := strings.ToUpper(word)
	if slices.Contains(known, upper) {
		return upper
	}
	best := ""
	for _, k := range known {
		longer := len(word) > 1 && strings.HasPrefix(k, upper)
		shorter := strings.HasPrefix(upper, k) && upper[len(k)] != '_'
		if (longer || shorter) && (best == "" || len(k) < len(best)) {
			best = k
		}
	}
	if best != "" {
		return best
	}
	return fail.Nearest(upper, known)
}
