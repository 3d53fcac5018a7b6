//go:build acceptance

package acceptance

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestListQueuesAsRabbitmqctl compares listings with the release's own tool: the same arguments must print the same
// lines.
func TestListQueuesAsRabbitmqctl(t *testing.T) {
	onEach(t, func(t *testing.T, b *broker) {
		vhost := b.vhost(t, "a b/ü🐇 ")
		types := []string{"classic", "quorum", "stream"}
		queues := map[string]string{}
		for i, name := range hostileNames() {
			kind := types[i%len(types)]
			if len(name) > 200 && kind == "stream" {
				kind = "classic" // a stream's folder has its name: with a longer name the stream never gets ready
			}
			queues[name] = kind
			b.declare(t, vhost, name, map[string]any{"x-queue-type": kind})
			if n := i % 4; n > 0 {
				b.publish(t, vhost, name, "--count", strconv.Itoa(n))
			}
		}
		consume := func(name string) {
			b.startDevbroker(t, "consume", "-p", vhost, "--queue="+name, "--never-ack", "--prefetch", "1", "--for", "20m").
				says(t, "ready")
		}
		consume("tab last\t") // quorum, with three messages
		consume(`\t`)         // classic, empty
		consume("two words")  // quorum
		b.do(t, "PUT", path("policies", vhost, "a policy"), map[string]any{"pattern": "a", "apply-to": "queues",
			"definition": map[string]any{"max-length": 1000}})

		for _, columns := range [][]string{
			{"name"},
			{"name", "messages", "consumers"},
			{"name", "messages"},
			{},
		} {
			t.Run(strings.Join(append([]string{"columns"}, columns...), " "), func(t *testing.T) {
				ours := columns
				if len(columns) == 0 {
					ours = []string{"name", "messages"} // rabbitmqctl's default; ours has more columns
				}
				b.sameLines(t, append([]string{"list_queues", "-p", vhost}, columns...),
					append([]string{"list_queues", "-p", vhost}, ours...))
			})
		}
		t.Run("virtual hosts", func(t *testing.T) {
			b.sameLines(t, []string{"list_vhosts", "name"}, []string{"list_vhosts", "name"})
		})
		t.Run("every column", func(t *testing.T) { b.sameCells(t, vhost, queues) })
	})
}

// sameLines compares the sorted lines of two listings, with their headers. In both, counts of quorum queues and streams
// are some seconds old, so it repeats the listings until they agree.
func (b *broker) sameLines(t *testing.T, theirs, ours []string) {
	t.Helper()
	eventually(t, func() (bool, string) {
		want := b.ctl(t, append([]string{"rabbitmqctl", "-q"}, theirs...)...).ok(t).lines()
		got := b.rabbitctl(t, ours...).ok(t).lines()
		if len(got) == 0 || got[0] != want[0] {
			return false, fmt.Sprintf("the header is %q, want %q", got, want[0])
		}
		slices.Sort(want)
		slices.Sort(got)
		diff := cmp.Diff(want, got)
		return diff == "", "rabbitmqctl (-) and rabbitctl (+) differ:\n" + diff
	})
}

// sameCells compares the official columns cell by cell for each queue.
func (b *broker) sameCells(t *testing.T, vhost string, types map[string]string) {
	columns := []string{"name", "durable", "auto_delete", "policy", "exclusive", "exclusive_consumer_tag",
		"messages_ready",
		"messages_unacknowledged", "messages", "messages_ready_ram", "messages_unacknowledged_ram", "messages_ram",
		"messages_persistent", "message_bytes", "message_bytes_ready", "message_bytes_unacknowledged", "message_bytes_ram",
		"message_bytes_persistent", "head_message_timestamp", "consumers", "state", "type", "leader", "members", "online",
		"arguments"}
	args := append([]string{"list_queues", "-p", vhost}, columns...)
	eventually(t, func() (bool, string) {
		want := cells(t, b.ctl(t, append([]string{"rabbitmqctl", "-q"}, args...)...).ok(t), len(columns))
		got := cells(t, b.rabbitctl(t, args...).ok(t), len(columns))
		var wrong []string
		for name, row := range want {
			ours, listed := got[name]
			if !listed {
				wrong = append(wrong, fmt.Sprintf("%q is not listed", name))
				continue
			}
			for i, column := range columns {
				if row[i] != ours[i] && !(row[i] == "" && mayFill(column, types[name])) {
					wrong = append(wrong, fmt.Sprintf("%-30s %-7s rabbitmqctl %q, rabbitctl %q (queue %q)", column, types[name],
						row[i], ours[i], name))
				}
			}
		}
		slices.Sort(wrong)
		return len(wrong) == 0 && len(got) == len(want), strings.Join(wrong, "\n")
	})
}

// mayFill reports whether rabbitctl may print a value where rabbitmqctl prints none, in this column and for this type
// of queue. The API has a value for the sizes of quorum queues, the exclusive flag of replicated queues, and the node
// of a classic queue.
func mayFill(column, kind string) bool {
	switch column {
	case "messages_persistent", "message_bytes", "message_bytes_ready", "message_bytes_unacknowledged",
		"message_bytes_persistent":
		return kind == "quorum"
	case "exclusive":
		return kind != "classic"
	case "leader", "members":
		return kind == "classic"
	}
	return false
}

// cells returns the rows by their first cell. It leaves out rows with a tab inside a name, because they have more
// cells.
func cells(t *testing.T, r ran, columns int) map[string][]string {
	t.Helper()
	rows := map[string][]string{}
	for _, line := range r.lines()[1:] {
		if row := strings.Split(line, "\t"); len(row) == columns {
			rows[row[0]] = row
		}
	}
	return rows
}
