package messages

import (
	"strings"
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/steps"
)

// TestNext_full: without --remove, export_messages refuses the queue for the same reason. So the next step limits the
// export, or takes all messages out.
func TestNext_full(t *testing.T) {
	t.Parallel()
	s := &QueueSource{Queue: Queue{Name: "q", VHost: "/", Want: 3}, prefetch: 2, handed: 2}
	_, err := s.Next(t.Context())
	next := steps.Of(err)
	if fail.KindOf(err) != fail.Incomplete || !strings.HasPrefix(next, "rabbitctl export_messages --limit N ") ||
		!strings.Contains(next, "export_messages --remove takes all messages out of the queue, and import_messages puts") {
		t.Errorf("%v; next: %s", err, next)
	}
}
