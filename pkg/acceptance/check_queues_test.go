//go:build acceptance

package acceptance

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// queueVerdicts has those members of the JSON output of check_queues that the tests read.
type queueVerdicts struct {
	Status, Summary string
	LookedAt        string `json:"looked_at"`
	Queues          []struct {
		Name, Status  string
		Growth, Drain *float64
	}
}

// checks runs check_queues in a virtual host, expects the exit code, and returns stdout.
func (b *broker) checks(t *testing.T, code int, vhost string, args ...string) string {
	t.Helper()
	return b.rabbitctl(t, append([]string{"check_queues", "-p", vhost}, args...)...).exits(t, code).stdout
}

// TestCheckQueues judges the queues of a shop, among them one with messages and no consumer, one with two consumers,
// one that the command leaves out, and one that is exclusive to a connection. It tries each limit on both sides.
func TestCheckQueues(t *testing.T) {
	onEach(t, func(t *testing.T, b *broker) {
		vhost := b.vhost(t, "shop ")
		if got := b.checks(t, 3, vhost, "--max-ready", "10"); !strings.HasPrefix(got,
			"UNKNOWN - there is no queue in virtual host "+vhost) {
			t.Errorf("an empty virtual host: %s", got)
		}
		b.checks(t, 0, vhost, "--max-ready", "10", "--missing", "ok")
		for _, q := range []string{"orders", "mail", "batch.night", "nine", "eleven", "held", "old"} {
			b.declare(t, vhost, q, nil)
		}
		b.publish(t, vhost, "orders", "--count", "12")
		b.publish(t, vhost, "nine", "--count", "9")
		b.publish(t, vhost, "eleven", "--count", "11")
		b.publish(t, vhost, "held", "--count", "5")
		b.publish(t, vhost, "old", "--count", "1", "--property", fmt.Sprintf("timestamp=%d", time.Now().Add(-10*time.Minute).
			Unix()))
		b.startDevbroker(t, "connect", "-p", vhost, "--exclusive-queue", "own", "--for", "20m").says(t, "ready")
		for range 2 {
			b.startDevbroker(t, "consume", "-p", vhost, "--queue", "mail", "--for", "20m").says(t, "ready")
		}
		b.startDevbroker(t, "consume", "-p", vhost, "--queue", "held", "--never-ack", "--prefetch", "3", "--for", "20m").
			says(t, "ready")
		b.awaitConsumers(t, vhost, map[string]float64{"orders": 0, "mail": 2, "batch.night": 0, "held": 1, "own": 0,
			"old": 0})

		got := b.checks(t, 2, vhost, "--match", "^(orders|mail|batch|own)", "--exclude", `^batch\.`, "--min-consumers", "1")
		if !strings.HasPrefix(got, "CRITICAL - 1 of 2 queues: orders has no consumer (at least 1), 12 ready | ") ||
			!strings.Contains(got, "skipped 1 exclusive or server-named, 1 by --exclude") {
			t.Errorf("no consumer: %s", got)
		}
		b.checks(t, 0, vhost, "--match", "^mail$", "--min-consumers", "2")
		b.checks(t, 1, vhost, "--match", "^mail$", "--min-consumers", "3,1")
		b.checks(t, 2, vhost, "--match", "^own$", "--min-consumers", "1", "--include-temporary")
		// The counts are compared as numbers: as text, 9 would be more than 10.
		got = b.checks(t, 2, vhost, "--match", "^(nine|eleven)$", "--max-ready", "10")
		if !strings.HasPrefix(got, "CRITICAL - 1 of 2 queues: eleven has 11 ready (at most 10) | ") {
			t.Errorf("9 and 11 against 10: %s", got)
		}
		b.checks(t, 0, vhost, "--match", "^eleven$", "--max-ready", "11")
		b.checks(t, 1, vhost, "--match", "^eleven$", "--max-ready", "10,11")
		b.checks(t, 2, vhost, "--match", "^held$", "--max-unacked", "2")
		b.checks(t, 0, vhost, "--match", "^held$", "--max-unacked", "3")
		b.checks(t, 2, vhost, "--match", "^old$", "--max-age", "5m")
		b.checks(t, 0, vhost, "--match", "^old$", "--max-age", "1h")
		if got := b.checks(t, 3, vhost, "--match", "^nine$", "--max-age", "1h"); !strings.Contains(got,
			"does not report how old its messages are") {
			t.Errorf("messages without a timestamp: %s", got)
		}
		for missing, code := range map[string]int{"unknown": 3, "warning": 1, "critical": 2, "ok": 0} {
			b.checks(t, code, vhost, "--match", "^orders$", "--match", "^invoices$", "--max-ready", "100", "--missing", missing)
		}
		b.checks(t, 64, vhost)
		b.checks(t, 64, vhost, "--max-growth", "1", "--sample", "4s")

		b.youngQueueIsUnknown(t, vhost)

		name, password := b.user(t, "monitoring")
		env := []string{"RABBITCTL_URL=" + strings.Replace(b.URL, "guest:guest", name+":"+password, 1)}
		r := run(t, env, program("rabbitctl"), "check_queues", "--max-ready", "1000000", "--missing", "ok").exits(t, 3)
		if !strings.Contains(r.stdout, "user "+name+" has access to none of the virtual hosts") {
			t.Errorf("a user who sees nothing: %s", r.stdout)
		}
	})
}

