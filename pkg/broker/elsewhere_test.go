package broker_test

import (
	"context"
	"net/http"
	"testing"
	"time"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/internal/brokertest"
)

func TestElsewhere_hasTheSameUser(t *testing.T) {
	t.Parallel()
	here, there := brokertest.New(t), brokertest.New(t)
	asked := 0
	first, err := broker.New(broker.Options{BaseURL: here.URL, UserAgent: "test",
		Credentials: func(context.Context) (string, string, error) {
			asked++
			return "ann", "secret", nil
		}})
	if err != nil {
		t.Fatal(err)
	}
	second, err := first.Elsewhere(there.URL)
	if err != nil {
		t.Fatal(err)
	}
	there.Handle("GET /api/overview", func(w http.ResponseWriter, r *http.Request) {
		if user, password, _ := r.BasicAuth(); user != "ann" || password != "secret" || r.UserAgent() != "test" {
			t.Errorf("%s %s %s", user, password, r.UserAgent())
		}
		w.Header().Set("Content-Type", "application/json")
		w.Write([]byte(`{"rabbitmq_version":"4.3.6","node":"rabbit@b"}`))
	})
	if v, err := second.Overview(t.Context()); err != nil || v.At("node").Text() != "rabbit@b" || asked != 1 {
		t.Errorf("%s %v, asked %d times", v, err, asked)
	}
	if _, err := first.Elsewhere("http://u:p@b:15672"); fail.KindOf(err) != fail.Config {
		t.Error(err)
	}
}

func TestIsDown(t *testing.T) {
	t.Parallel()
	c := func(url string) *broker.Client {
		c, err := broker.New(broker.Options{BaseURL: url})
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	hung := brokertest.New(t)
	hung.Handle("GET /api/overview", func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	hangsUp := brokertest.New(t)
	hangsUp.Handle("GET /api/overview", func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) })
	denies := brokertest.New(t)
	denies.JSON("GET /api/overview", 401, brokertest.Recorded(t, "4.3", "401-login"))
	proxy := brokertest.New(t)
	proxy.Handle("GET /api/overview", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		w.Write([]byte("<html>"))
	})
	tests := []struct {
		name, url string
		want      bool
	}{
		{"nothing listens", "http://127.0.0.1:1", true},
		{"hangs", hung.URL, true},
		{"hangs up", hangsUp.URL, true},
		{"denies", denies.URL, false},
		{"a proxy", proxy.URL, false},
		{"no such name", "http://no-such-host.invalid", false},
	}
	for _, tt := range tests {
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		if tt.name == "hangs" {
			cancel()
			ctx, cancel = context.WithTimeout(t.Context(), 100*time.Millisecond)
		}
		_, err := c(tt.url).Overview(ctx)
		if broker.IsDown(err) != tt.want {
			t.Errorf("%s: %v", tt.name, err)
		}
		cancel()
	}
	if broker.IsDown(nil) || broker.IsDown(context.Canceled) {
		t.Error("no error, or an interruption, is no node that is down")
	}
}
