//go:build acceptance

package acceptance

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestEveryOfficialCommandIsCompared: TestParity has an argument list for each command of the tools of 4.3, and for
// each command of 3.10 that 4.3 no longer has. help needs no list, because its text is rabbitctl's own.
func TestEveryOfficialCommandIsCompared(t *testing.T) {
	compared := map[string]bool{"help": true}
	for _, c := range parityCases() {
		compared[strings.TrimSuffix(c.command(), " (rabbitmq-plugins)")] = true
	}
	ours := knownCommands(t)
	if len(ours) < 215 {
		t.Errorf("%d commands", len(ours))
	}
	for _, name := range slices.Sorted(maps.Keys(ours)) {
		if !compared[name] {
			t.Errorf("no argument list has %s", name)
		}
	}
}

// formerCommands lists the commands of the tools of 3.10 that the tools of 4.3 do not have.
const formerCommands = "await_online_synchronized_mirror cancel_sync_queue change_cluster_node_type " +
	"decommission_mqtt_node hipe_compile list_amqp10_connections schema_info set_stream_retention_policy sync_queue"

// knownCommands returns all commands that rabbitctl knows in its official dialects, and the former commands of 3.10.
func knownCommands(t *testing.T) map[string]bool {
	t.Helper()
	known := map[string]bool{}
	for _, tool := range officialTools() {
		for _, name := range run(t, nil, program("rabbitctl"), "as", tool, "--auto-complete", "").ok(t).lines() {
			known[name] = true
		}
	}
	for _, name := range strings.Fields(formerCommands) {
		known[name] = true
	}
	return known
}

func officialTools() []string {
	return []string{"rabbitmqctl", "rabbitmq-diagnostics", "rabbitmq-plugins", "rabbitmq-queues", "rabbitmq-streams",
		"rabbitmq-upgrade"}
}

// TestEveryOfficialCommandIsKnown: rabbitctl knows each command that the help of a real tool lists, and has help for
// it.
func TestEveryOfficialCommandIsKnown(t *testing.T) {
	listed := regexp.MustCompile(`(?m)^   ([a-z][a-z0-9_]+)  `)
	onEach(t, func(t *testing.T, b *broker) {
		known, seen := knownCommands(t), 0
		for _, tool := range officialTools() {
			r := b.ctl(t, tool, "help")
			for _, m := range listed.FindAllStringSubmatch(r.stdout, -1) {
				seen++
				if !known[m[1]] {
					t.Errorf("%s has %s, and ours does not know it", tool, m[1])
				}
				run(t, nil, program("rabbitctl"), "as", tool, "help", m[1]).ok(t).says(t, "Usage")
			}
		}
		if seen < 200 {
			t.Errorf("the tools list %d commands", seen)
		}
	})
}
