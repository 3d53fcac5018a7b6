//go:build acceptance

package acceptance

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/internal/brokertest"
)

// TestRecord renews the recorded bodies with which the fake broker of command tests answers, if their names match
// RABBITCTL_RECORD. Without that variable it does nothing, because it writes into the source tree and needs the broker
// for itself.
func TestRecord(t *testing.T) {
	if options.record == nil {
		t.Log("nothing to do without RABBITCTL_RECORD")
		return
	}
	onEach(t, func(t *testing.T, b *broker) {
		r := recorder{b, filepath.Join(brokertest.Folder(), b.Release)}
		if err := os.MkdirAll(r.folder, 0o755); err != nil {
			t.Fatal(err)
		}
		r.seed(t)
		r.metadata(t)
		r.healthy(t)
		r.refusals(t)
		r.unroutable(t)
		r.alarm(t)
	})
}

type recorder struct {
	*broker
	folder string
}

// seed creates the objects whose bodies are recorded: see testdata/README.md.
func (r recorder) seed(t *testing.T) {
	for _, v := range []string{"prod", "a b/ü"} {
		body := map[string]any{"description": "for " + v, "tags": "recorded"}
		if v == "prod" {
			body["default_queue_type"] = "quorum"
		}
		r.do(t, "PUT", path("vhosts", v), body)
		r.ownVHost(t, v)
		r.do(t, "PUT", path("permissions", v, "guest"), map[string]any{"configure": ".*", "write": ".*", "read": ".*"})
	}
	undo := func(p string) {
		t.Cleanup(func() { _, _, _ = r.request("DELETE", p, nil) })
	}
	r.do(t, "PUT", path("policies", "/", "ttl"), map[string]any{"pattern": "^orders$", "apply-to": "queues", "priority": 5,
		"definition": map[string]any{"message-ttl": 3600000}})
	undo(path("policies", "/", "ttl"))
	r.do(t, "PUT", path("operator-policies", "/", "cap"), map[string]any{"pattern": "^orders$", "apply-to": "queues",
		"definition": map[string]any{"max-length": 100000}})
	undo(path("operator-policies", "/", "cap"))
	for _, q := range []struct {
		vhost, name string
		arguments   map[string]any
	}{
		{"/", "orders", map[string]any{"x-dead-letter-exchange": "dlx", "x-max-priority": 5}},
		{"/", "a b/ü", nil},
		{"/", "ledger", map[string]any{"x-queue-type": "quorum", "x-delivery-limit": 5}},
		{"/", "events", map[string]any{"x-queue-type": "stream", "x-max-age": "7D"}},
		{"prod", "jobs", map[string]any{"x-queue-type": "quorum"}},
	} {
		r.declare(t, q.vhost, q.name, q.arguments)
		undo(path("queues", q.vhost, q.name))
	}
	r.do(t, "POST", path("bindings", "/", "e", "amq.topic", "q", "orders"), map[string]any{"routing_key": "orders.#"})
	r.publish(t, "/", "orders", "--count", "7", "--persistent")
	r.publish(t, "/", "ledger", "--count", "3")
	r.startDevbroker(t, "consume", "--queue", "orders", "--never-ack", "--prefetch", "2", "--for", "10m",
		"--connection-name", "orders-worker", "--consumer-tag", "worker-1").says(t, "ready")
	r.startDevbroker(t, "publish", "--queue", "orders", "--rate", "1", "--for", "10m", "--connection-name",
		"orders-publisher")
	r.startDevbroker(t, "connect", "--for", "10m", "--connection-name", "idle").says(t, "ready")
}

// metadata creates and records users, their permissions, and other declared objects that have no counts.
func (r recorder) metadata(t *testing.T) {
	put := func(p string, body any) {
		r.do(t, "PUT", p, body)
		t.Cleanup(func() { _, _, _ = r.request("DELETE", p, nil) })
	}
	const anyPassword = "recorded"
	put(path("users", "app"), map[string]any{"password": anyPassword, "tags": "management,billing"})
	put(path("users", "a b/ü"), map[string]any{"password_hash": "", "tags": ""})
	put(path("permissions", "/", "app"), map[string]any{"configure": "^app", "write": ".*", "read": ""})
	put(path("permissions", "a b/ü", "a b/ü"), map[string]any{"configure": "", "write": "", "read": "^ü|a b$"})
	r.do(t, "PUT", path("topic-permissions", "/", "app"), map[string]any{"exchange": "amq.topic", "write": "^orders",
		"read": ".*"})
	put(path("parameters", "federation-upstream", "prod", "east"),
		map[string]any{"value": map[string]any{"uri": "amqp://east.invalid", "expires": 3600000}})
	put(path("global-parameters", "mode"), map[string]any{"value": "night"})
	put(path("global-parameters", "shift"), map[string]any{"value": map[string]any{"from": 22, "days": []string{"sat",
		"sun"}}})
	put(path("vhost-limits", "prod", "max-queues"), map[string]any{"value": 50})
	put(path("vhost-limits", "prod", "max-connections"), map[string]any{"value": -1})
	put(path("user-limits", "app", "max-channels"), map[string]any{"value": 100})
	for file, p := range map[string]string{
		"users": "/users", "bindings": "/bindings", "feature-flags": "/feature-flags",
		"permissions": "/permissions", "vhost-permissions": "/vhosts/%2F/permissions",
		"user-permissions":  "/users/app/permissions",
		"topic-permissions": "/topic-permissions", "user-topic-permissions": "/users/app/topic-permissions",
		"parameters": "/parameters", "global-parameters": "/global-parameters",
		"vhost-limits": "/vhost-limits", "user-limits": "/user-limits",
	} {
		r.save(t, file, 200, p)
	}
	if r.Release != "3.10" {
		r.save(t, "deprecated-features", 200, "/deprecated-features")
	}
}

