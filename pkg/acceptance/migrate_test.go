//go:build acceptance

package acceptance

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestMigrateQueue migrates classic queues with messages to quorum queues. The first run is killed in the middle of a
// step, and the second run completes the work. No message is lost, and at most one window of messages is duplicated.
func TestMigrateQueue(t *testing.T) {
	onEach(t, func(t *testing.T, b *broker) {
		const many, window = 10_000, 500
		vhost := b.vhost(t, "migrate ")
		b.do(t, "PUT", path("exchanges", vhost, "shop"), map[string]any{"type": "topic", "durable": true})
		for _, c := range []struct {
			steps int // killed in this step; 4 and 7 move messages
			via   string
		}{{2, "amqp"}, {4, "amqp"}, {7, "amqp"}, {4, "shovel"}} {
			t.Run(fmt.Sprintf("by %s in step %d", c.via, c.steps), func(t *testing.T) {
				name := fmt.Sprint("orders.", c.via, c.steps)
				if c.steps == 7 {
					name += strings.Repeat("-", 230-len(name)) // RabbitMQ allows 255 bytes for the longer names of other queues
				}
				b.declare(t, vhost, name, map[string]any{"x-max-priority": 5, "x-message-ttl": 86400000})
				b.do(t, "POST", path("bindings", vhost, "e", "shop", "q", name), map[string]any{"routing_key": "order.#"})
				b.publish(t, vhost, name, "--count", fmt.Sprint(many), "--confirm")
				args := []string{"migrate_queue", name, "-p", vhost, "--to-type", "quorum", "--without", "x-max-priority", "--via",
					c.via, "--yes"}
				b.killedIn(t, c.steps, args)
				if r := b.rabbitctl(t, args...).ok(t); c.steps > 2 && !strings.Contains(r.stderr, "up to 500 of them are in both") {
					t.Errorf("it says nothing of messages that are there twice: %s", r.stderr)
				}
				b.rabbitctl(t, "list_bindings", "-p", vhost, "source_name", "destination_name", "routing_key", "--where",
					fmt.Sprintf("destination_name == %q", name)).ok(t).says(t, "shop\t"+name+"\torder.#")
				b.rabbitctl(t, args...).ok(t).says(t, "unchanged")
				holdAll(t, many, window, b.drained(t, vhost, name))
			})
		}
		b.publish(t, vhost, "orders.amqp2", "--count", "1")
		b.awaitReady(t, vhost, "orders.amqp2", 1)
		r := b.rabbitctl(t, "recreate_queue", "orders.amqp2", "-p", vhost, "--type", "classic", "--yes").exits(t, 65)
		if !strings.Contains(r.stderr, "is not empty") {
			t.Error(r.stderr)
		}
	})
}

// TestMigrateQueue_permissions: a user who may not publish to the default exchange, or not read orders.migrating, the
// queue that holds the messages meanwhile, learns that before a binding has moved.
func TestMigrateQueue_permissions(t *testing.T) {
	onEach(t, func(t *testing.T, b *broker) {
		vhost := b.vhost(t, "migrate as ")
		b.declare(t, vhost, "orders", nil)
		b.publish(t, vhost, "orders", "--count", "3", "--confirm")
		b.do(t, "POST", path("bindings", vhost, "e", "amq.topic", "q", "orders"), map[string]any{"routing_key": "k"})
		name, password := b.user(t, "management")
		as := []string{"RABBITCTL_URL=" + strings.Replace(b.URL, "guest:guest@", "", 1), "RABBITCTL_USERNAME=" + name,
			"RABBITCTL_PASSWORD=" + password}
		for refused, may := range map[string][]string{
			"amq.default":      {".*", "^(orders|amq.topic)", ".*"},
			"orders.migrating": {".*", ".*", "^(orders|amq.topic)$"},
		} {
			b.rabbitctl(t, append([]string{"set_permissions", name, "-p", vhost}, may...)...).ok(t)
			r := run(t, as, program("rabbitctl"), "migrate_queue", "orders", "-p", vhost, "--yes", "--amqp-url",
				fmt.Sprintf("amqp://127.0.0.1:%d", b.AMQPPort)).exits(t, 75)
			if !strings.Contains(r.stderr, refused+"' in vhost") {
				t.Errorf("%s: %s", refused, r.stderr)
			}
			got := b.rabbitctl(t, "list_bindings", "destination_name", "-p", vhost, "--no-table-headers").ok(t).stdout
			if got != "orders\norders\n" {
				t.Errorf("%s: bindings to %q", refused, got)
			}
		}
	})
}

// TestMigrateUnderPolicies: the migration is refused if a policy could drop messages of the parking queue, although
// brokers report only after some seconds all that policies set for a new queue.
func TestMigrateUnderPolicies(t *testing.T) {
	onEach(t, func(t *testing.T, b *broker) {
		vhost := b.vhost(t, "migrate ruled ")
		policy := func(pattern string) {
			b.rabbitctl(t, "set_policy", "p", pattern, `{"max-length":3}`, "-p", vhost, "--yes").ok(t)
		}
		args := []string{"migrate_queue", "orders", "-p", vhost, "--yes"}
		refused := func(code int) {
			r := b.rabbitctl(t, args...).exits(t, code)
			if !strings.Contains(r.stderr,
				"a policy or operator policy with max-length also applies to queue orders.migrating") {
				t.Error(r.stderr)
			}
		}
		b.declare(t, vhost, "orders", nil)
		b.publish(t, vhost, "orders", "--count", "8")
		policy(`^orders\.m`)
		refused(65)
		policy(`^orders\.(?!x)`) // which only the broker can match
		refused(75)
		b.awaitReady(t, vhost, "orders", 8)
		b.rabbitctl(t, "clear_policy", "p", "-p", vhost, "--yes").ok(t)
		b.rabbitctl(t, args...).ok(t)
		b.awaitReady(t, vhost, "orders", 8)
	})
}

// killedIn starts a command and kills it in the middle of the given step.
func (b *broker) killedIn(t *testing.T, steps int, args []string) {
	t.Helper()
	journal := filepath.Join(t.TempDir(), "journal")
	cmd := exec.Command(program("rabbitctl"), append(args, "--journal", journal)...)
	cmd.Env = []string{"HOME=" + t.TempDir(), "RABBITCTL_URL=" + b.URL}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); time.Sleep(time.Millisecond) {
		if strings.Count(journalText(journal), `"phase":"before"`) >= steps {
			break
		}
	}
	time.Sleep(100 * time.Millisecond)
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait()
}

// journalText returns the current text of a journal; "" if there is no journal yet.
func journalText(path string) string {
	text, _ := os.ReadFile(path)
	return string(text)
}
