package broker_test

import (
	"context"
	"encoding/json"
	"io"
	"iter"
	"net"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/internal/brokertest"
	"github.com/rabbitctl/rabbitctl/pkg/record"
	"github.com/rabbitctl/rabbitctl/pkg/steps"
)

// names returns the names of all queues that are listed, and the error that ended the listing.
func names(ctx context.Context, c *broker.Client, vhost string) (names []string, err error) {
	for row, err := range listQueues(ctx, c, vhost, []record.Column{{Name: "name"}}) {
		if err != nil {
			return names, err
		}
		names = append(names, row[0].Text())
	}
	return names, nil
}

const nameOnly = "?columns=name&disable_stats=true"

func TestRequests_hostileNames(t *testing.T) {
	t.Parallel()
	tests := []struct{ vhost, name, path string }{
		{"/", "orders", "/api/queues/%2F/orders"},
		{"%2F", "a/b c", "/api/queues/%252F/a%2Fb%20c"},
		{"prod", "\t\n\x1b[31m", "/api/queues/prod/%09%0A%1B%5B31m"},
		{"ü", "?x=1#y;z", "/api/queues/%C3%BC/%3Fx=1%23y%3Bz"},
		{"a..b", "...", "/api/queues/a..b/..."},
	}
	for _, tt := range tests {
		t.Run(tt.path, func(t *testing.T) {
			t.Parallel()
			s := brokertest.New(t)
			s.JSON("GET "+tt.path, 200, string(record.Of(map[string]string{"name": tt.name, "vhost": tt.vhost})))
			s.JSON("GET "+tt.path+"?disable_stats=true&enable_queue_totals=true", 200, `{}`)
			s.JSON("GET "+tt.path+"/bindings", 200, `[]`)
			s.Empty("PUT "+tt.path, 201)
			s.Empty("DELETE "+tt.path+"/contents", 204)
			s.Empty("DELETE "+tt.path+"?", 204) // rabbit-hole appends a question mark
			c := client(t, s.URL)
			if _, err := c.Queue(t.Context(), tt.vhost, tt.name); err != nil {
				t.Error(err)
			}
			if _, err := c.QueueWithoutStats(t.Context(), tt.vhost, tt.name); err != nil {
				t.Error(err)
			}
			for _, err := range c.QueueBindings(t.Context(), tt.vhost, tt.name, nil) {
				t.Error(err)
			}
			if created, err := c.DeclareQueue(t.Context(), tt.vhost, tt.name, true, false, nil); err != nil || !created {
				t.Error(created, err)
			}
			if err := c.PurgeQueue(t.Context(), tt.vhost, tt.name); err != nil {
				t.Error(err)
			}
			if err := c.DeleteQueue(t.Context(), tt.vhost, tt.name); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestDeclareQueue_sendsWhatWasAsked(t *testing.T) {
	t.Parallel()
	s := brokertest.New(t)
	s.Empty("PUT /api/queues/%2F/q", 201)
	s.Empty("PUT /api/queues/%2F/q", 204)
	c := client(t, s.URL)
	arguments := map[string]any{"x-queue-type": "quorum", "x-message-ttl": json.Number("9007199254740993"),
		"x-nested": map[string]any{"a": []any{true, nil}}}
	for i, want := range []bool{true, false} {
		created, err := c.DeclareQueue(t.Context(), "/", "q", true, i == 1, arguments)
		if err != nil || created != want {
			t.Errorf("created %v, %v", created, err)
		}
	}
	for i, request := range s.Requests() {
		_, body, _ := strings.Cut(request, "/q ")
		d := json.NewDecoder(strings.NewReader(body))
		d.UseNumber()
		var got map[string]any
		if err := d.Decode(&got); err != nil {
			t.Fatalf("%s: %v", request, err)
		}
		delete(got, "type")
		want := map[string]any{"durable": true, "arguments": arguments}
		if i == 1 {
			want["auto_delete"] = true
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
	}
}

func TestDeleteQueue_notThereIsAnError(t *testing.T) {
	t.Parallel()
	s := brokertest.New(t)
	s.JSON("DELETE /api/queues/%2F/q?", 404, `{"error":"Object Not Found","reason":"Not Found"}`)
	s.JSON("DELETE /api/queues/%2F/q/contents", 404, `{"error":"Object Not Found","reason":"Not Found"}`)
	c := client(t, s.URL)
	for _, err := range []error{c.DeleteQueue(t.Context(), "/", "q"), c.PurgeQueue(t.Context(), "/", "q")} {
		if !broker.IsNotFound(err) || fail.KindOf(err) != fail.NotFound {
			t.Errorf("%s: %v", fail.KindOf(err), err)
		}
	}
}

func TestRequests_sayWhoAsks(t *testing.T) {
	t.Parallel()
	s := brokertest.New(t)
	seen := make(chan [3]string, 2)
	answer := func(w http.ResponseWriter, r *http.Request) {
		user, secret, _ := r.BasicAuth()
		seen <- [3]string{user, secret, r.UserAgent()}
		w.WriteHeader(204)
	}
	s.Handle("DELETE /api/queues/%2F/q?", answer)
	s.Handle("GET /api/queues"+nameOnly, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		user, secret, _ := r.BasicAuth()
		seen <- [3]string{user, secret, r.UserAgent()}
		io.WriteString(w, "[]")
	})
	c := client(t, s.URL)
	if err := c.DeleteQueue(t.Context(), "/", "q"); err != nil {
		t.Error(err)
	}
	if _, err := names(t.Context(), c, ""); err != nil {
		t.Error(err)
	}
	close(seen)
	n := 0
	for got := range seen {
		n++
		if diff := cmp.Diff([3]string{"u", password, "rabbitctl/test"}, got); diff != "" {
			t.Error(diff)
		}
	}
	if n != 2 {
		t.Errorf("%d requests", n)
	}
}

func TestCredentials_areAskedForOnceAndLate(t *testing.T) {
	t.Parallel()
	s := brokertest.New(t)
	s.Always("GET /api/whoami", 200, `{"name":"late"}`)
	var times atomic.Int32
	c := client(t, s.URL, func(o *broker.Options) {
		o.Username = ""
		o.Credentials = func(context.Context) (string, string, error) { times.Add(1); return "late", "x", nil }
	})
	if times.Load() != 0 || c.Username() != "" {
		t.Error("asked before the first request")
	}
	for range 3 {
		if _, err := c.Whoami(t.Context()); err != nil {
			t.Error(err)
		}
	}
	if times.Load() != 1 || c.Username() != "late" {
		t.Errorf("asked %d times, user %q", times.Load(), c.Username())
	}
}

func TestCredentials_failureIsPassedOn(t *testing.T) {
	t.Parallel()
	s := brokertest.New(t) // no request is expected
	want := fail.New(fail.Config, "no password for user u").Next("set RABBITCTL_PASSWORD")
	c := client(t, s.URL, func(o *broker.Options) {
		o.Credentials = func(context.Context) (string, string, error) { return "", "", want }
	})
	for how, err := range asked(t.Context(), c) {
		if fail.KindOf(err) != fail.Config || err.Error() != want.Message || steps.Of(err) != "set RABBITCTL_PASSWORD" {
			t.Errorf("%s: %v", how, err)
		}
	}
}

func TestConnections_areKept(t *testing.T) {
	t.Parallel()
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		switch r.Method {
		case http.MethodPut:
			w.WriteHeader(201)
		case http.MethodDelete:
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(404)
			io.WriteString(w, `{"error":"Object Not Found","reason":"Not Found"}`)
		default:
			w.Header().Set("Content-Type", "application/json")
			if r.URL.Query().Has("page") {
				io.WriteString(w, `{"page_count":1,"items":[]}`)
				return
			}
			if strings.HasSuffix(r.URL.Path, "/queues") {
				io.WriteString(w, `[{"name":"a"},{"name":"b"}]`)
				return
			}
			io.WriteString(w, `{"status":"ok"}`)
		}
	}))
	var accepted atomic.Int32
	s.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			accepted.Add(1)
		}
	}
	s.Start()
	defer s.Close()
	c := client(t, s.URL)
	for range 2 {
		if _, err := names(t.Context(), c, ""); err != nil {
			t.Error(err)
		}
		if _, err := c.Alarms(t.Context()); err != nil {
			t.Error(err)
		}
		if _, err := c.DeclareQueue(t.Context(), "/", "q", true, false, nil); err != nil {
			t.Error(err)
		}
		if err := c.DeleteQueue(t.Context(), "/", "q"); !broker.IsNotFound(err) {
			t.Error(err)
		}
	}
	if accepted.Load() != 1 {
		t.Errorf("8 requests took %d connections", accepted.Load())
	}
}

