//go:build acceptance

package acceptance

import (
	"strings"
	"testing"
	"time"
)

// TestTap: a tap shows what is published, and however it ends, its queue goes.
func TestTap(t *testing.T) {
	onEach(t, func(t *testing.T, b *broker) {
		vhost := b.vhost(t, "tap ")
		b.rabbitctl(t, "declare_exchange", "x", "--type", "topic", "-p", vhost).ok(t)
		queues := func() string {
			return b.rabbitctl(t, "list_queues", "-p", vhost, "name", "-q", "--no-table-headers").ok(t).stdout
		}
		tapped := make(chan ran, 1)
		go func() {
			tapped <- b.rabbitctl(t, "tap", "--exchange", "x", "--limit", "2", "--body-only", "-p", vhost)
		}()
		eventually(t, func() (bool, string) { has := queues(); return strings.HasPrefix(has, "rabbitctl-tap-"), has })
		for _, body := range []string{"one", "two"} {
			b.rabbitctl(t, "publish_message", "--exchange", "x", "--routing-key", "a.b", body, "-p", vhost)
		}
		if r := (<-tapped).ok(t); r.stdout != "one\ntwo\n" {
			t.Errorf("%q", r.stdout)
		}
		b.killedAfter(t, time.Second, []string{"tap", "--exchange", "x", "-p", vhost})
		eventually(t, func() (bool, string) { has := queues(); return has == "", has })
	})
}
