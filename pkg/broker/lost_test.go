package broker_test

import (
	"context"
	"encoding/json"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/internal/brokertest"
	"github.com/rabbitctl/rabbitctl/pkg/internal/faultproxy"
)

// lossyChange is a change, the objects that exist before it, and whether the API shows that it was made.
type lossyChange struct {
	name   string
	seed   []string // a path and its object, in turn
	change func(ctx context.Context, c *broker.Client) error
	// says is the object and what happens to it, as messages name them: "queue q in virtual host / deleted".
	says string
	// hidden means that the API does not show whether the change was made.
	hidden bool
}

func everyChange() []lossyChange {
	type ctx = context.Context
	type client = *broker.Client
	text := func(s string) *string { return &s }
	yes := true
	raw := json.RawMessage(`{"max-length":5,"empty":{}}`)
	users := []string{"users/ann",
		`{"name":"ann","password_hash":"c2FsdG9sZA==","hashing_algorithm":"rabbit_password_hashing_sha256","tags":["old"]}`}
	queue := []string{"queues/%2F/q",
		`{"name":"q","vhost":"/","type":"classic","durable":true,"auto_delete":false,"arguments":{},"messages_ready":7,"consumers":0}`}
	topic := []string{"topic-permissions/%2F/ann/e", `{"exchange":"e","write":"a","read":"b"}`}
	policy := []string{"policies/%2F/p", `{"name":"p","pattern":"x","definition":{},"priority":0,"apply-to":"all"}`}
	return []lossyChange{
		{name: "declare", says: "queue new in virtual host / declared", change: func(x ctx, c client) error {
			_, err := c.DeclareQueue(x, "/", "new", true, false, map[string]any{"x-queue-type": "quorum", "x-max-length": 5})
			return err
		}},
		{name: "delete queue", says: "queue q in virtual host / deleted", seed: queue, change: func(x ctx, c client) error {
			return c.DeleteQueue(x, "/", "q")
		}},
		{name: "delete queue if", says: "queue q in virtual host / deleted", seed: queue,
			change: func(x ctx, c client) error {
				return c.DeleteQueue(x, "/", "q", broker.DeleteOnly{IfEmpty: true, IfUnused: true})
			}},
		{name: "purge", says: "queue q in virtual host / purged", seed: queue, change: func(x ctx, c client) error {
			return c.PurgeQueue(x, "/", "q")
		}},
		{name: "add member", says: "member", change: func(x ctx, c client) error {
			return c.AddMember(x, "/", "quorum", "rabbit@third", "voter")
		}},
		{name: "delete member", says: "member", change: func(x ctx, c client) error {
			return c.DeleteMember(x, "/", "quorum", "rabbit@other")
		}},
		{name: "delete exchange", says: "exchange e in virtual host / deleted", seed: []string{"exchanges/%2F/e",
			`{"name":"e"}`}, change: func(x ctx, c client) error { return c.DeleteExchange(x, "/", "e") }},
		{name: "delete unused exchange", says: "exchange e in virtual host / deleted", seed: []string{"exchanges/%2F/e",
			`{"name":"e"}`}, change: func(x ctx, c client) error { return c.DeleteUnusedExchange(x, "/", "e") }},
		{name: "declare exchange", says: "exchange new in virtual host / declared", change: func(x ctx, c client) error {
			return c.DeclareExchange(x, "/", "new", broker.ExchangeSettings{Type: "topic", Durable: true,
				Arguments: map[string]any{"alternate-exchange": "e"}})
		}},
		{name: "bind", says: "the binding of e to q in virtual host / made", change: func(x ctx, c client) error {
			return c.Bind(x, "/", broker.Ends{Source: "e", Kind: "queue", Destination: "q"}, "a.b", map[string]any{"n": 5})
		}},
		{name: "unbind", says: "the binding of e to q in virtual host / removed", seed: []string{"bindings/%2F/e/e/q/q/a.b",
			`{"routing_key":"a.b","properties_key":"a.b","arguments":{}}`}, change: func(x ctx, c client) error {
			return c.Unbind(x, "/", broker.Ends{Source: "e", Kind: "queue", Destination: "q"}, "a.b")
		}},
		{name: "add user", says: "user new set", change: func(x ctx, c client) error {
			return c.PutUser(x, "new", broker.Account{Password: text("geheim"), Tags: "b,a"})
		}},
		{name: "change password", says: "user ann set", seed: users, change: func(x ctx, c client) error {
			return c.PutUser(x, "ann", broker.Account{Password: text("geheim"), Tags: "old"})
		}},
		{name: "set tags", says: "user ann set", seed: users, change: func(x ctx, c client) error {
			return c.PutUser(x, "ann", broker.Account{Hash: text("c2FsdG9sZA=="), Algorithm: "rabbit_password_hashing_sha256",
				Tags: "monitoring"})
		}},
		{name: "clear password", says: "user ann set", seed: users, change: func(x ctx, c client) error {
			return c.PutUser(x, "ann", broker.Account{Hash: text(""), Tags: "old"})
		}},
		{name: "delete user", says: "user ann deleted", seed: users, change: func(x ctx, c client) error {
			return c.DeleteUser(x, "ann")
		}},
		{name: "set user limit", says: "limit max-channels of user ann set", change: func(x ctx, c client) error {
			return c.SetUserLimit(x, "ann", "max-channels", 9)
		}},
		{name: "clear user limit", says: "limit max-channels of user ann cleared",
			seed:   []string{"user-limits/ann/max-channels", `{"user":"ann","value":{"max-channels":3}}`},
			change: func(x ctx, c client) error { return c.ClearUserLimit(x, "ann", "max-channels") }},
		{name: "set permissions", says: "the permission of user ann in virtual host / set",
			change: func(x ctx, c client) error {
				return c.SetPermissions(x, "/", "ann", broker.Permission{Configure: "", Write: "w", Read: ".*"})
			}},
		{name: "clear permissions", says: "the permission of user guest in virtual host / cleared",
			change: func(x ctx, c client) error { return c.ClearPermissions(x, "/", "guest") }},
		{name: "set topic permissions", says: "the topic permission of user ann in virtual host / set", seed: topic,
			change: func(x ctx, c client) error {
				return c.SetTopicPermissions(x, "/", "ann", broker.TopicPermission{Exchange: "e", Write: "w", Read: "r"})
			}},
		{name: "clear topic permissions", says: "every topic permission of user ann in virtual host / cleared", seed: topic,
			change: func(x ctx, c client) error { return c.ClearTopicPermissions(x, "/", "ann", "") }},
		{name: "clear topic permissions of one",
			says: "the topic permission of user ann for exchange e in virtual host / cleared", seed: topic,
			change: func(x ctx, c client) error { return c.ClearTopicPermissions(x, "/", "ann", "e") }},
		{name: "add vhost", says: "virtual host new set", change: func(x ctx, c client) error {
			return c.PutVHost(x, "new", broker.VHostSettings{Description: "d", Tags: "b,a", DefaultQueueType: "quorum",
				Tracing: &yes})
		}},
		{name: "trace", says: "virtual host / set", change: func(x ctx, c client) error {
			return c.PutVHost(x, "/", broker.VHostSettings{Tracing: &yes})
		}},
		{name: "delete vhost", says: "virtual host old deleted", seed: []string{"vhosts/old", `{"name":"old"}`},
			change: func(x ctx, c client) error { return c.DeleteVHost(x, "old") }},
		{name: "protect", says: "protection of virtual host / set", change: func(x ctx, c client) error {
			return c.ProtectVHost(x, "/", true)
		}},
		{name: "unprotect", says: "protection of virtual host old lifted", seed: []string{"vhosts/old",
			`{"name":"old","protected_from_deletion":true}`},
			change: func(x ctx, c client) error { return c.ProtectVHost(x, "old", false) }},
		{name: "restart vhost", says: "virtual host / on node rabbit@fake started", change: func(x ctx, c client) error {
			return c.RestartVHost(x, "/", "rabbit@fake")
		}},
		{name: "set policy", says: "policy p in virtual host / set", seed: policy, change: func(x ctx, c client) error {
			return c.SetPolicy(x, false, "/", "p", broker.PolicySettings{Pattern: "^q", Definition: raw, Priority: 1,
				ApplyTo: "queues"})
		}},
		{name: "set operator policy", says: "operator policy p in virtual host / set", change: func(x ctx, c client) error {
			return c.SetPolicy(x, true, "/", "p", broker.PolicySettings{Pattern: "^q", Definition: raw})
		}},
		{name: "clear policy", says: "policy p in virtual host / cleared", seed: policy, change: func(x ctx, c client) error {
			return c.ClearPolicy(x, false, "/", "p")
		}},
		{name: "set parameter", says: "parameter limits of vhost-limits in virtual host / set",
			change: func(x ctx, c client) error { return c.SetParameter(x, "vhost-limits", "/", "limits", raw) }},
		{name: "clear parameter", says: "parameter mine of shovel in virtual host / cleared",
			change: func(x ctx, c client) error { return c.ClearParameter(x, "shovel", "/", "mine") }},
		{name: "set global parameter", says: "global parameter other set", change: func(x ctx, c client) error {
			return c.SetGlobalParameter(x, "other", raw)
		}},
		{name: "clear global parameter", says: "global parameter mine cleared", change: func(x ctx, c client) error {
			return c.ClearGlobalParameter(x, "mine")
		}},
		{name: "set cluster name", says: "the name of the cluster set", change: func(x ctx, c client) error {
			return c.SetClusterName(x, "new")
		}},
		{name: "enable feature flag", says: "feature flag khepri enabled", change: func(x ctx, c client) error {
			return c.EnableFeatureFlag(x, "khepri")
		}},
		{name: "close connection", says: "connection 1:2 -> 3:4 closed", seed: []string{"connections/1:2%20-%3E%203:4",
			`{"name":"1:2 -> 3:4"}`},
			change: func(x ctx, c client) error { return c.CloseConnection(x, "1:2 -> 3:4", "why") }},
		{name: "delete shovel", says: "shovel mine in virtual host / deleted", change: func(x ctx, c client) error {
			return c.DeleteShovel(x, "/", "mine")
		}},
		{name: "restart shovel", hidden: true, change: func(x ctx, c client) error {
			return c.RestartShovel(x, "/", "mine")
		}},
		{name: "restart link", hidden: true, change: func(x ctx, c client) error {
			return c.RestartFederationLink(x, "/", "id", "n")
		}},
		{name: "rebalance", hidden: true, change: func(x ctx, c client) error { return c.Rebalance(x) }},
		{name: "import", hidden: true, change: func(x ctx, c client) error {
			return c.ImportDefinitions(x, json.RawMessage(`{}`))
		}},
		{name: "reset statistics", hidden: true, change: func(x ctx, c client) error { return c.ResetStatistics(x, "n") }},
		{name: "reset attempts", hidden: true, change: func(x ctx, c client) error { return c.ResetAuthAttempts(x, "n") }},
	}
}

