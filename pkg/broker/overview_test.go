package broker_test

import (
	"context"
	"testing"
	"time"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/internal/brokertest"
)

// TestAnswers_silent: if a node does not answer the overview but answers other requests, it waits for another node. The
// client says so only if there was time to find out.
func TestAnswers_silent(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		budget time.Duration
		kind   fail.Kind
	}{
		"seen":          {2 * time.Second, ""},
		"no time to":    {100 * time.Millisecond, fail.Timeout},
		"hardly a look": {5 * time.Millisecond, fail.Timeout},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := brokertest.New(t)
			s.Handle("GET /api/overview", hang)
			s.Optional("GET /api/whoami", 200, `{"name":"u","tags":[]}`)
			ctx, cancel := context.WithTimeout(t.Context(), tt.budget)
			defer cancel()
			overview, err := client(t, s.URL).Answers(ctx)
			if overview != nil || fail.KindOf(err) != tt.kind || (err == nil) != (tt.kind == "") {
				t.Errorf("%v, %v", overview, err)
			}
		})
	}
}