func (r recorder) healthy(t *testing.T) {
	r.declare(t, "/", "young", nil)
	r.save(t, "queue-young", 200, "/queues/%2F/young")
	r.save(t, "queue-young-totals", 200, "/queues/%2F/young?disable_stats=true&enable_queue_totals=true")
	r.save(t, "queues-young", 200, "/queues/%2F?columns=name,messages,consumers")
	r.do(t, "DELETE", path("queues", "/", "young"), nil)
	// The publisher's rate is the last figure to appear, so all others are known once it is.
	eventually(t, func() (bool, string) {
		_, body, err := r.request("GET", "/queues/%2F/orders", nil)
		rate := bytes.Contains(body, []byte(`"publish_details":{"rate":1`)) ||
			bytes.Contains(body, []byte(`"publish_details":{"rate":0.`))
		_, connections, _ := r.request("GET", "/connections", nil)
		named := bytes.Contains(connections, []byte("orders-publisher")) && bytes.Contains(connections,
			[]byte("orders-worker"))
		_, ledger, _ := r.request("GET", "/queues/%2F/ledger", nil)
		settled := rate && named && bytes.Contains(body, []byte(`"messages_unacknowledged":2`)) &&
			bytes.Contains(ledger, []byte(`"messages":3`)) && bytes.Contains(ledger, []byte(`"state":"running"`))
		return err == nil && settled, string(body) + string(ledger)
	})
	r.save(t, "overview", 200, "/overview")
	r.save(t, "whoami", 200, "/whoami")
	r.save(t, "nodes", 200, "/nodes")
	r.save(t, "vhosts", 200, "/vhosts")
	r.save(t, "vhost", 200, "/vhosts/prod")
	r.save(t, "queues", 200, "/queues?disable_stats=false&enable_queue_totals=false")
	r.save(t, "queues-columns", 200, "/queues?columns=name,messages,consumers")
	r.save(t, "queues-totals", 200, "/queues?disable_stats=true&enable_queue_totals=true")
	r.save(t, "queues-none", 200, "/queues/a%20b%2F%C3%BC")
	r.save(t, "queue", 200, "/queues/%2F/orders")
	r.save(t, "queue-quorum", 200, "/queues/%2F/ledger")
	r.save(t, "queue-stream", 200, "/queues/%2F/events")
	r.save(t, "queue-totals", 200, "/queues/%2F/orders?disable_stats=true&enable_queue_totals=true")
	r.save(t, "queue-bindings", 200, "/queues/%2F/orders/bindings")
	r.save(t, "consumers", 200, "/consumers")
	r.save(t, "channels", 200, "/channels")
	r.save(t, "exchanges", 200, "/exchanges/%2F")
	r.save(t, "connections", 200, "/connections")
	r.save(t, "policies", 200, "/policies")
	r.save(t, "policy", 200, "/policies/%2F/ttl")
	r.save(t, "operator-policies", 200, "/operator-policies")
	r.save(t, "operator-policy", 200, "/operator-policies/%2F/cap")
	r.save(t, "alarms-ok", 200, "/health/checks/alarms")
	r.save(t, "node-memory", 200, path("nodes", r.Node, "memory"))
	r.save(t, "auth-attempts", 200, path("auth", "attempts", r.Node))
	if r.Release != "3.10" {
		r.save(t, "quorum-status", 200, "/queues/quorum/%2F/ledger/status")
	}
}

