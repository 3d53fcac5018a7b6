//go:build acceptance

package acceptance

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// seeded maps the placeholders of parity cases to the names of seeded things.
type seeded map[string]string

// args returns the words of a case. It replaces the placeholders by the names of seeded things, and {x} by the given
// word.
func (s seeded) args(c parityCase, own string) []string {
	var words []string
	for _, w := range strings.Fields(c.args) {
		if strings.HasPrefix(w, "[") && strings.HasSuffix(w, "]") && len(w) > 2 {
			continue
		}
		for placeholder, name := range s {
			w = strings.ReplaceAll(w, placeholder, name)
		}
		words = append(words, strings.ReplaceAll(strings.ReplaceAll(w, "{x}", own), "{blank}", ""))
	}
	return words
}

// seed fills the broker with one of each thing that listings show: queues of each type, odd names and arguments,
// bindings, users, permissions, policies, limits, parameters, connections and consumers.
func (b *broker) seed(t *testing.T) seeded {
	t.Helper()
	vhost, one, empty := b.vhost(t, "par ity/ü 兔 "), b.vhost(t, "one"), b.vhost(t, "empty")
	user, _ := b.user(t, "monitoring,management")
	b.user(t, "")
	put := func(body any, names ...string) { b.do(t, "PUT", path(names...), body) }
	type object = map[string]any

	put(object{"description": "a description", "tags": "prod,eu"}, "vhosts", vhost)
	put(object{"configure": "^$", "write": ".*", "read": `a|b "c"`}, "permissions", vhost, user)
	put(object{"exchange": "amq.topic", "write": "^a", "read": ".*"}, "topic-permissions", vhost, user)
	put(object{"exchange": "amq.topic", "write": "^a", "read": ".*"}, "topic-permissions", one, user)
	put(object{"value": 100}, "user-limits", user, "max-connections")
	put(object{"value": 50}, "user-limits", user, "max-channels")
	put(object{"value": 100}, "vhost-limits", vhost, "max-queues")
	put(object{"value": 90}, "vhost-limits", vhost, "max-connections")
	policy := func(vhost, name, pattern, to string, priority int, definition object) {
		put(object{"pattern": pattern, "apply-to": to, "priority": priority, "definition": definition}, "policies", vhost,
			name)
	}
	policy(vhost, "pol-b", `^c"`, "queues", 7, object{"max-length": 10, "overflow": "reject-publish"})
	policy(vhost, "pol-a", "^classic", "queues", 20, object{"max-length": 1000, "dead-letter-exchange": "amq.fanout"})
	policy(vhost, "pol-c", ".*", "exchanges", 0, object{"alternate-exchange": "amq.fanout"})
	policy(one, "pol", ".*", "all", 1, object{"max-length": 9})
	for _, v := range []string{vhost, one} {
		put(object{"pattern": ".*", "apply-to": "queues", "priority": 1, "definition": object{"max-length": 5000}},
			"operator-policies", v, "op")
	}
	put(object{"value": object{"uri": "amqp://127.0.0.1:1", "ack-mode": "on-confirm"}}, "parameters",
		"federation-upstream", vhost, "up")
	global := fmt.Sprintf("parity%08x", rand.Uint32())
	put(object{"value": object{"a": []int{1, 2}, "b": "c"}}, "global-parameters", global)
	t.Cleanup(func() { _, _, _ = b.request("DELETE", path("global-parameters", global), nil) })

	put(object{"type": "topic", "durable": true, "arguments": object{"x-a": "b", "n": 1, "t": true,
		"nested": object{"in": []any{1, "a"}}, "empty": ""}},
		"exchanges", vhost, "ex-topic")
	put(object{"type": "headers", "durable": false, "auto_delete": true, "internal": true}, "exchanges", vhost, "ex ü 兔")
	for name, arguments := range map[string]object{
		"classic": {"x-queue-type": "classic"}, "quorum": {"x-queue-type": "quorum"}, "stream": {"x-queue-type": "stream"},
		`odd/ü 兔 "q"\`: {},
		"classic args": {"x-max-length": 10, "x-message-ttl": 60000, "x-dead-letter-exchange": "", "x-s": `a"b\c ü`,
			"x-兔": "兔"},
	} {
		b.declare(t, vhost, name, arguments)
	}
	b.declare(t, one, "only", object{"x-queue-type": "classic", "x-max-length": 7})
	for _, v := range []string{vhost, one} {
		put(object{"durable": false, "auto_delete": true}, "queues", v, "auto")
	}
	b.do(t, "DELETE", path("queues", one, "auto"), nil)
	b.do(t, "POST", path("bindings", vhost, "e", "ex-topic", "q", "classic"), object{"routing_key": "a.*"})
	b.do(t, "POST", path("bindings", vhost, "e", "ex-topic", "q", "quorum"), object{"routing_key": "",
		"arguments": object{"x-match": "all", "h": 1}})
	b.do(t, "POST", path("bindings", vhost, "e", "ex-topic", "e", "amq.fanout"), object{"routing_key": "e2e"})

	b.publish(t, vhost, "classic", "--count", "6")
	b.startDevbroker(t, "consume", "-p", vhost, "--queue=classic", "--never-ack", "--prefetch=2", "--for=20m",
		"--consumer-tag=tag one",
		"--argument=x-priority=10", "--connection-name=conn one").says(t, "ready")
	b.startDevbroker(t, "consume", "-p", vhost, "--queue=quorum", "--no-ack", "--for=20m", "--consumer-tag=tag2").
		says(t, "ready")
	b.startDevbroker(t, "consume", "-p", one, "--queue=only", "--for=20m", "--consumer-tag=only").says(t, "ready")
	b.startDevbroker(t, "connect", "-p", vhost, "--channels=2", "--for=20m").says(t, "ready")
	drop := b.vhost(t, "drop")
	for _, own := range []string{realWord, ourWord} {
		t.Cleanup(func() {
			for _, name := range []string{own, own + "2", own + "3"} {
				_, _, _ = b.request("DELETE", path("users", name), nil)
				_, _, _ = b.request("DELETE", path("vhosts", name), nil)
			}
		})
		b.declare(t, drop, "del-"+own, nil)
	}
	dir := t.TempDir()
	for name, text := range map[string]string{
		"in.json": `{"vhosts":[{"name":` + strconv.Quote(drop) + `}],"queues":[{"vhost":` + strconv.Quote(drop) +
			`,"name":"imported","durable":true,"auto_delete":false,"arguments":{}}]}`,
		"empty.json": "", "broken.json": "{", "wrong.json": `{"queues":[{"vhost":"nowhere","name":"q"}]}`,
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	cluster := get[object](t, b, path("cluster-name"))
	t.Cleanup(func() { _, _, _ = b.request("PUT", path("cluster-name"), cluster) })
	return seeded{"{dir}": dir, "{node}": b.Node, "{port}": fmt.Sprint(b.AMQPPort), "{drop}": drop, "{vhost}": vhost,
		"{one}": one, "{empty}": empty, "{nowhere}": "nowhere" + one, "{user}": user}
}
