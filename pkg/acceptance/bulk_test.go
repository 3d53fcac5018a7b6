//go:build acceptance

package acceptance

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// TestDeleteQueues_killed kills the deletion of a thousand queues in the middle. The journal says which queues were
// deleted, and the same command deletes the rest.
func TestDeleteQueues_killed(t *testing.T) {
	onEach(t, func(t *testing.T, b *broker) {
		const many = 1000
		vhost := b.vhost(t, "bulk ")
		declareMany(t, b, vhost, many)
		b.declare(t, vhost, "stays", nil)
		journal := filepath.Join(t.TempDir(), "journal")
		args := []string{"delete_queues", "-p", vhost, "--match", "^q", "--yes", "--journal", journal}
		cmd := exec.Command(program("rabbitctl"), args...)
		cmd.Env = []string{"HOME=" + t.TempDir(), "RABBITCTL_URL=" + b.URL}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		for deadline := time.Now().Add(patience); len(journaled(t, journal, "after")) < 50 && time.Now().Before(deadline); {
			time.Sleep(time.Millisecond)
		}
		if err := cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		_ = cmd.Wait()
		begun, done := journaled(t, journal, "before"), journaled(t, journal, "after")
		left := map[string]bool{}
		for _, name := range strings.Fields(b.rabbitctl(t, "list_queues", "name", "-p", vhost, "--match", "^q",
			"--no-table-headers").ok(t).stdout) {
			left[name] = true
		}
		if len(left) == 0 || len(left) == many {
			t.Fatalf("it was not killed in the middle: %d are left", len(left))
		}
		for name := range done {
			if left[name] {
				t.Errorf("the journal says that %s is deleted", name)
			}
		}
		for i := range many {
			if name := fmt.Sprintf("q%04d", i); !left[name] && !begun[name] {
				t.Errorf("%s is gone, and the journal does not say so", name)
			}
		}
		b.rabbitctl(t, args...).ok(t)
		if got := b.rabbitctl(t, "list_queues", "name", "-p", vhost, "--no-table-headers").ok(t).stdout; got != "stays\n" {
			t.Errorf("left: %q", got)
		}
		b.rabbitctl(t, args...).ok(t).says(t, "unchanged")
	})
}

// declareMany declares n queues with the names q0000, q0001 and so on.
func declareMany(t *testing.T, b *broker, vhost string, n int) {
	t.Helper()
	var wait sync.WaitGroup
	for part := range 4 {
		wait.Go(func() {
			for i := part; i < n; i += 4 {
				b.declare(t, vhost, fmt.Sprintf("q%04d", i), nil)
			}
		})
	}
	wait.Wait()
}

// journaled returns the names of the queues for which the journal has a line of this phase. The last line of the
// journal can be incomplete.
func journaled(t *testing.T, file, phase string) map[string]bool {
	t.Helper()
	names := map[string]bool{}
	text, err := os.ReadFile(file)
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		var entry struct{ Phase, Action string }
		if json.Unmarshal([]byte(line), &entry) != nil || entry.Phase != phase {
			continue
		}
		_, rest, _ := strings.Cut(entry.Action, "delete queue ")
		name, _, _ := strings.Cut(rest, " ")
		names[name] = true
	}
	return names
}

// TestDeleteQueues_conditions: of five queues that --match chooses, delete_queues keeps the four for which there is a
// reason (consumers, messages, an exclusive owner), and deletes only the one that nothing protects.
func TestDeleteQueues_conditions(t *testing.T) {
	onEach(t, func(t *testing.T, b *broker) {
		vhost := b.vhost(t, "stale ")
		for name, kind := range map[string]string{"tmp.dead": "classic", "tmp.held": "classic", "tmp.used": "classic",
			"tmp.full": "quorum", "other": "classic"} {
			b.declare(t, vhost, name, map[string]any{"x-queue-type": kind})
		}
		b.publish(t, vhost, "tmp.held", "--count", "3")
		b.startDevbroker(t, "consume", "-p", vhost, "--queue", "tmp.held", "--prefetch", "10", "--for", "5m").says(t, "ready")
		b.startDevbroker(t, "consume", "-p", vhost, "--queue", "tmp.used", "--prefetch", "10", "--for", "5m").says(t, "ready")
		b.startDevbroker(t, "connect", "-p", vhost, "--exclusive-queue", "tmp.own", "--for", "5m").says(t, "ready")
		b.publish(t, vhost, "tmp.full", "--count", "5")
		args := []string{"delete_queues", "-p", vhost, "--match", `^tmp\.`, "--if-empty", "--if-unused"}
		r := b.rabbitctl(t, append(args, "--dry-run", "-o", "json")...).ok(t)
		var shown struct {
			Queues []struct{ Action, Name, Why string }
		}
		if err := json.Unmarshal([]byte(r.stdout), &shown); err != nil {
			t.Fatalf("%v: %s", err, r.stdout)
		}
		for _, q := range shown.Queues {
			if (q.Name == "tmp.dead") != (q.Action == "delete") || (q.Action == "keep") != (q.Why != "") {
				t.Errorf("%+v", q)
			}
		}
		if len(shown.Queues) != 5 || !strings.Contains(r.stderr, "would delete 1 of 5 chosen queues") {
			t.Errorf("%d are shown: %s", len(shown.Queues), r.stderr)
		}
		b.rabbitctl(t, append(args, "--yes")...).ok(t).says(t, "tmp.dead\tdeleted")
		if left := b.rabbitctl(t, "list_queues", "name", "-p", vhost, "--match", "dead", "--no-table-headers").
			ok(t).stdout; left != "" {
			t.Errorf("left: %q", left)
		}
		b.rabbitctl(t, "purge_queues", "-p", vhost, "--match", `^tmp\.f`, "--yes").ok(t).says(t, "tmp.full\tpurged")
	})
}
