//go:build acceptance

package acceptance

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"
)

// api sends a request to the management API as the user in the broker's URL. On the brokers of the suite this is the
// administrator guest. api sends body as JSON; nil means no body. path begins after /api and must be escaped already:
// the function path makes such a path. The test fails if no answer comes.
func (b *broker) api(t testing.TB, method, path string, body any) (status int, answer []byte) {
	t.Helper()
	status, answer, err := b.request(method, path, body)
	if err != nil {
		t.Fatalf("%s %s: %v", method, path, err)
	}
	return status, answer
}

func (b *broker) request(method, path string, body any) (int, []byte, error) {
	var sent io.Reader
	if body != nil {
		text, err := json.Marshal(body)
		if err != nil {
			return 0, nil, err
		}
		sent = bytes.NewReader(text)
	}
	req, err := http.NewRequest(method, b.URL+"/api"+path, sent)
	if err != nil {
		return 0, nil, err
	}
	req.Header.Set("Content-Type", "application/json")
	// An import of many thousand queues takes long, so this limit is high.
	client := http.Client{Timeout: 10 * time.Minute}
	resp, err := client.Do(req)
	if err != nil {
		return 0, nil, err
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(resp.Body)
	return resp.StatusCode, answer, err
}

// do calls api, and fails the test unless the request succeeds.
func (b *broker) do(t testing.TB, method, path string, body any) []byte {
	t.Helper()
	status, answer := b.api(t, method, path, body)
	if status >= 300 {
		t.Fatalf("%s %s: status %d: %s", method, path, status, answer)
	}
	return answer
}

// get decodes the JSON value at a path of the API.
func get[T any](t *testing.T, b *broker, path string) T {
	t.Helper()
	var v T
	answer := b.do(t, "GET", path, nil)
	if err := json.Unmarshal(answer, &v); err != nil {
		t.Fatalf("GET %s: %v\n%s", path, err, answer)
	}
	return v
}

// path escapes names and joins them to a path of the API.
func path(names ...string) string {
	var p strings.Builder
	for _, n := range names {
		p.WriteString("/" + url.PathEscape(n))
	}
	return p.String()
}

// vhost creates a virtual host for this test only. prefix may contain any character that a name may contain.
func (b *broker) vhost(t *testing.T, prefix string) string {
	t.Helper()
	name := fmt.Sprintf("%s%08x", prefix, rand.Uint32())
	b.do(t, "PUT", path("vhosts", name), map[string]any{})
	b.ownVHost(t, name)
	b.do(t, "PUT", path("permissions", name, "guest"), map[string]any{"configure": ".*", "write": ".*", "read": ".*"})
	return name
}

// ownVHost deletes a virtual host when the test ends.
func (b *broker) ownVHost(t *testing.T, name string) {
	t.Cleanup(func() {
		if status, answer, err := b.request("DELETE", path("vhosts", name), nil); err != nil || status >= 300 &&
			status != 404 {
			t.Errorf("virtual host %q stays behind: %d %s %v", name, status, answer, err)
		}
	})
}

// declare declares a queue through the API, without the program under test.
func (b *broker) declare(t *testing.T, vhost, name string, arguments map[string]any) {
	t.Helper()
	if arguments == nil {
		arguments = map[string]any{}
	}
	b.do(t, "PUT", path("queues", vhost, name), map[string]any{"durable": true, "arguments": arguments})
}

// user creates a user without permissions for this test only, and returns its name and password.
func (b *broker) user(t *testing.T, tags string) (name, password string) {
	t.Helper()
	name, password = fmt.Sprintf("u%08x", rand.Uint32()), fmt.Sprintf("p%08x", rand.Uint32())
	b.do(t, "PUT", path("users", name), map[string]any{"password": password, "tags": tags})
	t.Cleanup(func() {
		if status, answer, err := b.request("DELETE", path("users", name), nil); err != nil || status >= 300 {
			t.Errorf("user %s stays behind: %d %s %v", name, status, answer, err)
		}
	})
	return name, password
}
