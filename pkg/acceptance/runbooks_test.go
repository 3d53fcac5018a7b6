//go:build acceptance

package acceptance

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestRunbooks runs every command of docs/runbooks in a shell. The broker has the things that the commands name: a
// queue orders with messages, empty queues, an exchange shop. The test checks that each command is understood, prints
// something, and exits with a code that its runbook can lead to; the findings do not matter. The function sooner
// shortens the waiting times that are meant for a person.
func TestRunbooks(t *testing.T) {
	commands := runbookCommands(t)
	if len(commands) < 40 {
		t.Fatalf("only %d commands were found", len(commands))
	}
	onEach(t, func(t *testing.T, b *broker) {
		vhost := b.vhost(t, "runbook")
		for _, name := range []string{"orders", "empty", "tmp.import"} {
			b.do(t, "PUT", path("queues", vhost, name), map[string]any{"durable": true})
		}
		b.do(t, "PUT", path("exchanges", vhost, "shop"), map[string]any{"type": "topic", "durable": true})
		b.do(t, "POST", path("bindings", vhost, "e", "shop", "q", "orders"), map[string]any{"routing_key": "order.#"})
		b.publish(t, vhost, "orders", "--count", "3")
		dir := t.TempDir()
		env := []string{"RABBITCTL_URL=" + b.URL, "RABBITCTL_VHOST=" + vhost, "PATH=" + bin + string(os.PathListSeparator) +
			os.Getenv("PATH")}
		for _, c := range commands {
			t.Run(c.runbook+" "+c.line, func(t *testing.T) {
				if strings.Contains(c.line, "wait_for") {
					// The test empties the queue, as a person would do while the command waits.
					b.do(t, "DELETE", path("queues", vhost, "orders", "contents"), nil)
					defer b.publish(t, vhost, "orders", "--count", "3")
				}
				got := run(t, env, "sh", "-c", "cd '"+dir+"' && "+sooner(c.line))
				// 0 to 3 are verdicts, and 4 means that a declaration differs.
				well := []int{0, 1, 2, 3, 4}
				if strings.Contains(c.line, "list_deprecated_features") && b.Release == "3.10" {
					well = []int{69}
				}
				if !slices.Contains(well, got.code) || strings.Contains(got.stderr, "goroutine ") {
					t.Errorf("exit %d\n%s%s", got.code, got.stdout, got.stderr)
				}
				if got.stdout == "" && got.code != 69 && !strings.Contains(c.line, "--output") && !strings.Contains(c.line,
					"--dry-run") {
					t.Errorf("says nothing on stdout; stderr: %s", got.stderr)
				}
			})
		}
	})
}

// sooner changes a runbook's command so that it ends by itself, and looks at the broker for a shorter time.
func sooner(line string) string {
	line = strings.ReplaceAll(line, "--sample 15s", "--sample 6s")
	for _, word := range []string{"list_stuck", "list_churn"} {
		line = strings.Replace(line, word, word+" --sample 6s", 1)
	}
	return strings.Replace(line, "--watch 5s", "--watch 5s --rounds 1", 1)
}

// runbookCommand is a line of a runbook that starts rabbitctl.
type runbookCommand struct{ runbook, line string }

// runbookCommands returns the commands in the sh blocks, except for those that run on the broker's host.
func runbookCommands(t *testing.T) []runbookCommand {
	t.Helper()
	files, err := filepath.Glob("../../docs/runbooks/*.md")
	if err != nil {
		t.Fatal(err)
	}
	var all []runbookCommand
	marks := regexp.MustCompile(`--rounds|--sample 6s|--min-consumers 0|"empty"`)
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		name := strings.TrimSuffix(filepath.Base(file), ".md")
		if mark := marks.FindString(string(text)); mark != "" {
			t.Errorf("%s: %s is for a test, and nothing for a person to type", name, mark)
		}
		inside, elsewhere := false, false
		for _, line := range strings.Split(string(text), "\n") {
			line = strings.TrimSpace(line)
			switch {
			case strings.HasPrefix(line, "```"):
				inside, elsewhere = line == "```sh", false
			case inside && line == "# on the host":
				elsewhere = true
			case inside && !elsewhere && line != "":
				if !strings.HasPrefix(line, "rabbitctl ") {
					t.Errorf("%s: %q is no command of ours, and not marked as one for the host", name, line)
					continue
				}
				all = append(all, runbookCommand{name, line})
			}
		}
	}
	return all
}
