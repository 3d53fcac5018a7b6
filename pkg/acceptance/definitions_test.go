//go:build acceptance

package acceptance

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/topology"
)

// TestDefinitions: two exports of a virtual host are the same, and an import of one into another virtual host creates
// all its objects. What a release cannot hold is refused before the import or, with --unchecked, reported after it.
func TestDefinitions(t *testing.T) {
	onEach(t, func(t *testing.T, b *broker) {
		from, to, other := b.vhost(t, "from "), b.vhost(t, "to "), b.vhost(t, "other ")
		folder := t.TempDir()
		in := func(name string) string { return filepath.Join(folder, name) }
		recorded := filepath.Join("..", "definitions", "testdata", "recorded", "3.10-shop.json")
		if b.Release != "3.10" {
			b.rabbitctl(t, "check_definitions", recorded, "--release", b.Release).exits(t, 2).
				says(t, "does not know the key ha-mode")
			b.rabbitctl(t, "import_definitions", recorded, "-p", from).exits(t, 65)
			b.rabbitctl(t, "import_definitions", recorded, "-p", other, "--unchecked").exits(t, 4).
				says(t, "counts.not_held\t1", "not_held\tpolicy ha")
			// The recorded export of 4.3 has a binding to an exchange that the export itself leaves out.
			recorded = filepath.Join("..", "definitions", "testdata", "recorded", "4.3-shop.json")
			b.rabbitctl(t, "import_definitions", recorded, "-p", from).exits(t, 65)
			recorded = filepath.Join("..", "definitions", "testdata", "recorded", "4.0-shop.json")
		}
		b.rabbitctl(t, "import_definitions", recorded, "-p", from, "--dry-run").ok(t)
		b.rabbitctl(t, "import_definitions", recorded, "-p", from).ok(t).says(t, "imported", "counts.not_held\t0")

		export := func(file, vhost string) string {
			t.Helper()
			b.rabbitctl(t, "export_definitions", in(file), "-p", vhost).ok(t)
			text, err := os.ReadFile(in(file))
			if err != nil {
				t.Fatal(err)
			}
			return string(text)
		}
		first := export("from.json", from)
		if first != export("again.json", from) {
			t.Error("two exports differ")
		}
		b.rabbitctl(t, "export_definitions", "--redact", in("redacted.yaml"), "-p", from).ok(t)
		if text, err := os.ReadFile(in("redacted.yaml")); err != nil || strings.Contains(string(text), "canary") {
			t.Errorf("redacted: %v, %s", err, text)
		}
		b.rabbitctl(t, "check_definitions", in("from.json"), "--release", b.Release).exits(t, 1) // exchange other is absent
		b.rabbitctl(t, "import_definitions", in("redacted.yaml"), "-p", to).exits(t, 65)
		into := []string{"import_definitions", in("from.json"), "-p", to}
		b.rabbitctl(t, into...).ok(t).says(t, "imported", "counts.unchanged\t0", "counts.not_held\t0")
		b.rabbitctl(t, into...).ok(t).says(t, "unchanged")
		if got := strings.ReplaceAll(export("to.json", to), to, from); got != first {
			t.Errorf("imported it differs: %s", got)
		}

		b.rabbitctl(t, "set_policy", "ttl", "^other", `{"message-ttl":1}`, "-p", to).ok(t)
		b.rabbitctl(t, into...).exits(t, 64)
		b.rabbitctl(t, append(into, "--yes", "--backup", in("backup.json"))...).ok(t).says(t, "changed\tpolicy ttl")
		if text, err := os.ReadFile(in("backup.json")); err != nil || !strings.Contains(string(text), "^other") {
			t.Errorf("backup: %v, %s", err, text)
		}

		// All releases silently drop a quorum queue that is not durable.
		odd := `{"queues":[{"name":"odd","durable":false,"auto_delete":false,"arguments":{"x-queue-type":"quorum"}}]}`
		if err := os.WriteFile(in("odd.json"), []byte(odd), 0o600); err != nil {
			t.Fatal(err)
		}
		b.rabbitctl(t, "import_definitions", in("odd.json"), "-p", other).exits(t, 65)
		b.rabbitctl(t, "import_definitions", in("odd.json"), "-p", other, "--unchecked").exits(t, 4).
			says(t, "not_held\tqueue odd")
	})
}

// TestPatterns: of these patterns, the broker refuses exactly those that topology.Uncompilable calls invalid.
func TestPatterns(t *testing.T) {
	onEach(t, func(t *testing.T, b *broker) {
		vhost := b.vhost(t, "patterns ")
		for _, pattern := range []string{"^a", "(a", "a)", "[a", "[]", "a]", "*a", "a|*", "a**", "a++", "a{2,1}", "a{1,2}{3}",
			"[z-a]", `a\`, "(?=a)b", "(?<n>a)", "(?|a", "(*UTF8)a", "x{1001}", `\Qa(\E`, "[[:nope:]]", "{"} {
			status, _ := b.api(t, "PUT", path("policies", vhost, "p"), map[string]any{"pattern": pattern,
				"definition": map[string]any{"max-length": 1}, "apply-to": "queues"})
			if why := topology.Uncompilable(pattern); (why != "") != (status == 400) {
				t.Errorf("%s: the broker answers %d, and it is said %q", pattern, status, why)
			}
		}
	})
}
