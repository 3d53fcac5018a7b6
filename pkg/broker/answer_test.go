package broker_test

import (
	"context"
	"io"
	"iter"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/internal/faultproxy"
	"github.com/rabbitctl/rabbitctl/pkg/record"
	"github.com/rabbitctl/rabbitctl/pkg/steps"
)

// reader is a call that reads, and a body that the call accepts.
type reader struct {
	good string
	list bool
	call func(context.Context, *broker.Client) error
}

func last[T any](rows iter.Seq2[T, error]) error {
	for _, err := range rows {
		if err != nil {
			return err
		}
	}
	return nil
}

// readers returns the calls that make a single request, by name.
func readers() map[string]reader {
	name := []record.Column{{Name: "name"}}
	object := func(good string, call func(context.Context, *broker.Client) (record.Value, error)) reader {
		return reader{good: good, call: func(ctx context.Context, c *broker.Client) error {
			_, err := call(ctx, c)
			return err
		}}
	}
	rows := func(call func(context.Context, *broker.Client) iter.Seq2[record.Row, error]) reader {
		return reader{good: `[{"name":"a"},{"name":"b"}]`, list: true,
			call: func(ctx context.Context, c *broker.Client) error { return last(call(ctx, c)) }}
	}
	type values = func(context.Context, *broker.Client) (record.Value, error)
	return map[string]reader{
		"queue": object(`{"vhost":"/","name":"a","durable":true,"auto_delete":false,"arguments":{}}`,
			func(ctx context.Context, c *broker.Client) (record.Value, error) { return c.Queue(ctx, "/", "a") }),
		"exchange": object(`{"vhost":"/","name":"a"}`, func(ctx context.Context, c *broker.Client) (record.Value, error) {
			return c.Exchange(ctx, "/", "a")
		}),
		"connection": object(`{"name":"a"}`, func(ctx context.Context, c *broker.Client) (record.Value, error) {
			return c.Connection(ctx, "a")
		}),
		"node": object(`{"name":"a"}`, func(ctx context.Context, c *broker.Client) (record.Value, error) {
			return c.Node(ctx, "a")
		}),
		"memory": object(`{"memory":{}}`, func(ctx context.Context, c *broker.Client) (record.Value, error) {
			return c.NodeMemory(ctx, "a")
		}),
		"user": object(`{"name":"a"}`, func(ctx context.Context, c *broker.Client) (record.Value, error) {
			return c.User(ctx, "a")
		}),
		"vhost": object(`{"name":"a"}`, func(ctx context.Context, c *broker.Client) (record.Value, error) {
			return c.VHost(ctx, "a")
		}),
		"parameter": object(`{"component":"c","vhost":"/","name":"a","value":1}`,
			func(ctx context.Context, c *broker.Client) (record.Value, error) {
				return c.Parameter(ctx, "c", "/", "a")
			}),
		"overview": object(`{"rabbitmq_version":"4.3.6"}`,
			values(func(ctx context.Context, c *broker.Client) (record.Value, error) { return c.Overview(ctx) })),
		"brief": object(`{"rabbitmq_version":"4.3.6"}`,
			func(ctx context.Context, c *broker.Client) (record.Value, error) { return c.Brief(ctx) }),
		"churn": object(`{"disable_stats":false}`, func(ctx context.Context, c *broker.Client) (record.Value, error) {
			return c.ChurnRates(ctx)
		}),
		"whoami": object(`{"name":"a"}`, func(ctx context.Context, c *broker.Client) (record.Value, error) {
			return c.Whoami(ctx)
		}),
		"definitions": object(`{"rabbit_version":"4.3.6","queues":[],"exchanges":[],"bindings":[]}`,
			func(ctx context.Context, c *broker.Client) (record.Value, error) { return c.Definitions(ctx) }),
		"tracking": object(`{"offsets":{},"writers":{}}`, func(ctx context.Context, c *broker.Client) (record.Value, error) {
			return c.StreamTracking(ctx, "/", "a")
		}),
		"login": {good: `{"name":"a"}`, call: func(ctx context.Context, c *broker.Client) error {
			_, err := c.Accepts(ctx, "a", "b")
			return err
		}},
		"clock": {good: `{"name":"a"}`, call: func(ctx context.Context, c *broker.Client) error {
			_, err := c.Clock(ctx)
			return err
		}},
		"cluster name": {good: `{"name":"a"}`, call: func(ctx context.Context, c *broker.Client) error {
			_, err := c.ClusterName(ctx)
			return err
		}},
		"alarms": {good: `{"status":"ok"}`, call: func(ctx context.Context, c *broker.Client) error {
			_, err := c.Alarms(ctx)
			return err
		}},
		"health check": {good: `{"status":"ok"}`, call: func(ctx context.Context, c *broker.Client) error {
			_, err := c.HealthCheck(ctx, "x")
			return err
		}},
		"quorum status": {good: `[{"Node Name":"a"}]`, list: true, call: func(ctx context.Context, c *broker.Client) error {
			_, err := c.QuorumStatus(ctx, "/", "a")
			return err
		}},
		"queues": rows(func(ctx context.Context, c *broker.Client) iter.Seq2[record.Row, error] {
			return listQueues(ctx, c, "", name)
		}),
		"nodes": rows(func(ctx context.Context, c *broker.Client) iter.Seq2[record.Row, error] { return c.Nodes(ctx, name) }),
		"users": rows(func(ctx context.Context, c *broker.Client) iter.Seq2[record.Row, error] { return c.Users(ctx, name) }),
		"connections": rows(func(ctx context.Context, c *broker.Client) iter.Seq2[record.Row, error] {
			return c.Connections(ctx, name)
		}),
		"parameters": rows(func(ctx context.Context, c *broker.Client) iter.Seq2[record.Row, error] {
			return c.Parameters(ctx, "", name)
		}),
		"deprecated": rows(func(ctx context.Context, c *broker.Client) iter.Seq2[record.Row, error] {
			return c.UsedDeprecatedFeatures(ctx, name)
		}),
	}
}

