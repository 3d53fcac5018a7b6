//go:build acceptance

package acceptance

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/internal/brokertest"
)

// BenchmarkListConnections lists 5,000 connections: copies, with new names, of those in a recorded answer of 4.3. A
// server inside the benchmark stands in for the broker, so only the program is measured.
func BenchmarkListConnections(b *testing.B) {
	body := manyConnections(b, 5_000)
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		if r.URL.Path == "/api/nodes" {
			fmt.Fprint(w, brokertest.AllWell)
			return
		}
		_, _ = w.Write(body)
	}))
	defer s.Close()
	k := &broker{URL: s.URL, PID: os.Getpid()}
	env := []string{"RABBITCTL_URL=" + s.URL, "RABBITCTL_USERNAME=u", "RABBITCTL_PASSWORD=p"}
	ours := func(args ...string) contender {
		c := k.ours(args...)
		c.env = env
		return c
	}
	for range b.N {
		k.compare(b, fmt.Sprintf("5000 connections, %d bytes (the broker's CPU is the fake one's)", len(body)), []contender{
			ours("list_connections"),
			curl("the same body", s.URL+"/api/connections"),
			ours("list_connections", "-o", "json"),
			ours("list_connections", "name", "user", "--where", "state == \"running\"", "--sort", "-recv_oct", "--limit", "10"),
		}, 12)
	}
}

func manyConnections(b *testing.B, many int) []byte {
	var recorded []map[string]any
	text, err := os.ReadFile(filepath.Join(brokertest.Folder(), "4.3", "connections.json"))
	if err == nil {
		err = json.Unmarshal(text, &recorded)
	}
	if err != nil || len(recorded) == 0 {
		b.Fatalf("no recorded connections: %v", err)
	}
	all := make([]map[string]any, many)
	for i := range all {
		all[i] = map[string]any{}
		for name, value := range recorded[i%len(recorded)] {
			all[i][name] = value
		}
		all[i]["name"] = fmt.Sprintf("127.0.0.1:%d -> 127.0.0.1:5672", 20_000+i)
	}
	body, err := json.Marshal(all)
	if err != nil {
		b.Fatal(err)
	}
	return body
}
