//go:build acceptance

package acceptance

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestListQueues_consumersApart: with many queues, list_queues counts consumers from the listing of consumers. For
// columns that only show what was set at the declaration, it requests the queues without totals. The results must agree
// with rabbitmqctl, also for users to whom the broker does not show all consumers.
func TestListQueues_consumersApart(t *testing.T) {
	onEach(t, func(t *testing.T, b *broker) {
		vhost := b.vhost(t, "many ")
		b.fill(t, vhost, 0, 2_000)
		for name, arguments := range map[string]map[string]any{
			"quorum": {"x-queue-type": "quorum"}, "stream": {"x-queue-type": "stream"},
			"single": {"x-single-active-consumer": true},
		} {
			b.declare(t, vhost, name, arguments)
		}
		for _, name := range []string{"q00007", "q00007", "q01999", "quorum", "stream", "stream", "single", "single"} {
			b.startDevbroker(t, "consume", "-p", vhost, "--queue="+name, "--never-ack", "--prefetch", "1", "--for", "20m").
				says(t, "ready")
		}
		b.publish(t, vhost, "q00007", "--count", "3")

		listing := []string{"list_queues", "-p", vhost, "name", "messages", "consumers"}
		b.sameLines(t, listing, listing)
		// If list_queues requests the statistics, --trace prints a line that ends with the constant stats. For the
		// administrator this must not happen, because another request counts the messages.
		const stats = "?columns=name%2Cmessages%2Cconsumers%2Cstate%2Cvhost%2Ctype&node_stats_age=60&node_stats_incr=5\n"
		asked := b.rabbitctl(t, append(listing, "--trace")...).ok(t).stderr
		if strings.Contains(asked, stats) || !strings.Contains(asked, "/api/consumers/") {
			t.Errorf("the statistics are asked:\n%s", asked)
		}

		name, password := b.user(t, "management")
		b.do(t, "PUT", path("permissions", vhost, name), map[string]any{"configure": "", "write": "", "read": ".*"})
		as := []string{"RABBITCTL_URL=" + strings.Replace(b.URL, "guest:guest", name+":"+password, 1)}
		if asked := run(t, as, program("rabbitctl"), append(listing, "--trace")...).ok(t).stderr; !strings.Contains(asked,
			stats) {
			t.Errorf("the statistics are not asked for a user with the tag management:\n%s", asked)
		}
		want := b.rabbitctl(t, listing...).ok(t).lines()
		eventually(t, func() (bool, string) {
			diff := cmp.Diff(want, run(t, as, program("rabbitctl"), listing...).ok(t).lines())
			return diff == "", fmt.Sprintf("a user with the tag management (+) sees other consumers:\n%s", diff)
		})

		declared := []string{"name", "durable", "auto_delete", "type", "arguments"}
		theirs := cells(t, b.ctl(t, append([]string{"rabbitmqctl", "-q", "list_queues", "-p", vhost}, declared...)...).ok(t),
			len(declared))
		ours := b.rabbitctl(t, append([]string{"list_queues", "-p", vhost, "--trace"}, declared...)...).ok(t)
		if strings.Contains(ours.stderr, "enable_queue_totals") {
			t.Errorf("the queues are asked for totals that nobody wants:\n%s", ours.stderr)
		}
		if diff := cmp.Diff(theirs, cells(t, ours, len(declared))); diff != "" || len(theirs) != 2_003 ||
			!slices.Contains(want, "stream\t0\t2") {
			t.Errorf("%d queues; rabbitmqctl (-) and rabbitctl (+) differ:\n%s", len(theirs), diff)
		}
	})
}