// behind returns a client of a server that answers every request with this body, through a proxy that spoils the
// answer.
func behind(t *testing.T, body string, fault faultproxy.Fault) *broker.Client {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		io.WriteString(w, body)
	}))
	t.Cleanup(s.Close)
	p := faultproxy.New(t, s.URL)
	if fault != nil {
		p.On("GET", "", fault)
	}
	return client(t, p.URL)
}

// TestNoAnswer: if the body is not a whole answer, the call returns an error that says what came, and never a value.
func TestNoAnswer(t *testing.T) {
	t.Parallel()
	objects := map[string]string{"{}": "an object without "}
	lists := map[string]string{"{}": "an object, not a list", "[null]": "", "[{},1]": ""}
	both := map[string]struct {
		fault faultproxy.Fault
		says  string
		kind  fail.Kind
	}{
		"null":          {faultproxy.Body("null"), "it sent null, not a", fail.Data},
		"0":             {faultproxy.Body("0"), "it sent a number, not a", fail.Data},
		"a string":      {faultproxy.Body(`"x"`), "it sent a string, not a", fail.Data},
		"empty":         {faultproxy.Empty(), "with nothing", fail.Incomplete},
		"blank":         {faultproxy.Body(" \n"), "with nothing", fail.Incomplete},
		"cut":           {faultproxy.Cut(0.6, faultproxy.MatchingLength), "broke off", fail.Incomplete},
		"cut, open":     {faultproxy.Cut(0.6, faultproxy.NoLength), "broke off", fail.Incomplete},
		"cut, too long": {faultproxy.Cut(0.6, faultproxy.WholeLength), "broke off", fail.Incomplete},
		"cut, chunked":  {faultproxy.Cut(0.6, faultproxy.Chunked), "broke off", fail.Incomplete},
		"cut by 1": {faultproxy.Change(func(a *faultproxy.Answer) { a.Body = a.Body[:len(a.Body)-1] }), "broke off",
			fail.Incomplete},
		"reset within": {faultproxy.ResetWithin(), "was reset before the end", fail.Incomplete},
		"twice": {faultproxy.Change(func(a *faultproxy.Answer) { a.Body = append(a.Body, a.Body...) }),
			"it sent more than one JSON value", fail.Data},
		"a page": {faultproxy.Body("<html>"), "not JSON from byte 0 on", fail.Incomplete},
		"201":    {faultproxy.Status(201), "with status 201 (Created), which is not a valid answer", fail.Data},
		"202":    {faultproxy.Status(202), "with status 202", fail.Data},
		"203":    {faultproxy.Status(203), "with status 203", fail.Data},
		"204":    {faultproxy.Status(204), "with status 204 (No Content)", fail.Data},
		"205":    {faultproxy.Status(205), "with status 205", fail.Data},
		"206":    {faultproxy.Status(206), "with status 206 (Partial Content)", fail.Data},
	}
	for name, r := range readers() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			look := func(what string, fault faultproxy.Fault, says string, kind fail.Kind) {
				err := r.call(t.Context(), behind(t, r.good, fault))
				if err == nil || !strings.Contains(err.Error(), says) || fail.KindOf(err) != kind || steps.Of(err) == "" {
					t.Errorf("%s: %s %v, want %s and %q", what, fail.KindOf(err), err, kind, says)
				}
			}
			if err := r.call(t.Context(), behind(t, r.good, nil)); err != nil {
				t.Fatalf("a good answer: %v", err)
			}
			for what, f := range both {
				look(what, f.fault, f.says, f.kind)
			}
			odd := objects
			if r.list {
				odd = lists
			}
			if !r.list {
				// A list in place of an object can mean that something changed the path on its way.
				err := r.call(t.Context(), behind(t, r.good, faultproxy.Body("[]")))
				if err == nil || !strings.Contains(err.Error(), "a list") {
					t.Errorf("[]: %v", err)
				}
			}
			for body, says := range odd {
				look(body, faultproxy.Body(body), says, fail.Data)
			}
		})
	}
}