// frozen starts a server that sends the given text and then nothing, until the client disconnects or the test ends.
func frozen(t *testing.T, first string) *httptest.Server {
	t.Helper()
	return frozenOnAsking(t, first, func() {})
}

// frozenOnAsking is like frozen, and calls the function asked at each request.
func frozenOnAsking(t *testing.T, first string, asked func()) *httptest.Server {
	t.Helper()
	ended := make(chan struct{})
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked()
		if first != "" {
			w.Header().Set("Content-Type", "application/json")
			io.WriteString(w, first)
			w.(http.Flusher).Flush()
		}
		select {
		case <-r.Context().Done():
		case <-ended:
		}
	}))
	t.Cleanup(func() { close(ended); s.Close() })
	return s
}

// budget is a context that expires when the test says so, with the error of a deadline.
type budget struct {
	context.Context
	done chan struct{}
}

func (b *budget) Done() <-chan struct{} { return b.done }

func (b *budget) Err() error {
	select {
	case <-b.done:
		return context.DeadlineExceeded
	default:
		return nil
	}
}

func TestDeadline_beforeTheFirstByte(t *testing.T) {
	t.Parallel()
	s := frozen(t, "")
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	for how, err := range asked(ctx, client(t, s.URL)) {
		sentence(t, err)
		if fail.KindOf(err) != fail.Timeout || !strings.Contains(err.Error(), s.URL+" did not answer in time") {
			t.Errorf("%s: %s: %v", how, fail.KindOf(err), err)
		}
	}
}