// everyFault returns the ways to lose an answer that the tests of lost answers try.
func everyFault() map[string]faultproxy.Fault {
	return map[string]faultproxy.Fault{
		"reset": faultproxy.Reset(), "close": faultproxy.Close(), "half a header": faultproxy.HalfHeader(),
		"garbage": faultproxy.Garbage(),
		"500":     faultproxy.Status(500), "502": faultproxy.Page(502), "503": faultproxy.Status(503),
		"504": faultproxy.Page(504), "a page": faultproxy.Page(200),
		"hang": faultproxy.Hang(), "interrupt": faultproxy.Hang(),
	}
}

// lossy returns a fake broker, a proxy that spoils the answers to changes, a client behind that proxy, and a function
// that returns the client's notes. If unasked is true, the changes never reach the broker.
func lossy(t *testing.T, change lossyChange, fault faultproxy.Fault,
	unasked bool) (*brokertest.Keeper, *faultproxy.Proxy, *broker.Client, func() string) {
	t.Helper()
	k := brokertest.NewKeeper(t)
	for i := 0; i+1 < len(change.seed); i += 2 {
		k.Keep(change.seed[i], change.seed[i+1])
	}
	p := faultproxy.New(t, k.URL)
	for _, method := range []string{"PUT", "POST", "DELETE"} {
		if rule := p.On(method, "", fault); unasked {
			rule.Unasked()
		}
	}
	var mu sync.Mutex
	notes := ""
	c := client(t, p.URL, func(o *broker.Options) {
		o.Note = func(text string) { mu.Lock(); notes += text + "\n"; mu.Unlock() }
	})
	return k, p, c, func() string { mu.Lock(); defer mu.Unlock(); return notes }
}

