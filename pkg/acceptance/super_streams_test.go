//go:build acceptance

package acceptance

import (
	"strings"
	"testing"
)

// TestSuperStreams creates super streams with rabbitmq-streams, with rabbitctl's own command and with its official
// dialect, and compares all their parts.
func TestSuperStreams(t *testing.T) {
	onEach(t, func(t *testing.T, b *broker) {
		vhost := b.vhost(t, "super ")
		keys := "--binding-keys"
		if b.Release == "3.10" {
			keys = "--routing-keys"
		}
		tool := []string{"add_super_stream", "", "-p", vhost, keys, "eu,us", "--max-age", "P7D", "--max-length-bytes", "20gb"}
		own := []string{"add_super_stream", "mine", "-p", vhost, "--binding-keys", "eu,us", "--max-age", "604800s",
			"--max-length-bytes", "20GB"}
		tool[1] = "real"
		b.ctl(t, append([]string{"rabbitmq-streams"}, tool...)...).ok(t)
		tool[1] = "like"
		b.rabbitctl(t, append([]string{"as", "rabbitmq-streams"}, tool...)...).ok(t)
		b.rabbitctl(t, append(own, "--dry-run")...).ok(t).says(t, "mine-eu\teu\tmissing")
		b.rabbitctl(t, append(own, "--check")...).exits(t, 65)
		b.rabbitctl(t, own...).ok(t).says(t, "created")
		b.rabbitctl(t, own...).ok(t).says(t, "unchanged")
		real := b.superStream(t, vhost, "real")
		for _, name := range []string{"like", "mine"} {
			if got := b.superStream(t, vhost, name); got != real || !strings.Contains(real, "604800s") {
				t.Errorf("%s:\n%s\nreal:\n%s", name, got, real)
			}
		}
		b.rabbitctl(t, "list_super_streams", "-p", vhost, "-q", "name", "partitions", "routing_keys", "--sort", "name").ok(t).
			says(t, "mine\t2\t[eu, us]")

		// add_super_stream completes a super stream with missing parts. It changes nothing if existing parts differ from what
		// is wanted.
		b.rabbitctl(t, "delete_queue", "mine-eu", "-p", vhost, "--yes").ok(t)
		b.rabbitctl(t, own...).ok(t).says(t, "changed")
		if got := b.superStream(t, vhost, "mine"); got != real {
			t.Errorf("%s\nreal:\n%s", got, real)
		}
		b.rabbitctl(t, "add_super_stream", "mine", "-p", vhost).exits(t, 4).says(t, "partitions\t3: 0,1,2\t2: eu,us")
		b.rabbitctl(t, "declare_stream", "other-1", "-p", vhost).ok(t)
		b.rabbitctl(t, "add_super_stream", "other", "-p", vhost).exits(t, 4).says(t, "queue other-1")

		// Each tool deletes a super stream that another one created.
		b.ctl(t, "rabbitmq-streams", "delete_super_stream", "mine", "-p", vhost).ok(t)
		b.rabbitctl(t, "delete_super_stream", "real", "-p", vhost, "--dry-run").ok(t).says(t, "real-us\tus\t")
		b.rabbitctl(t, "delete_super_stream", "real", "-p", vhost, "--yes").ok(t).says(t, "exchange real\tdeleted")
		b.rabbitctl(t, "delete_super_stream", "like", "-p", vhost, "--yes", "--if-exists").ok(t)
		b.rabbitctl(t, "delete_super_stream", "like", "-p", vhost, "--yes").exits(t, 65)
		b.rabbitctl(t, "delete_super_stream", "like", "-p", vhost, "--yes", "--if-exists").ok(t).says(t, "absent")
		b.rabbitctl(t, "list_queues", "-p", vhost, "-q", "--no-table-headers", "name").ok(t).says(t, "other-1")
	})
}

// superStream returns all parts of a super stream as the API reports them, with its name replaced.
func (b *broker) superStream(t *testing.T, vhost, name string) string {
	t.Helper()
	all := b.rabbitctl(t, "list_queues", "-p", vhost, "-q", "name", "type", "durable", "auto_delete", "arguments",
		"--match",
		"^"+name+"-", "--sort", "name").ok(t).stdout
	all += b.rabbitctl(t, "list_exchanges", "-p", vhost, "-q", "name", "type", "durable", "internal", "arguments",
		"--match",
		"^"+name+"$").ok(t).stdout
	all += b.rabbitctl(t, "list_bindings", "-p", vhost, "-q", "source_name", "destination_name", "routing_key",
		"arguments",
		"--where", `source_name == "`+name+`"`, "--sort", "routing_key").ok(t).stdout
	return strings.ReplaceAll(all, name, "NAME")
}
