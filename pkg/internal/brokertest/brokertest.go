// Package brokertest is a fake wire: an HTTP server that answers what a test says, and fails the test on any request
// that was not expected and on any answer that was not asked for. Bodies that real releases sent are in testdata.
package brokertest

import (
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
)

// Standing and HowMany are what listings of what nodes hold ask besides, AllWell and Few the answers to them unless a test
// gives others. They are not among the requests that are shown then: what is made of them has tests of its own.
const (
	Standing = "GET /api/nodes?columns=name%2Crunning%2Cpartitions"
	AllWell  = `[{"name":"rabbit@fake","running":true,"partitions":[]}]`
	HowMany  = "GET /api/overview?columns=node%2Cdisable_stats%2Cobject_totals"
	Few      = `{"node":"rabbit@fake","disable_stats":false,"object_totals":{"queues":5,"consumers":0}}`
	// Listeners is asked by whoever reads metrics.
	Listeners = "GET /api/overview?columns=node%2Ccluster_name%2Clisteners%2Cdisable_stats"
	// Counts are asked of the queues beside what the statistics tell. None are told unless a test answers.
	Counts = "?columns=vhost%2Cname%2Cmessages%2Cmessages_ready%2Cmessages_unacknowledged&disable_stats=true&enable_queue_totals=true"
	// Roll and Glimpse are asked for where the nodes and the overview do not come soon. Nobody answers them unless a test does.
	Roll    = "GET /api/nodes?disable_stats=true"
	Glimpse = "GET /api/overview?disable_stats=true"
)

// Identity and ClusterID are what is asked before the metrics of a node are believed.
const (
	Identity  = "GET /metrics/detailed?family=node_metrics"
	ClusterID = "GET /api/global-parameters/internal_cluster_id"
)

// Metrics answers with metrics those who send no credentials, for the plugin knows no users. Behind them stands which node tells
// them, as brokers have it, unless the test says so itself.
func Metrics(body string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "" {
			http.Error(w, "credentials were sent", http.StatusTeapot)
			return
		}
		w.Header().Set("Content-Type", "text/plain; version=0.0.4")
		io.WriteString(w, body)
		if !strings.Contains(body, "rabbitmq_identity_info") {
			io.WriteString(w, "rabbitmq_identity_info{rabbitmq_node=\"rabbit@fake\"} 1\n")
		}
	}
}

// Server is a fake management API.
type Server struct {
	*httptest.Server
	t  *testing.T
	mu sync.Mutex

	answers  []*answer
	requests []string
}

type answer struct {
	request string
	handle  http.HandlerFunc
	used    bool
	many    bool
}

// New starts a server that ends with the test.
func New(t *testing.T) *Server {
	s := &Server{t: t}
	s.Server = httptest.NewServer(http.HandlerFunc(s.serve))
	t.Cleanup(func() {
		s.Close()
		s.mu.Lock()
		defer s.mu.Unlock()
		for _, a := range s.answers {
			if !a.used {
				t.Errorf("nobody asked %s", a.request)
			}
		}
	})
	return s
}

// JSON answers a request, written as "GET /api/queues?columns=name", once with a body of JSON. The path and the query
// are compared as they go over the wire, escapes included. A status of 500 is answered twice where something is read, since
// the client asks once more.
func (s *Server) JSON(request string, status int, body string) {
	answer := func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		io.WriteString(w, Identified(request, body))
	}
	s.add(request, false, answer)
	if status == http.StatusInternalServerError && strings.HasPrefix(request, "GET ") {
		s.add(request, false, answer)
	}
}

// Empty answers a request once with a status and no body, as brokers answer writes.
func (s *Server) Empty(request string, status int) {
	s.add(request, false, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) })
}

// Always answers a request any number of times, but at least once, with JSON.
func (s *Server) Always(request string, status int, body string) {
	s.add(request, true, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		io.WriteString(w, Identified(request, body))
	})
}

// Handle answers a request once with a handler.
func (s *Server) Handle(request string, handle http.HandlerFunc) { s.add(request, false, handle) }

// Requests are the requests so far, each as "METHOD /path?query" with the body behind a space where there was one.
func (s *Server) Requests() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string(nil), s.requests...)
}

func (s *Server) add(request string, many bool, handle http.HandlerFunc) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.answers = append(s.answers, &answer{request: request, handle: handle, many: many})
}

func (s *Server) serve(w http.ResponseWriter, r *http.Request) {
	request := r.Method + " " + r.RequestURI
	body, _ := io.ReadAll(r.Body)
	s.mu.Lock()
	seen := request
	if len(body) > 0 {
		seen += " " + string(body)
	}
	var found *answer
	for _, a := range s.answers {
		if a.request == request && (!a.used || a.many) {
			a.used, found = true, a
			break
		}
	}
	besides, usual := Aside(request)
	usual = usual && found == nil
	unanswered := found == nil && (request == Roll || request == Glimpse)
	if !usual && !unanswered {
		s.requests = append(s.requests, seen)
	}
	s.mu.Unlock()
	if usual {
		w.Header().Set("Content-Type", "application/json")
		io.WriteString(w, besides)
		return
	}
	if unanswered {
		<-r.Context().Done()
		return
	}
	if found == nil {
		s.t.Errorf("unexpected request: %s", seen)
		http.Error(w, "unexpected request", http.StatusTeapot)
		return
	}
	found.handle(w, r)
}

// Releases are those whose answers are recorded.
func Releases() []string { return []string{"3.10", "4.0", "4.3"} }

// Recorded is a body that a real broker of the release sent, by the name of its file without .json.
func Recorded(t *testing.T, release, name string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(Folder(), release, name+".json"))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// Folder is where the recorded bodies are.
func Folder() string {
	_, file, _, ok := runtime.Caller(0)
	if !ok {
		panic("brokertest: the runtime does not know this file")
	}
	return filepath.Join(strings.TrimSuffix(file, "brokertest.go"), "testdata")
}
