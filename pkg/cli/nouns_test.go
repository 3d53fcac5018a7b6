package cli

import "testing"

// TestNounOf: nounOf, which `make gen` writes, must return the current noun of every command. For a command that has
// moved to another noun, an old nounOf would name a noun that no longer has it.
func TestNounOf(t *testing.T) {
	t.Parallel()
	for noun, words := range Nouns() {
		for _, w := range words {
			if got := nounOf(w); got != noun {
				t.Errorf("%s is one of %s, and not of %q: make gen", w, noun, got)
			}
		}
	}
	if got := nounOf("list_nothing"); got != "" {
		t.Errorf("list_nothing is one of %s", got)
	}
}
