//go:build unix

package program

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

func TestShell(t *testing.T) {
	t.Parallel()
	var stderr bytes.Buffer
	for _, tt := range []struct{ command, out, err string }{
		{"echo a; echo b", "a\nb\n", ""},
		{"cat", "", ""}, // standard input is empty
		{"echo out; echo told >&2", "out\n", ""},
		{"exit 3", "", "exit status 3"},
		{"kill -TERM $$", "", "signal: terminated"},
		{"yes", "", "it printed more than 1 KiB"},
		{"head -c 1024 /dev/zero | tr '\\0' x", strings.Repeat("x", 1024), ""},
		{"sleep 60 & echo a", "a\n", ""}, // what it leaves behind is ended, and not waited for
	} {
		out, err := Shell(t.Context(), tt.command, 1024, &stderr)
		if err == nil && string(out) != tt.out || err != nil && err.Error() != tt.err || err == nil && tt.err != "" {
			t.Errorf("%s: %.80q, %v", tt.command, out, err)
		}
	}
	if stderr.String() != "told\n" {
		t.Errorf("standard error was %q", stderr.String())
	}
}

// alive reports whether the process whose number is in the file still runs after 10 seconds. A zombie does not run.
func alive(t *testing.T, path string) bool {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	pid, err := strconv.Atoi(strings.TrimSpace(string(data)))
	if err != nil {
		t.Fatal(err)
	}
	for end := time.Now().Add(10 * time.Second); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		if errors.Is(syscall.Kill(pid, 0), syscall.ESRCH) {
			return false
		}
		if stat, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat"); err == nil && strings.Contains(string(stat),
			") Z ") {
			return false
		}
	}
	return true
}

// TestShell_theGroupEnds: when the command ends for any reason, all processes that it started end, even if they ignore
// SIGTERM.
func TestShell_theGroupEnds(t *testing.T) {
	t.Parallel()
	started := `sleep 60 & echo $! >%; `
	for name, tt := range map[string]struct {
		command string
		largest int
		err     error
	}{
		"its own end":             {started, 100, nil},
		"the context":             {started + "wait", 100, context.Canceled},
		"the context, after TERM": {`trap "" TERM; ` + started + "wait", 100, context.Canceled},
		"too much output":         {started + "yes", 100, tooMuch(100)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			pid := filepath.Join(t.TempDir(), "pid")
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			if errors.Is(tt.err, context.Canceled) {
				go func() {
					for text := ""; !strings.HasSuffix(text, "\n") && ctx.Err() == nil; time.Sleep(5 * time.Millisecond) {
						data, _ := os.ReadFile(pid)
						text = string(data)
					}
					cancel()
				}()
			}
			if _, err := Shell(ctx, strings.ReplaceAll(tt.command, "%", "'"+pid+"'"), tt.largest, nil); !errors.Is(err, tt.err) {
				t.Errorf("%v, want %v", err, tt.err)
			}
			if alive(t, pid) {
				t.Error("what it has started lives on")
			}
		})
	}
}
