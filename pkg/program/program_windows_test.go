package program

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"
	"time"
)

func TestShell(t *testing.T) {
	t.Parallel()
	var told bytes.Buffer
	for _, tt := range []struct{ command, out, err string }{
		{"echo a& echo b", "a\r\nb\r\n", ""},
		{`echo "a b"`, "\"a b\"\r\n", ""},
		{"echo told>&2", "", ""},
		{"exit 3", "", "exit status 3"},
		{"for /l %i in (1,1,2000) do @echo xxxxxxxxxx", "", "it printed more than 1 KiB"},
	} {
		out, err := Shell(t.Context(), tt.command, 1024, &told)
		if err == nil && string(out) != tt.out || err != nil && err.Error() != tt.err || err == nil && tt.err != "" {
			t.Errorf("%s: %.80q, %v", tt.command, out, err)
		}
	}
	if told.String() != "told\r\n" {
		t.Errorf("standard error was %q", told.String())
	}
}

// TestShell_theGroupEnds: the command starts another process that runs for ever and prints nothing. Both end when the
// context ends. A process that a command leaves behind is not waited for.
func TestShell_theGroupEnds(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	begun := time.Now()
	out, err := Shell(ctx, "cmd /c for /l %i in () do @rem", 1024, nil)
	if !errors.Is(err, context.DeadlineExceeded) || len(out) > 0 || time.Since(begun) > 30*time.Second {
		t.Errorf("%q, %v after %s", out, err, time.Since(begun))
	}
	out, err = Shell(t.Context(), "start /b cmd /c for /l %i in () do @rem & echo a", 1024, nil)
	if err != nil || !strings.HasPrefix(string(out), "a") {
		t.Errorf("what is left behind: %q, %v", out, err)
	}
}
