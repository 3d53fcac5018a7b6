package broker_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/internal/brokertest"
)

// TestAgain: a read that fails quickly with status 500 is sent once more. Changes, slow failures and other statuses are
// not repeated.
func TestAgain(t *testing.T) {
	t.Parallel()
	status := func(code int, after time.Duration) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			time.Sleep(after)
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(code)
			w.Write([]byte(`{"error":"Object Not Found","reason":"Not Found","vhost":"/","name":"q","durable":true,"auto_delete":false,"arguments":{}}`))
		}
	}
	const ask = "GET /api/queues/%2F/q"
	tests := map[string]struct {
		answers []http.HandlerFunc
		kind    fail.Kind
	}{
		"once":            {[]http.HandlerFunc{status(500, 0), status(200, 0)}, ""},
		"twice":           {[]http.HandlerFunc{status(500, 0), status(500, 0)}, fail.Unavailable},
		"gone since":      {[]http.HandlerFunc{status(500, 0), status(404, 0)}, fail.NotFound},
		"after long work": {[]http.HandlerFunc{status(500, 2100*time.Millisecond)}, fail.Unavailable},
		"another status":  {[]http.HandlerFunc{status(503, 0)}, fail.Unavailable},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := brokertest.New(t)
			for _, a := range tt.answers {
				s.Handle(ask, a)
			}
			_, err := client(t, s.URL).Queue(t.Context(), "/", "q")
			if err == nil && tt.kind != "" || err != nil && fail.KindOf(err) != tt.kind {
				t.Errorf("%v: %v", fail.KindOf(err), err)
			}
		})
	}
	t.Run("what changes something", func(t *testing.T) {
		t.Parallel()
		s := brokertest.New(t)
		s.Empty("PUT /api/vhosts/v", 500)
		s.Always("GET /api/vhosts/v", 404, `{"error":"Object Not Found","reason":"Not Found"}`)
		if err := client(t, s.URL).PutVHost(t.Context(), "v", broker.VHostSettings{}); broker.OutcomeOf(err) != "not_done" {
			t.Errorf("%v", err)
		}
	})
}
