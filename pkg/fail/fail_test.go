package fail

import (
	"context"
	"fmt"
	"io"
	"testing"
)

func TestKindOf(t *testing.T) {
	tests := []struct {
		err  error
		want Kind
	}{
		{nil, ""},
		{io.EOF, Internal},
		{context.DeadlineExceeded, Timeout},
		{fmt.Errorf("reading: %w", context.Canceled), Canceled},
		{New(Denied, "no"), Denied},
		{fmt.Errorf("outer: %w", New(NotFound, "gone: %w", io.EOF)), NotFound},
	}
	for _, tt := range tests {
		if got := KindOf(tt.err); got != tt.want {
			t.Errorf("KindOf(%v) = %q, want %q", tt.err, got, tt.want)
		}
	}
}

func TestNewKeepsCauseAndHint(t *testing.T) {
	err := fmt.Errorf("outer: %w", New(Data, "broken: %w", io.ErrUnexpectedEOF).Next("try %s", "again"))
	if h := HintOf(err); len(h) != 1 || h[0].Text != "try again" {
		t.Errorf("hint = %q", h)
	}
	var e *Error
	if e, _ = err.(*Error); e != nil { //nolint:errorlint // whether it is wrapped is the question
		t.Fatal("expected a wrapped error")
	}
	if IsShown(err) || !IsShown(Verdict(Critical)) {
		t.Error("only a verdict is shown already")
	}
}

func TestNearest(t *testing.T) {
	names := []string{"name", "messages", "messages_ready", "memory", "consumers"}
	tests := []struct{ word, want string }{
		{"mesages", "messages"},
		{"nmae", "name"},
		{"consumer", "consumers"},
		{"messages_raedy", "messages_ready"},
		{"zzz", ""},
		{"x", ""},
		{"", ""},
	}
	for _, tt := range tests {
		if got := Nearest(tt.word, names); got != tt.want {
			t.Errorf("Nearest(%q) = %q, want %q", tt.word, got, tt.want)
		}
	}
}
