//go:build acceptance

package acceptance

import (
	"encoding/json"
	"fmt"
	"math"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// listed decodes the JSON output of a listing.
func listed[T any](t *testing.T, r ran) []T {
	t.Helper()
	var rows []T
	if err := json.Unmarshal([]byte(r.ok(t).stdout), &rows); err != nil {
		t.Fatalf("%v\n%s", err, r.stdout)
	}
	return rows
}

type holder struct {
	Queue, Application, User, Peer, Connection, Note string
	Unacked, Prefetch, Idle                          *int
	Tags                                             []string
}

func held(n *int) int {
	if n == nil {
		return -1
	}
	return *n
}

// TestListUnacked: list_unacked names the client that holds four messages and acknowledges none. With "*" it also
// counts the messages that other clients hold. The test closes the first client's connection with the advised command,
// and the messages return to the queue.
func TestListUnacked(t *testing.T) {
	onEach(t, func(t *testing.T, b *broker) {
		vhost := b.vhost(t, "held ")
		for _, q := range []string{"jobs", "both"} {
			b.declare(t, vhost, q, nil)
			b.publish(t, vhost, q, "--count", "4")
		}
		b.startDevbroker(t, "consume", "-p", vhost, "--queue", "jobs", "--never-ack", "--prefetch", "50", "--consumer-tag",
			"hold",
			"--connection-name", "stuck-worker-7", "--for", "20m").says(t, "ready")
		for _, name := range []string{"first", "second"} {
			b.startDevbroker(t, "consume", "-p", vhost, "--queue", "both", "--never-ack", "--prefetch", "2", "--connection-name",
				name, "--for", "20m").says(t, "ready")
		}
		// This runs at once, before the statistics know of the delivery.
		if r := b.rabbitctl(t, "list_unacked", "jobs", "-p", vhost).ok(t); !strings.Contains(r.stderr, "unacked 4, ready 0") {
			t.Errorf("right after the delivery it says\n%s%s", r.stdout, r.stderr)
		}
		internalHolders(t, b)
		var jobs holder
		eventually(t, func() (bool, string) {
			r := b.rabbitctl(t, "list_unacked", "jobs", "-p", vhost, "-o", "json", "queue", "application", "user", "peer",
				"connection", "note", "unacked", "prefetch", "idle", "tags")
			rows := listed[holder](t, r)
			if len(rows) != 1 || held(rows[0].Unacked) != 4 || rows[0].Application == "" || rows[0].Idle == nil {
				return false, r.stdout + r.stderr
			}
			jobs = rows[0]
			if want := "note: rabbitctl close_connection '" + jobs.Connection + "'"; !strings.Contains(r.stderr,
				"unacked 4, ready 0, consumers 1, held by no listed channel 0") || !strings.Contains(r.stderr, want) {
				return false, r.stderr
			}
			return true, ""
		})
		if jobs.Application != "stuck-worker-7" || jobs.User != "guest" || !strings.HasPrefix(jobs.Peer, "127.0.0.1:") ||
			held(jobs.Prefetch) != 50 || fmt.Sprint(jobs.Tags) != "[hold]" || jobs.Note != "" {
			t.Errorf("%+v", jobs)
		}
		eventually(t, func() (bool, string) {
			r := b.rabbitctl(t, "list_unacked", "*", "-p", vhost, "-o", "json", "queue", "application", "unacked")
			sum := 0
			for _, h := range listed[holder](t, r) {
				sum += held(h.Unacked)
			}
			return sum == 8 && strings.Contains(r.stderr, "unacked 8 in 2 of 2 queues, held by no listed channel 0"),
				r.stdout + r.stderr
		})

		b.rabbitctl(t, "close_connection", jobs.Connection, "--dry-run").ok(t)
		b.rabbitctl(t, "close_connection", jobs.Connection).exits(t, 64)
		r := b.rabbitctl(t, "close_connection", jobs.Connection, "holds "+vhost, "--yes").ok(t)
		if !strings.HasPrefix(r.stdout, "closed\n") {
			t.Errorf("%s%s", r.stdout, r.stderr)
		}
		if got := b.rabbitctl(t, "list_queues", "-p", vhost, "messages_ready", "--match", "^jobs$", "--no-table-headers").
			ok(t).stdout; got != "4\n" {
			t.Errorf("ready after the connection was closed: %s", got)
		}
		b.rabbitctl(t, "close_connection", jobs.Connection, "--yes").exits(t, 65)
		b.rabbitctl(t, "list_unacked", "nosuch", "-p", vhost).exits(t, 65)
	})
}

// internalHolders has shovels that hold messages which their destination refuses: list_unacked must list each of them.
// One shovel is a client inside the broker, with a channel but no address. On 4.3 there is also a local shovel, which
// has no channel and no address.
func internalHolders(t *testing.T, b *broker) {
	vhost := b.vhost(t, "shovels ")
	protocols := []string{"amqp091"}
	if b.Release == "4.3" {
		protocols = append(protocols, "local")
	}
	for _, protocol := range protocols {
		b.declare(t, vhost, protocol, nil)
		b.declare(t, vhost, protocol+" full", map[string]any{"x-max-length": 0, "x-overflow": "reject-publish"})
		b.publish(t, vhost, protocol, "--count", "3")
		uri := "amqp:///" + url.PathEscape(vhost)
		b.do(t, "PUT", path("parameters", "shovel", vhost, protocol),
			map[string]any{"value": map[string]any{"src-protocol": protocol, "src-uri": uri, "src-queue": protocol,
				"dest-protocol": protocol, "dest-uri": uri, "dest-queue": protocol + " full", "ack-mode": "on-confirm"}})
	}
	t.Cleanup(func() {
		for _, protocol := range protocols {
			_, _, _ = b.request("DELETE", path("parameters", "shovel", vhost, protocol), nil)
		}
	})
	eventually(t, func() (bool, string) {
		r := b.rabbitctl(t, "list_unacked", "-p", vhost, "-o", "json")
		rows := listed[holder](t, r)
		for _, h := range rows {
			if held(h.Unacked) != 3 || h.Peer != "" || strings.Contains(h.Note, "no consumer") || h.Queue == "amqp091" &&
				h.Application != "Shovel amqp091" {
				return false, r.stdout + r.stderr
			}
		}
		return len(rows) == len(protocols), r.stdout + r.stderr
	})
}

// TestListStuck: list_stuck must name the reason why a queue is stuck whose consumer sleeps in its handler while
// messages arrive, and a queue without a consumer. It must say when a queue that drains will be empty, and must not
// list a queue in which messages come and go.
func TestListStuck(t *testing.T) {
	onEach(t, func(t *testing.T, b *broker) {
		vhost := b.vhost(t, "stuck ")
		for q, count := range map[string]string{"sleepy": "5", "lonely": "3", "drains": "300", "flows": "1"} {
			b.declare(t, vhost, q, nil)
			b.publish(t, vhost, q, "--count", count)
		}
		b.startDevbroker(t, "consume", "-p", vhost, "--queue", "sleepy", "--never-ack", "--prefetch", "1", "--for", "20m").
			says(t, "ready")
		b.startDevbroker(t, "publish", "-p", vhost, "--queue", "sleepy", "--rate", "10", "--for", "20m")
		b.startDevbroker(t, "consume", "-p", vhost, "--queue", "drains", "--prefetch", "5", "--slow", "200ms", "--for",
			"20m").says(t, "ready")
		b.startDevbroker(t, "consume", "-p", vhost, "--queue", "flows", "--prefetch", "5", "--for", "20m").says(t, "ready")
		b.startDevbroker(t, "publish", "-p", vhost, "--queue", "flows", "--rate", "10", "--for", "20m")
		b.awaitConsumers(t, vhost, map[string]float64{"sleepy": 1, "lonely": 0, "drains": 1, "flows": 1})
		r := b.rabbitctl(t, "list_stuck", "-p", vhost, "--sample", "10s", "-o", "json", "queue", "class", "reason", "eta",
			"growth", "next")
		got := map[string]string{}
		for _, q := range listed[struct {
			Queue, Class, Reason, Next string
			Eta, Growth                *float64
		}](t, r) {
			got[q.Queue] = q.Class + ": " + q.Reason
			if q.Queue == "drains" && (q.Eta == nil || *q.Eta < 20 || *q.Eta > 90) {
				t.Errorf("it does not say when it is empty: %s", r.stdout)
			}
			if q.Queue == "sleepy" && (q.Growth == nil || *q.Growth < 8 || *q.Growth > 12 || !strings.HasPrefix(q.Next,
				"rabbitctl list_unacked -p ")) {
				t.Errorf("%s", r.stdout)
			}
		}
		for queue, want := range map[string]string{"sleepy": "not-acking: prefetch full (1 of 1), no ack in 10s",
			"lonely": "no-consumer: nobody reads it", "drains": "draining: drains ", "flows": ""} {
			if !strings.HasPrefix(got[queue], want) || want == "" && got[queue] != "" {
				t.Errorf("%s is %q, want %q", queue, got[queue], want)
			}
		}
	})
}

// TestListChurn opens and closes connections as a user of its own. The printed rate must be close to the client's own,
// and the listing must name the user and its host.
func TestListChurn(t *testing.T) {
	onEach(t, func(t *testing.T, b *broker) {
		vhost := b.vhost(t, "churn ")
		user, password := b.user(t, "")
		b.do(t, "PUT", path("permissions", vhost, user), map[string]any{"configure": ".*", "write": ".*", "read": ".*"})
		b.startDevbroker(t, "connect", "-p", vhost, "--connection-name", "steady", "--for", "20m").says(t, "ready")
		address := strings.Replace(b.AMQPURL, "guest:guest", user+":"+password, 1)
		begun := time.Now()
		churn := start(t, program("devbroker"), "churn", "--url", address, "-p", vhost, "--rate", "20", "--life", "100ms",
			"--for", "20m")
		// The broker's counters are up to five seconds old, so a sample that began at once would begin before the churn.
		eventually(t, func() (bool, string) {
			_, body, err := b.request("GET", "/overview?columns=churn_rates.connection_created_details.rate", nil)
			rate := record.Value(body).At("churn_rates").At("connection_created_details").At("rate")
			n, _ := rate.Number()
			return err == nil && n > 10, string(body)
		})
		// Other tests open connections at the same time, and the broker counts those as well.
		r := b.rabbitctl(t, "list_churn", "--sample", "15s", "-o", "json", "user", "peer_host", "opened", "closed", "open",
			"share")
		rows := listed[struct {
			User         string
			PeerHost     string `json:"peer_host"`
			Opened, Open int
		}](t, r)
		churn.stop() // it goes on until it has been looked at, however long that takes
		lasts := time.Since(begun)
		churn.says(t, "opened ")
		opened, err := strconv.ParseFloat(regexp.MustCompile(`opened (\d+)`).FindStringSubmatch(churn.out.String())[1], 64)
		if err != nil {
			t.Fatal(err)
		}
		rate := regexp.MustCompile(`note: connections opened ([\d.]+)/s, closed ([\d.]+)/s;`).FindStringSubmatch(r.stderr)
		if rate == nil {
			t.Fatalf("no rate: %s", r.stderr)
		}
		if got, _ := strconv.ParseFloat(rate[1], 64); math.Abs(got/(opened/lasts.Seconds())-1) > 0.35 {
			// Both samples use counters that can be some seconds old, so the rate is not exact.
			t.Errorf("%s a second, and the client opened %v in %s", rate[1], opened, lasts)
		}
		found := false
		for _, g := range rows {
			found = found || g.User == user && g.PeerHost == "127.0.0.1" && g.Opened > 0
		}
		if !found {
			t.Errorf("user %s is not named:\n%s%s", user, r.stdout, r.stderr)
		}
	})
}

// TestListLeaders: on a broker with a single node, list_leaders counts one leader for each type of queue on that node.
func TestListLeaders(t *testing.T) {
	onEach(t, func(t *testing.T, b *broker) {
		vhost := b.vhost(t, "led ")
		b.declare(t, vhost, "classic", nil)
		b.declare(t, vhost, "quorum", map[string]any{"x-queue-type": "quorum"})
		b.declare(t, vhost, "stream", map[string]any{"x-queue-type": "stream"})
		eventually(t, func() (bool, string) {
			r := b.rabbitctl(t, "list_leaders", "-p", vhost).ok(t)
			want := "node\trunning\tquorum\tstreams\tclassic\tshare\tsurplus\n" + b.Node + "\ttrue\t1\t1\t1\t1\t\n"
			return r.stdout == want && strings.Contains(r.stderr, "a rebalance counts"), r.stdout + r.stderr
		})
	})
}
