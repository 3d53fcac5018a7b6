package fail_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
)

func TestNew_keepsCauseWithoutPrintingItTwice(t *testing.T) {
	err := fail.New(fail.Data, "reading the answer: %w", io.ErrUnexpectedEOF).Next("try %d times", 2)
	want := fail.Error{Kind: fail.Data, Message: "reading the answer: unexpected EOF", Hint: fail.Say("try 2 times"),
		Err: io.ErrUnexpectedEOF}
	if diff := cmp.Diff(want, *err, cmpopts.EquateErrors()); diff != "" {
		t.Error(diff)
	}
	if err.Error() != want.Message || !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("%q does not show or hold its cause", err)
	}
}

func TestUsagef_isUsage(t *testing.T) {
	want := fail.Error{Kind: fail.Usage, Message: `no column "x"`}
	if diff := cmp.Diff(want, *fail.Usagef("no column %q", "x"), cmpopts.EquateErrors()); diff != "" {
		t.Error(diff)
	}
}

func TestVerdict_isSilent(t *testing.T) {
	err := fmt.Errorf("outer: %w", fail.Verdict(fail.Warning))
	if fail.KindOf(err) != fail.Warning || !fail.IsShown(err) || fail.HintOf(err) != nil {
		t.Errorf("kind %q, shown %v, hint %q", fail.KindOf(err), fail.IsShown(err), fail.HintOf(err))
	}
	for _, err := range []error{nil, io.EOF, fail.New(fail.Data, "x")} {
		if fail.IsShown(err) {
			t.Errorf("%v is not shown yet", err)
		}
	}
}

// The kind of the outermost error counts, because the code that made it knows most about the failure. If that error has
// no next step, the one of the error inside it is given.
func TestKindOf_outermostError(t *testing.T) {
	inner := fail.New(fail.Timeout, "no answer").Next("wait longer")
	err := fail.New(fail.Incomplete, "3 rows, then: %w", inner)
	if fail.KindOf(err) != fail.Incomplete || len(fail.HintOf(err)) != 1 {
		t.Errorf("kind %q, hint %q", fail.KindOf(err), fail.HintOf(err))
	}
	if got := fail.KindOf(fail.New(fail.Denied, "x: %w", context.Canceled)); got != fail.Denied {
		t.Errorf("a classified error keeps its kind, got %q", got)
	}
}

func TestDidYouMean(t *testing.T) {
	commands := []string{"list_queues", "list_vhosts", "delete_queue", "check_disk"}
	tests := []struct{ word, want string }{
		{"list_queue", `, did you mean "list_queues"?`},
		{"list_qeues", `, did you mean "list_queues"?`},
		{"lsit_vhosts", `, did you mean "list_vhosts"?`},
		{"check_disk", `, did you mean "check_disk"?`},
		{"publish", ""},
		{"", ""},
	}
	for _, tt := range tests {
		if got := fail.DidYouMean(tt.word, commands); got != tt.want {
			t.Errorf("DidYouMean(%q) = %q, want %q", tt.word, got, tt.want)
		}
	}
	if got := fail.DidYouMean("list_queues", nil); got != "" {
		t.Errorf("without candidates: %q", got)
	}
}

// FuzzNearest: for a word of at least 6 letters with one letter left out or added, Nearest finds the right word.
func FuzzNearest(f *testing.F) {
	f.Add("messages", 3, "x")
	f.Add("größe", 2, "ß")
	f.Fuzz(func(t *testing.T, word string, at int, letter string) {
		runes := []rune(word)
		if len(runes) < 6 || len(runes) > 60 || at < 0 || at >= len(runes) || len([]rune(letter)) != 1 ||
			!utf8.ValidString(word+letter) {
			t.Skip()
		}
		slips := [][]rune{
			append(append([]rune(nil), runes[:at]...), runes[at+1:]...),
			append(append(append([]rune(nil), runes[:at]...), []rune(letter)...), runes[at:]...),
		}
		for _, slip := range slips {
			if got := fail.Nearest(string(slip), []string{word}); got != word {
				t.Errorf("%q is one slip from %q, got %q", string(slip), word, got)
			}
		}
	})
}
