package prose_test

import (
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/prose"
)

func TestPlural(t *testing.T) {
	t.Parallel()
	for n, want := range map[int]string{0: "0 policies match", 1: "1 policy matches", 2: "2 policies match",
		-1: "-1 policies match"} {
		if got := prose.Plural(n, "policy matches", "policies match"); got != want {
			t.Errorf("%d: %s", n, got)
		}
	}
}

func TestFew(t *testing.T) {
	t.Parallel()
	for n, want := range []string{"", "a", "a, b", "a, b and 1 more", "a, b and 2 more"} {
		if got := prose.Few([]string{"a", "b", "c", "d"}[:n], 2); got != want {
			t.Errorf("%d: %q", n, got)
		}
	}
}

func TestOneLine(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{"": "", " a\r\n\tb  c\n": "a b c", "a\u00a0b": "a b"} {
		if got := prose.OneLine(text); got != want {
			t.Errorf("%q: %q", text, got)
		}
	}
}
