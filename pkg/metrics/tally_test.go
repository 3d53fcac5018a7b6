package metrics

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// TestTally: the rows have the figures from the metrics of two nodes, even if each metric lists the queues in its own
// order.
func TestTally(t *testing.T) {
	t.Parallel()
	columns := []record.Column{{Name: "name"}, {Name: "vhost"}, {Name: "messages_ready"}, {Name: "messages"}}
	tally := newTally(columns)
	add := func(metric, queue string, n int64) {
		tally.add(ofQueue{[]byte(metric), []byte("v"), []byte(queue), n})
	}
	tally.begin()
	add("messages_ready", "a", 1)
	add("messages_ready", "b", 2)
	add("messages_ready", "c\"\x00", 3)
	add("process_reductions_total", "a", 9)
	add("messages", "c\"\x00", 30)
	add("messages", "b", 20)
	add("messages", "a", 10)
	add("messages", "young", 40)
	tally.begin()
	add("messages", "d", 50)
	add("messages_ready", "d", 5)
	var got []string
	for row, err := range tally.rows("") {
		if err != nil {
			t.Fatal(err)
		}
		cells := make([]string, len(row))
		for i, v := range row {
			cells[i] = string(v)
		}
		got = append(got, strings.Join(cells, " "))
	}
	want := []string{`"a" "v" 1 10`, `"b" "v" 2 20`, `"c\"\u0000" "v" 3 30`, `"young" "v"  40`, `"d" "v" 5 50`}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if got := tally.query("/").Encode(); got != "family=queue_coarse_metrics&vhost=%2F" {
		t.Errorf("asks for %s", got)
	}
}

// TestTally_large: small and very large counts are kept exactly. A negative count is unknown.
func TestTally_large(t *testing.T) {
	t.Parallel()
	columns := []record.Column{{Name: "messages"}}
	tally := newTally(columns)
	tally.begin()
	counts := []int64{0, 1, math.MaxUint16 - 2, math.MaxUint16 - 1, math.MaxUint16, 1 << 40, math.MaxInt64, -1}
	for i, n := range counts {
		tally.add(ofQueue{[]byte("messages"), []byte("v"), fmt.Append(nil, i), n})
	}
	i := 0
	for row := range tally.rows("") {
		want := fmt.Sprint(counts[i])
		if counts[i] < 0 {
			want = ""
		}
		if got := string(row[0]); got != want {
			t.Errorf("%s, want %s", got, want)
		}
		i++
	}
	if i != len(counts) {
		t.Errorf("%d rows, want %d", i, len(counts))
	}
}
