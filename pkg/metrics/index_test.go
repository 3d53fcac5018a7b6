package metrics

import (
	"fmt"
	"testing"
)

// TestQueueIndex: an index finds each of many queues and no other, whether its table had to grow or not.
func TestQueueIndex(t *testing.T) {
	t.Parallel()
	const many = 5000
	name := func(number int) (vhost, name []byte) {
		return fmt.Append(nil, "v", number%3), fmt.Append(nil, "q", number/3)
	}
	for _, room := range []int{0, many} {
		x := newQueueIndex(room, name)
		before := len(x.slots)
		for number := range many {
			x.add(number)
		}
		if grown := len(x.slots) > before; grown != (room == 0) || x.used != many {
			t.Errorf("room for %d: %d slots, %d before, %d used", room, len(x.slots), before, x.used)
		}
		for number := range 2 * many {
			vhost, queue := name(number)
			if got, known := x.find(vhost, queue); known != (number < many) || known && got != number {
				t.Fatalf("room for %d: found %d, %v for %d", room, got, known, number)
			}
		}
		// Virtual host v0q1 with an empty queue name is not queue q1 in virtual host v0.
		if got, known := x.find([]byte("v0q1"), nil); known {
			t.Errorf("found %d by a name that nobody has", got)
		}
	}
}
