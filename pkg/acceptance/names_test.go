//go:build acceptance

package acceptance

import (
	"net/url"
	"strings"
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/internal/faultproxy"
)

// TestNameNotUTF8: if a queue has a name that is not UTF-8, listings say so and still show what they can, and commands
// can purge and delete the queue. The test uses a broker of its own, because 4.3 then fails at every listing that has
// this queue, so also at the listings of other tests.
func TestNameNotUTF8(t *testing.T) {
	requireRelease(t, "4.3")
	b, end := ownBroker(t, options.suite+"-latin", "4.3")
	t.Cleanup(end)
	latin, other := b.vhost(t, "latin"), b.vhost(t, "other")
	b.declare(t, other, "fine", nil)
	b.do(t, "PUT", path("queues", latin)+"/caf%E9", map[string]any{"durable": true})
	for _, words := range []string{"list_queues vhost name", "list_queues vhost name messages", "list_queues -p " + latin,
		"list_bindings", "as rabbitmqctl list_queues -p " + latin} {
		r := b.rabbitctl(t, strings.Fields(words)...).exits(t, 75)
		if !strings.Contains(r.stderr+r.stdout, "of virtual host "+latin+" cannot be listed: a name there is not UTF-8") {
			t.Errorf("%s: %s", words, r.stderr)
		}
		if strings.HasPrefix(words, "list_queues vhost") {
			r.says(t, other+"\tfine")
		}
	}
	b.rabbitctl(t, "check_queues", "--max-ready", "5").exits(t, 3).says(t, "virtual host "+latin+" cannot be listed")
	r := b.rabbitctl(t, "show_queue", "caf\xe9", "-p", latin).exits(t, 75)
	if strings.Contains(r.stderr, "does not exist") || !strings.Contains(r.stderr, "the name is not UTF-8") {
		t.Errorf("show_queue: %s", r.stderr)
	}
	b.rabbitctl(t, "purge_queue", "caf\xe9", "-p", latin, "--yes").ok(t).says(t, "purged")
	b.rabbitctl(t, "delete_queue", "caf\xe9", "-p", latin, "--yes").ok(t).says(t, "deleted")
	b.rabbitctl(t, "list_queues", "vhost", "name").ok(t).says(t, other+"\tfine")
	namesNotUTF8OfAll(t, b, latin)
}

// namesNotUTF8OfAll creates each kind of object with a name that is not UTF-8. The commands that list this kind must
// say that a name is not UTF-8. Then it deletes the object.
func namesNotUTF8OfAll(t *testing.T, b *broker, vhost string) {
	t.Helper()
	for _, tt := range []struct {
		path, removes, listings string
		body                    map[string]any
	}{
		{path("exchanges", vhost), "delete_exchange", "list_exchanges", map[string]any{"type": "topic"}},
		{path("users"), "delete_user", "list_users,doctor", map[string]any{"password": "x", "tags": ""}},
		{path("vhosts"), "delete_vhost", "list_vhosts,list_permissions,check_virtual_hosts,cluster_status,doctor",
			map[string]any{}},
		{path("policies", vhost), "clear_policy", "list_policies,doctor", map[string]any{"pattern": "^zz",
			"definition": map[string]any{"max-length": 9}}},
		{path("operator-policies", vhost), "clear_operator_policy", "list_operator_policies,list_parameters,doctor",
			map[string]any{"pattern": "^zz", "definition": map[string]any{"max-length": 9}}},
		{path("parameters", "federation-upstream", vhost), "clear_parameter federation-upstream",
			"list_parameters,list_federation_upstreams", map[string]any{"value": map[string]any{"uri": "amqp://"}}},
	} {
		b.do(t, "PUT", tt.path+"/caf%E9", tt.body)
		for _, listing := range strings.Split(tt.listings, ",") {
			r := b.rabbitctl(t, listing)
			if text := r.stdout + r.stderr; r.code == 0 || !strings.Contains(text, "a name there is not UTF-8") {
				t.Errorf("%s beside %s: exit %d\n%s", listing, tt.path, r.code, text)
			} else if listing != "doctor" && listing != "cluster_status" && !strings.HasPrefix(listing, "check") &&
				(r.code != 75 || !strings.Contains(r.stderr, "rabbitctl help name-not-utf-8")) {
				t.Errorf("%s beside %s: exit %d\n%s", listing, tt.path, r.code, text)
			}
		}
		words := append(strings.Fields(tt.removes), "caf\xe9", "--yes")
		if strings.Contains(tt.path, vhost) {
			words = append(words, "-p", vhost)
		}
		b.rabbitctl(t, words...).ok(t)
	}
	b.rabbitctl(t, "list_users").ok(t)
	b.rabbitctl(t, "list_vhosts").ok(t)
	b.rabbitctl(t, "list_parameters").ok(t)
}

// TestBehindProxy puts a proxy in front of each release. The proxy changes %2F in paths, as nginx does with a path in
// proxy_pass. An administrator must not be told that access is missing, and a listing of / must not show the queues of
// another virtual host, or none.
func TestBehindProxy(t *testing.T) {
	onEach(t, func(t *testing.T, b *broker) {
		vhost := b.vhost(t, "a/b")
		b.declare(t, vhost, "orders", nil)
		at, err := url.Parse(b.URL)
		if err != nil {
			t.Fatal(err)
		}
		for name, rewrite := range map[string]func(string) string{"decodes": faultproxy.DecodeSlashes,
			"merges": faultproxy.MergeSlashes, "encodes twice": faultproxy.DoubleEncode} {
			p := faultproxy.New(t, b.URL)
			p.Rewrite(rewrite)
			through, err := url.Parse(p.URL)
			if err != nil {
				t.Fatal(err)
			}
			through.User = at.User
			for _, words := range [][]string{
				{"list_queues", "-p", "/"}, {"list_queues", "-p", vhost}, {"list_exchanges", "-p", vhost}, {"show_queue", "orders",
					"-p", vhost},
				{"delete_queue", "orders", "-p", vhost, "--if-exists", "--yes"}, {"declare_queue", "orders", "-p", vhost,
					"--check"},
				{"show_vhost", vhost}, {"as", "rabbitmqctl", "list_queues"}, {"as", "rabbitmqctl", "purge_queue", "orders", "-p",
					vhost},
				{"as", "rabbitmqctl", "set_policy", "-p", vhost, "p", ".*", `{"max-length":1}`},
			} {
				r := run(t, []string{"RABBITCTL_URL=" + through.String()}, program("rabbitctl"), words...)
				if text := r.stdout + r.stderr; r.code != 75 || !strings.Contains(text,
					"a proxy between here and the broker changes %2F") || strings.Contains(text, "no access") {
					t.Errorf("%s: %v: exit %d\n%s", name, words, r.code, text)
				}
			}
			for _, seen := range p.Seen() {
				if seen.Method != "GET" && seen.Asked != "" {
					t.Errorf("%s: the broker was sent %s %s", name, seen.Method, seen.Asked)
				}
			}
		}
		b.rabbitctl(t, "list_queues", "-p", vhost, "name").ok(t).says(t, "orders")
	})
}
