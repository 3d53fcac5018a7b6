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

// The listing of a just-declared queue with 7 messages beside an older one, as 4.3 answers it: before and after the
// queue has reported its figures. What is not known has no member.
const (
	withMemory = "GET /api/queues/%2F?columns=name%2Cmessages%2Cmemory%2Ctype%2Cstate%2Cvhost"
	youngRow   = `{"name":"young","type":"classic","vhost":"/"}`
	oldRow     = `{"name":"old","messages":1,"memory":5,"type":"classic","vhost":"/"}`
	toldRow    = `{"name":"young","messages":7,"memory":9,"type":"classic","vhost":"/"}`
)

// TestYoungQueues: figures of the statistics that a queue has not told yet are waited for, and nothing is printed in
// their place.
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

// TestYoungQueueThatGoes: a queue that is deleted meanwhile is not waited for.
func TestYoungQueueThatGoes(t *testing.T) {
	s := brokertest.New(t)
	s.JSON(withMemory, 200, "["+youngRow+","+oldRow+"]")
	s.JSON(withMemory, 200, "["+oldRow+"]")
	if out, errs, err := rabbitmqctl(t, s.URL, "-q", "list_queues", "name", "messages",
		"memory"); out != "name\tmessages\tmemory\nold\t1\t5\n" || errs != "" || err != nil {
		t.Errorf("%q %q %v", out, errs, err)
	}
}

// TestYoungQueueThatStaysUntold ends as incomplete; the count that nobody knows is no 0.
func TestYoungQueueThatStaysUntold(t *testing.T) {
	s := brokertest.New(t)
	s.Always(withMemory, 200, "["+oldRow+","+youngRow+"]")
	// The time is over while it waits, however slow the machine is.
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

// TestStoppedQueue: what a queue holds whose virtual host is stopped the tools leave blank, and so nothing is waited
// for.
func TestStoppedQueue(t *testing.T) {
	s := brokertest.New(t)
	s.JSON("GET /api/queues/%2F?columns=name%2Cmessages%2Ctype%2Cstate%2Cvhost&disable_stats=true&enable_queue_totals=true", 200,
		`[{"name":"gone","state":"stopped","type":"rabbit_classic_queue","vhost":"/"},{"name":"old","state":"running","messages":1,"type":"classic","vhost":"/"}]`)
	s.JSON("GET /api/queues/%2F?columns=name%2Cconsumers%2Ctype%2Cstate", 200,
		`[{"name":"gone","state":"stopped","consumers":0,"type":"classic"},{"name":"old","state":"running","consumers":1,"type":"classic"}]`)
	for _, column := range []string{"messages", "consumers"} {
		out, errs, err := rabbitmqctl(t, s.URL, "-q", "list_queues", "name", column, "-t", "5")
		if out != "name\t"+column+"\ngone\t\nold\t1\n" || errs != "" || err != nil {
			t.Errorf("%q %q %v", out, errs, err)
		}
	}
}
