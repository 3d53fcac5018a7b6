package metrics

import (
	"bytes"
	"encoding/binary"
	"iter"
	"math"
	"net/url"
	"slices"
	"strconv"

	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// tally collects the figures of each queue. The metrics arrive one after the other, each with all queues, so all queues
// must be held in memory. Names and counts are in pieces of memory that never move: growing them by copying would take
// twice as much memory.
type tally struct {
	// columns are the columns of the rows; not all of them are figures.
	columns  []record.Column
	metrics  []string
	families []string
	// names has the virtual host and the name of each queue; before each text stands its length. Both texts of a queue are
	// in the same piece.
	names [][]byte
	// at is where each queue begins in names: the number of the piece times namesPiece, plus the byte in the piece.
	at pile[uint32]
	// counts has len(metrics) entries for each queue. An entry is 0 if the count is not known, and otherwise the count
	// plus one. If the count does not fit, the entry is the constant huge, and the map large has the count. 16 bits are
	// enough for most: if there are very many queues, nearly all of them hold few messages.
	counts pile[uint16]
	// large has the counts that do not fit into counts, by their place in counts.
	large map[int]int64
	// first is the first queue of the node that is being read, and next is the queue that is expected next: usually each
	// metric names the queues in the same order. If a metric has another order, index finds the queues.
	first, next int
	current     string
	index       *queueIndex
	// again means that the node has already sent another metric, so the queues of the node are known.
	again bool
}

// huge stands for a count that is in tally.large.
const huge = math.MaxUint16

// namesPiece is the length of a piece of names, in bytes. A name has 255 bytes at most.
const namesPiece = 64 << 10

// pile is a list that grows without moving its elements in memory.
type pile[T any] struct {
	pieces [][]T
	n      int
}

const pilePiece = 4096

func (p *pile[T]) push(v T) {
	if p.n%pilePiece == 0 {
		p.pieces = append(p.pieces, make([]T, pilePiece))
	}
	p.n++
	*p.at(p.n - 1) = v
}

func (p *pile[T]) at(i int) *T { return &p.pieces[i/pilePiece][i%pilePiece] }

func newTally(columns []record.Column) *tally {
	t := &tally{columns: columns}
	for _, c := range columns {
		if name, family := metric(c.Name); name != "" {
			t.metrics = append(t.metrics, name)
			if !slices.Contains(t.families, family) {
				t.families = append(t.families, family)
			}
		}
	}
	if len(t.families) == 0 {
		// Only names are wanted: take them from the smallest family.
		t.families, t.metrics = []string{"queue_consumer_count"}, []string{"consumers"}
	}
	return t
}

func (t *tally) query(vhost string) url.Values {
	q := url.Values{"family": t.families}
	if vhost != "" {
		q.Set("vhost", vhost)
	}
	return q
}

// begin prepares the tally for the figures of the next node.
func (t *tally) begin() {
	t.first, t.next, t.current, t.index, t.again = t.at.n, t.at.n, "", nil, false
}

func (t *tally) add(s ofQueue) {
	m := slices.Index(t.metrics, string(s.metric))
	if m < 0 {
		return
	}
	if string(s.metric) != t.current {
		t.again = t.current != ""
		t.current, t.next = string(s.metric), t.first
	}
	i := t.find(s)
	t.put(i*len(t.metrics)+m, s.value)
	t.next = i + 1
}

// put stores a count. A negative count is stored as unknown.
func (t *tally) put(place int, count int64) {
	short := uint16(count + 1)
	switch {
	case count < 0:
		short = 0
	case count >= huge-1:
		short = huge
		if t.large == nil {
			t.large = map[int]int64{}
		}
		t.large[place] = count
	}
	*t.counts.at(place) = short
}

// count returns the count at a place, or an absent value if it is unknown.
func (t *tally) count(place int) record.Value {
	switch short := *t.counts.at(place); short {
	case 0:
		return nil
	case huge:
		return strconv.AppendInt(nil, t.large[place], 10)
	default:
		return strconv.AppendUint(nil, uint64(short-1), 10)
	}
}

// find returns the number of the queue. A new queue gets the next free number. In the first metric of a node every
// queue counts as new: find does not look for it.
func (t *tally) find(s ofQueue) int {
	if t.again {
		if t.next < t.at.n && t.is(t.next, s) {
			return t.next
		}
		if t.index == nil {
			t.index = newQueueIndex(t.at.n-t.first, t.name)
			for i := t.first; i < t.at.n; i++ {
				t.index.add(i)
			}
		}
		if i, known := t.index.find(s.vhost, s.queue); known {
			return i
		}
	}
	last := len(t.names) - 1
	if need := len(s.vhost) + len(s.queue) + 2*binary.MaxVarintLen32; last < 0 ||
		cap(t.names[last])-len(t.names[last]) < need {
		t.names = append(t.names, make([]byte, 0, max(namesPiece, need)))
		last++
	}
	t.at.push(uint32(last)*namesPiece + uint32(len(t.names[last])))
	for _, part := range [][]byte{s.vhost, s.queue} {
		t.names[last] = binary.AppendUvarint(t.names[last], uint64(len(part)))
		t.names[last] = append(t.names[last], part...)
	}
	for range t.metrics {
		t.counts.push(0)
	}
	if t.index != nil {
		t.index.add(t.at.n - 1)
	}
	return t.at.n - 1
}

func (t *tally) is(i int, s ofQueue) bool {
	vhost, name := t.name(i)
	return bytes.Equal(vhost, s.vhost) && bytes.Equal(name, s.queue)
}

// name returns the name of queue i. The slices stay valid as long as the tally exists.
func (t *tally) name(i int) (vhost, name []byte) {
	at := *t.at.at(i)
	rest := t.names[at/namesPiece][at%namesPiece:]
	var parts [2][]byte
	for p := range parts {
		n, w := binary.Uvarint(rest)
		parts[p] = rest[w : w+int(n) : w+int(n)]
		rest = rest[w+int(n):]
	}
	return parts[0], parts[1]
}

// rows returns the rows of the queues of a virtual host, or of all virtual hosts if vhost is "".
func (t *tally) rows(vhost string) iter.Seq2[record.Row, error] {
	return func(yield func(record.Row, error) bool) {
		for i := range t.at.n {
			in, name := t.name(i)
			if vhost != "" && string(in) != vhost {
				continue
			}
			row := make(record.Row, len(t.columns))
			for j, c := range t.columns {
				switch {
				case c.Const != nil:
					row[j] = c.Const
				case c.Name == "name":
					row[j] = record.Quoted(name)
				case c.Name == "vhost":
					row[j] = record.Quoted(in)
				}
			}
			t.fill(row, i)
			if !yield(row, nil) {
				return
			}
		}
	}
}

// fill puts the figures of queue i into a row that begins with the tally's columns.
func (t *tally) fill(row record.Row, i int) {
	for j, c := range t.columns {
		if m, _ := metric(c.Name); m != "" {
			row[j] = t.count(i*len(t.metrics) + slices.Index(t.metrics, m))
		}
	}
}
