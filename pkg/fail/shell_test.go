package fail_test

import (
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
)

func TestWord(t *testing.T) {
	for word, want := range map[string]string{
		"orders": "orders", "a/b_c.d-e:f@g%h+i=j": "a/b_c.d-e:f@g%h+i=j", "": "''", "two words": "'two words'",
		"it's":  `'it'\''s'`,
		"$HOME": "'$HOME'", "*": "'*'", "ü": "'ü'", "a\nb": "'a\nb'", "#": "'#'", "~": "'~'",
	} {
		if got := fail.Word(word); got != want {
			t.Errorf("%q: %s, want %s", word, got, want)
		}
	}
}
