// Package brokertest has fake brokers. A Server gives the answers of a test: it fails the test on an unexpected
// request, and on an answer that no request used. A Keeper stores the objects that it receives. NewReplay answers with
// the bodies in testdata, which real releases sent.
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

// Standing and HowMany are requests that every listing may send besides its main request; AllWell and Few are their
// default answers. Server.Requests leaves them out if the test gives no answer to them, because they have tests of
// their own.
const (
	Standing = "GET /api/nodes?columns=name%2Crunning%2Cpartitions"
	AllWell  = `[{"name":"rabbit@fake","running":true,"partitions":[]}]`
	HowMany  = "GET /api/overview?columns=node%2Cdisable_stats%2Cobject_totals"
	Few      = `{"node":"rabbit@fake","disable_stats":false,"object_totals":{"queues":5,"consumers":0}}`
	// Listeners is sent before the metrics of a node are read.
	Listeners = "GET /api/overview?columns=node%2Ccluster_name%2Clisteners%2Cdisable_stats"
	// Counts is the query for fresh message counts. By default the answer is an empty list.
	Counts = "?columns=vhost%2Cname%2Cmessages%2Cmessages_ready%2Cmessages_unacknowledged&disable_stats=true&enable_queue_totals=true"
	// Roll and Glimpse are sent when the nodes or the overview answer slowly. By default the fake broker does not answer
	// them.
	Roll    = "GET /api/nodes?disable_stats=true"
	Glimpse = "GET /api/overview?disable_stats=true"
)

// Identity and ClusterID are requests that the client sends before the client trusts the metrics of a node.
const (
	Identity  = "GET /metrics/detailed?family=node_metrics"
	ClusterID = "GET /api/global-parameters/internal_cluster_id"
)

// Metrics returns a handler that answers with the metrics in body, and refuses requests with credentials, because the
// plugin has no users. As brokers do, it appends the metric with the node's name, unless body has it.
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
	// optional means that the test may pass without a request for this answer.
	optional bool
}

// New starts a server. It stops at the end of the test, and fails the test if an answer was not used, unless the answer
// is Optional.
func New(t *testing.T) *Server {
	s := &Server{t: t}
	s.Server = httptest.NewServer(http.HandlerFunc(s.serve))
	t.Cleanup(func() {
		s.Close()
		s.mu.Lock()
		defer s.mu.Unlock()
		for _, a := range s.answers {
			if !a.used && !a.optional {
				t.Errorf("no request for the answer to %s", a.request)
			}
		}
	})
	return s
}

// JSON answers one request, written as "GET /api/queues?columns=name", with a JSON body, to which Identified adds
// members. The path and the query are compared as sent, escapes included. A read that fails with status 500 is answered
// twice, because the client repeats it once.
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

// Empty answers one request with a status and no body, as brokers answer writes.
func (s *Server) Empty(request string, status int) {
	s.add(request, false, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) })
}

// Always answers a request any number of times with JSON. The test fails if the request never comes.
func (s *Server) Always(request string, status int, body string) {
	s.add(request, true, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		io.WriteString(w, Identified(request, body))
	})
}

// Optional answers a request any number of times with JSON, and does not fail the test if the request never comes. It
// is for a request that depends on the clock.
func (s *Server) Optional(request string, status int, body string) {
	s.Always(request, status, body)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.answers[len(s.answers)-1].optional = true
}

// Handle answers one request with a handler.
func (s *Server) Handle(request string, handle http.HandlerFunc) { s.add(request, false, handle) }

// Requests returns the requests so far, each as "METHOD /path?query", with the body after a space if there was one.
// Requests that the test does not answer are left out if Aside has a default answer or OnlyIfSlow is true for them.
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
	defaultAnswer, isDefault := Aside(request)
	isDefault = isDefault && found == nil
	unanswered := found == nil && OnlyIfSlow(request)
	if !isDefault && !unanswered {
		s.requests = append(s.requests, seen)
	}
	s.mu.Unlock()
	if isDefault {
		w.Header().Set("Content-Type", "application/json")
		io.WriteString(w, defaultAnswer)
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

// Releases lists the releases whose answers are recorded.
func Releases() []string { return []string{"3.10", "4.0", "4.3"} }

// Recorded returns a body that a real broker of that release sent; name is the name of its file without .json.
func Recorded(t *testing.T, release, name string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(Folder(), release, name+".json"))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// Folder returns the folder of the recorded bodies.
func Folder() string {
	_, file, _, ok := runtime.Caller(0)
	if !ok {
		panic("brokertest: the runtime does not know this file")
	}
	return filepath.Join(strings.TrimSuffix(file, "brokertest.go"), "testdata")
}
