package queue_test

import (
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/internal/brokertest"
	"github.com/rabbitctl/rabbitctl/pkg/internal/cmdtest"
)

func TestListQueues_groupBy(t *testing.T) {
	t.Parallel()
	const (
		counts = "?columns=vhost%2Cmessages_ready%2Cmessages_unacknowledged%2Cmessages%2Cstate%2Cname%2Ctype&disable_stats=true&enable_queue_totals=true"
		types  = "?columns=vhost%2Ctype%2Cmessages%2Cstate%2Cname&disable_stats=true&enable_queue_totals=true"
		memory = "?columns=state%2Cmemory&node_stats_age=60&node_stats_incr=5"
	)
	tests := []struct {
		name, request string
		words         []string
	}{
		{"default columns", counts, []string{"--group-by", "vhost"}},
		{"two columns", types, []string{"messages", "--group-by", "vhost,type", "--sort", "-count,type", "-o", "json"}},
		{"markdown", memory, []string{"memory", "--group-by", "state", "-o", "markdown"}},
		{"unknown column", "", []string{"--group-by", "vhots"}},
		{"with totals", "", []string{"--group-by", "vhost", "--totals"}},
		{"by nothing", "", []string{"--group-by", ""}},
		{"sorted by a column of the rows", "", []string{"--group-by", "vhost", "--sort", "name"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := brokertest.New(t)
			if tt.request != "" {
				s.JSON("GET /api/queues"+tt.request, 200, rows)
			}
			run(t, "group/"+tt.name, cmdtest.Run{}, s, append([]string{"list_queues"}, tt.words...)...)
		})
	}
	t.Run("broken off", func(t *testing.T) {
		t.Parallel()
		s := brokertest.New(t)
		s.JSON("GET /api/queues"+memory, 200, `[{"state":"running","memory":5},{"state":"run`)
		run(t, "group/broken off", cmdtest.Run{}, s, "list_queues", "memory", "--group-by", "state")
	})
	t.Run("at a terminal", func(t *testing.T) {
		t.Parallel()
		s := brokertest.New(t)
		s.JSON("GET /api/queues"+counts, 200, rows)
		run(t, "group/terminal", cmdtest.Run{Terminal: true}, s, "list_queues", "--group-by", "vhost")
	})
}
