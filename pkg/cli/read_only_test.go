package cli_test

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/spf13/cobra"
)

// Every command that changes something is refused before it sends anything: in a read-only context with any flags, in a
// protected context if nobody can confirm it.
func TestTree_changesInGuardedContexts(t *testing.T) {
	t.Parallel()
	var asked atomic.Int32
	s := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked.Add(1) }))
	defer s.Close()
	guarded := func(line string) []string {
		file := filepath.Join(t.TempDir(), "config.toml")
		text := "[contexts.prod]\nurl = \"" + s.URL + "\"\nusername = \"u\"\npassword = \"p\"\n" + line + "\n"
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return []string{"RABBITCTL_CONFIG=" + file, "RABBITCTL_CONTEXT=prod"}
	}
	readOnly, protected := guarded("read_only = true"), guarded("protected = true")
	changing := 0
	for _, c := range commands(t) {
		if c.Flags().Lookup("dry-run") == nil || c.Flags().Lookup("journal") == nil {
			continue
		}
		changing++
		line := goodLine(t, c)
		if got := run(t, t.Context(), readOnly, append(line, "--yes")...); got.code != 77 ||
			!strings.Contains(got.err, "context prod is read-only") {
			t.Errorf("%q in a read-only context: %+v", line, got)
		}
		if got := run(t, t.Context(), protected, line...); got.code != 64 ||
			!strings.Contains(got.err, "context prod is protected") {
			t.Errorf("%q in a protected context: %+v", line, got)
		}
	}
	if changing < 9 || asked.Load() > 0 {
		t.Errorf("%d commands change something, %d requests were sent", changing, asked.Load())
	}
}

// goodLine returns the first example of the command that has no --check, --dry-run, pipe or secret from standard input.
// If the command has the flag --fix, the example must have it, too. goodLine leaves out --yes.
func goodLine(t *testing.T, c *cobra.Command) []string {
	t.Helper()
	for _, line := range strings.Split(c.Example, "\n") {
		_, call, found := strings.Cut(line, "rabbitctl ")
		if !found || strings.Contains(line, "--check") || strings.Contains(line, "--dry-run") ||
			strings.Contains(line, "|") || strings.Contains(line, "-stdin") ||
			c.Flags().Lookup("fix") != nil && !strings.Contains(line, "--fix") {
			continue
		}
		all, err := shellWords(call)
		if err != nil {
			t.Fatal(err)
		}
		var kept []string
		for _, word := range all {
			if word != "--yes" && word != "-y" {
				kept = append(kept, word)
			}
		}
		return kept
	}
	t.Fatalf("%s has no example that changes something", c.CommandPath())
	return nil
}
