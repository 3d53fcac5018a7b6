package brokertest

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
)

// Keeper is a fake broker that stores the objects that it receives and returns them as brokers do. It checks nothing.
// It is for tests of what the client reads back after a change.
type Keeper struct {
	*httptest.Server
	mu sync.Mutex
	// The key of objects is the path without /api/, with escaped names: "queues/%2F/orders".
	objects map[string]map[string]any
	changes []string
}

// NewKeeper starts a Keeper that stops at the end of the test. At the start it has the virtual host /, which is
// stopped, and one object of each of some other kinds.
func NewKeeper(t *testing.T) *Keeper {
	k := &Keeper{objects: map[string]map[string]any{
		"overview": {"node": "rabbit@fake", "rabbitmq_version": "4.3.6", "cluster_name": "fake"},
		"vhosts/%2F": {"name": "/", "description": "", "tags": []any{},
			"cluster_state": map[string]any{"rabbit@fake": "stopped"}},
		"exchanges/%2F/amq.default": {"name": "", "vhost": "/"},
		"nodes/rabbit@fake":         {"name": "rabbit@fake", "running": true},
		"feature-flags/khepri":      {"name": "khepri", "state": "disabled", "stability": "stable"},
		"cluster-name":              {"name": "fake"},
		"queues/%2F/quorum": {"name": "quorum", "vhost": "/", "type": "quorum", "durable": true,
			"members": []any{"rabbit@fake", "rabbit@other"}, "messages_ready": 0},
		"permissions/%2F/guest":      {"user": "guest", "vhost": "/", "configure": ".*", "write": ".*", "read": ".*"},
		"global-parameters/mine":     {"name": "mine", "value": 1},
		"parameters/shovel/%2F/mine": {"name": "mine", "vhost": "/", "component": "shovel", "value": map[string]any{}},
	}}
	k.Server = httptest.NewServer(http.HandlerFunc(k.serve))
	t.Cleanup(k.Close)
	return k
}

