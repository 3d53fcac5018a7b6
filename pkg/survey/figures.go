package survey

import (
	"math"

	"github.com/rabbitctl/rabbitctl/pkg/health"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// figures keeps four readings of each of very many queues, but not the queues' names. Nearly all readings are whole
// numbers below four thousand million, and take four bytes each in the field whole. If any reading of a queue is
// something else, the field odd keeps all four readings of that queue unchanged.
type figures struct {
	whole *record.ByName[[4]uint32]
	odd   *record.ByName[[4]health.Reading]
}

func newFigures() figures {
	return figures{record.NewByName[[4]uint32](), record.NewByName[[4]health.Reading]()}
}

// put keeps the readings of a queue. For an unknown reading it keeps the text that the broker sent instead of a number.
func (f figures) put(vhost, name string, readings ...health.Reading) {
	var whole [4]uint32
	for i, r := range readings {
		switch {
		case !r.Known && r.Raw == "":
		case !r.Known, r.Value < 0, r.Value >= math.MaxUint32, r.Value != math.Trunc(r.Value):
			var all [4]health.Reading
			copy(all[:], readings)
			f.odd.Put([]byte(vhost), []byte(name), all)
			return
		default:
			whole[i] = uint32(r.Value) + 1
		}
	}
	f.whole.Put([]byte(vhost), []byte(name), whole)
}

// of returns the readings of a queue. known is false if there are none.
func (f figures) of(vhost, name string) (readings [4]health.Reading, known bool) {
	whole, known := f.whole.Of([]byte(vhost), []byte(name))
	if !known {
		return f.odd.Of([]byte(vhost), []byte(name))
	}
	for i, n := range whole {
		if n > 0 {
			readings[i] = health.Reading{Value: float64(n - 1), Known: true}
		}
	}
	return readings, true
}

// len returns the number of queues with readings.
func (f figures) len() int { return f.whole.Len() + f.odd.Len() }