// together runs all changes at the same time, because most of the time they only wait.
func together(t *testing.T, each func(t *testing.T, tt lossyChange)) {
	t.Helper()
	var all sync.WaitGroup
	for _, tt := range everyChange() {
		all.Go(func() { each(t, tt) })
	}
	all.Wait()
}

// TestLost_done: the broker makes each change, and its answer is lost in each way. The client must see that the change
// was made, or report its outcome as unknown if the API does not show it. Each change must be sent only once.
func TestLost_done(t *testing.T) {
	t.Parallel()
	for how, fault := range everyFault() {
		t.Run(how, func(t *testing.T) {
			t.Parallel()
			together(t, func(t *testing.T, tt lossyChange) { lostDone(t, how, fault, tt) })
		})
	}
}

func lostDone(t *testing.T, how string, fault faultproxy.Fault, tt lossyChange) {
	k, _, c, notes := lossy(t, tt, fault, false)
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	switch how {
	case "hang":
		ctx, cancel = context.WithTimeout(ctx, 4*time.Second)
		defer cancel()
	case "interrupt":
		time.AfterFunc(4*time.Second, cancel)
	}
	err := tt.change(ctx, c)
	if n := len(k.Changes()); n != 1 {
		t.Errorf("%s: sent %d times: %q", tt.name, n, k.Changes())
	}
	if tt.hidden {
		sentence(t, err)
		if fail.KindOf(err) != fail.Lost || broker.OutcomeOf(err) != "unknown" || !strings.Contains(err.Error(),
			"may have been") {
			t.Errorf("%s: %s, %s: %v", tt.name, fail.KindOf(err), broker.OutcomeOf(err), err)
		}
		return
	}
	at := strings.LastIndex(tt.says, " ") + 1
	// A look after a purge sees an empty queue, and not who emptied it.
	seen := strings.Replace(tt.says[at:], "purged", "without ready messages", 1)
	if err != nil || !strings.Contains(notes(), ", but a second look shows that ") ||
		!strings.Contains(notes(), tt.says[:at]) || !strings.Contains(notes(), seen) || !c.AnswerLost() {
		t.Errorf("%s: %v, noted %q", tt.name, err, notes())
	}
}

