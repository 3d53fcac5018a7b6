//go:build acceptance

package acceptance

import (
	"strings"
	"testing"
)

// TestWaitFor waits until a queue exists with its messages, then in vain until no queue has messages, and then until no
// queue is left.
func TestWaitFor(t *testing.T) {
	onEach(t, func(t *testing.T, b *broker) {
		vhost := b.vhost(t, "wait ")
		waiting := start(t, "env", "RABBITCTL_URL="+b.URL, program("rabbitctl"), "wait_for",
			`list_queues where name == "jobs" && messages == 3`, "-p", vhost, "--interval", "200ms")
		b.declare(t, vhost, "jobs", nil)
		b.publish(t, vhost, "jobs", "--count", "3")
		waiting.says(t, "1 of 1 queues (jobs)")

		r := b.rabbitctl(t, "wait_for", "list_queues where messages > 0", "--gone", "-p", vhost, "--timeout", "5s").
			exits(t, 75)
		if !strings.Contains(r.stderr,
			"waited for list_queues where messages > 0 to have no row, and gave up after 5s: 1 of 1 queues (jobs)") {
			t.Errorf("stderr: %s", r.stderr)
		}
		b.do(t, "DELETE", path("queues", vhost, "jobs"), nil)
		b.rabbitctl(t, "wait_for", "list_queues", "--gone", "-p", vhost).ok(t)

		// A queue without statistics has no count of consumers. wait_for must not take that queue for gone.
		b.declare(t, vhost, "young", nil)
		r = b.rabbitctl(t, "wait_for", "list_queues where consumers == 0", "--gone", "-p", vhost, "--timeout", "3s").
			exits(t, 75)
		if !strings.Contains(r.stderr, "young") && !strings.Contains(r.stderr, "1 more may match") {
			t.Errorf("stderr: %s", r.stderr)
		}

		name, password := b.user(t, "monitoring")
		r = run(t, []string{"RABBITCTL_URL=" + strings.Replace(b.URL, "guest:guest", name+":"+password, 1)},
			program("rabbitctl"), "wait_for", "list_queues", "--gone").exits(t, 77)
		if !strings.Contains(r.stderr, "no access to any virtual host") {
			t.Errorf("stderr: %s", r.stderr)
		}
	})
}

// TestCheckNode: check_node works for liveness, readiness and upgrade on every release. If a release lacks one of its
// checks, check_node names that check and does not fail for it. Where nothing listens, it is CRITICAL for every
// purpose.
func TestCheckNode(t *testing.T) {
	onEach(t, func(t *testing.T, b *broker) {
		b.rabbitctl(t, "check_node", "--for", "liveness").ok(t).says(t, b.Node+" answers")
		r := b.rabbitctl(t, "check_node", "--for", "readiness").ok(t).says(t, "application running")
		status := b.official(t, "ready-to-serve-clients")
		if offered := status != 404; offered == strings.Contains(r.stdout, "not offered by this broker") {
			t.Errorf("ready-to-serve-clients: status %d, and it says\n%s", status, r.stdout)
		}
		r = b.rabbitctl(t, "check_node", "--for", "readiness", "--protocol", "mqtt").exits(t, 2)
		r.says(t, "does not listen for mqtt")
		r = b.rabbitctl(t, "check_node", "--for", "upgrade")
		status, _ = b.api(t, "GET", "/deprecated-features/used", nil)
		if (status == 404) != strings.Contains(r.stdout, "this broker does not report which deprecated") {
			t.Errorf("deprecated-features/used: status %d, and it says\n%s", status, r.stdout)
		}
		// A node that refuses a password is alive, but the refusal does not show whether the node is ready.
		wrong := []string{"RABBITCTL_URL=" + strings.Replace(b.URL, "guest:guest", "guest:wrong", 1)}
		run(t, wrong, program("rabbitctl"), "check_node", "--for", "liveness").ok(t)
		run(t, wrong, program("rabbitctl"), "check_node", "--for", "readiness").exits(t, 3)
		b.rabbitctl(t, "await_ready").ok(t).says(t, "ready: "+b.Node)
		b.rabbitctl(t, "check_feature_flags").ok(t)
	})
	nobody := []string{"RABBITCTL_URL=http://127.0.0.1:1", "RABBITCTL_USERNAME=guest", "RABBITCTL_PASSWORD=guest"}
	for _, purpose := range []string{"liveness", "readiness", "pager", "upgrade"} {
		run(t, nobody, program("rabbitctl"), "check_node", "--for", purpose, "--timeout", "5s").exits(t, 2).
			says(t, "CRITICAL")
	}
}
