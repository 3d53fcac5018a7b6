package metrics

import (
	"bytes"
	"hash/maphash"

	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// queueIndex finds the numbers of queues by name. It is for very many queues, so it holds no names, and only five to
// ten bytes for each queue. It is a hash table: a queue has the first free slot, beginning with the slot of its hash.
type queueIndex struct {
	seed maphash.Seed
	// name returns the name of the queue with this number.
	name func(number int) (vhost, name []byte)
	// A slot holds a queue's number plus one; 0 means that it is free. The length of slots is a power of two.
	slots []uint32
	used  int
}

// newQueueIndex makes an index with room for the given number of queues. The index grows if it needs to.
func newQueueIndex(queues int, name func(number int) (vhost, queue []byte)) *queueIndex {
	slots := 1024
	for fuller(queues, slots) {
		slots *= 2
	}
	return &queueIndex{seed: maphash.MakeSeed(), name: name, slots: make([]uint32, slots)}
}

// fuller reports whether this number of queues would fill more than seven eighths of the slots. Above that, the search
// for a free slot takes long.
func fuller(queues, slots int) bool { return 8*queues > 7*slots }

// add adds the queue with this number to the index. Numbers are below 2^32 - 1.
func (x *queueIndex) add(number int) {
	if fuller(x.used+1, len(x.slots)) {
		old := x.slots
		x.slots, x.used = make([]uint32, 2*len(old)), 0
		for _, n := range old {
			if n > 0 {
				x.add(int(n - 1))
			}
		}
	}
	at := x.start(x.name(number))
	for x.slots[at] > 0 {
		at = (at + 1) % len(x.slots)
	}
	x.slots[at] = uint32(number + 1)
	x.used++
}

// find returns the number of the queue with this name.
func (x *queueIndex) find(vhost, name []byte) (number int, known bool) {
	for at := x.start(vhost, name); x.slots[at] > 0; at = (at + 1) % len(x.slots) {
		number := int(x.slots[at] - 1)
		if v, n := x.name(number); bytes.Equal(v, vhost) && bytes.Equal(n, name) {
			return number, true
		}
	}
	return 0, false
}

func (x *queueIndex) start(vhost, name []byte) int {
	return int(record.NameHash(x.seed, vhost, name) & uint64(len(x.slots)-1))
}
