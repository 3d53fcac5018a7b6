//go:build acceptance

package acceptance

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
)

// verdicts runs each command line, and compares its exit code and a part of its output.
func (b *broker) verdicts(t *testing.T, want map[string]struct {
	code int
	says string
}) {
	t.Helper()
	for line, w := range want {
		r := b.rabbitctl(t, strings.Fields(line)...)
		if r.code != w.code || !strings.Contains(r.stdout, w.says) {
			t.Errorf("%s: exit %d, want %d and %q\n%s%s", line, r.code, w.code, w.says, r.stdout, r.stderr)
		}
	}
}

type verdict = struct {
	code int
	says string
}

// TestOfficialChecks runs most of the broker's own health checks where they pass, and some where they fail. A check
// that a release does not have must say so.
func TestOfficialChecks(t *testing.T) {
	onEach(t, func(t *testing.T, b *broker) {
		const absent = "is not offered by this broker"
		closed, err := closedPort()
		if err != nil {
			t.Fatal(err)
		}
		want := map[string]verdict{
			fmt.Sprint("check_port_listener ", b.AMQPPort): {0, "OK - "},
			fmt.Sprint("check_port_listener ", closed):     {2, "does not listen on port"},
			"check_protocol_listener amqp":                 {0, "OK - "},
			"check_protocol_listener mqtt":                 {2, "does not listen for mqtt, but for "},
			"check_port_connectivity":                      {0, "listeners of " + b.Node},
			"check_running":                                {0, "RabbitMQ runs on " + b.Node},
			"check_running " + b.Node:                      {0, "OK - "},
			"check_running rabbit@nowhere":                 {3, "is not a member of the cluster"},
			"check_virtual_hosts":                          {0, "OK - "},
			"check_certificate_expiration":                 {0, "no certificate file expires within 4 weeks"},
			"check_certificates":                           {3, "nothing listens with TLS"},
			"check_local_alarms":                           {0, "OK - "},
		}
		vhost := b.vhost(t, "official-")
		b.declare(t, vhost, "replicated", map[string]any{"x-queue-type": "quorum"})
		const sync, elected = "check_if_new_quorum_queue_replicas_have_finished_initial_sync",
			"check_for_quorum_queues_without_an_elected_leader .*"
		const mirror, deprecated, metadata = "check_if_node_is_mirror_sync_critical",
			"check_if_any_deprecated_features_are_used", "check_if_metadata_store_is_initialized"
		if b.Release == "3.10" {
			for _, c := range []string{sync, elected, deprecated, metadata, metadata + "_with_data"} {
				want[c] = verdict{3, absent}
			}
			want[mirror] = verdict{0, "OK - "}
			b.do(t, "PUT", path("policies", vhost, "mirrored"), map[string]any{"pattern": "^m$",
				"definition": map[string]any{"ha-mode": "all"}, "apply-to": "queues"})
			want["check_if_cluster_has_classic_queue_mirroring_policy"] = verdict{1, "policy mirrored in virtual host " + vhost}
		} else {
			want[sync], want[mirror] = verdict{0, "OK - no member of "}, verdict{3, absent}
			want["check_if_cluster_has_classic_queue_mirroring_policy"] = verdict{0, "OK - "}
			want[elected] = verdict{0, "OK - "}
			if b.Release == "4.0" {
				// 4.0.6 is the first release with the checks of the metadata store.
				want[elected], want[metadata], want[metadata+"_with_data"] = verdict{3, absent}, verdict{3, absent},
					verdict{3, absent}
				b.do(t, "PUT", path("queues", vhost, "transient"), map[string]any{"durable": false})
				want[deprecated] = verdict{1, "transient_nonexcl_queues"}
			} else {
				want[deprecated], want[metadata], want[metadata+"_with_data"] = verdict{0, "OK - "}, verdict{0, "OK - "},
					verdict{0, "OK - "}
			}
		}
		b.verdicts(t, want)
		for _, name := range []string{"node_health_check", "aliveness-test"} {
			r := b.rabbitctl(t, name).exits(t, 64)
			if !strings.Contains(r.stderr, "check_alarms") {
				t.Errorf("%s: %s", name, r.stderr)
			}
		}
	})
}

// TestCheckVirtualHosts_down stops the processes of one virtual host, and expects the checks to name it.
func TestCheckVirtualHosts_down(t *testing.T) {
	onEach(t, func(t *testing.T, b *broker) {
		vhost := b.vhost(t, "down-")
		b.ctl(t, "rabbitmqctl", "eval", fmt.Sprintf("rabbit_vhost_sup_sup:delete_on_all_nodes(<<%q>>).", vhost)).ok(t)
		status, body := b.api(t, "GET", "/health/checks/virtual-hosts", nil)
		if status != http.StatusServiceUnavailable {
			t.Fatalf("the virtual host still runs: %d %s", status, body)
		}
		b.verdicts(t, map[string]verdict{"check_virtual_hosts": {2, vhost}, "check --all": {2, "check_virtual_hosts"}})
	})
}

// TestCheckMemory raises the memory alarm. The alarm decides the verdict, however old the node listing is. That holds
// for a single check and for check --all.
func TestCheckMemory(t *testing.T) {
	onEach(t, func(t *testing.T, b *broker) {
		before := get[[]struct {
			Limit int64 `json:"mem_limit"`
		}](t, b, "/nodes?columns=mem_limit")
		clear := func() ran {
			return b.ctl(t, "rabbitmqctl", "set_vm_memory_high_watermark", "absolute", fmt.Sprint(before[0].Limit))
		}
		b.verdicts(t, map[string]verdict{
			"check_memory":                                    {0, "OK - " + b.Node + " "},
			"check_memory --warning 1MB":                      {1, "WARNING - "},
			"check_memory --critical 1MB":                     {2, "CRITICAL - " + b.Node + " "},
			"check_file_descriptors":                          {0, "file descriptors in use"},
			"check_file_descriptors --warning 1 --critical 0": {1, "WARNING - "},
			"check_file_descriptors --critical 1":             {2, "CRITICAL - "},
		})
		sockets := strings.Contains(b.rabbitctl(t, "check_file_descriptors").stdout, "sockets")
		if sockets != (b.Release == "3.10") {
			t.Errorf("sockets are shown: %v", sockets)
		}
		raised := false
		t.Cleanup(func() {
			if raised {
				clear().ok(t)
			}
		})
		raised = true
		b.ctl(t, "rabbitmqctl", "set_vm_memory_high_watermark", "absolute", "50MB").ok(t)
		b.awaitAlarm(t, true)
		b.verdicts(t, map[string]verdict{
			"check_memory":       {2, "CRITICAL - memory alarm on " + b.Node + ": "},
			"check_local_alarms": {2, "memory alarm on " + b.Node},
			"check_alarms":       {2, "memory alarm on " + b.Node},
			"check_disk":         {0, "OK - "},
			"check --all":        {2, "CRITICAL check_memory: memory alarm on " + b.Node},
		})
		raised = false
		clear().ok(t)
		b.awaitAlarm(t, false)
		// The verdicts are asked for at once, when the node listing may still show the old limit and the old alarm flag.
		b.verdicts(t, map[string]verdict{"check_memory": {0, "OK - " + b.Node + " "}, "check_local_alarms": {0, "OK - "}})
	})
}
