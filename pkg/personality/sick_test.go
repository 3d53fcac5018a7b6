package personality_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/internal/brokertest"
)

// The listings of a cluster with one node down, and how its nodes stand. The answer of list_queues is the one recorded
// on 4.3.
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

// TestUnknownCounts: what nobody knows is no 0, while a queue younger than the statistics has 0 as in the official
// tool.
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

// TestNothingBeforeTheBroker: rows that end before the first one have no banner and no empty array.
func TestNothingBeforeTheBroker(t *testing.T) {
	s := brokertest.New(t)
	s.JSON(whileWell, 401, `{"error":"not_authorized","reason":"no"}`)
	if out, _, err := rabbitmqctl(t, s.URL, "list_queues", "--formatter", "json"); out != "" ||
		fail.KindOf(err) != fail.Unavailable {
		t.Errorf("%q %v", out, err)
	}
}
