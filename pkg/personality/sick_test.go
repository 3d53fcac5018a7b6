package personality_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/internal/brokertest"
)

// These are requests and answers of a cluster with one node down: the queues, and the state of the nodes. The answer of
// list_queues was recorded on 4.3.
const (
	nodesStand  = "GET /api/nodes?columns=name%2Crunning%2Cpartitions"
	oneIsDown   = `[{"name":"a","running":true,"partitions":[]},{"name":"b","running":false}]`
	allAreUp    = `[{"name":"a","running":true,"partitions":[]}]`
	whileWell   = "GET /api/queues/%2F?columns=name%2Cmessages%2Ctype%2Cstate%2Cvhost&disable_stats=true&enable_queue_totals=true"
	whileSick   = "GET /api/queues/%2F?columns=name%2Cmessages%2Ctype%2Cstate%2Cnode%2Cleader%2Cvhost&disable_stats=true&enable_queue_totals=true"
	withoutThem = "GET /api/queues/%2F?columns=name%2Cmessages%2Ctype%2Cstate%2Cnode%2Cleader%2Cvhost&disable_stats=true"
	ofOneDown   = `[{"name":"here","messages":3,"type":"classic","state":"running","node":"a","vhost":"/"},
 {"name":"there","type":"classic","state":"down","node":"b","vhost":"/"},
 {"name":"after","messages":4,"type":"classic","state":"running","node":"a","vhost":"/"}]`
	ofAllUp = `[{"name":"here","messages":3,"type":"classic","vhost":"/"},{"name":"young","type":"classic","vhost":"/"}]`
)

// TestUnknownCounts: an unknown count is not printed as 0. But a queue that is younger than the statistics has the
// count 0, as in the official tool.
func TestUnknownCounts(t *testing.T) {
	for _, tt := range []struct {
		format, sick, well string
	}{
		{"table", "name\tmessages\nhere\t3\nthere\t\nafter\t4\n", "name\tmessages\nhere\t3\nyoung\t0\n"},
		{"csv", "\"name\",\"messages\"\n\"here\",\"3\"\n\"there\",\"\"\n\"after\",\"4\"\n",
			"\"name\",\"messages\"\n\"here\",\"3\"\n\"young\",\"0\"\n"},
		{"json", `[{"name":"here","messages":3},{"name":"there","messages":""},{"name":"after","messages":4}]`,
			`[{"name":"here","messages":3},{"name":"young","messages":0}]`},
		{"erlang", "[[{name,<<\"here\">>},{messages,3}],\n [{name,<<\"there\">>},{messages,''}],\n [{name,<<\"after\">>},{messages,4}]]\n", "[[{name,<<\"here\">>},{messages,3}],[{name,<<\"young\">>},{messages,0}]]\n"},
	} {
		t.Run(tt.format, func(t *testing.T) {
			for _, sick := range []bool{true, false} {
				s := brokertest.New(t)
				want := tt.well
				if sick {
					want = tt.sick
					s.JSON(nodesStand, 200, oneIsDown)
					s.JSON(whileWell, 200, ofOneDown)
					s.JSON(whileSick, 200, ofOneDown)
					s.JSON(withoutThem, 200, ofOneDown)
				} else {
					s.JSON(nodesStand, 200, allAreUp)
					s.JSON(whileWell, 200, ofAllUp)
				}
				out, errs, err := rabbitmqctl(t, s.URL, "-q", "list_queues", "name", "messages", "--formatter", tt.format)
				if tt.format == "json" {
					if !json.Valid([]byte(out)) {
						t.Errorf("no JSON: %s", out)
					}
					out = strings.ReplaceAll(out, "\n", "")
				}
				if out != want {
					t.Errorf("sick %v: %q, want %q", sick, out, want)
				}
				if sick && (fail.KindOf(err) != fail.Timeout || !strings.HasPrefix(errs, "Error: node b does not run")) || !sick &&
					(err != nil || errs != "") {
					t.Errorf("sick %v: ended with %v, %q", sick, err, errs)
				}
			}
		})
	}
}

// TestNothingBeforeTheBroker: if a listing fails before its first row, neither a banner nor an empty array is printed.
func TestNothingBeforeTheBroker(t *testing.T) {
	s := brokertest.New(t)
	s.JSON(whileWell, 401, `{"error":"not_authorized","reason":"no"}`)
	if out, _, err := rabbitmqctl(t, s.URL, "list_queues", "--formatter", "json"); out != "" ||
		fail.KindOf(err) != fail.Unavailable {
		t.Errorf("%q %v", out, err)
	}
}
