//go:build acceptance

package acceptance

import (
	"encoding/json"
	"fmt"
	"os/exec"
	"strings"
	"testing"
	"time"
)

// TestMoveMessages: a move that is killed twice and then runs to its end loses no message. Each kill leaves at most one
// window of messages twice in the destination.
func TestMoveMessages(t *testing.T) {
	onEach(t, func(t *testing.T, b *broker) {
		const many, window = 20_000, 500
		for _, kind := range []string{"classic", "quorum"} {
			t.Run(kind, func(t *testing.T) {
				vhost := b.vhost(t, "move ")
				args := map[string]any{"x-queue-type": kind}
				b.declare(t, vhost, "src", args)
				b.declare(t, vhost, "dst", args)
				b.publish(t, vhost, "src", "--count", fmt.Sprint(many), "--confirm", "--persistent")
				move := []string{"move_messages", "src", "dst", "-p", vhost}

				b.rabbitctl(t, append(move, "--dry-run")...).ok(t)
				kills := 0
				for kills < 2 {
					b.killedAfter(t, time.Duration(kills+1)*150*time.Millisecond, move)
					kills++
				}
				// The killed run held messages. They return to the queue when the broker notices that its connection is gone.
				// The API's count can be one from before that run, so the tool asks the queue itself.
				eventually(t, func() (bool, string) {
					got := b.ctl(t, "rabbitmqctl", "-q", "list_queues", "-p", vhost, "name", "messages_unacknowledged",
						"--no-table-headers").ok(t).stdout
					return strings.Contains(got, "src\t0\n"), got
				})
				b.rabbitctl(t, move...).ok(t)
				b.rabbitctl(t, move...).ok(t).says(t, "unchanged")
				bodies := map[string]int{}
				all := 0
				for _, line := range strings.Split(b.devbroker(t, "consume", "-p", vhost, "--queue", "dst", "--count",
					fmt.Sprint(many+kills*window+1), "--for", "6s", "--prefetch", "2000", "--verbose").ok(t).stdout, "\n") {
					if body, is := strings.CutPrefix(line, "message "); is {
						bodies[body]++
						all++
					}
				}
				if len(bodies) != many || all > many+kills*window {
					t.Errorf("killed %d times: %d different messages of %d, %d in all", kills, len(bodies), many, all)
				}
			})
		}
	})
}

// TestMoveMessages_stopped: a move that the broker stops loses no message, and says how many it moved.
func TestMoveMessages_stopped(t *testing.T) {
	onEach(t, func(t *testing.T, b *broker) {
		const many = 3000
		for _, kind := range []string{"classic", "quorum"} {
			t.Run(kind, func(t *testing.T) {
				vhost := b.vhost(t, "stopped ")
				b.declare(t, vhost, "src", map[string]any{"x-queue-type": kind})
				// A limit of bytes does not stop the move before it begins: rabbitctl learns only from the broker that it is too
				// low.
				b.declare(t, vhost, "full", map[string]any{"x-queue-type": kind, "x-max-length-bytes": 1_000_000,
					"x-overflow": "reject-publish"})
				b.publish(t, vhost, "src", "--count", fmt.Sprint(many), "--size", "1000", "--persistent")
				var told struct {
					Outcome     string
					Messages    int
					SourceReady int `json:"source_ready"`
				}
				r := b.rabbitctl(t, "move_messages", "src", "full", "-p", vhost, "-o", "json").exits(t, 75)
				if err := json.Unmarshal([]byte(r.stdout), &told); err != nil {
					t.Fatal(err)
				}
				if told.Outcome != "incomplete" || told.Messages < 500 || told.Messages+told.SourceReady != many ||
					!strings.Contains(r.stderr, "refused a message") {
					t.Errorf("%+v\n%s", told, r.stderr)
				}
			})
		}
	})
}

// TestMoveMessages_lastAck: if the connection ends before the broker has the last acknowledgements, the messages are in
// both queues, and the command says so.
func TestMoveMessages_lastAck(t *testing.T) {
	onEach(t, func(t *testing.T, b *broker) {
		vhost := b.vhost(t, "unacked ")
		for _, queue := range []string{"src", "dst"} {
			b.declare(t, vhost, queue, map[string]any{"x-queue-type": "quorum"})
		}
		b.publish(t, vhost, "src", "--count", "10", "--confirm")
		url := b.through(t, untilAck, unchanged)
		r := b.rabbitctl(t, "move_messages", "src", "dst", "-p", vhost, "--amqp-url", url).exits(t, 75)
		if !strings.Contains(r.stderr, "10 or more messages may be both at the destination and in queue src") {
			t.Error(r.stderr)
		}
		holdAll(t, 10, 10, b.drained(t, vhost, "src"), b.drained(t, vhost, "dst"))
	})
}

// TestMoveMessages_shovel: if this machine cannot use AMQP, rabbitctl advises --via shovel, with which a shovel on the
// broker moves the messages. After a kill, the next run finds that shovel. At the end the shovel is gone, and messages
// that it could not move are still in the source.
func TestMoveMessages_shovel(t *testing.T) {
	onEach(t, func(t *testing.T, b *broker) {
		const many = 20_000
		vhost := b.vhost(t, "shovel ")
		b.declare(t, vhost, "src", nil)
		b.declare(t, vhost, "dst", nil)
		b.declare(t, vhost, "full", map[string]any{"x-max-length-bytes": 1000, "x-overflow": "reject-publish"})
		b.publish(t, vhost, "src", "--count", fmt.Sprint(many), "--persistent")
		move := func(to string, more ...string) ran {
			return b.rabbitctl(t, append([]string{"move_messages", "src", to, "-p", vhost}, more...)...)
		}
		if r := move("dst", "--amqp-url", "amqp://127.0.0.1:1").exits(t, 69); !strings.Contains(r.stderr,
			"--via shovel lets the broker move the messages") {
			t.Error(r.stderr)
		}
		move("nowhere", "--via", "shovel").exits(t, 65)
		r := move("full", "--via", "shovel").exits(t, 75).says(t, "incomplete")
		if !strings.Contains(r.stderr, "still in queue src") {
			t.Error(r.stderr)
		}
		stored := b.drained(t, vhost, "full")
		move("dst", "--via", "shovel", "--limit", "100").ok(t).says(t, "messages\t100\n")
		b.killedAfter(t, 200*time.Millisecond, []string{"move_messages", "src", "dst", "-p", vhost, "--via", "shovel"})
		move("dst", "--via", "shovel").ok(t)
		move("dst", "--via", "shovel").ok(t).says(t, "unchanged")
		if got := b.rabbitctl(t, "list_parameters", "-p", vhost, "-q", "--no-table-headers").ok(t).stdout; got != "" {
			t.Errorf("a shovel is left: %s", got)
		}
		holdAll(t, many, 500, stored, b.drained(t, vhost, "dst"))
	})
}

// killedAfter starts a command and kills it after some time. It returns false only if the command succeeded before
// that.
func (b *broker) killedAfter(t *testing.T, length time.Duration, args []string) bool {
	t.Helper()
	cmd := exec.Command(program("rabbitctl"), args...)
	cmd.Env = []string{"HOME=" + t.TempDir(), "RABBITCTL_URL=" + b.URL}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	time.Sleep(length)
	_ = cmd.Process.Kill()
	return cmd.Wait() != nil
}
