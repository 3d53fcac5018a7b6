package survey_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/diagnose"
	"github.com/rabbitctl/rabbitctl/pkg/internal/brokertest"
	"github.com/rabbitctl/rabbitctl/pkg/internal/golden"
	"github.com/rabbitctl/rabbitctl/pkg/survey"
)

func TestMain(m *testing.M) {
	time.Local = time.UTC // the golden files contain times
	os.Exit(m.Run())
}

// look is a function that asks a broker, with recorded answers to its requests. A key of answers is the path of a
// request without its query.
type look struct {
	name    string
	answers map[string]string
	ask     func(context.Context, *broker.Client) (any, error)
}

func looks() []look {
	return []look{
		{"nodes", map[string]string{"nodes": "nodes"},
			func(ctx context.Context, c *broker.Client) (any, error) { return survey.Nodes(ctx, c) }},
		{"nodes under an alarm", map[string]string{"nodes": "nodes-disk"},
			func(ctx context.Context, c *broker.Client) (any, error) { return survey.Nodes(ctx, c) }},
		{"members", map[string]string{"nodes": "nodes"},
			func(ctx context.Context, c *broker.Client) (any, error) { return survey.Members(ctx, c) }},
		{"plugins", map[string]string{"nodes": "nodes"},
			func(ctx context.Context, c *broker.Client) (any, error) { return survey.Plugins(ctx, c) }},
		{"virtual hosts", map[string]string{"vhosts": "vhosts"},
			func(ctx context.Context, c *broker.Client) (any, error) { return survey.VHostStates(ctx, c) }},
		{"feature flags", map[string]string{"feature-flags": "feature-flags"},
			func(ctx context.Context, c *broker.Client) (any, error) { return survey.FeatureFlags(ctx, c) }},
		{"policies", map[string]string{"policies": "policies", "operator-policies": "operator-policies"},
			func(ctx context.Context, c *broker.Client) (any, error) { return survey.Policies(ctx, c, "") }},
		{"leaders", map[string]string{"queues": "queues"},
			func(ctx context.Context, c *broker.Client) (any, error) {
				var all []diagnose.LedQueue
				err := survey.EachLedQueue(ctx, c, "", func(q diagnose.LedQueue) { all = append(all, q) })
				return all, err
			}},
		{"connections", map[string]string{"connections": "connections"},
			func(ctx context.Context, c *broker.Client) (any, error) { return survey.Connections(ctx, c) }},
		{"stopped connections", map[string]string{"connections": "connections-disk"},
			func(ctx context.Context, c *broker.Client) (any, error) {
				all, running, err := survey.StoppedConnections(ctx, c)
				return map[string]any{"stopped": all, "running": running}, err
			}},
		{"unroutable rates", map[string]string{"nodes": "nodes", "overview": "overview-unroutable",
			"vhosts": "vhosts-unroutable"},
			func(ctx context.Context, c *broker.Client) (any, error) { return survey.UnroutableRates(ctx, c) }},
		{"unroutable rates of none", map[string]string{"nodes": "nodes", "overview": "overview"},
			func(ctx context.Context, c *broker.Client) (any, error) { return survey.UnroutableRates(ctx, c) }},
		{"consumers", map[string]string{"consumers": "consumers"},
			func(ctx context.Context, c *broker.Client) (any, error) { return survey.Consumers(ctx, c, "") }},
		{"holders", map[string]string{"queues": "queues", "consumers": "consumers", "channels": "channels",
			"connections": "connections"},
			func(ctx context.Context, c *broker.Client) (any, error) { return survey.Holders(ctx, c, "", "", false) }},
	}
}

// TestRecorded compares the facts that are read from the answers of each release. If a member is requested by a wrong
// name or read into a wrong field, a fact here is empty or odd.
func TestRecorded(t *testing.T) {
	t.Parallel()
	for _, l := range looks() {
		for _, release := range brokertest.Releases() {
			t.Run(l.name+"/"+release, func(t *testing.T) {
				t.Parallel()
				facts, err := l.ask(t.Context(), l.client(t, release))
				if err != nil {
					t.Fatal(err)
				}
				text, err := json.MarshalIndent(facts, "", "  ")
				if err != nil {
					t.Fatal(err)
				}
				golden.Check(t, l.name+" "+release, string(text)+"\n")
			})
		}
	}
}

// client returns a client of a server that answers with whole objects, whatever columns are requested.
func (l look) client(t *testing.T, release string) *broker.Client {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		file, known := l.answers[strings.TrimPrefix(r.URL.Path, "/api/")]
		if !known {
			t.Errorf("unexpected request: %s", r.URL)
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		io.WriteString(w, brokertest.Recorded(t, release, file))
	}))
	t.Cleanup(server.Close)
	c, err := broker.New(broker.Options{BaseURL: server.URL, Username: "monitor"})
	if err != nil {
		t.Fatal(err)
	}
	return c
}
