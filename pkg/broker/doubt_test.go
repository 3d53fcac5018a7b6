package broker_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/internal/brokertest"
)

const (
	notThere = `{"error":"Object Not Found","reason":"Not Found"}`
	// These are answers about a queue on a node that is down. Brokers send homeNode (3.10) and stopped (4.3) when the
	// queue is declared again. 4.3 sends inside when a quorum queue is purged whose only member is on that node. oneDown
	// is the listing of nodes.
	homeNode = `{"error":"not_found","reason":"home node 'rabbit@c' of durable queue 'q' in vhost 'v' is down or inaccessible"}`
	stopped  = `{"error":"not_found","reason":"queue 'q' in vhost 'v' process is stopped by supervisor"}`
	inside   = `{"error":"bad_request","reason":"Request to node rabbit@a failed with {'EXIT',\n {{case_clause,\n {error,nodedown}},\n [{rabbit_channel,\n '-handle_method/6-fun-2-',\n 1,[]}]}}"}`
	oneDown  = `[{"name":"rabbit@a","running":true,"partitions":[]},{"name":"rabbit@b","running":true,"partitions":[]},{"name":"rabbit@c","running":false}]`
)

// sameName returns the request that looks for queues with that name in the listing of a virtual host, or of all virtual
// hosts if vhost is empty.
func sameName(vhost, name string) string {
	if vhost != "" {
		vhost = "/" + vhost
	}
	return strings.NewReplacer("%%", "%", "queues%s", "queues"+vhost, "name=%s", "name="+url.QueryEscape(`\A`+name+`\z`)).
		Replace(brokertest.SameName)
}

func page(items string) string {
	return `{"filtered_count":1,"item_count":1,"items":[` + items +
		`],"page":1,"page_count":1,"page_size":500,"total_count":9}`
}

func TestAway(t *testing.T) {
	t.Parallel()
	classic := `{"vhost":"v","name":"q","type":"classic","state":"down","node":"rabbit@c"}`
	tests := map[string]struct {
		status               int
		body, listed, says   string
		kind                 fail.Kind
		read, purge, declare bool
	}{
		"3.10 knows no such queue": {status: 404, body: notThere, listed: classic, read: true, purge: true,
			kind: fail.Incomplete, says: "its node rabbit@c does not run or does not answer"},
		"3.10 refuses to declare it": {status: 404, body: homeNode, listed: classic, declare: true, kind: fail.Incomplete,
			says: "its node rabbit@c does not run"},
		"4.3 refuses to declare it": {status: 404, body: stopped, listed: classic, declare: true, kind: fail.Incomplete,
			says: "its node rabbit@c does not run"},
		"4.3 fails inside, read": {status: 500, listed: classic, read: true, kind: fail.Incomplete,
			says: "its node rabbit@c does not run"},
		"its only member is away": {status: 400, body: inside,
			listed: `{"vhost":"v","name":"q","type":"quorum","state":"live","leader":null,"members":["rabbit@c"],"online":[]}`,
			purge:  true, kind: fail.Incomplete, says: "the node of its only member, rabbit@c, does not run"},
		"no majority": {status: 404, body: notThere,
			listed: `{"vhost":"v","name":"q","type":"quorum","leader":"rabbit@a","members":["rabbit@a","rabbit@c"],"online":["rabbit@a"]}`, read: true, kind: fail.Incomplete, says: "1 of its 2 members do not answer, which leaves no majority"},
		"its state is all there is": {status: 404, body: notThere,
			listed: `{"vhost":"v","name":"q","type":"classic","state":"stopped","node":"rabbit@a"}`, read: true,
			kind: fail.Incomplete, says: "its state on node rabbit@a is stopped"},
		"nothing tells why": {status: 404, body: notThere,
			listed: `{"vhost":"v","name":"q","type":"classic","state":"running","node":"rabbit@a"}`, read: true,
			kind: fail.Incomplete, says: "the broker answers that it does not exist"},
		"listed elsewhere": {status: 404, body: notThere,
			listed: `{"vhost":"w","name":"q","type":"classic","state":"down","node":"rabbit@c"}`, read: true,
			kind: fail.NotFound, says: "has no such object"},
		"listed in other letters": {status: 404, body: notThere,
			listed: `{"vhost":"v","name":"Q","type":"classic","state":"down","node":"rabbit@c"}`, read: true,
			kind: fail.NotFound, says: "has no such object"},
		"well, and fails inside": {status: 400, body: inside,
			listed: `{"vhost":"v","name":"q","type":"classic","state":"running","node":"rabbit@a"}`, purge: true,
			kind: fail.Unavailable, says: "failed internally at this (nodedown)"},
		"well, and the broker failed": {status: 500,
			listed: `{"vhost":"v","name":"q","type":"classic","state":"running","node":"rabbit@a"}`, read: true,
			kind: fail.Unavailable, says: "failed with status 500"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := brokertest.New(t)
			s.Always(sameName("v", "q"), 200, page(tt.listed))
			if tt.kind != fail.NotFound {
				s.Always(brokertest.Standing, 200, oneDown)
			}
			c := client(t, s.URL)
			check := func(err error) {
				t.Helper()
				if tt.kind != fail.NotFound {
					sentence(t, err)
				}
				if fail.KindOf(err) != tt.kind || !strings.Contains(err.Error(), tt.says) {
					t.Errorf("%s: %v", fail.KindOf(err), err)
				}
				if broker.IsNotFound(err) != (tt.kind == fail.NotFound) {
					t.Errorf("not found: %v", broker.IsNotFound(err))
				}
				if strings.Contains(err.Error(), "EXIT") || strings.Contains(err.Error(), "case_clause") {
					t.Errorf("raw Erlang: %v", err)
				}
			}
			if tt.read {
				s.JSON("GET /api/queues/v/q", tt.status, tt.body)
				_, err := c.Queue(t.Context(), "v", "q")
				check(err)
			}
			if tt.purge {
				s.JSON("DELETE /api/queues/v/q/contents", tt.status, tt.body)
				check(c.PurgeQueue(t.Context(), "v", "q"))
			}
			if tt.declare {
				s.JSON("PUT /api/queues/v/q", tt.status, tt.body)
				_, err := c.DeclareQueue(t.Context(), "v", "q", true, false, nil)
				check(err)
			}
		})
	}
}

