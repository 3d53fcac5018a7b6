package broker

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// TestTally joins metrics, whether each names the queues in the same order or not, of two nodes.
func TestTally(t *testing.T) {
	t.Parallel()
	columns := []record.Column{{Name: "name"}, {Name: "vhost"}, {Name: "messages_ready"}, {Name: "messages"}}
	tally := newTally(columns)
	add := func(metric, queue string, n int64) {
		tally.add(sample{[]byte(metric), []byte("v"), []byte(queue), n})
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
	for row, err := range tally.rows(columns, "") {
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

// TestQueueIndex has two numbers with one hash, as two names may have.
func TestQueueIndex(t *testing.T) {
	t.Parallel()
	x := newQueueIndex()
	x.add([]byte("v"), []byte("q"), 7)
	x.add([]byte("v"), []byte("q"), 8)
	for number, found := range map[int]bool{7: true, 8: true, 9: false} {
		got, ok := x.find([]byte("v"), []byte("q"), func(n int) bool { return n == number })
		if ok != found || ok && got != number {
			t.Errorf("found %d, %v, want %d, %v", got, ok, number, found)
		}
	}
	if _, ok := x.find([]byte("v"), []byte("other"), func(int) bool { return true }); ok {
		t.Error("found a name that was not added")
	}
}
