//go:build acceptance

package acceptance

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
)

// finding has those members of one of doctor's findings that the tests read.
type finding struct {
	Severity, What, Page string
	Evidence, Do         []string
}

// doctor runs the doctor command, and returns its findings by the name of their help page, and its exit code.
func (b *broker) doctor(t *testing.T) (map[string]finding, int) {
	t.Helper()
	got := b.rabbitctl(t, "doctor", "-o", "json")
	var report struct{ Findings []finding }
	if err := json.Unmarshal([]byte(got.stdout), &report); err != nil {
		t.Fatalf("%v\n%s%s", err, got.stdout, got.stderr)
	}
	all := map[string]finding{}
	for _, f := range report.Findings {
		all[strings.TrimPrefix(f.Page, "rabbitctl help ")] = f
	}
	return all, got.code
}

// TestDoctor_newBroker: doctor must find three things on a new broker: the disk limit, which suits only development;
// the default user; and that the release is superseded (except on 4.3). It may also find deprecated features,
// unroutable messages of other tests and a disk that fills, but nothing else.
func TestDoctor_newBroker(t *testing.T) {
	onEach(t, func(t *testing.T, b *broker) {
		found, code := b.doctor(t)
		if f := found["disk-limit-too-low"]; f.Severity != "WARNING" || code != 1 {
			t.Errorf("exit %d, %+v", code, found)
		}
		if f, superseded := found["release-superseded"]; superseded != (b.Release != "4.3") {
			t.Errorf("%+v", f)
		}
		if f := found["default-user"]; f.Severity != "REMARK" {
			t.Errorf("guest on the loopback interface is a remark: %+v", f)
		}
		for name := range found {
			if !slices.Contains([]string{"disk-limit-too-low", "release-superseded", "default-user", "deprecated-feature-used",
				"messages-unroutable",
				// The disk of the machine that runs this test may be filling.
				"disk-alarm-ahead"}, name) {
				t.Errorf("%s: %+v", name, found[name])
			}
		}
	})
}

// TestDoctor_alarm: doctor finds the alarm while it is in effect, and no longer finds it as soon as it is over.
func TestDoctor_alarm(t *testing.T) {
	onEach(t, func(t *testing.T, b *broker) {
		vhost := b.vhost(t, "doctor")
		b.do(t, "PUT", path("queues", vhost, "orders"), map[string]any{"durable": true})
		b.raiseDiskAlarm(t)
		start(t, program("devbroker"), "publish", "--name", b.Name, "-p", vhost, "--queue", "orders", "--count", "5",
			"--connection-name", "stuck-publisher")
		eventually(t, func() (bool, string) {
			found, code := b.doctor(t)
			f := found["alarm-in-effect"]
			return code == 2 && f.Severity == "CRITICAL" && strings.Contains(f.What, b.Node), f.What
		})
		b.clearDiskAlarm(t)
		found, _ := b.doctor(t)
		for _, rule := range []string{"alarm-in-effect", "disk-limit-above-volume"} {
			if found[rule].What != "" {
				t.Errorf("%+v", found[rule])
			}
		}
	})
}

// TestDoctor_queues: doctor must find a queue that grows because nobody reads it, a queue whose messages are requeued
// again and again, and a full queue that refuses messages. It must not say that the full queue grows, although more is
// published to it than to the queue that nobody reads.
func TestDoctor_queues(t *testing.T) {
	onEach(t, func(t *testing.T, b *broker) {
		vhost := b.vhost(t, "doctor")
		b.declare(t, vhost, "unread", map[string]any{"x-queue-type": "classic"})
		b.declare(t, vhost, "loop", map[string]any{"x-queue-type": "classic"})
		b.declare(t, vhost, "full", map[string]any{"x-queue-type": "quorum", "x-max-length": 1,
			"x-overflow": "reject-publish"})
		b.publish(t, vhost, "loop", "--count", "5")
		b.startDevbroker(t, "publish", "-p", vhost, "--queue", "unread", "--rate", "20", "--for", "20m")
		b.startDevbroker(t, "publish", "-p", vhost, "--queue", "full", "--rate", "100", "--for", "20m")
		b.startDevbroker(t, "consume", "-p", vhost, "--queue", "loop", "--requeue", "--slow", "5ms", "--for", "20m")
		eventually(t, func() (bool, string) {
			found, _ := b.doctor(t)
			all := func(rule string) string { return strings.Join(found[rule].Evidence, "\n") }
			unread, loop, full := all("queue-not-read"), all("redelivery-loop"), all("queue-full-rejects")
			if strings.Contains(unread, "full in ") {
				t.Errorf("a queue that is full grows: %s", unread)
			}
			return strings.Contains(unread, "unread in "+vhost) && strings.Contains(loop, "loop in "+vhost) &&
					strings.Contains(full, "full in "+vhost),
				fmt.Sprintf("%q %q %q", unread, loop, full)
		})
	})
}
