package broker_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/internal/brokertest"
	"github.com/rabbitctl/rabbitctl/pkg/record"
	"github.com/rabbitctl/rabbitctl/pkg/steps"
)

// reads returns requests of several kinds. Each waits for a silent node, and none asks by itself which nodes are
// silent.
func reads() map[string]struct {
	request string
	read    func(context.Context, *broker.Client) error
} {
	name := []record.Column{{Name: "name"}}
	return map[string]struct {
		request string
		read    func(context.Context, *broker.Client) error
	}{
		"rows": {"GET /api/connections?columns=name" + brokertest.Uncached, func(ctx context.Context, c *broker.Client) (failed error) {
			for _, failed = range c.Connections(ctx, name) {
			}
			return failed
		}},
		"an object": {"GET /api/vhosts/%2F", func(ctx context.Context, c *broker.Client) error {
			_, err := c.VHost(ctx, "/")
			return err
		}},
		"a health check": {"GET /api/health/checks/alarms", func(ctx context.Context, c *broker.Client) error {
			_, err := c.HealthCheck(ctx, "alarms")
			return err
		}},
	}
}

// If a request waits for a silent node, it ends with an error that names the node, before the time is over.
func TestReads_silentNode(t *testing.T) {
	t.Parallel()
	for name, tt := range reads() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := brokertest.New(t)
			s.Handle(tt.request, hang)
			s.Handle(brokertest.Standing, hang)
			s.JSON(brokertest.Roll, 200, rollNamed)
			ctx, cancel := context.WithTimeout(t.Context(), 4*time.Second)
			defer cancel()
			err := tt.read(ctx, client(t, s.URL))
			var silence *broker.Silence
			if ctx.Err() != nil || fail.KindOf(err) != fail.Incomplete || !errors.As(err, &silence) {
				t.Fatalf("%v, and of the time %v", err, ctx.Err())
			}
			if !strings.HasPrefix(err.Error(), "node b does not answer, so http://") || !strings.Contains(steps.Of(err),
				"net_ticktime") {
				t.Errorf("%v\nnext: %s", err, steps.Of(err))
			}
		})
	}
}

// If no running node is silent and the broker is only slow, the client waits for it.
func TestReads_slowIsNotSilent(t *testing.T) {
	t.Parallel()
	for name, stand := range map[string]string{"all run": `[{"name":"a","running":true},{"name":"b","running":true}]`,
		"one is stopped": `[{"name":"a","running":true},{"name":"b","running":false}]`} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := brokertest.New(t)
			s.Handle("GET /api/vhosts/%2F", func(w http.ResponseWriter, _ *http.Request) {
				time.Sleep(1500 * time.Millisecond)
				w.Header().Set("Content-Type", "application/json")
				_, _ = w.Write([]byte(`{"name":"/"}`))
			})
			s.JSON(brokertest.Standing, 200, stand)
			ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
			defer cancel()
			if v, err := client(t, s.URL).VHost(ctx, "/"); err != nil || v.At("name").Text() != "/" {
				t.Errorf("%s %v", v, err)
			}
		})
	}
}

// Requests at the same time, and one after the other, share what is known of the nodes: the client finds out only once
// which nodes are silent.
func TestReads_silenceIsShared(t *testing.T) {
	t.Parallel()
	var asked atomic.Int64
	s := brokertest.New(t)
	for range 3 {
		s.Handle("GET /api/vhosts/%2F", hang)
	}
	s.Handle("GET /api/nodes?columns=name", hang)
	s.Handle(brokertest.Standing, hang)
	s.Handle(brokertest.Roll, func(w http.ResponseWriter, _ *http.Request) {
		asked.Add(1)
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write([]byte(rollNamed))
	})
	c := client(t, s.URL)
	ctx, cancel := context.WithTimeout(t.Context(), 8*time.Second)
	defer cancel()
	var wait sync.WaitGroup
	for range 2 {
		wait.Go(func() {
			if _, err := c.VHost(ctx, "/"); fail.KindOf(err) != fail.Incomplete {
				t.Error(err)
			}
		})
	}
	wait.Wait()
	began := time.Now()
	if _, err := c.VHost(ctx, "/"); fail.KindOf(err) != fail.Incomplete {
		t.Error(err)
	}
	var rows int
	var failed error
	for _, err := range c.Nodes(ctx, []record.Column{{Name: "name"}}) {
		if failed = err; err == nil {
			rows++
		}
	}
	if rows != 2 || fail.KindOf(failed) != fail.Incomplete {
		t.Errorf("%d nodes, %v", rows, failed)
	}
	if asked.Load() != 1 || time.Since(began) > 4*time.Second {
		t.Errorf("the roll was called %d times, and what was known took %s", asked.Load(), time.Since(began))
	}
}

// A caller that is willing to wait gets a late listing, and a note says why it was late.
func TestReads_patiently(t *testing.T) {
	t.Parallel()
	const late = "GET /api/bindings?columns=source"
	s := brokertest.New(t)
	s.Handle(late, func(w http.ResponseWriter, _ *http.Request) {
		time.Sleep(4200 * time.Millisecond)
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write([]byte(`[{"source":"x"}]`))
	})
	s.Handle(brokertest.Standing, hang)
	s.JSON(brokertest.Roll, 200, rollNamed)
	// The client looks for silent nodes while the listing is still open, so the note can come while the test reads the
	// listing.
	notes := make(chan string, 1)
	c, err := broker.New(broker.Options{BaseURL: s.URL, Credentials: func(context.Context) (string, string, error) {
		return "u", "p", nil
	},
		Note: func(text string) { notes <- text }})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	for row, err := range c.Bindings(broker.Patiently(ctx), "", []record.Column{{Name: "source"}}) {
		if err != nil || row[0].Text() != "x" {
			t.Errorf("%v %v", row, err)
		}
	}
	select {
	case note := <-notes:
		if !strings.HasPrefix(note, "node b does not answer, so this takes") {
			t.Errorf("note %q", note)
		}
	case <-ctx.Done():
		t.Error("no note")
	}
}