// TestLost_notDone: a change that never reached the broker is reported as not made, unless the API cannot show it.
func TestLost_notDone(t *testing.T) {
	t.Parallel()
	together(t, func(t *testing.T, tt lossyChange) {
		k, p, c, _ := lossy(t, tt, faultproxy.Reset(), true)
		err := tt.change(t.Context(), c)
		sentence(t, err)
		want := "not_done"
		// Messages in the queue may have come after a purge, and a broker may still be deleting a virtual host.
		if tt.hidden || tt.name == "purge" || tt.name == "delete vhost" {
			want = "unknown"
		}
		sent := 0
		for _, r := range p.Seen() {
			if r.Method != "GET" {
				sent++
			}
		}
		if fail.KindOf(err) != fail.Lost || broker.OutcomeOf(err) != want || sent != 1 || len(k.Changes()) != 0 {
			t.Errorf("%s: sent %d times, %s, %s: %v", tt.name, sent, fail.KindOf(err), broker.OutcomeOf(err), err)
		}
	})
}

// TestLost_purge: an empty queue does not prove that the purge was made, if consumers may have taken the messages. The
// outcome is then unknown.
func TestLost_purge(t *testing.T) {
	t.Parallel()
	for consumers, want := range map[string]string{`"consumers":0,"consumer_details":[]`: "", `"consumer_details":[]`: "",
		`"consumers":1`: "its consumers may have taken", `"x":1`: "does not report whether consumers",
		`"consumers":0,"consumer_details":[{}]`: "its consumers may have taken"} {
		t.Run(consumers, func(t *testing.T) {
			t.Parallel()
			s := brokertest.New(t)
			s.JSON("DELETE /api/queues/%2F/q/contents", 502, "<html>")
			queue := `{"name":"q","vhost":"/","type":"classic","messages_ready":0,` + consumers + `}`
			s.Always("GET /api/queues/%2F/q?disable_stats=true&enable_queue_totals=true", 200, queue)
			s.Always("GET /api/queues/%2F/q", 200, queue)
			err := client(t, s.URL).PurgeQueue(t.Context(), "/", "q")
			if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want) ||
				broker.OutcomeOf(err) != "unknown") {
				t.Errorf("%v", err)
			}
		})
	}
}

