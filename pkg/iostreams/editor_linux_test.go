package iostreams_test

import (
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/rabbitctl/rabbitctl/pkg/internal/terminaltest"
	"github.com/rabbitctl/rabbitctl/pkg/iostreams"
)

// TestEditor: at a terminal a line can be edited, and an earlier line can be recalled. After each line the terminal is
// back in its usual mode.
func TestEditor(t *testing.T) {
	t.Parallel()
	ours, theirs := terminaltest.Pseudo(t)
	defer theirs.Close()
	echoes := func() bool { return terminaltest.Echoes(theirs) }
	go func() { _, _ = io.Copy(io.Discard, ours) }()
	s, _, _ := iostreams.Test("")
	s.In, s.Err, s.InTTY, s.ErrTTY = theirs, theirs, true, true
	e := s.NewEditor()
	const back, up, end = "\x7f", "\x1b[A", "\x04"
	for _, c := range []struct{ typed, want string }{
		{"one.x" + back + "\r", "one."}, {"two.\r", "two."}, {up + up + "\r", "one."},
	} {
		go func() {
			for stop := time.Now().Add(10 * time.Second); echoes() && time.Now().Before(stop); {
				time.Sleep(time.Millisecond)
			}
			_, _ = ours.WriteString(c.typed)
		}()
		if line, err := e.ReadLine(t.Context(), "1> "); line != c.want || err != nil {
			t.Errorf("%q: %q %v", c.typed, line, err)
		}
		if !echoes() {
			t.Error("the terminal does not echo after the line")
		}
	}
	go func() {
		time.Sleep(100 * time.Millisecond)
		_, _ = ours.WriteString(end)
	}()
	if line, err := e.ReadLine(t.Context(), "4> "); line != "" || !errors.Is(err, io.EOF) {
		t.Errorf("at the end: %q %v", line, err)
	}
}

// TestEditor_elsewhere: without a terminal, lines are read unchanged, and no prompt is shown.
func TestEditor_elsewhere(t *testing.T) {
	t.Parallel()
	s, out, errOut := iostreams.Test("one\ntwo")
	e := s.NewEditor()
	var got []string
	for range 2 {
		line, err := e.ReadLine(t.Context(), "1> ")
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, line)
	}
	if _, err := e.ReadLine(t.Context(), "1> "); !errors.Is(err, io.EOF) || strings.Join(got, " ") != "one two" ||
		out.Len()+errOut.Len() > 0 {
		t.Errorf("%q %v %q %q", got, err, out, errOut)
	}
}
