//go:build acceptance

package acceptance

import (
	"encoding/json"
	"testing"
	"time"
)

// TestCountsAtOnce declares a queue, publishes seven confirmed messages to it and counts them at once. The statistics
// would report them only some seconds later.
func TestCountsAtOnce(t *testing.T) {
	onEach(t, func(t *testing.T, b *broker) {
		vhost := b.vhost(t, "counts ")
		declared := time.Now()
		b.rabbitctl(t, "declare_queue", "-p", vhost, "hello", "--type", "classic").ok(t)
		b.publish(t, vhost, "hello", "--count", "7")
		if got := b.rabbitctl(t, "list_queues", "-p", vhost, "name", "messages").ok(t).
			stdout; got != "name\tmessages\nhello\t7\n" {
			t.Errorf("%s after the declaration the listing is\n%s", time.Since(declared), got)
		}
		if got := b.rabbitctl(t, "list_queues", "-p", vhost).ok(t).
			stdout; got != "vhost\tname\ttype\tstate\tmessages_ready\tmessages_unacknowledged\tmessages\n"+vhost+
			"\thello\tclassic\trunning\t7\t0\t7\n" {
			t.Errorf("the default listing is\n%s", got)
		}
		var queues []struct {
			Name     string
			Messages *int
		}
		out := b.rabbitctl(t, "list_queues", "-p", vhost, "name", "messages", "-o", "json").ok(t).stdout
		if err := json.Unmarshal([]byte(out), &queues); err != nil || len(queues) != 1 || queues[0].Messages == nil ||
			*queues[0].Messages != 7 {
			t.Errorf("%v: %s", err, out)
		}
		// The same count must appear in a listing of all virtual hosts with a filter.
		if got := b.rabbitctl(t, "list_queues", "vhost", "name", "messages", "--where", `vhost == "`+vhost+
			`" && messages == 7`).ok(t).lines(); len(got) != 2 {
			t.Errorf("filtered: %q", got)
		}
		b.rabbitctl(t, "list_queues", "-p", vhost, "name", "--where", "messages > 7").ok(t)
		// A column of the statistics has no value at first. rabbitctl must not print 0 for it.
		b.declare(t, vhost, "young", nil)
		out = b.rabbitctl(t, "list_queues", "-p", vhost, "name", "memory", "--match", "^young$", "-o", "jsonl").ok(t).stdout
		var young struct{ Memory *int }
		if err := json.Unmarshal([]byte(out), &young); err != nil || young.Memory != nil && *young.Memory == 0 {
			t.Errorf("%v: %s", err, out)
		}
	})
}