// TestLost_neverSent: if a request was never written, the error says that no broker could be reached, and nothing is
// looked up.
func TestLost_neverSent(t *testing.T) {
	t.Parallel()
	for name, base := range map[string]string{"refused": "http://127.0.0.1:1",
		"no such host": "http://nothing.invalid:15672"} {
		err := client(t, base).DeleteQueue(t.Context(), "/", "q")
		if fail.KindOf(err) != fail.Unreachable || broker.OutcomeOf(err) != "" {
			t.Errorf("%s: %s: %v", name, fail.KindOf(err), err)
		}
	}
}

// If a deletion takes a moment, the client waits for it. A 404 does not prove the deletion if the user cannot enter the
// virtual host, or if the queue is still listed.
func TestLost_looksAgain(t *testing.T) {
	t.Parallel()
	const object, hall = "GET /api/queues/v/q", "GET /api/exchanges/v/amq.default"
	for name, tt := range map[string]struct {
		answers func(s *brokertest.Server)
		outcome string
		says    string
	}{
		"it takes a moment": {func(s *brokertest.Server) {
			s.JSON(object, 200, `{"name":"q"}`)
			s.JSON(object, 200, `{"name":"q"}`)
			s.JSON(object, 404, notThere)
			s.JSON(hall, 200, `{}`)
		}, "", ""},
		"its node is down": {func(s *brokertest.Server) {
			s.Always(object, 404, notThere)
			s.Always(sameName("v", "q"), 200, page(`{"vhost":"v","name":"q","type":"classic","state":"down","node":"rabbit@c"}`))
			s.Always(brokertest.Standing, 200, oneDown)
		}, "unknown", "its node rabbit@c does not run"},
		"the virtual host is shut": {func(s *brokertest.Server) {
			s.Always(object, 404, notThere)
			s.Always(hall, 404, notThere)
			s.Always("GET /api/vhosts?columns=name", 200, `[{"name":"v"}]`)
		}, "unknown", "this program could not check whether the change was made: user u has no access to virtual host v"},
		"the user may not look": {func(s *brokertest.Server) {
			s.JSON(object, 401, `{"error":"not_authorized","reason":"Access refused."}`)
		}, "unknown", "this program could not check whether the change was made: user u has no permission for this"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := brokertest.New(t)
			s.Empty("DELETE /api/queues/v/q?", 503)
			tt.answers(s)
			err := client(t, s.URL).DeleteQueue(t.Context(), "v", "q")
			if broker.OutcomeOf(err) != tt.outcome || tt.says != "" && !strings.Contains(err.Error(), tt.says) {
				t.Errorf("%v", err)
			}
		})
	}
}

// TestLost_status200: brokers answer a PUT and a DELETE with 201 or 204. An answer with 200 is not a broker's, so the
// client looks up whether the change was made.
func TestLost_status200(t *testing.T) {
	t.Parallel()
	for _, body := range []string{"", "null", `{"ok":true}`} {
		for _, tt := range everyChange() {
			if tt.name != "delete queue" && tt.name != "change password" {
				continue
			}
			t.Run(tt.name+" "+body, func(t *testing.T) {
				t.Parallel()
				ok := faultproxy.Change(func(a *faultproxy.Answer) { a.Status, a.Body = 200, []byte(body) })
				_, _, c, _ := lossy(t, tt, ok, true)
				if err := tt.change(t.Context(), c); broker.OutcomeOf(err) != "not_done" || fail.KindOf(err) != fail.Lost {
					t.Errorf("not done, and told as %v", err)
				}
				_, _, c, notes := lossy(t, tt, ok, false)
				if err := tt.change(t.Context(), c); err != nil || !strings.Contains(notes(), "the answer was lost") {
					t.Errorf("done, and told as %v, %q", err, notes())
				}
			})
		}
	}
}
