//go:build acceptance

package acceptance

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestAMQP10: if AMQP 0-9-1 cannot express a message of an AMQP 1.0 client, reading ends there with the reason. That
// message and all behind it stay in the queue, and an AMQP 1.0 client can still read them. The messages before it are
// moved.
func TestAMQP10(t *testing.T) {
	needPython(t, "proton", "python3-qpid-proton")
	onEach(t, func(t *testing.T, b *broker) {
		address, unreadable := "/queues/", "uuid"
		if strings.HasPrefix(b.Release, "3.") { // AMQP 1.0 is a plugin there, which no other test may meet
			var end func()
			b, end = ownBroker(t, options.suite+"-amqp10", b.Release)
			t.Cleanup(end)
			b.ctl(t, "rabbitmq-plugins", "enable", "rabbitmq_amqp1_0").ok(t)
			address, unreadable = "/amq/queue/", "numbered"
		}
		vhost := b.vhost(t, "amqp10")
		client := func(do, queue string, bodies ...string) []string {
			return splitLines(run(t, nil, python, slices.Concat([]string{filepath.Join("testdata", "messages", "amqp10.py"), do,
				address + queue, "--port", fmt.Sprint(b.AMQPPort), "--vhost", vhost, "--bodies"}, bodies)...).ok(t).stdout)
		}
		for _, kind := range []string{"classic", "quorum"} {
			from, to := kind+".from", kind+".to"
			b.declare(t, vhost, from, map[string]any{"x-queue-type": kind})
			b.declare(t, vhost, to, map[string]any{"x-queue-type": kind})
			client("publish", from, "plain", "annotated", unreadable, "plain")

			r := b.rabbitctl(t, "move_messages", from, to, "-p", vhost, "--limit", "2").ok(t)
			r.says(t, "moved")
			for _, args := range [][]string{
				{"peek_messages", from, "--counts-as-delivery"}, {"move_messages", from, to},
				{"export_messages", from, filepath.Join(t.TempDir(), "file"), "--counts-as-delivery"},
			} {
				var r ran
				// The command before held the messages, and the broker requeues them only after that command has ended.
				eventually(t, func() (bool, string) {
					r = b.rabbitctl(t, append(args, "-p", vhost)...)
					return !strings.Contains(r.stderr, "has no ready messages"), r.stderr
				})
				if counts := strings.Contains(r.stderr, "each try counts as a delivery"); counts != (kind == "quorum") {
					t.Errorf("%q: %s", args, r.stderr)
				}
				if r.code == 0 || !strings.Contains(r.stderr, "cannot be read over AMQP 0-9-1") &&
					!strings.Contains(r.stderr, "AMQP 0-9-1 cannot express a message at its head") {
					t.Errorf("%q: exit %d\n%s%s", args, r.code, r.stdout, r.stderr)
				}
			}
			if got := client("take", from); !slices.Equal(got, []string{unreadable, "plain"}) {
				t.Errorf("%s holds %q", from, got)
			}
			if got := client("take", to); !slices.Equal(got, []string{"plain", "annotated"}) {
				t.Errorf("%s holds %q", to, got)
			}
		}
	})
}
