//go:build acceptance

package acceptance

import (
	"slices"
	"strings"
	"testing"
)

// TestNoStatistics uses a broker whose configuration turns off the collection of statistics. list_queues must still
// print the counts of messages. Commands that need the statistics must leave cells blank or fail, and name the setting.
func TestNoStatistics(t *testing.T) {
	for _, release := range options.releases {
		if release == "4.0" {
			continue // it is like 4.3
		}
		t.Run(release, func(t *testing.T) {
			t.Parallel()
			name := options.suite + "-blind-" + release
			t.Cleanup(func() { takeDown(name) })
			run(t, nil, program("devbroker"), "up", "--release", release, "--name", name, "--set",
				"management_agent.disable_metrics_collector = true").ok(t)
			b, err := look(name)
			if err != nil {
				t.Fatal(err)
			}
			for _, kind := range []string{"classic", "quorum"} {
				b.declare(t, "/", kind, map[string]any{"x-queue-type": kind})
				// A broker opens its AMQP port shortly after its API answers.
				eventually(t, func() (bool, string) {
					r := b.devbroker(t, "publish", "--queue="+kind, "--confirm", "--count", "7")
					return r.code == 0, r.stderr
				})
			}
			eventually(t, func() (bool, string) {
				r := b.rabbitctl(t, "list_queues", "name", "messages").ok(t)
				return slices.Contains(r.lines(), "classic\t7") && slices.Contains(r.lines(), "quorum\t7"), r.stdout
			})
			// Counts of messages come from the queues, not from the statistics.
			if r := b.rabbitctl(t, "list_queues", "name", "messages", "consumers").exits(t, 75); !slices.Contains(r.lines(),
				"classic\t7\t") ||
				!slices.Contains(r.lines(), "quorum\t7\t") || !strings.Contains(r.stderr, "disable_metrics_collector") {
				t.Errorf("messages and consumers:\n%s%s", r.stdout, r.stderr)
			}
			r := b.rabbitctl(t, "list_queues", "name", "consumers", "memory").exits(t, 75)
			if !slices.Contains(r.lines(), "classic\t\t") || !strings.Contains(r.stderr, "disable_metrics_collector") {
				t.Errorf("consumers and memory:\n%s%s", r.stdout, r.stderr)
			}
			if r := b.rabbitctl(t, "list_connections").exits(t, 75); !strings.Contains(r.stderr, "disable_metrics_collector") {
				t.Errorf("list_connections says %s", r.stderr)
			}
			if r := b.rabbitctl(t, "list_consumers").exits(t, 69); !strings.Contains(r.stderr, "disable_metrics_collector") {
				t.Errorf("list_consumers says %s", r.stderr)
			}
			b.rabbitctl(t, "check_disk").exits(t, 3)
		})
	}
}
