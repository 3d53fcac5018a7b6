//go:build acceptance

package acceptance

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"
)

// TestDiskAlarm raises the disk alarm while one client publishes, one consumes and one is idle. The checks report the
// alarm at once, though the node listing still shows the old figures. explain_blocked names the blocked client.
func TestDiskAlarm(t *testing.T) {
	onEach(t, func(t *testing.T, b *broker) {
		vhost := b.vhost(t, "alarm ")
		b.declare(t, vhost, "orders", nil)
		b.declare(t, vhost, "empty", nil)
		b.startDevbroker(t, "publish", "-p", vhost, "--queue", "orders", "--rate", "5", "--for", "10m", "--connection-name",
			"orders-publisher")
		b.startDevbroker(t, "consume", "-p", vhost, "--queue", "empty", "--for", "10m", "--connection-name",
			"orders-consumer").says(t, "ready")
		b.startDevbroker(t, "connect", "-p", vhost, "--for", "10m", "--connection-name", "idler").says(t, "ready")
		b.awaitConnections(t, "orders-publisher", "orders-consumer", "idler")

		b.allClear(t)
		b.raiseDiskAlarm(t)
		b.stopped(t, "check_disk")
		b.stopped(t, "check_alarms")
		// The broker renews the node listing every few seconds. While the listing shows the old figures, check_disk says so.
		if n := get[[]nodeFigures](t, b, "/nodes")[0]; n.DiskFreeAlarm || n.DiskFreeLimit == 1e12 {
			t.Logf("the node listing was renewed already: %+v", n)
		}
		b.explains(t)
		// People often test with a publish over HTTP whether sending works. Such a publish succeeds even under the alarm.
		routed := b.do(t, "POST", path("exchanges", vhost, "amq.default", "publish"), map[string]any{
			"properties": map[string]any{}, "routing_key": "orders", "payload": "x", "payload_encoding": "string"})
		if string(routed) != `{"routed":true}` {
			t.Errorf("publishing over HTTP under the alarm: %s", routed)
		}
		b.rabbitctl(t, "declare_queue", "-p", vhost, "under-alarm").ok(t)

		b.clearDiskAlarm(t)
		b.allClear(t)
		// When the alarm is over, the publisher continues, though not always at once.
		count := func() string {
			return b.rabbitctl(t, "list_queues", "-p", vhost, "messages", "--match", "^orders$", "--no-table-headers").ok(t).
				stdout
		}
		before := count()
		eventually(t, func() (bool, string) {
			now := count()
			return now != before, "the publisher is still stuck at " +
				now
		})
	})
}

type nodeFigures struct {
	DiskFree      float64 `json:"disk_free"`
	DiskFreeLimit float64 `json:"disk_free_limit"`
	DiskFreeAlarm bool    `json:"disk_free_alarm"`
}

// awaitConnections waits until the listing of connections has clients with these names.
func (b *broker) awaitConnections(t *testing.T, names ...string) {
	t.Helper()
	eventually(t, func() (bool, string) {
		_, body := b.api(t, "GET", "/connections", nil)
		for _, n := range names {
			if !strings.Contains(string(body), `"`+n+`"`) {
				return false, n + " is not in " + string(body)
			}
		}
		return true, ""
	})
}

// allClear runs check_disk, check_alarms and explain_blocked once. Without an alarm all must exit with 0, also right
// after one.
func (b *broker) allClear(t *testing.T) {
	t.Helper()
	for _, command := range []string{"check_disk", "check_alarms"} {
		if r := b.rabbitctl(t, command).ok(t); !strings.HasPrefix(r.stdout, "OK") {
			t.Errorf("%s: %s", command, r.stdout)
		}
	}
	if r := b.rabbitctl(t, "explain_blocked").ok(t); !strings.HasPrefix(r.stdout, "NOT BLOCKED") {
		t.Errorf("explain_blocked: %s", r.stdout)
	}
}

// stopped runs a check right after the alarm was raised, in each of three output formats. The check must be CRITICAL.
// If the node listing does not show the alarm yet, check_disk must say that.
func (b *broker) stopped(t *testing.T, check string) {
	t.Helper()
	before := get[[]nodeFigures](t, b, "/nodes")[0]
	r := b.rabbitctl(t, check).exits(t, 2)
	after := get[[]nodeFigures](t, b, "/nodes")[0]
	if !strings.HasPrefix(r.stdout, "CRITICAL") || !strings.Contains(r.stdout, b.Node) {
		t.Errorf("%s: %s", check, r.stdout)
	}
	stale := !before.DiskFreeAlarm && !after.DiskFreeAlarm && after.DiskFree > after.DiskFreeLimit
	if stale && check == "check_disk" && !strings.Contains(r.stdout, "older than the alarm") {
		t.Errorf("the node listing shows no alarm (%+v), and check_disk does not say that it is behind:\n%s", after, r.stdout)
	}
	if !stale {
		t.Logf("the node listing was renewed before %s: %+v", check, after)
	}
	b.rabbitctl(t, check, "-o", "json").exits(t, 2)
	b.rabbitctl(t, check, "-o", "prometheus").exits(t, 2)
}