func TestDeadline_midBody(t *testing.T) {
	t.Parallel()
	s := frozen(t, `[{"name":"a"},{"name":"b"},`)
	ctx := &budget{context.Background(), make(chan struct{})}
	var got []string
	var last error
	for row, err := range listQueues(ctx, client(t, s.URL), "", []record.Column{{Name: "name"}}) {
		if last = err; err != nil {
			break
		}
		if got = append(got, row[0].Text()); len(got) == 2 {
			close(ctx.done)
		}
	}
	sentence(t, last)
	if diff := cmp.Diff([]string{"a", "b"}, got); diff != "" || fail.KindOf(last) != fail.Incomplete {
		t.Errorf("%s%s: %v", diff, fail.KindOf(last), last)
	}
}

// If the deadline ends in the middle of the answer to a health check, the error must not look like a defect, a
// cancellation or bad data.
func TestDeadline_midBodyInsideRabbitHole(t *testing.T) {
	t.Parallel()
	s := frozen(t, `{"status":`)
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	_, err := client(t, s.URL).Alarms(ctx)
	if k := fail.KindOf(err); k != fail.Timeout && k != fail.Incomplete {
		t.Errorf("%s: %v", k, err)
	}
}

func TestCancel_stopsEveryCall(t *testing.T) {
	t.Parallel()
	for first, object := range map[string]string{"": "", `[{"name":"a"},`: `{"name":"a",`} {
		var stop atomic.Pointer[context.CancelFunc]
		soon := func() { time.AfterFunc(30*time.Millisecond, *stop.Load()) }
		c := client(t, frozenOnAsking(t, first, soon).URL)
		o := client(t, frozenOnAsking(t, object, soon).URL)
		calls := map[string]func(context.Context) error{
			"list":    func(ctx context.Context) error { _, err := names(ctx, c, ""); return err },
			"get":     func(ctx context.Context) error { _, err := o.Overview(ctx); return err },
			"alarms":  func(ctx context.Context) error { _, err := o.Alarms(ctx); return err },
			"declare": func(ctx context.Context) error { _, err := c.DeclareQueue(ctx, "v", "q", true, false, nil); return err },
			"purge":   func(ctx context.Context) error { return c.PurgeQueue(ctx, "v", "q") },
		}
		for how, call := range calls {
			if first != "" && (how == "declare" || how == "purge") {
				continue // their answers have no body that anybody reads
			}
			t.Run(how+" "+first, func(t *testing.T) {
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				stop.Store(&cancel)
				err := call(ctx)
				if how == "declare" || how == "purge" {
					lostToo(t, how, err,
						"the answer was lost (interrupted), and this program could not check whether the change was made")
					return
				}
				if fail.KindOf(err) != fail.Canceled {
					t.Errorf("%s: %v", fail.KindOf(err), err)
				}
			})
		}
	}
}

func TestListing_endsTheRequestWhenNobodyWantsMore(t *testing.T) {
	t.Parallel()
	gone := make(chan struct{})
	s := brokertest.New(t)
	s.Handle("GET /api/queues"+nameOnly, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		io.WriteString(w, `[{"name":"a"},`)
		w.(http.Flusher).Flush()
		<-r.Context().Done()
		close(gone)
	})
	for _, err := range listQueues(t.Context(), client(t, s.URL), "", []record.Column{{Name: "name"}}) {
		if err != nil {
			t.Error(err)
		}
		break
	}
	select {
	case <-gone:
	case <-time.After(10 * time.Second):
		t.Error("the broker still sends")
	}
}

