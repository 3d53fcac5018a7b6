package broker_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/internal/faultproxy"
	"github.com/rabbitctl/rabbitctl/pkg/record"
	"github.com/rabbitctl/rabbitctl/pkg/steps"
)

// tinyBroker has the virtual hosts / and v with their queues. It reads paths as RabbitMQ does: an empty segment at the
// end does not count.
func tinyBroker(t *testing.T) *httptest.Server {
	queues := []map[string]string{{"vhost": "/", "name": "orders"}, {"vhost": "v", "name": "a/b"},
		{"vhost": "v", "name": "plain"}}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		path, _, _ := strings.Cut(strings.TrimPrefix(r.RequestURI, "/api/"), "?")
		words := strings.Split(strings.TrimSuffix(path, "/"), "/")
		for i := range words {
			words[i], _ = url.PathUnescape(words[i])
		}
		answer := func(status int, v any) {
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(status)
			_ = json.NewEncoder(w).Encode(v)
		}
		missing := func() { answer(404, map[string]string{"error": "Object Not Found", "reason": "Not Found"}) }
		in := func(vhost string) []map[string]string {
			found := []map[string]string{}
			for _, q := range queues {
				if vhost == "" || q["vhost"] == vhost {
					found = append(found, q)
				}
			}
			return found
		}
		switch {
		case r.Method != http.MethodGet && len(words) < 3:
			answer(405, map[string]string{"error": "method_not_allowed"})
		case r.Method != http.MethodGet:
			w.WriteHeader(204)
		case path == "whoami":
			answer(200, map[string]any{"name": "monitor", "tags": []string{"administrator"}})
		case path == "nodes":
			answer(200, []map[string]any{{"name": "rabbit@a", "running": true, "partitions": []string{}}})
		case words[0] == "exchanges" && len(words) == 1:
			answer(200, []map[string]string{{"vhost": "/", "name": ""}, {"vhost": "v", "name": ""}})
		case words[0] == "exchanges" && len(words) == 3 && (words[1] == "/" || words[1] == "v") && words[2] == "amq.default":
			answer(200, map[string]string{"vhost": words[1], "name": ""})
		case words[0] == "queues" && r.URL.Query().Has("use_regex"):
			vhost := ""
			if len(words) > 1 {
				vhost = words[1]
			}
			answer(200, map[string]any{"page_count": 1, "items": in(vhost)})
		case words[0] == "queues" && len(words) == 1:
			answer(200, in(""))
		case words[0] == "queues" && len(words) == 2 && (words[1] == "/" || words[1] == "v"):
			answer(200, in(words[1]))
		case words[0] == "queues" && len(words) == 3:
			for _, q := range in(words[1]) {
				// If a proxy escapes a%2Fb once more, the broker reads another name. In this test, a queue with that name exists:
				// the answer is queue plain.
				if q["name"] == words[2] || words[2] == "a%2Fb" && q["name"] == "plain" {
					answer(200, map[string]any{"vhost": q["vhost"], "name": q["name"], "durable": true, "auto_delete": false,
						"arguments": map[string]any{}})
					return
				}
			}
			missing()
		default:
			missing()
		}
	}))
	t.Cleanup(s.Close)
	return s
}

