package personality

import (
	"slices"
	"testing"
)

// TestNothingIsPromised finds a command that the catalogue says HTTP can serve, and nobody does.
func TestNothingIsPromised(t *testing.T) {
	for _, e := range catalogue() {
		_, served := commandNamed(e.name)
		served = served || slices.ContainsFunc(listings(), func(l listing) bool { return l.name == e.name }) ||
			slices.Contains([]string{"version", "autocomplete", "help"}, e.name)
		if !served && e.lacks == "" {
			t.Errorf("%s lacks nothing, and is not served", e.name)
		}
	}
}
