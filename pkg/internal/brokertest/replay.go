package brokertest

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// NewReplay starts a fake broker that answers only reads. The answers are bodies that a real broker of the release
// sent, reduced to the objects that the path names. If nothing was recorded, it answers 404. A request for a change
// fails the test.
func NewReplay(t *testing.T, release string) *httptest.Server {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body := replayed(t, release, r)
		w.Header().Set("Content-Type", "application/json")
		if body == nil {
			w.WriteHeader(http.StatusNotFound)
			body = map[string]string{"error": "Object Not Found", "reason": "Not Found"}
		}
		_ = json.NewEncoder(w).Encode(body)
	}))
	t.Cleanup(s.Close)
	return s
}

// replayed returns the answer to a request, or nil if nothing was recorded for it.
func replayed(t *testing.T, release string, r *http.Request) any {
	if r.Method != http.MethodGet {
		t.Errorf("%s %s changes something", r.Method, r.URL)
		return nil
	}
	words := wordsOf(r.URL)
	if file := recordedFile(strings.Join(words, "/")); file != "" {
		return whole(t, release, file)
	}
	if words[0] == "auth" {
		return []any{} // brokers count attempts by source only if they are configured to
	}
	query := r.URL.Query()
	if len(words) == 3 && words[0] == "exchanges" && words[2] == "amq.default" {
		// The client reads this exchange to find out whether a virtual host exists, and whether its name arrives as it is
		// written.
		if len(recordedObjects(t, release, "vhosts", []string{"name"}, words[1:2])) == 0 {
			return nil
		}
		return map[string]string{"name": "", "vhost": words[1]}
	}
	list, keys, known := recordedList(words[0], query)
	if !known {
		return nil
	}
	if _, err := os.Stat(filepath.Join(Folder(), release, list+".json")); err != nil {
		return nil // older releases have no such listing
	}
	// /api/vhosts/V/permissions and /api/users/U/permissions
	if len(words) == 3 && strings.HasSuffix(words[2], "permissions") {
		return recordedObjects(t, release, words[2], []string{strings.TrimSuffix(list, "s")}, words[1:2])
	}
	if len(words)-1 > len(keys) {
		return nil
	}
	objects := recordedObjects(t, release, list, keys, words[1:])
	if len(words) > 1 && len(words)-1 == len(keys) && keys[len(keys)-1] == "name" {
		return one(t, release, objects, words[0] == "nodes" && query.Get("memory") == "true")
	}
	if query.Has("page") {
		wanted := regexp.MustCompile(query.Get("name"))
		items := []map[string]any{}
		for _, o := range objects {
			if name, _ := o["name"].(string); wanted.MatchString(name) {
				items = append(items, o)
			}
		}
		return map[string]any{"items": items, "item_count": len(items), "filtered_count": len(items),
			"total_count": len(objects), "page": 1, "page_count": 1, "page_size": 500}
	}
	return objects
}

// recordedFile returns the name of the file that has the whole answer to a path after /api/, or "" if there is no such
// file.
func recordedFile(path string) string {
	switch path {
	case "overview", "whoami":
		return path
	case "health/checks/alarms":
		return "alarms-ok"
	case "nodes/rabbit@localhost/memory":
		return "node-memory"
	case "auth/attempts/rabbit@localhost":
		return "auth-attempts"
	case "auth/attempts/rabbit@localhost/source":
		return nothingCounted
	case "queues/quorum///ledger/status":
		return "quorum-status"
	}
	return ""
}

// whole returns a recorded answer unchanged. It returns nil for an answer that older releases do not have, and an empty
// list for nothingCounted.
func whole(t *testing.T, release, file string) any {
	if file == nothingCounted {
		return []any{}
	}
	if _, err := os.Stat(filepath.Join(Folder(), release, file+".json")); err != nil {
		return nil
	}
	return json.RawMessage(Recorded(t, release, file))
}

// nothingCounted stands for the answer about login attempts by source, which brokers count only if they are configured
// to.
const nothingCounted = "nothing counted"

// one returns the first of the objects, or nil if there are none. If withMemory is true, the object also gets the
// recorded memory figures of the node, whose members keep the order in which the broker sent them.
func one(t *testing.T, release string, objects []map[string]any, withMemory bool) any {
	if len(objects) == 0 {
		return nil
	}
	if withMemory {
		var body struct{ Memory json.RawMessage }
		if err := json.Unmarshal([]byte(Recorded(t, release, "node-memory")), &body); err != nil {
			t.Errorf("node-memory of %s: %v", release, err)
		}
		objects[0]["memory"] = body.Memory
	}
	return objects[0]
}

// recordedObjects returns the objects of a recorded listing in which each member of keys has the value at the same
// place in values.
func recordedObjects(t *testing.T, release, list string, keys, values []string) []map[string]any {
	var all []map[string]any
	d := json.NewDecoder(strings.NewReader(Recorded(t, release, list)))
	d.UseNumber()
	if err := d.Decode(&all); err != nil {
		t.Errorf("%s of %s: %v", list, release, err)
	}
	found := []map[string]any{}
	for _, o := range all {
		same := true
		for i, v := range values {
			same = same && member(o, keys[i]) == v
		}
		if same {
			found = append(found, o)
		}
	}
	return found
}

// member returns the value at a dotted path in an object.
func member(object any, path string) any {
	for _, name := range strings.Split(path, ".") {
		members, _ := object.(map[string]any)
		object = members[name]
	}
	return object
}

// recordedList returns the name of the file that has the objects of a kind. keys are the members that must equal the
// words after the kind in a path. If the last key is name and the path has a word for every key, the path names one
// object.
func recordedList(kind string, query url.Values) (list string, keys []string, known bool) {
	switch kind {
	case "queues":
		if query.Get("disable_stats") == "true" {
			return "queues-totals", []string{"vhost", "name"}, true
		}
		return kind, []string{"vhost", "name"}, true
	case "exchanges", "policies", "operator-policies":
		return kind, []string{"vhost", "name"}, true
	case "parameters":
		return kind, []string{"component", "vhost", "name"}, true
	case "bindings", "vhost-limits":
		return kind, []string{"vhost"}, true
	case "consumers":
		return kind, []string{"queue.vhost"}, true
	case "user-limits":
		return kind, []string{"user"}, true
	case "nodes", "vhosts", "users", "connections", "channels", "feature-flags", "deprecated-features",
		"global-parameters":
		return kind, []string{"name"}, true
	case "permissions", "topic-permissions":
		return kind, nil, true
	}
	return "", nil, false
}

// wordsOf returns the unescaped words of a path after /api/.
func wordsOf(u *url.URL) []string {
	words := strings.Split(strings.TrimPrefix(u.EscapedPath(), "/api/"), "/")
	for i := range words {
		words[i], _ = url.PathUnescape(words[i])
	}
	return words
}