// TestAway_unseen: if the listing cannot be read after a 404, the error must not say that the queue is absent.
func TestAway_unseen(t *testing.T) {
	t.Parallel()
	s := brokertest.New(t)
	s.JSON("GET /api/queues/v/q", 404, notThere)
	s.JSON(sameName("v", "q"), 500, "")
	_, err := client(t, s.URL).Queue(t.Context(), "v", "q")
	sentence(t, err)
	if fail.KindOf(err) != fail.Incomplete || broker.IsNotFound(err) || !strings.Contains(err.Error(),
		"its listing could not be read") {
		t.Error(fail.KindOf(err), err)
	}
}

// TestBelieving: a caller that wants no look into the listing gets the broker's own answer.
func TestBelieving(t *testing.T) {
	t.Parallel()
	s := brokertest.New(t)
	s.JSON("GET /api/queues/v/q", 404, notThere)
	if _, err := client(t, s.URL).Queue(broker.Believing(t.Context()), "v", "q"); !broker.IsNotFound(err) {
		t.Error(err)
	}
	if len(s.Requests()) != 1 {
		t.Error(s.Requests())
	}
}

// TestUnspeakable: 4.3 answers with status 500 to a request for an object if the name of the object or of its virtual
// host is not UTF-8. The error must name this cause.
func TestUnspeakable(t *testing.T) {
	t.Parallel()
	s := brokertest.New(t)
	s.JSON("GET /api/exchanges/v/caf%E9", 500, "")
	s.JSON("GET /api/exchanges/caf%E9/x", 500, "")
	for _, words := range [][]string{{"v", "caf\xe9"}, {"caf\xe9", "x"}} {
		_, err := client(t, s.URL).Exchange(t.Context(), words[0], words[1])
		if fail.KindOf(err) != fail.Incomplete || !strings.Contains(err.Error(), "the name is not UTF-8") {
			t.Error(fail.KindOf(err), err)
		}
	}
}

// TestQueueNotUTF8: if 4.3 cannot write the name of a queue or of its virtual host, the client requests all other
// members of the queue.
func TestQueueNotUTF8(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ vhost, name, path, sent string }{
		{"v", "caf\xe9", "/api/queues/v/caf%E9", `"vhost":"v"`},
		{"caf\xe9", "q", "/api/queues/caf%E9/q", `"name":"q"`},
	} {
		left := [2]string{"name", "vhost"}
		if tt.name == "q" {
			left = [2]string{"vhost", "name"}
		}
		k := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			columns := strings.Split(r.URL.Query().Get("columns"), ",")
			switch {
			case r.URL.EscapedPath() != tt.path, slices.Contains(columns, left[0]), !slices.Contains(columns, left[1]):
				w.WriteHeader(500)
			default:
				io.WriteString(w, `{`+tt.sent+`,"type":"classic","durable":true,"auto_delete":false,"arguments":{}}`)
			}
		}))
		t.Cleanup(k.Close)
		q, err := client(t, k.URL).Queue(t.Context(), tt.vhost, tt.name)
		if err != nil || q.At("vhost").Text() != tt.vhost || q.At("name").Text() != tt.name || q.At("type").
			Text() != "classic" {
			t.Errorf("%q %q: %v %s", tt.vhost, tt.name, err, q)
		}
	}
}

// TestFindQueue_host: if the queues of that name cannot be listed for all virtual hosts, they are listed for the one
// virtual host, once its path is known to reach the broker.
func TestFindQueue_host(t *testing.T) {
	t.Parallel()
	s := brokertest.New(t)
	s.JSON("GET /api/queues/%2F/q", 404, notThere)
	s.Always(sameName("", "q"), 500, "")
	s.Always("GET /api/exchanges/%2F/amq.default?columns=vhost&disable_stats=true", 200, `{"vhost":"/"}`)
	s.JSON(sameName("%2F", "q"), 200, page(""))
	if _, err := client(t, s.URL).Queue(t.Context(), "/", "q"); !broker.IsNotFound(err) {
		t.Error(fail.KindOf(err), err)
	}
}
