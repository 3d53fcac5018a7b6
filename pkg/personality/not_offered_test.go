package personality_test

import (
	"strings"
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/internal/brokertest"
)

// TestNotOfferedByTheRelease: 3.10 answers 400 to a request for which it has no endpoint. That must not be reported as
// a bad request of the operator.
func TestNotOfferedByTheRelease(t *testing.T) {
	for _, tt := range []struct{ tool, words, kind, endpoint, want string }{
		{"rabbitmq-queues", "quorum_status q", "quorum", "queues/quorum/%2F/q/status",
			"does not report the status of quorum queues"},
		{"rabbitmq-streams", "list_stream_tracking q", "stream", "stream/%2F/q/tracking",
			"does not report stream tracking"},
	} {
		s := brokertest.New(t)
		s.Always(whoAnswers, 200, of310)
		s.Always("GET /api/queues/%2F/q", 200, `{"name":"q","vhost":"/","type":"`+tt.kind+`"}`)
		s.Always("GET /api/"+tt.endpoint, 400, `{"error":"bad_request","reason":"bad_request"}`)
		_, errs, err := as(t, s, "", tt.tool, append([]string{"-q"}, strings.Fields(tt.words)...)...)
		if fail.KindOf(err) != fail.Unavailable || !strings.Contains(errs, "RabbitMQ 3.10.8 "+tt.want) {
			t.Errorf("%s %s: %q %v", tt.tool, tt.words, errs, err)
		}
	}
}
