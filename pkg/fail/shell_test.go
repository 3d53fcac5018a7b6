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

func TestCommand(t *testing.T) {
	for _, tt := range []struct {
		words []string
		want  string
	}{
		{[]string{"-p", "a b", "orders"}, "rabbitctl x -p 'a b' orders"},
		{[]string{"-p", "/", "-orders", "b"}, "rabbitctl x -p / -- -orders b"},
		{[]string{"-p", "/", "--orders"}, "rabbitctl x -p / -- --orders"},
		{[]string{"-p", "/", "--orders", "b"}, "rabbitctl x -p / -- --orders b"},
		{[]string{"-p", "-v"}, "rabbitctl x -p -v"},
		{[]string{"orders", "-key"}, "rabbitctl x -- orders -key"},
		{nil, "rabbitctl x"},
	} {
		if got := fail.Command("x", tt.words...); got != tt.want {
			t.Errorf("%q: %s, want %s", tt.words, got, tt.want)
		}
	}
	flags := []string{"-p", "-v", "--node", "a@b"}
	for want, arguments := range map[string][]string{
		"rabbitctl x -p -v --node a@b": nil, "rabbitctl x -p -v --node a@b -- -orders b": {"-orders", "b"},
	} {
		if got := fail.CommandWith(flags, "x", arguments...); got != want {
			t.Errorf("%q: %s, want %s", arguments, got, want)
		}
	}
}
