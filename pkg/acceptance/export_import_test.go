//go:build acceptance

package acceptance

import (
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestExportImport: the file has all messages that the export removes from a queue, and an import brings all of them
// back, also when the import is killed in the middle.
func TestExportImport(t *testing.T) {
	onEach(t, func(t *testing.T, b *broker) {
		const many, window = 10_000, 500
		vhost := b.vhost(t, "export ")
		args := map[string]any{"x-queue-type": "quorum"}
		for _, name := range []string{"src", "dst"} {
			b.declare(t, vhost, name, args)
		}
		b.publish(t, vhost, "src", "--count", fmt.Sprint(many), "--confirm", "--persistent")
		do := func(words ...string) ran { return b.rabbitctl(t, append(words, "-p", vhost)...) }
		folder := t.TempDir()
		kept, file := filepath.Join(folder, "kept.jsonl.gz"), filepath.Join(folder, "file.jsonl")
		few := []string{"export_messages", "src", kept, "--limit", "10"}
		if b.Release != "4.3" {
			// On this release, reading a message counts as a delivery.
			do(few...).exits(t, 65)
			few = append(few, "--counts-as-delivery")
		}
		do(few...).ok(t).says(t, "messages\t10", fmt.Sprintf("source_ready\t%d", many))
		do(few...).exits(t, 74)
		do("export_messages", "src", file, "--remove").exits(t, 64)
		do("export_messages", "src", file, "--remove", "--yes").ok(t).says(t, fmt.Sprintf("messages\t%d", many),
			"source_ready\t0")

		into := []string{"import_messages", file, "--queue", "dst", "-p", vhost}
		kills := 0
		for kills < 2 && b.killedAfter(t, time.Duration(kills+1)*100*time.Millisecond, into) {
			kills++
		}
		if kills == 2 { // else a run was quicker, and another one would import the file once more
			b.rabbitctl(t, into...).ok(t)
		}
		if left, _ := filepath.Glob(file + ".progress"); left != nil {
			t.Error("the notes of the import are left")
		}
		bodies, all := map[string]int{}, 0
		for _, line := range b.devbroker(t, "consume", "-p", vhost, "--queue", "dst", "--count",
			fmt.Sprint(many+kills*window+1), "--for", "4s", "--prefetch", "2000", "--verbose").ok(t).lines() {
			if body, is := strings.CutPrefix(line, "message "); is {
				bodies[body]++
				all++
			}
		}
		if len(bodies) != many || all > many+kills*window {
			t.Errorf("killed %d times: %d different messages of %d, %d in all", kills, len(bodies), many, all)
		}

		do("import_messages", kept).ok(t).says(t, "messages\t10")
		copies := []string{"copy_messages", "src", "dst", "--limit", "4"}
		if b.Release != "4.3" {
			do(copies...).exits(t, 65)
			copies = append(copies, "--counts-as-delivery")
		}
		do(copies...).ok(t).says(t, "messages\t4", "source_ready\t10", "destination_ready\t4")
		do("get_messages", "src", "--body-only", "--yes", "--limit", "2").ok(t).says(t, "message 1\nmessage 2\n")
		eventually(t, func() (bool, string) {
			got := do("list_queues", "messages_ready", "--match", "^src$", "-q", "--no-table-headers").ok(t).stdout
			return got == "8\n", got
		})

		b.declare(t, vhost, "events", map[string]any{"x-queue-type": "stream"})
		b.declare(t, vhost, "few", map[string]any{"x-max-length": 10})
		b.publish(t, vhost, "events", "--count", "100")
		do("export_messages", "events", filepath.Join(folder, "last.jsonl"), "--offset", "90").ok(t).says(t, "messages\t10")
		do("copy_messages", "events", "dst").ok(t).says(t, "messages\t100")
		do("copy_messages", "events", "few").exits(t, 65)
		do("copy_messages", "events", "few", "--limit", "10").ok(t).says(t, "messages\t10")
	})
}

// TestHeld_rightAfterPublish: right after a publish, the broker does not report the size of messages yet. copy_messages
// and move_messages must still take all messages, and filter and move them.
func TestHeld_rightAfterPublish(t *testing.T) {
	onEach(t, func(t *testing.T, b *broker) {
		vhost := b.vhost(t, "held ")
		for _, kind := range []string{"classic", "quorum"} {
			for _, name := range []string{"src", "dst"} {
				b.declare(t, vhost, kind+name, map[string]any{"x-queue-type": kind})
			}
			src, dst := kind+"src", kind+"dst"
			b.publish(t, vhost, src, "--count", "700", "--confirm")
			do := func(words ...string) ran { return b.rabbitctl(t, append(words, "-p", vhost)...).ok(t) }
			do("copy_messages", src, dst, "--counts-as-delivery").says(t, "messages\t700", "source_ready\t700")
			do("move_messages", src, dst, "--where", "number > 100", "--counts-as-delivery").says(t, "messages\t600",
				"source_ready\t100")
			do("move_messages", src, dst).says(t, "messages\t100", "source_ready\t0", "destination_ready\t1400")
		}
	})
}

// TestExportMessages_slowStream: messages of a stream that come more slowly than once in 200 ms are exported to the last.
func TestExportMessages_slowStream(t *testing.T) {
	onEach(t, func(t *testing.T, b *broker) {
		vhost := b.vhost(t, "slow ")
		b.declare(t, vhost, "s", map[string]any{"x-queue-type": "stream"})
		b.publish(t, vhost, "s", "--count", "8", "--size", "50000", "--confirm")
		w := slowWay{opened: make(chan struct{})}
		url := b.through(t, unchanged, func(to io.Writer, from io.Reader) { w.copy(to, from, 150_000) })
		file := filepath.Join(t.TempDir(), "s.jsonl")
		b.rabbitctl(t, "export_messages", "s", file, "-p", vhost, "--amqp-url", url).ok(t).says(t, "messages\t8\n")
	})
}
