package verb

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/rabbitctl/rabbitctl/pkg/app"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/internal/brokertest"
	"github.com/rabbitctl/rabbitctl/pkg/iostreams"
	"github.com/rabbitctl/rabbitctl/pkg/render"
)

func TestFit(t *testing.T) {
	tests := []struct {
		name         string
		text         string
		lines, width int
		want         string
	}{
		{"room enough", "a\nb\nc\n", 3, 80, "a\nb\nc\n"},
		{"the height is not known", "a\nb\nc\n", 0, 80, "a\nb\nc\n"},
		{"cut", "a\nb\nc\nd\n", 3, 80, "a\nb\n… and 2 more lines: choose rows with --sort and --limit\n"},
		{"a long line takes two", "a\n0123456789\nc\n", 3, 6, "a\n… and 2 more lines: choose rows with --sort and --limit\n"},
		{"bold takes no room", "\x1b[1m012345\x1b[0m\nb\nc\n", 3, 6, "\x1b[1m012345\x1b[0m\nb\nc\n"},
	}
	for _, tt := range tests {
		if got := fit(tt.text, tt.lines, tt.width); got != tt.want {
			t.Errorf("%s: %q", tt.name, got)
		}
	}
}

// A dumb terminal would print the control characters that clear the screen, so they are not sent.
func TestScreen_dumb(t *testing.T) {
	streams, out, _ := iostreams.Test("")
	streams.Dumb, streams.Width, streams.Height = true, 80, 4
	s, o := &screen{app: app.New(streams, []string{brokertest.NoHome}, "test")}, render.Options{}
	for range 2 {
		s.begin(time.Second, &o).note("one is down")
		s.text.WriteString("a\nb\nc\n")
		s.draw(nil, false)
	}
	if got := out.String(); strings.Contains(got, "\x1b") || strings.Count(got, "note: one is down\na\nb\nc\n") != 2 {
		t.Errorf("%q", got)
	}
}

// While the broker does not answer, the last rows stay on the screen, with the time when they were read.
func TestScreen_keepsTheLastRows(t *testing.T) {
	streams, out, _ := iostreams.Test("")
	streams.Width, streams.Height = 80, 8
	a := app.New(streams, []string{brokertest.NoHome}, "test")
	now := time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)
	a.Now = func() time.Time { return now }
	s, o := &screen{app: a}, render.Options{}
	const clear = "\x1b[H\x1b[2J"
	round := func(text, noted string, failed error, whole bool) string {
		t.Helper()
		out.Reset()
		p := s.begin(5*time.Second, &o)
		if noted != "" {
			p.note("%s", noted)
		}
		if _, err := p.rows.Write([]byte(text)); err != nil {
			t.Fatal(err)
		}
		s.draw(failed, whole)
		return strings.TrimPrefix(out.String(), clear)
	}
	if got, want := round("a\nb\n", "one is down", nil, false),
		"every 5s, 05:06:07 (Ctrl-C ends)\n\nnote: one is down\na\nb\n"; got != want {
		t.Errorf("%q", got)
	}
	now = now.Add(5 * time.Second)
	gone := fail.New(fail.Unreachable, "nothing\tlistens").Next("start it")
	if got, want := round("", "", gone, false),
		"every 5s, 05:06:07 (Ctrl-C ends)\n\nnote: one is down\na\nb\n05:06:12 nothing\\tlistens\n  next: start it\n"; got != want {
		t.Errorf("%q", got)
	}
	if got, want := round("c\n", "", errors.New("then it ended"), false),
		"every 5s, 05:06:12 (Ctrl-C ends)\n\nc\n05:06:12 then it ended\n"; got != want {
		t.Errorf("%q", got)
	}
	many := strings.Repeat("x\n", 20)
	if got := round(many, "", nil, false); strings.Count(got, "\n") != 7 || !strings.Contains(got, "… and 16 more lines") {
		t.Errorf("%q", got)
	}
	if got := round(many, "", nil, true); strings.Count(got, "\n") != 22 {
		t.Errorf("%q", got)
	}
	if o.Width != 80 {
		t.Errorf("width %d", o.Width)
	}
}