// TestPaths: if something between rabbitctl and the broker changes the escapes in paths, the client must not report an
// object as absent or a list as empty, must not show anything of another virtual host, and must change nothing. Without
// such changes, all calls work, except for the policy, which tinyBroker does not have.
func TestPaths(t *testing.T) {
	t.Parallel()
	calls := map[string]func(ctx context.Context, c *broker.Client) error{
		"list /": func(ctx context.Context, c *broker.Client) (err error) {
			for row, e := range listQueues(ctx, c, "/", []record.Column{{Name: "name"}}) {
				if err = e; err == nil && row[0].Text() != "orders" {
					t.Errorf("%s is shown as one of /", row[0].Text())
				}
			}
			return err
		},
		"show orders": func(ctx context.Context, c *broker.Client) error {
			_, err := c.Queue(ctx, "/", "orders")
			return err
		},
		"show a/b": func(ctx context.Context, c *broker.Client) error { _, err := c.Queue(ctx, "v", "a/b"); return err },
		"enter /":  func(ctx context.Context, c *broker.Client) error { return c.EnterVHost(ctx, "/") },
		"purge":    func(ctx context.Context, c *broker.Client) error { return c.PurgeQueue(ctx, "/", "orders") },
		"delete":   func(ctx context.Context, c *broker.Client) error { return c.DeleteQueue(ctx, "/", "orders") },
		"declare": func(ctx context.Context, c *broker.Client) error {
			_, err := c.DeclareQueue(ctx, "/", "new", true, false, nil)
			return err
		},
		"policy": func(ctx context.Context, c *broker.Client) error {
			return c.SetPolicy(ctx, false, "/", "p", broker.PolicySettings{Pattern: ".*", Definition: json.RawMessage(`{}`)})
		},
	}
	proxies := map[string]func(p *faultproxy.Proxy){
		"none":          func(*faultproxy.Proxy) {},
		"decodes":       func(p *faultproxy.Proxy) { p.Rewrite(faultproxy.DecodeSlashes) },
		"merges":        func(p *faultproxy.Proxy) { p.Rewrite(faultproxy.MergeSlashes) },
		"encodes twice": func(p *faultproxy.Proxy) { p.Rewrite(faultproxy.DoubleEncode) },
		"refuses":       func(p *faultproxy.Proxy) { p.On("", "%2F", faultproxy.Page(404)).Unasked() },
		"calls it bad":  func(p *faultproxy.Proxy) { p.On("", "%2F", faultproxy.Page(400)).Unasked() },
	}
	for how, spoil := range proxies {
		for what, call := range calls {
			t.Run(how+"/"+what, func(t *testing.T) {
				t.Parallel()
				p := faultproxy.New(t, tinyBroker(t).URL)
				spoil(p)
				err := call(t.Context(), client(t, p.URL))
				if how == "none" {
					if err != nil && what != "policy" {
						t.Error(err)
					}
					return
				}
				sentence(t, err)
				if fail.KindOf(err) != fail.Incomplete || !strings.Contains(err.Error(),
					"a proxy between here and the broker changes %2F in paths: at "+p.URL) ||
					!strings.Contains(steps.Of(err), "proxy_pass") || !strings.Contains(steps.Of(err),
					"AllowEncodedSlashes NoDecode") {
					t.Errorf("%s: %v", fail.KindOf(err), err)
				}
				for _, r := range p.Seen() {
					if r.Method != http.MethodGet && r.Asked != "" {
						t.Errorf("the broker was asked for %s %s", r.Method, r.Asked)
					}
				}
			})
		}
	}
}

// TestPaths_noAccess: if the user may not enter a virtual host, the error does not blame a proxy.
func TestPaths_noAccess(t *testing.T) {
	t.Parallel()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		switch {
		case strings.HasPrefix(r.RequestURI, "/api/vhosts?"):
			io.WriteString(w, `[{"name":"/"},{"name":"v"}]`)
		case strings.HasPrefix(r.RequestURI, "/api/exchanges?"):
			io.WriteString(w, `[{"vhost":"v","name":""}]`)
		default:
			w.WriteHeader(404)
			io.WriteString(w, notThere)
		}
	}))
	defer s.Close()
	err := client(t, s.URL).EnterVHost(t.Context(), "/")
	if fail.KindOf(err) != fail.Denied || !strings.Contains(err.Error(), "no access to virtual host /") {
		t.Error(fail.KindOf(err), err)
	}
}

// TestPaths_notUTF8: 3.10 lists a virtual host whose name is not UTF-8, and reading the answer as JSON changes the
// name. The error does not blame a proxy for that.
func TestPaths_notUTF8(t *testing.T) {
	t.Parallel()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		if strings.HasPrefix(r.RequestURI, "/api/exchanges?") {
			io.WriteString(w, "[{\"name\":\"\",\"vhost\":\"v\xff\"}]")
			return
		}
		w.WriteHeader(http.StatusNotFound)
		io.WriteString(w, `{"error":"Object Not Found","reason":"Not Found"}`)
	}))
	t.Cleanup(s.Close)
	err := client(t, s.URL).SetPermissions(t.Context(), "v\uFFFD", "app", broker.Permission{})
	if fail.KindOf(err) != fail.Incomplete || !strings.Contains(err.Error(), "its name is not UTF-8") ||
		!strings.Contains(steps.Of(err), "rabbitctl help name-not-utf-8") {
		t.Errorf("%s: %v; %s", fail.KindOf(err), err, steps.Of(err))
	}
}
