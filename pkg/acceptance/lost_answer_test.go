//go:build acceptance

package acceptance

import (
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rabbitctl/rabbitctl/pkg/internal/faultproxy"
)

// changesOf returns the HTTP methods that change something.
func changesOf() []string { return []string{"PUT", "POST", "DELETE"} }

// sentOnce fails the test if the program sent a change twice, or sent none.
func sentOnce(t *testing.T, p *faultproxy.Proxy) {
	t.Helper()
	var changes []string
	for _, r := range p.Seen() {
		if slices.Contains(changesOf(), r.Method) {
			changes = append(changes, r.Method+" "+r.URI)
		}
	}
	if len(changes) == 0 || len(slices.Compact(slices.Sorted(slices.Values(changes)))) != len(changes) {
		t.Errorf("sent: %q", changes)
	}
}

// TestLostAnswer lets brokers carry out each change, and loses the answer in one of nine ways. rabbitctl must still
// report the change as done, in both dialects. If it cannot see the change, it must say so. The test needs real
// brokers: releases differ in how an object reads back, and the fake broker does not know that.
func TestLostAnswer(t *testing.T) {
	onEach(t, func(t *testing.T, b *broker) {
		vhost, name := b.vhost(t, "lost "), "chg-"+strings.ReplaceAll(b.Name, ".", "-")
		p := faultproxy.New(t, b.URL)
		env := []string{"RABBITCTL_URL=" + p.URL, "RABBITCTL_USERNAME=guest", "RABBITCTL_PASSWORD=guest"}
		faults := []faultproxy.Fault{faultproxy.Reset(), faultproxy.Close(), faultproxy.HalfHeader(), faultproxy.Garbage(),
			faultproxy.Status(500),
			faultproxy.Page(502), faultproxy.Status(503), faultproxy.Page(504), faultproxy.Page(200)}
		t.Cleanup(func() { _, _, _ = b.request("DELETE", path("users", name), nil) })
		b.declare(t, vhost, "full", nil)
		b.publish(t, vhost, "full", "--count", "3")
		official := func(words ...string) []string { return append([]string{"as", "rabbitmqctl", "-q"}, words...) }
		for i, words := range [][]string{
			{"declare_queue", "-p", vhost, "q/1", "--type", "classic", "--message-ttl", "10m"},
			{"declare_queue", "-p", vhost, "q2", "--type", "quorum", "--delivery-limit", "5"},
			{"declare_queue", "-p", vhost, "q3"},
			{"purge_queue", "-p", vhost, "full", "--yes"},
			{"delete_queue", "-p", vhost, "q/1", "--yes"},
			{"delete_queue", "-p", vhost, "q2", "--yes"},
			official("add_user", name, "geheim"),
			official("set_user_tags", name, "monitoring", "policymaker"),
			official("change_password", name, "anders"),
			official("set_user_limits", name, `{"max-channels":5}`),
			official("clear_user_limits", name, "max-channels"),
			official("set_permissions", "-p", vhost, name, "^a", "", ".*"),
			official("set_topic_permissions", "-p", vhost, name, "amq.topic", "^a", ".*"),
			official("clear_topic_permissions", "-p", vhost, name, "amq.topic"),
			official("clear_permissions", "-p", vhost, name),
			official("clear_password", name),
			official("delete_user", name),
			official("set_vhost_tags", vhost, "b", "a"),
			official("trace_on", "-p", vhost),
			official("trace_off", "-p", vhost),
			official("set_vhost_limits", "-p", vhost, `{"max-queues":50}`),
			official("clear_vhost_limits", "-p", vhost),
			official("set_policy", "-p", vhost, "p", "^q", `{"max-length":5}`, "--priority", "2", "--apply-to", "queues"),
			official("set_operator_policy", "-p", vhost, "p", "^q", `{"max-length":5}`),
			official("clear_policy", "-p", vhost, "p"),
			official("clear_operator_policy", "-p", vhost, "p"),
			official("set_global_parameter", name, `{"a":[1,2.5,{}]}`),
			official("clear_global_parameter", name),
			official("add_vhost", name),
			official("delete_vhost", name),
			official("delete_queue", "-p", vhost, "q3"),
		} {
			p.Clear()
			for _, method := range changesOf() {
				p.On(method, "", faults[i%len(faults)])
			}
			r := run(t, env, program("rabbitctl"), words...)
			told := strings.Contains(r.stderr, "note: the answer was lost (") ||
				strings.Contains(r.stderr, " failed with status 500, but ")
			if r.code != 0 || !told || !strings.Contains(r.stderr, "a second look shows that ") {
				t.Errorf("%q: exit %d\n%s%s", words, r.code, r.stdout, r.stderr)
			}
			sentOnce(t, p)
		}
		t.Run("never done", func(t *testing.T) {
			b.declare(t, vhost, "stays", nil)
			p.Clear()
			p.On("DELETE", "", faultproxy.Reset()).Unasked()
			r := run(t, env, program("rabbitctl"), "delete_queue", "-p", vhost, "stays", "--yes").exits(t, 75)
			if !strings.Contains(r.stderr, "was not deleted, as far as can be seen") {
				t.Error(r.stderr)
			}
			sentOnce(t, p)
		})
		t.Run("not to be seen", func(t *testing.T) {
			p.Clear()
			p.On("DELETE", "", faultproxy.Reset())
			r := run(t, env, program("rabbitctl"), "as", "rabbitmq-diagnostics", "reset_node_auth_attempt_metrics").exits(t, 75)
			if !strings.Contains(r.stderr, "may have been reset: the answer was lost") {
				t.Error(r.stderr)
			}
			sentOnce(t, p)
		})
		t.Run("interrupted", func(t *testing.T) {
			p.Clear()
			p.On("DELETE", "", faultproxy.Hang())
			k := start(t, "env", append(env, program("rabbitctl"), "delete_queue", "-p", vhost, "stays", "--yes")...)
			eventually(t, func() (bool, string) {
				status, _ := b.api(t, "GET", path("queues", vhost, "stays"), nil)
				return status == 404, "the queue is still there"
			})
			if err := k.cmd.Process.Signal(os.Interrupt); err != nil {
				t.Fatal(err)
			}
			select {
			case <-k.ended:
			case <-time.After(patience):
				t.Fatal("it does not end")
			}
			if out := k.out.String(); k.cmd.ProcessState.ExitCode() != 0 || !strings.Contains(out,
				"the answer was lost (interrupted)") || !strings.HasSuffix(out, "deleted\n") {
				t.Errorf("%v: %s", k.cmd.ProcessState, out)
			}
			sentOnce(t, p)
		})
	})
}
