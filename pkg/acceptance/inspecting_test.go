//go:build acceptance

package acceptance

import (
	"strings"
	"testing"
)

// TestInspectingOneNode checks the output of the commands about a stream, log files, plugins and the size of the
// cluster. It also runs commands by their official names where rabbitctl's own names differ.
func TestInspectingOneNode(t *testing.T) {
	onEach(t, func(t *testing.T, b *broker) {
		vhost := b.vhost(t, "inspecting ")
		b.declare(t, vhost, "events", map[string]any{"x-queue-type": "stream"})
		b.declare(t, vhost, "orders", nil)
		b.publish(t, vhost, "events", "--count", "3")
		eventually(t, func() (bool, string) {
			r := b.rabbitctl(t, "stream_status", "events", "-p", vhost, "--no-table-headers")
			return r.code == 0 && r.stdout == b.Node+"\tleader\ttrue\t0\trunning\n", r.stdout + r.stderr
		})
		b.rabbitctl(t, "stream_status", "orders", "-p", vhost).exits(t, 65)
		b.rabbitctl(t, "stream_status", "evnts", "-p", vhost).exits(t, 65)

		files := b.rabbitctl(t, "log_location", "file", "--no-table-headers").ok(t).lines()
		real := splitLines(b.ctl(t, "rabbitmq-diagnostics", "-q", "log_location", "--all").ok(t).stdout)
		if strings.Join(files, " ") != strings.Join(real, " ") || len(files) == 0 {
			t.Errorf("log files %q, and the official tool lists %q", files, real)
		}

		want := map[string]verdict{
			"is_enabled rabbitmq_management": {0, "OK - running: rabbitmq_management on " + b.Node},
			"is_enabled rabbitmq_management rabbitmq_management_agent": {0, "rabbitmq_management_agent runs on " + b.Node +
				" without being enabled explicitly"},
			"is_enabled rabbitmq_managment":                  {2, "did you mean rabbitmq_management?"},
			"is_enabled rabbitmq_management rabbitmq_nosuch": {2, "rabbitmq_nosuch is not enabled on " + b.Node},
			"has_reached_target_cluster_size":                {3, "is not offered by this broker"},
			"is_running":                                     {0, "OK - RabbitMQ runs on " + b.Node},
			"await_startup":                                  {0, "ready: " + b.Node},
		}
		if b.Release == "4.3" {
			want["has_reached_target_cluster_size"] = verdict{0, "OK - "}
		}
		b.verdicts(t, want)
		if r := b.rabbitctl(t, "is_booting").exits(t, 64); !strings.Contains(r.stderr, "await_ready") {
			t.Error(r.stderr)
		}
		for alias, name := range map[string]string{"shovel_status": "list_shovels",
			"federation_status": "list_federation_links"} {
			a, n := b.rabbitctl(t, alias, "-p", vhost), b.rabbitctl(t, name, "-p", vhost)
			if a != n {
				t.Errorf("%s: %+v, and %s: %+v", alias, a, name, n)
			}
		}
	})
}