// awaitConsumers waits until the statistics report the wanted number of consumers, and any number of messages, for each
// queue in the map.
func (b *broker) awaitConsumers(t *testing.T, vhost string, want map[string]float64) {
	t.Helper()
	type queue struct {
		Name      string
		Consumers *float64
		Messages  *float64
	}
	eventually(t, func() (bool, string) {
		all := get[[]queue](t, b, path("queues", vhost)+"?columns=name,consumers,messages")
		for _, q := range all {
			if n, ok := want[q.Name]; ok && (q.Consumers == nil || *q.Consumers != n || q.Messages == nil) {
				return false, fmt.Sprintf("queue %s has not %v consumers yet", q.Name, n)
			}
		}
		return true, ""
	})
}

// youngQueueIsUnknown judges a queue whose consumer the statistics do not know yet: the verdict must be UNKNOWN. If the
// statistics come first, it tries another queue, up to five.
func (b *broker) youngQueueIsUnknown(t *testing.T, vhost string) {
	t.Helper()
	for n := range 5 {
		name := fmt.Sprintf("young%d", n)
		b.declare(t, vhost, name, nil)
		b.startDevbroker(t, "consume", "-p", vhost, "--queue", name, "--for", "20m").says(t, "ready")
		r := b.rabbitctl(t, "check_queues", "-p", vhost, "--match", "^"+name+"$", "--min-consumers", "1")
		if r.code == 3 && strings.Contains(r.stdout, "does not report consumers yet") {
			return
		}
		// The check may judge only if the broker already reported the consumers.
		if raw := get[map[string]any](t, b, path("queues", vhost, name)); raw["consumers"] == nil {
			t.Fatalf("exit %d though the broker reports no consumers: %s", r.code, r.stdout)
		}
	}
	t.Error("five young queues were all known to the statistics at once")
}

// TestCheckQueues_growth has a queue that grows by two messages a second and a queue that drains by two. check_queues
// must find the first CRITICAL and the second OK, when it measures for fifteen seconds within one run, and when it
// compares with the counts of an earlier run.
func TestCheckQueues_growth(t *testing.T) {
	onEach(t, func(t *testing.T, b *broker) {
		vhost := b.vhost(t, "trend ")
		for _, q := range []struct {
			name, rate, slow string
		}{{"up", "5", "333ms"}, {"down", "3", "200ms"}} {
			b.declare(t, vhost, q.name, nil)
			b.publish(t, vhost, q.name, "--count", "300")
			b.startDevbroker(t, "consume", "-p", vhost, "--queue", q.name, "--prefetch", "1", "--slow", q.slow, "--for", "20m").
				says(t, "ready")
			b.startDevbroker(t, "publish", "-p", vhost, "--queue", q.name, "--rate", q.rate, "--for", "20m")
		}
		b.awaitConsumers(t, vhost, map[string]float64{"up": 1, "down": 1})
		state := filepath.Join(t.TempDir(), "queues.state")
		if got := b.checks(t, 3, vhost, "--max-growth", "1", "--state", state); !strings.Contains(got,
			"there was no earlier reading") {
			t.Errorf("the first run: %s", got)
		}
		b.judgesTrend(t, b.checks(t, 2, vhost, "--max-drain", "15m", "--sample", "15s", "-o", "json"))
		b.judgesTrend(t, b.checks(t, 2, vhost, "--max-drain", "15m", "--state", state, "-o", "json"))
		if got := b.checks(t, 3, vhost, "--max-drain", "15m", "--state", state); !strings.Contains(got,
			"s old, and brokers renew") {
			t.Errorf("right after a run: %s", got)
		}
		b.checks(t, 3, vhost, "--max-drain", "15m", "--state", filepath.Join(t.TempDir(), "no", "folder"))
	})
}

func (b *broker) judgesTrend(t *testing.T, text string) {
	t.Helper()
	var v queueVerdicts
	if err := json.Unmarshal([]byte(text), &v); err != nil || len(v.Queues) != 2 {
		t.Fatalf("%v\n%s", err, text)
	}
	// The speed of the clients depends on the load of the machine, so the bounds are wide. Unit tests check the exact
	// figures.
	between := func(n *float64, least, most float64) bool { return n != nil && *n >= least && *n <= most }
	up, down := v.Queues[0], v.Queues[1]
	if up.Name != "up" || up.Status != "CRITICAL" || !between(up.Growth, 1, 5) || up.Drain != nil ||
		!strings.Contains(v.Summary, "up grows ") {
		t.Errorf("it does not grow by 2 a second:\n%s", text)
	}
	if down.Name != "down" || down.Status != "OK" || !between(down.Growth, -5, -0.5) || !between(down.Drain, 30, 900) {
		t.Errorf("it does not drain by 2 a second:\n%s", text)
	}
}