func TestTrace_showsRequestsAndNoSecret(t *testing.T) {
	t.Parallel()
	s := brokertest.New(t)
	s.JSON("GET /api/queues/%2F"+nameOnly, 200, `[{"name":"a"}]`)
	s.Empty("PUT /api/queues/%2F/q", 201)
	s.JSON("DELETE /api/queues/%2F/q?", 401, `{"error":"not_authorised","reason":"Access refused."}`)
	var trace capture
	c := client(t, s.URL, func(o *broker.Options) { o.Trace = &trace })
	if _, err := names(t.Context(), c, "/"); err != nil {
		t.Error(err)
	}
	if _, err := c.DeclareQueue(t.Context(), "/", "q", true, false, map[string]any{"x-secret": password}); err != nil {
		t.Error(err)
	}
	if err := c.DeleteQueue(t.Context(), "/", "q"); fail.KindOf(err) != fail.Denied {
		t.Error(err)
	}
	got := trace.String()
	for _, secret := range []string{password, "Authorization", "Basic", "x-secret"} {
		if strings.Contains(got, secret) {
			t.Errorf("%q is in the trace:\n%s", secret, got)
		}
	}
	got = regexp.MustCompile(`after [0-9.]+(ns|µs|ms|s)`).ReplaceAllString(got, "after TIME")
	got = strings.ReplaceAll(got, s.URL, "URL")
	want := `[1] > GET URL/api/exchanges/%2F/amq.default?columns=vhost&disable_stats=true
[1] < 200 OK, 13 bytes, first after TIME, all after TIME
[2] > GET URL/api/queues/%2F?columns=name&disable_stats=true
[2] < 200 OK, 14 bytes, first after TIME, all after TIME
[3] > PUT URL/api/queues/%2F/q
[3] < 201 Created, 0 bytes, first after TIME, all after TIME
[4] > DELETE URL/api/queues/%2F/q?
[4] < 401 Unauthorized, 53 bytes, first after TIME, all after TIME
`
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestTrace_ofAFailure(t *testing.T) {
	t.Parallel()
	const address = "127.0.0.1:1"
	var trace capture
	c := client(t, "http://"+address, func(o *broker.Options) { o.Trace = &trace })
	if _, err := c.Overview(t.Context()); fail.KindOf(err) != fail.Unreachable {
		t.Error(err)
	}
	lines := strings.Split(strings.TrimSuffix(trace.String(), "\n"), "\n")
	if len(lines) != 2 || lines[0] != "[1] > GET http://"+address+"/api/overview" || !strings.HasPrefix(lines[1],
		"[1] < ") {
		t.Errorf("trace %q", lines)
	}
}

func TestClient_isSafeForConcurrentUse(t *testing.T) {
	t.Parallel()
	s := brokertest.New(t)
	s.Always("GET /api/queues"+nameOnly, 200, `[{"name":"a"},{"name":"b"}]`)
	s.Always("GET /api/health/checks/alarms", 503,
		`{"status":"failed","reason":"r","alarms":[{"node":"n","resource":"disk space"}]}`)
	s.Always("GET /api/overview", 401, `{"error":"not_authorised","reason":"Login failed"}`)
	var trace strings.Builder // unsafe by itself: the client must not write from two requests at once
	var times atomic.Int32
	c := client(t, s.URL, func(o *broker.Options) {
		o.Trace = &trace
		o.Credentials = func(context.Context) (string, string, error) { times.Add(1); return "u", password, nil }
	})
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			if got, err := names(t.Context(), c, ""); err != nil || !cmp.Equal([]string{"a", "b"}, got) {
				t.Error(got, err)
			}
			if got, err := c.Alarms(t.Context()); err != nil || !cmp.Equal([]broker.Alarm{{Node: "n", Resource: "disk"}}, got) {
				t.Error(got, err)
			}
			if _, err := c.Overview(t.Context()); fail.KindOf(err) != fail.Denied {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if times.Load() != 1 || strings.Count(trace.String(), "\n") != 8*3*2 {
		t.Errorf("credentials asked %d times, %d lines of trace", times.Load(), strings.Count(trace.String(), "\n"))
	}
}

func TestSeesNothing(t *testing.T) {
	t.Parallel()
	tests := []struct {
		status int
		body   string
		want   bool
		kind   fail.Kind
	}{
		{200, `[]`, true, ""},
		{200, `[{"name":""}]`, false, ""},
		{401, `{"error":"not_authorised","reason":"Not management user"}`, false, fail.Denied},
	}
	for _, tt := range tests {
		s := brokertest.New(t)
		s.JSON("GET /api/exchanges?columns=name", tt.status, tt.body)
		got, err := client(t, s.URL).SeesNothing(t.Context())
		if got != tt.want || fail.KindOf(err) != tt.kind {
			t.Errorf("%s: %v, %v", tt.body, got, err)
		}
	}
}

// listQueues lists queues like any other collection, without the additions of pkg/queues.
func listQueues(ctx context.Context, c *broker.Client, vhost string,
	columns []record.Column) iter.Seq2[record.Row, error] {
	return c.Listed(ctx, "queues", vhost, func(path string) iter.Seq2[record.Row, error] {
		return c.Rows(ctx, path, broker.WithoutTotals(broker.OfColumns(columns)), columns)
	})
}
