package record_test

import (
	"fmt"
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/record"
)

func TestByName(t *testing.T) {
	t.Parallel()
	const many = 5000
	b := record.NewByName[int]()
	for i := range many {
		b.Put(fmt.Append(nil, "v", i%3), fmt.Append(nil, "q", i/3), i)
	}
	for i := range 2 * many {
		got, known := b.Of(fmt.Append(nil, "v", i%3), fmt.Append(nil, "q", i/3))
		if known != (i < many) || known && got != i {
			t.Fatalf("%d: %d, %v", i, got, known)
		}
	}
	// Virtual host v0q1 with an empty queue name is not queue q1 in virtual host v0.
	if got, known := b.Of([]byte("v0q1"), nil); known || b.Len() != many {
		t.Errorf("%d by a name that nobody has, of %d", got, b.Len())
	}
}
