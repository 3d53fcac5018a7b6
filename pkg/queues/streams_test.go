package queues_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/internal/brokertest"
	"github.com/rabbitctl/rabbitctl/pkg/queues"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

func TestRead_streamsGetTheirCountsFromTheStatistics(t *testing.T) {
	t.Parallel()
	const totals = "GET /api/queues?columns=name%2Cmessages%2Cvhost%2Ctype&disable_stats=true&enable_queue_totals=true"
	columns := []record.Column{{Name: "name"}, {Name: "messages"}}
	for _, release := range brokertest.Releases() {
		t.Run(release, func(t *testing.T) {
			t.Parallel()
			s := brokertest.New(t)
			s.JSON(totals, 200, brokertest.Recorded(t, release, "queues-totals"))
			s.JSON("GET /api/queues/%2F/events", 200, brokertest.Recorded(t, release, "queue-stream"))
			got := map[string]bool{}
			for row, err := range queues.Read(t.Context(), client(t, s.URL), "", columns) {
				if err != nil {
					t.Fatal(err)
				}
				if len(row) != len(columns) || !row[1].Known() {
					t.Errorf("row %q", row)
				}
				got[row[0].Text()] = true
			}
			if diff := cmp.Diff(map[string]bool{"a b/ü": true, "events": true, "ledger": true, "orders": true, "jobs": true},
				got); diff != "" {
				t.Error(diff)
			}
		})
	}
	t.Run("one that cannot be read costs its cell", func(t *testing.T) {
		t.Parallel()
		s := brokertest.New(t)
		s.JSON(totals, 200,
			`[{"name":"s","vhost":"/","type":"stream"},{"name":"q","vhost":"/","type":"classic","messages":7}]`)
		s.JSON("GET /api/queues/%2F/s", 500, `{"error":"x"}`)
		var got []string
		for row, err := range queues.Read(t.Context(), client(t, s.URL), "", columns) {
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, fmt.Sprintf("%s=%s", row[0].Text(), row[1]))
		}
		if diff := cmp.Diff([]string{"s=", "q=7"}, got); diff != "" {
			t.Error(diff)
		}
	})
	const many = 103
	// manyStreams returns a broker with that many streams. The listing of their counts gets status and text as its answer.
	manyStreams := func(t *testing.T, status int, text func(counted []string) string) *brokertest.Server {
		s := brokertest.New(t)
		var rows, counted []string
		for i := range many {
			name := fmt.Sprintf("s%03d", i)
			rows = append(rows, fmt.Sprintf(`{"name":%q,"vhost":"/","type":"stream"}`, name))
			counted = append(counted, fmt.Sprintf(`{"name":%q,"vhost":"/","type":"stream","messages":%d}`, name, i))
			if i < 100 {
				s.JSON("GET /api/queues/%2F/"+name, 200, counted[i])
			}
		}
		s.JSON(totals, 200, "["+strings.Join(rows, ",")+"]")
		s.JSON("GET /api/queues?columns=messages%2Cmessages_ready%2Cmessages_unacknowledged%2Cvhost%2Cname%2Ctype&node_stats_age=60&node_stats_incr=5", status,
			text(counted))
		return s
	}
	t.Run("many are read at once", func(t *testing.T) {
		t.Parallel()
		s := manyStreams(t, 200, func(counted []string) string { return "[" + strings.Join(counted, ",") + "]" })
		i := 0
		for row, err := range queues.Read(t.Context(), client(t, s.URL), "", columns) {
			if err != nil {
				t.Fatal(err)
			}
			if row[1].Text() != fmt.Sprint(i) {
				t.Errorf("%s has %s", row[0].Text(), row[1])
			}
			i++
		}
		if i != many {
			t.Errorf("%d rows", i)
		}
	})
	t.Run("many cannot be read", func(t *testing.T) {
		t.Parallel()
		s := manyStreams(t, 403, func([]string) string { return `{"error":"not_authorised"}` })
		known := 0
		var last error
		for row, err := range queues.Read(t.Context(), client(t, s.URL), "", columns) {
			if last = err; err == nil && row[1].Known() {
				known++
			}
		}
		if known != 100 || fail.KindOf(last) != fail.Incomplete ||
			!strings.Contains(last.Error(), "the counts of 3 of 103 streams are not known: ") {
			t.Errorf("%d streams with counts, and the error %v", known, last)
		}
	})
}
