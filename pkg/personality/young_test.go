package personality_test

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/rabbitctl/rabbitctl/pkg/app"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/internal/brokertest"
)

// withMemory is the request for a listing of queues. The other constants are rows of the answer, as 4.3 sends them.
// youngRow and toldRow are a queue that was just declared and has 7 messages, before and after it reports its figures.
// oldRow is an older queue. A row has no member for an unknown figure.
const (
	withMemory = "GET /api/queues/%2F?columns=name%2Cmessages%2Cmemory%2Ctype%2Cstate%2Cvhost&node_stats_age=60&node_stats_incr=5"
	youngRow   = `{"name":"young","type":"classic","vhost":"/"}`
	oldRow     = `{"name":"old","messages":1,"memory":5,"type":"classic","vhost":"/"}`
	toldRow    = `{"name":"young","messages":7,"memory":9,"type":"classic","vhost":"/"}`
)

// TestYoungQueues: if a queue has not reported its figures to the statistics yet, the command waits for them, and
// prints nothing in their place.
func TestYoungQueues(t *testing.T) {
	for _, tt := range []struct{ format, want string }{
		{"table", "name\tmessages\tmemory\nold\t1\t5\nyoung\t7\t9\nold\t1\t5\n"},
		{"json", `[{"name":"old","messages":1,"memory":5},{"name":"young","messages":7,"memory":9},{"name":"old","messages":1,"memory":5}]`},
	} {
		t.Run(tt.format, func(t *testing.T) {
			t.Parallel()
			s := brokertest.New(t)
			s.JSON(withMemory, 200, "["+strings.Join([]string{oldRow, youngRow, oldRow}, ",")+"]")
			s.JSON(withMemory, 200, "["+strings.Join([]string{oldRow, toldRow, oldRow}, ",")+"]")
			out, errs, err := rabbitmqctl(t, s.URL, "-q", "list_queues", "name", "messages", "memory", "--formatter", tt.format)
			if tt.format == "json" {
				out = strings.ReplaceAll(out, "\n", "")
			}
			if out != tt.want || errs != "" || err != nil {
				t.Errorf("%q %q %v", out, errs, err)
			}
		})
	}
}

// TestYoungQueueThatGoes: if the queue is deleted during the wait, the command does not wait for it any longer.
func TestYoungQueueThatGoes(t *testing.T) {
	s := brokertest.New(t)
	s.JSON(withMemory, 200, "["+youngRow+","+oldRow+"]")
	s.JSON(withMemory, 200, "["+oldRow+"]")
	if out, errs, err := rabbitmqctl(t, s.URL, "-q", "list_queues", "name", "messages",
		"memory"); out != "name\tmessages\tmemory\nold\t1\t5\n" || errs != "" || err != nil {
		t.Errorf("%q %q %v", out, errs, err)
	}
}

// TestYoungQueueThatStaysUntold: if the figures do not come in time, the command fails, and the unknown counts are not
// printed as 0.
func TestYoungQueueThatStaysUntold(t *testing.T) {
	s := brokertest.New(t)
	s.Always(withMemory, 200, "["+oldRow+","+youngRow+"]")
	// The wait lasts until the time budget ends, so the result does not depend on the speed of the machine.
	waits := func(a *app.App) {
		a.Sleep = func(ctx context.Context, _ time.Duration) error { <-ctx.Done(); return fail.Ended(ctx) }
	}
	out, errs, err := onApp(t, s.URL, waits, "-q", "list_queues", "name", "messages", "memory", "--formatter", "json",
		"-t", "2")
	if !json.Valid([]byte(out)) || !strings.Contains(out, `{"name":"young","messages":"","memory":""}`) ||
		fail.KindOf(err) != fail.Timeout ||
		!strings.Contains(errs, "queue young has not reported all figures yet") {
		t.Errorf("%q %q %v", out, errs, err)
	}
}

// TestStoppedQueue: the official tools print no counts for a queue whose virtual host is stopped, so the command does
// not wait for them.
func TestStoppedQueue(t *testing.T) {
	s := brokertest.New(t)
	s.JSON("GET /api/queues/%2F?columns=name%2Cmessages%2Ctype%2Cstate%2Cvhost&disable_stats=true&enable_queue_totals=true", 200,
		`[{"name":"gone","state":"stopped","type":"rabbit_classic_queue","vhost":"/"},{"name":"old","state":"running","messages":1,"type":"classic","vhost":"/"}]`)
	s.JSON("GET /api/queues/%2F?columns=name%2Cconsumers%2Ctype%2Cstate&node_stats_age=60&node_stats_incr=5", 200,
		`[{"name":"gone","state":"stopped","consumers":0,"type":"classic"},{"name":"old","state":"running","consumers":1,"type":"classic"}]`)
	for _, column := range []string{"messages", "consumers"} {
		out, errs, err := rabbitmqctl(t, s.URL, "-q", "list_queues", "name", column, "-t", "5")
		if out != "name\t"+column+"\ngone\t\nold\t1\n" || errs != "" || err != nil {
			t.Errorf("%q %q %v", out, errs, err)
		}
	}
}
