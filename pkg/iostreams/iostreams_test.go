package iostreams_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"syscall"
	"testing"
	"testing/iotest"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/rabbitctl/rabbitctl/pkg/iostreams"
)

func TestConfirm(t *testing.T) {
	tests := []struct {
		input string
		want  bool
	}{
		{"y\n", true}, {"Y\n", true}, {"yes\n", true}, {"YES\r\n", true}, {"  yes  \n", true}, {"y", true},
		{"n\n", false}, {"no\n", false}, {"\n", false}, {"", false}, {"yess\n", false}, {"ye\n", false}, {"j\n", false},
		{"1\n", false}, {"true\n", false},
		{"n\ny\n", false},
	}
	for _, tt := range tests {
		s, out, errOut := iostreams.Test(tt.input)
		got, err := s.Confirm(t.Context(), "delete it?")
		if err != nil || got != tt.want {
			t.Errorf("%q: %v, %v", tt.input, got, err)
		}
		if out.Len() > 0 || errOut.String() != "delete it? [y/N] " {
			t.Errorf("%q: stdout %q, stderr %q", tt.input, out, errOut)
		}
	}
}

func TestConfirm_failingInputIsAnError(t *testing.T) {
	broken := errors.New("broken")
	s, _, _ := iostreams.Test("")
	s.In = iotest.ErrReader(broken)
	if yes, err := s.Confirm(t.Context(), "delete it?"); yes || !errors.Is(err, broken) {
		t.Errorf("%v, %v", yes, err)
	}
}

// A question reads one line and leaves the rest of the input for the command.
func TestConfirm_leavesTheRestOfTheInput(t *testing.T) {
	s, _, _ := iostreams.Test("yes\r\nsecret\nrest of it")
	if yes, err := s.Confirm(t.Context(), "go on?"); !yes || err != nil {
		t.Fatalf("%v, %v", yes, err)
	}
	secret, err := s.ReadSecret(t.Context(), "Password: ")
	if secret != "secret" || err != nil {
		t.Fatalf("%q, %v", secret, err)
	}
	rest, _ := io.ReadAll(s.In)
	if string(rest) != "rest of it" {
		t.Errorf("rest %q", rest)
	}
}

func TestAsk(t *testing.T) {
	tests := []struct {
		input, want string
		err         error
	}{
		{"guest\n", "guest", nil},
		{"guest", "guest", nil},
		{" a b \r\n", " a b ", nil},
		{"\n", "", nil},
		{"", "", io.EOF},
	}
	for _, tt := range tests {
		s, out, errOut := iostreams.Test(tt.input)
		got, err := s.Ask(t.Context(), "User: ")
		if got != tt.want || !errors.Is(err, tt.err) || out.Len() > 0 || errOut.String() != "User: " {
			t.Errorf("%q: %q, %v; stdout %q, stderr %q", tt.input, got, err, out, errOut)
		}
	}
}

// Ctrl-C and the end of --timeout must end the program even while a person does not answer.
func TestQuestions_endWithTheContext(t *testing.T) {
	for name, ask := range map[string]func(context.Context, *iostreams.Streams) error{
		"confirm": func(ctx context.Context, s *iostreams.Streams) error { _, err := s.Confirm(ctx, "q?"); return err },
		"ask":     func(ctx context.Context, s *iostreams.Streams) error { _, err := s.Ask(ctx, "q?"); return err },
		"secret":  func(ctx context.Context, s *iostreams.Streams) error { _, err := s.ReadSecret(ctx, "q?"); return err },
	} {
		s, _, _ := iostreams.Test("")
		silent, w := io.Pipe()
		s.In = silent
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if err := ask(ctx, s); !errors.Is(err, context.Canceled) {
			t.Errorf("%s: %v", name, err)
		}
		w.Close()
	}
}

func TestReadSecret_isNotEchoed(t *testing.T) {
	s, out, errOut := iostreams.Test("hush\n")
	got, err := s.ReadSecret(t.Context(), "Password: ")
	if got != "hush" || err != nil {
		t.Errorf("%q, %v", got, err)
	}
	if out.Len() > 0 || errOut.String() != "Password: \n" {
		t.Errorf("stdout %q, stderr %q", out, errOut)
	}
}

func TestCanPrompt(t *testing.T) {
	for _, tt := range []struct{ in, out, err, want bool }{
		{true, true, true, true},
		{true, false, true, true}, // `delete_queue q > log` can still ask
		{false, true, true, false},
		{true, true, false, false},
		{false, false, false, false},
	} {
		s, _, _ := iostreams.Test("")
		s.InTTY, s.OutTTY, s.ErrTTY = tt.in, tt.out, tt.err
		if got := s.CanPrompt(); got != tt.want {
			t.Errorf("%+v: %v", tt, got)
		}
	}
}

func TestIsClosedPipe(t *testing.T) {
	tests := []struct {
		err  error
		want bool
	}{
		{nil, false},
		{io.EOF, false},
		{syscall.ECONNRESET, false},
		{syscall.EPIPE, true},
		{&os.PathError{Op: "write", Path: "/dev/stdout", Err: syscall.EPIPE}, true},
		{fmt.Errorf("listing: %w", io.ErrClosedPipe), true},
	}
	for _, tt := range tests {
		if got := iostreams.IsClosedPipe(tt.err); got != tt.want {
			t.Errorf("%v: %v", tt.err, got)
		}
	}
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	r.Close()
	if _, err := w.WriteString("x"); !iostreams.IsClosedPipe(err) {
		t.Errorf("a real pipe without reader: %v", err)
	}
}