// explains checks how explain_blocked answers the question "why does sending not work?".
func (b *broker) explains(t *testing.T) {
	t.Helper()
	r := b.rabbitctl(t, "explain_blocked").exits(t, 2)
	if !strings.HasPrefix(r.stdout, "BLOCKED") {
		t.Errorf("the verdict does not come first:\n%s", r.stdout)
	}
	for _, want := range []string{"orders-publisher", b.Node, "rabbitctl set_disk_free_limit ", " --node " + b.Node,
		"disk_free_limit.absolute = ", "HTTP"} {
		if !strings.Contains(r.stdout, want) {
			t.Errorf("%q is not in\n%s", want, r.stdout)
		}
	}
	// Both lines of the advice, the command and the configuration, must set the same limit.
	limits := regexp.MustCompile(`(?:set_disk_free_limit|disk_free_limit\.absolute =) (\d+[GM]B)`).
		FindAllStringSubmatch(r.stdout, -1)
	if len(limits) != 2 || limits[0][1] != limits[1][1] {
		t.Errorf("the limits to set: %q", limits)
	}
	// In JSON, the stuck client is blocked. The other two are blocking: their next publish would block them.
	eventually(t, func() (bool, string) {
		r := b.rabbitctl(t, "explain_blocked", "-o", "json").exits(t, 2)
		var answer struct {
			Status            string
			Blocked, Blocking []struct{ Application, User, Peer string }
			Fixes             []struct{ Text string }
		}
		if err := json.Unmarshal([]byte(r.stdout), &answer); err != nil {
			t.Fatalf("%v\n%s", err, r.stdout)
		}
		names := map[string]string{}
		for _, c := range answer.Blocked {
			names[c.Application] = "blocked"
		}
		for _, c := range answer.Blocking {
			names[c.Application] = "blocking"
		}
		got := fmt.Sprintln(answer.Status, len(answer.Fixes) > 1, names["orders-publisher"], names["orders-consumer"],
			names["idler"])
		return got == "CRITICAL true blocked blocking blocking\n", got + r.stdout
	})
}

// TestDiskMargins: while no alarm is in effect, check_disk compares free space with --warning and --critical, and must
// be OK, WARNING or CRITICAL accordingly.
func TestDiskMargins(t *testing.T) {
	onEach(t, func(t *testing.T, b *broker) {
		// check_disk compares free space with the limit as the node listing reports them. The listing can show the
		// previous test's limit up to 5 s later, so wait until it has shown no alarm and enough free space for 7 s.
		var since time.Time
		eventually(t, func() (bool, string) {
			n := get[[]nodeFigures](t, b, "/nodes")[0]
			if n.DiskFreeAlarm || n.DiskFree <= n.DiskFreeLimit {
				since = time.Time{}
			} else if since.IsZero() {
				since = time.Now()
			}
			return !since.IsZero() && time.Since(since) > 7*time.Second, fmt.Sprintf("%+v", n)
		})
		perfdata := regexp.MustCompile(` \| '?` + regexp.QuoteMeta(b.Node) + `_free'?=\d+B`)
		for _, x := range []struct {
			args []string
			code int
			word string
		}{
			{nil, 0, "OK"},
			{[]string{"--warning", "100000000x"}, 1, "WARNING"},
			{[]string{"--warning", "100000000x", "--critical", "100000000x"}, 2, "CRITICAL"},
			{[]string{"--warning", "1000TB", "--critical", "0"}, 1, "WARNING"},
			{[]string{"--critical", "1000TB"}, 2, "CRITICAL"},
			{[]string{"--warning", "0", "--critical", "0"}, 0, "OK"},
		} {
			r := b.rabbitctl(t, append([]string{"check_disk"}, x.args...)...).exits(t, x.code)
			first := r.lines()[0]
			if !strings.HasPrefix(first, x.word+" ") || !perfdata.MatchString(first) {
				t.Errorf("check_disk %q: %s", x.args, r.stdout)
			}
		}
		b.rabbitctl(t, "check_disk", "--warning", "lots").exits(t, 64)
		if r := b.rabbitctl(t, "check_disk", "-o", "prometheus").ok(t); !strings.Contains(r.stdout, "# TYPE ") ||
			!strings.Contains(r.stdout, b.Node) {
			t.Errorf("prometheus: %s", r.stdout)
		}
	})
}
