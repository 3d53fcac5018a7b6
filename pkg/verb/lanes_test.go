package verb

import (
	"slices"
	"sync"
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// fill puts n rows with this name into the lane, and then ends the lane.
func fill(l *lanes, to *lane, name string, n int) {
	defer l.end(to)
	for range n {
		if !l.put(to, record.Row{record.Of(name)}) {
			return
		}
	}
}

func TestLanes_inOrder(t *testing.T) {
	t.Parallel()
	l := newLanes(3)
	order := slices.Clone(l.order)
	var wait sync.WaitGroup
	for i, name := range []string{"a", "b", "c"} {
		wait.Go(func() { fill(l, order[i], name, (i+1)*1000) })
	}
	var got []string
	for row := range l.all() {
		got = append(got, row[0].Text())
	}
	wait.Wait()
	if len(got) != 6000 || !slices.IsSorted(got) {
		t.Errorf("%d rows, in order: %v", len(got), slices.IsSorted(got))
	}
}

// If the first lane gets no rows, the rows of the other lane are passed on each time that this lane is full.
func TestLanes_silent(t *testing.T) {
	t.Parallel()
	l := newLanes(2)
	silent, other := l.order[0], l.order[1]
	go fill(l, other, "b", 3*laneRoom)
	n := 0
	for range l.all() {
		if n++; n == 2*laneRoom {
			// The silent lane ends only now.
			l.end(silent)
		}
	}
	if n != 3*laneRoom {
		t.Errorf("%d rows", n)
	}
}

func TestLanes_enough(t *testing.T) {
	t.Parallel()
	l := newLanes(1)
	of := l.order[0]
	done := make(chan bool)
	go func() { fill(l, of, "a", 100*laneRoom); close(done) }()
	for range l.all() {
		break
	}
	<-done
}
