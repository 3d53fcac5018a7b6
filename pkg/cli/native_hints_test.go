package cli_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/personality"
	"github.com/rabbitctl/rabbitctl/pkg/steps"
)

// TestHintsAreNative: advice names a command of rabbitctl if there is one, because not every user has the official
// tools or works on the broker's machine. Otherwise it names a command that the official tool really has.
func TestHintsAreNative(t *testing.T) {
	t.Parallel()
	var native []string
	for _, c := range commands(t) {
		native = append(native, c.Name())
	}
	told := regexp.MustCompile(`(rabbitctl as )?rabbitmq(?:ctl|-diagnostics|-queues|-streams|-upgrade)` +
		`(?: -n (?:" \+ \S+ \+\s*"\s*|\S+))? ([a-z_]+)`)
	seen := 0
	for _, pattern := range []string{"docs/findings/*.md", "docs/runbooks/*.md", "pkg/diagnose/*.go", "pkg/steps/*.go",
		"pkg/health/*.go", "pkg/survey/*.go", "pkg/broker/*.go", "pkg/change/*.go", "pkg/verb/*.go", "pkg/cmd/*/*.go"} {
		files, err := filepath.Glob(filepath.Join("..", "..", pattern))
		if err != nil || len(files) == 0 {
			t.Fatalf("%s: %d files, %v", pattern, len(files), err)
		}
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			// Hints for users of an official tool name commands of that tool.
			all, _, _ := strings.Cut(string(text), "\nfunc official(")
			for _, line := range strings.Split(all, "\n") {
				if strings.HasSuffix(file, "_test.go") || strings.HasPrefix(strings.TrimSpace(line), "//") {
					continue
				}
				for _, m := range told.FindAllStringSubmatch(line, -1) {
					seen++
					if m[1] == "" && slices.Contains(native, m[2]) {
						t.Errorf("%s: %q: rabbitctl has %s", file, strings.TrimSpace(line), m[2])
					}
					if strings.Contains(m[2], "_") && personality.Elsewhere(m[2]) == nil {
						t.Errorf("%s: %q: no official tool has %s", file, strings.TrimSpace(line), m[2])
					}
				}
			}
		}
	}
	if seen < 8 {
		t.Errorf("only %d hints name an official tool", seen)
	}
}

// TestAdviceInContext: with --contexts an advised command gets --context, unless it asks no broker.
func TestAdviceInContext(t *testing.T) {
	t.Parallel()
	alone := []string{"as", "completion", "config", "decode", "encode", "help", "version"}
	seen := 0
	for _, c := range commands(t) {
		// Other commands that ask no broker, such as hash_password, do nothing with the context.
		if !c.HasParent() || c.Parent().HasParent() || !c.Runnable() || c.Name() == "check_definitions" {
			continue
		}
		seen++
		line := "rabbitctl " + c.Name()
		want := line
		if !slices.Contains(alone, c.Name()) {
			want = "rabbitctl --context blue " + c.Name()
		}
		if got := steps.TextInContext(line, "blue"); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	if seen < 250 {
		t.Errorf("only %d commands", seen)
	}
}

// TestPagesTellOfTheCookie: a page that advises a command which needs the Erlang cookie says so.
func TestPagesTellOfTheCookie(t *testing.T) {
	t.Parallel()
	var needy []string
	for _, c := range commands(t) {
		if c.Flags().Lookup("erlang-cookie-file") != nil && c.Flags().Lookup("node") != nil &&
			c.Flags().Lookup("dry-run") != nil {
			needy = append(needy, c.Name())
		}
	}
	told := regexp.MustCompile(`rabbitctl (` + strings.Join(needy, "|") + `)\b`)
	seen := 0
	for _, folder := range []string{"findings", "runbooks"} {
		files, err := filepath.Glob(filepath.Join("..", "..", "docs", folder, "*.md"))
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if told.Match(text) {
				seen++
				if !regexp.MustCompile(`Erlang\s+cookie`).Match(text) {
					t.Errorf("%s does not say that it needs the Erlang cookie", file)
				}
			}
		}
	}
	if len(needy) < 9 || seen < 5 {
		t.Errorf("%d commands that need the cookie, on %d pages", len(needy), seen)
	}
}