func TestProgress(t *testing.T) {
	tests := []struct {
		name     string
		terminal bool
		dumb     bool
		after    time.Duration
		want     string
	}{
		{"silent off a terminal", false, false, time.Hour, ""},
		{"silent where no line can be drawn again", true, true, time.Hour, ""},
		{"silent within a second", true, false, 999 * time.Millisecond, ""},
		{"shown after a second, then cleared", true, false, 1100 * time.Millisecond,
			"\r\x1b[Kwaiting, 7 so far (1s)|\r\x1b[K"},
		{"renewed", true, false, 1300 * time.Millisecond,
			"\r\x1b[Kwaiting, 7 so far (1s)\r\x1b[Kwaiting, 7 so far (1s)|\r\x1b[K"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s, out, errOut := iostreams.Test("")
				s.ErrTTY, s.Dumb = tt.terminal, tt.dumb
				p := s.Progress("waiting")
				p.Update("waiting, %d so far", 7)
				time.Sleep(tt.after) // the clock of synctest: no real time passes
				synctest.Wait()
				before := errOut.String()
				p.Stop()
				p.Stop()
				synctest.Wait()
				got := before
				if after := strings.TrimPrefix(errOut.String(), before); after != "" {
					got += "|" + after
				}
				if diff := cmp.Diff(tt.want, got); diff != "" || out.Len() > 0 {
					t.Errorf("%sstdout %q", diff, out)
				}
			})
		})
	}
}

// TestProgress_fitsTheTerminal: a progress line is cut to the width of the terminal. A longer line would wrap, and its
// first part would stay on the screen at each update.
func TestProgress_fitsTheTerminal(t *testing.T) {
	for width, want := range map[int]string{0: "\r\x1b[K" + strings.Repeat("é", 73) + "… (1s)",
		20: "\r\x1b[K" + strings.Repeat("é", 13) + "… (1s)", 200: "\r\x1b[K" + strings.Repeat("é", 90) + " (1s)"} {
		synctest.Test(t, func(t *testing.T) {
			s, _, errOut := iostreams.Test("")
			s.ErrTTY, s.Width = true, width
			p := s.Progress(strings.Repeat("é", 90))
			time.Sleep(1100 * time.Millisecond)
			synctest.Wait()
			if diff := cmp.Diff(want, errOut.String()); diff != "" {
				t.Errorf("%d columns: %s", width, diff)
			}
			p.Stop()
		})
	}
}

func TestProgress_isSilentAfterStop(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, _, errOut := iostreams.Test("")
		s.ErrTTY = true
		p := s.Progress("waiting")
		p.Stop()
		p.Update("late")
		time.Sleep(time.Minute)
		synctest.Wait()
		if errOut.Len() > 0 {
			t.Errorf("stderr %q", errOut)
		}
	})
}

func TestTest_isNoTerminal(t *testing.T) {
	s, out, errOut := iostreams.Test("in")
	fmt.Fprint(s.Out, "out")
	fmt.Fprint(s.Err, "err")
	in, _ := io.ReadAll(s.In)
	if got := []string{string(in), out.String(), errOut.String()}; !cmp.Equal([]string{"in", "out", "err"}, got) {
		t.Error(got)
	}
	if s.InTTY || s.OutTTY || s.ErrTTY || s.Colour || s.Width != 0 {
		t.Errorf("%+v", s)
	}
}

// The null device is no terminal, so the standard output must not report one, whatever COLUMNS and TERM say.
func TestSystem_withoutTerminal(t *testing.T) {
	stdout := os.Stdout
	null, err := os.OpenFile(os.DevNull, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer null.Close()
	os.Stdout = null
	defer func() { os.Stdout = stdout }()
	s := iostreams.System(func(name string) string { return map[string]string{"COLUMNS": "80", "TERM": "xterm"}[name] })
	if s.OutTTY || s.Width != 0 || s.Colour {
		t.Errorf("TTY %v, width %d, colour %v", s.OutTTY, s.Width, s.Colour)
	}
	if s.In != io.Reader(os.Stdin) || s.Out != io.Writer(null) || s.Err != io.Writer(os.Stderr) {
		t.Error("the streams are not the process's own")
	}
}

// TestPrompts_endWithTheContext: Ctrl-C ends a question, which then has no answer.
func TestPrompts_endWithTheContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	hung, _ := io.Pipe() // nobody ever writes
	s, _, _ := iostreams.Test("")
	s.In = hung
	if yes, err := s.Confirm(ctx, "delete it?"); yes || !errors.Is(err, context.Canceled) {
		t.Errorf("Confirm = %v, %v", yes, err)
	}
	if text, err := s.ReadSecret(ctx, "Password: "); text != "" || !errors.Is(err, context.Canceled) {
		t.Errorf("ReadSecret = %q, %v", text, err)
	}
}

// At a terminal, Say first clears the line, which may show the progress of a wait.
func TestSay(t *testing.T) {
	for want, s := range map[string]*iostreams.Streams{"note\n": {}, "\r\x1b[Knote\n": {ErrTTY: true}} {
		var err strings.Builder
		s.Err = &err
		s.Say("note")
		if err.String() != want {
			t.Errorf("%q, want %q", err.String(), want)
		}
	}
}
