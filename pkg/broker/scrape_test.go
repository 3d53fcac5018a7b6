package broker_test

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/internal/brokertest"
)

// TestScrape: if the answer is not a text of metrics, the error says so in words. The request for metrics has no
// credentials.
func TestScrape(t *testing.T) {
	t.Parallel()
	s := brokertest.New(t)
	s.Handle("GET /metrics", func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "" {
			t.Error("the credentials went along")
		}
		brokertest.Metrics("a 1\n")(w, r)
	})
	s.JSON("GET /metrics/json", 200, `{}`)
	c := client(t, s.URL)
	whole := func(r io.Reader) error { _, err := io.ReadAll(r); return err }
	if err := c.Scrape(t.Context(), s.URL, "/metrics", whole); err != nil {
		t.Error(err)
	}
	for _, tt := range []struct {
		base, target string
		read         func(io.Reader) error
		kind         fail.Kind
		says         string
	}{
		{s.URL, "/metrics/json", whole, fail.Unavailable, "/metrics/json serves no metrics: it answers with status 200 and"},
		{"http://a host:15692", "/metrics", whole, fail.Data, "is not an address"},
		{"http://127.0.0.1:1", "/metrics", whole, fail.Unreachable, "cannot be read"},
	} {
		if err := c.Scrape(t.Context(), tt.base, tt.target, tt.read); fail.KindOf(err) != tt.kind ||
			!strings.Contains(err.Error(), tt.says) {
			t.Errorf("%s%s: %v", tt.base, tt.target, err)
		}
	}
}