// Keep stores an object, given as JSON, at a path without /api/.
func (k *Keeper) Keep(path, object string) {
	var o map[string]any
	if err := json.Unmarshal([]byte(object), &o); err != nil {
		panic(err)
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.objects[path] = o
}

// Changes returns the requests so far, except GET, as "METHOD PATH". The path has no /api/ and no query.
func (k *Keeper) Changes() []string {
	k.mu.Lock()
	defer k.mu.Unlock()
	return append([]string(nil), k.changes...)
}

func (k *Keeper) serve(w http.ResponseWriter, r *http.Request) {
	text, _ := io.ReadAll(r.Body)
	k.mu.Lock()
	defer k.mu.Unlock()
	path := strings.TrimPrefix(r.URL.EscapedPath(), "/api/")
	w.Header().Set("Content-Type", "application/json")
	if r.Method == http.MethodGet {
		k.tell(w, path, r.URL.Query().Has("page"))
		return
	}
	k.changes = append(k.changes, r.Method+" "+path)
	var body map[string]any
	_ = json.Unmarshal(text, &body)
	w.Header().Del("Content-Type")
	switch r.Method {
	case http.MethodPut:
		k.put(path, body)
	case http.MethodDelete:
		k.remove(path)
	case http.MethodPost:
		k.post(path, body)
	}
	w.WriteHeader(http.StatusNoContent)
}

// tell answers with the object at the path, or else with all objects below the path, as one page if paged is true. If
// nothing is found and the path can name only one object, it answers 404.
func (k *Keeper) tell(w http.ResponseWriter, path string, paged bool) {
	if object, ok := k.objects[path]; ok {
		text, _ := json.Marshal(object)
		io.WriteString(w, Identified("GET /api/"+path, string(text)))
		return
	}
	rows := []any{}
	for name, object := range k.objects {
		if strings.HasPrefix(name, path+"/") {
			rows = append(rows, object)
		}
	}
	single := map[string]int{"queues": 2, "users": 1, "vhosts": 1, "policies": 2, "operator-policies": 2, "permissions": 2,
		"parameters":        3,
		"global-parameters": 1, "exchanges": 2, "connections": 1}[strings.Split(path, "/")[0]]
	if len(rows) == 0 && single > 0 && strings.Count(path, "/") == single {
		w.WriteHeader(http.StatusNotFound)
		io.WriteString(w, `{"error":"Object Not Found","reason":"Not Found"}`)
		return
	}
	if paged {
		_ = json.NewEncoder(w).Encode(map[string]any{"page_count": 1, "items": rows})
		return
	}
	_ = json.NewEncoder(w).Encode(rows)
}

func (k *Keeper) put(path string, body map[string]any) {
	words := strings.Split(path, "/")
	last, _ := url.PathUnescape(words[len(words)-1])
	switch words[0] {
	case "users":
		tags, _ := body["tags"].(string)
		body["tags"] = strings.FieldsFunc(tags, func(r rune) bool { return r == ',' })
		if password, ok := body["password"].(string); ok {
			sum := sha256.Sum256([]byte("salt" + password))
			body["password_hash"] = base64.StdEncoding.EncodeToString(append([]byte("salt"), sum[:]...))
			delete(body, "password")
		}
		if body["hashing_algorithm"] == nil {
			body["hashing_algorithm"] = "rabbit_password_hashing_sha256"
		}
	case "vhosts":
		tags, _ := body["tags"].(string)
		body["tags"] = strings.FieldsFunc(tags, func(r rune) bool { return r == ',' })
	case "queues":
		arguments, _ := body["arguments"].(map[string]any)
		body["type"] = "classic"
		if kind, ok := arguments["x-queue-type"]; ok {
			body["type"] = kind
		}
	case "topic-permissions":
		exchange, _ := body["exchange"].(string)
		path += "/" + url.PathEscape(exchange)
	case "user-limits":
		body = map[string]any{"user": words[1], "value": map[string]any{last: body["value"]}}
	case "feature-flags":
		k.objects["feature-flags/"+words[1]]["state"] = "enabled"
		return
	}
	if words[0] != "user-limits" && words[0] != "cluster-name" {
		body["name"] = last
	}
	k.objects[path] = body
}

func (k *Keeper) remove(path string) {
	words := strings.Split(path, "/")
	switch {
	case words[0] == "queues" && len(words) == 4 && words[3] == "contents":
		k.objects[strings.TrimSuffix(path, "/contents")]["messages_ready"] = 0
	case strings.HasSuffix(path, "/deletion/protection"):
		k.objects["vhosts/"+words[1]]["protected_from_deletion"] = false
	case strings.HasSuffix(path, "/replicas/delete"):
		k.objects["queues/"+words[2]+"/"+words[3]]["members"] = []any{"rabbit@fake"}
	case words[0] == "shovels" && len(words) == 4:
		delete(k.objects, "parameters/shovel/"+words[2]+"/"+words[3])
	}
	delete(k.objects, path)
	for name := range k.objects {
		if words[0] == "topic-permissions" && strings.HasPrefix(name, path+"/") {
			delete(k.objects, name)
		}
	}
}

func (k *Keeper) post(path string, body map[string]any) {
	words := strings.Split(path, "/")
	switch {
	case strings.HasSuffix(path, "/deletion/protection"):
		k.objects["vhosts/"+words[1]]["protected_from_deletion"] = true
	case strings.HasSuffix(path, "/replicas/add"):
		o := k.objects["queues/"+words[2]+"/"+words[3]]
		o["members"] = append(o["members"].([]any), body["node"])
	case words[0] == "bindings":
		k.objects[path+"/"+url.PathEscape(fmt.Sprint(body["routing_key"]))] = body
	case words[0] == "vhosts" && words[2] == "start":
		k.objects["vhosts/"+words[1]]["cluster_state"] = map[string]any{words[3]: "running"}
	}
}
