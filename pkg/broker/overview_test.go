package broker_test

import (
	"context"
	"testing"
	"time"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/internal/brokertest"
)

// TestAnswers_silent: if the node does not send the overview but answers other requests, Answers returns nil without an
// error: the node waits for another node. If the time is too short to find that out, the error is a Timeout.
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