func (r recorder) refusals(t *testing.T) {
	plain := func(tags string) *broker {
		name, password := r.user(t, tags)
		as := *r.broker
		as.URL = strings.Replace(r.URL, "guest:guest@", name+":"+password+"@", 1)
		return &as
	}
	nobody := *r.broker
	nobody.URL = strings.Replace(r.URL, "guest:guest@", "guest:wrong@", 1)
	for _, x := range []struct {
		as         *broker
		file, path string
		status     int
	}{
		{&nobody, "401-login", "/queues", 401},
		{plain(""), "401-tag", "/queues", 401},
		{plain("management"), "401-monitor", "/nodes", 401},
		{plain("monitoring"), "queues-blind", "/queues", 200},
		{plain("monitoring"), "vhosts-blind", "/vhosts", 200},
		{r.broker, "404-queue", "/queues/%2F/nosuch", 404},
		{r.broker, "404-vhost", "/queues/nosuch", 404},
		{r.broker, "404-endpoint", "/health/checks/nosuch", 404},
		{r.broker, "400-page", "/queues?page=1&page_size=501", 400},
	} {
		recorder{x.as, r.folder}.save(t, x.file, x.status, x.path)
	}
	// For a virtual host that the user may not see, the newest release answers as if it did not exist.
	status, body := plain("management").api(t, "GET", "/queues/%2F", nil)
	r.write(t, fmt.Sprintf("%d-vhost-hidden", status), body)
	for _, x := range []struct {
		file, path string
		body       map[string]any
	}{
		{"inequivalent", "/queues/%2F/orders", map[string]any{"durable": true,
			"arguments": map[string]any{"x-max-priority": 9, "x-dead-letter-exchange": "dlx"}}},
		{"reserved-name", "/queues/%2F/amq.mine", map[string]any{"durable": true}},
	} {
		status, body := r.api(t, "PUT", x.path, x.body)
		r.write(t, fmt.Sprintf("%d-%s", status, x.file), body)
	}
}

func (r recorder) alarm(t *testing.T) {
	r.raiseDiskAlarm(t)
	r.save(t, "alarms-disk", 503, "/health/checks/alarms")
	// The listings are older than the alarm for some seconds. Record them first at once and then when they show the alarm.
	r.save(t, "nodes-stale", 200, "/nodes")
	r.save(t, "connections-stale", 200, "/connections")
	eventually(t, func() (bool, string) {
		_, nodes, _ := r.request("GET", "/nodes", nil)
		_, connections, _ := r.request("GET", "/connections", nil)
		return bytes.Contains(nodes, []byte(`"disk_free_alarm":true`)) && bytes.Contains(connections, []byte(`"blocked"`)) &&
			bytes.Contains(connections, []byte(`"blocking"`)), string(connections)
	})
	r.save(t, "nodes-disk", 200, "/nodes")
	r.save(t, "connections-disk", 200, "/connections")
	r.save(t, "overview-disk", 200, "/overview")
}

// unroutable records the counters while messages reach no queue, as soon as the rates of returned and of dropped
// messages are known.
func (r recorder) unroutable(t *testing.T) {
	r.do(t, "PUT", path("exchanges", "prod", "nowhere"), map[string]any{"type": "fanout"})
	t.Cleanup(func() { r.do(t, "DELETE", path("exchanges", "prod", "nowhere"), nil) })
	for _, mandatory := range []string{"--mandatory=false", "--mandatory"} {
		r.startDevbroker(t, "publish", "-p", "prod", "--exchange=nowhere", "--rate=5", "--for=20m", mandatory)
	}
	eventually(t, func() (bool, string) {
		out := r.rabbitctl(t, "check_unroutable", "-o", "json").stdout
		return strings.Contains(out, `"returned_per_second": 5`) && strings.Contains(out, `"dropped_per_second": 5`), out
	})
	r.save(t, "overview-unroutable", 200, "/overview")
	r.save(t, "vhosts-unroutable", 200, "/vhosts")
}

// save requests a path with GET and records the answer. It does nothing if RABBITCTL_RECORD does not match the file's
// name.
func (r recorder) save(t *testing.T, file string, status int, path string) {
	t.Helper()
	if !options.record.MatchString(file) {
		return
	}
	got, body := r.api(t, http.MethodGet, path, nil)
	if got != status {
		t.Fatalf("GET %s: status %d, want %d: %s", path, got, status, body)
	}
	r.write(t, file, body)
}

// write records a body, if RABBITCTL_RECORD matches the file's name. It replaces the folders and ports of this machine
// and the names of the node and the broker.
func (r recorder) write(t *testing.T, file string, body []byte) {
	t.Helper()
	if !options.record.MatchString(file) {
		return
	}
	if !json.Valid(body) {
		t.Fatalf("%s is no JSON: %s", file, body)
	}
	var facts []struct {
		Data       string `json:"data_dir"`
		Prometheus int    `json:"prometheus_port"`
		Stream     int    `json:"stream_port"`
	}
	out := run(t, nil, program("devbroker"), "status", r.Name, "-o", "json").ok(t).stdout
	if err := json.Unmarshal([]byte(out), &facts); err != nil {
		t.Fatal(err)
	}
	folder := filepath.Dir(facts[0].Data)
	port := func(n int) string { return fmt.Sprint(n) }
	text := strings.NewReplacer(
		r.Node, "rabbit@localhost", `"`+r.Name+`"`, `"recorded"`,
		facts[0].Data, "/var/lib/rabbitmq", filepath.Join(folder, "log"), "/var/log/rabbitmq", folder, "/etc/rabbitmq",
		port(r.ManagementPort), "15672", port(r.AMQPPort), "5672", port(facts[0].Prometheus), "15692", port(facts[0].Stream),
		"5552",
	).Replace(string(body))
	if err := os.WriteFile(filepath.Join(r.folder, file+".json"), []byte(strings.TrimSpace(text)+"\n"),
		0o644); err != nil {
		t.Fatal(err)
	}
}
