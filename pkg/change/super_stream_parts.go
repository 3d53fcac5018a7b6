package change

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/record"
	"github.com/rabbitctl/rabbitctl/pkg/topology"
)

// orderKey is an argument of a binding. Its value is the position of the bound partition, from 0 on.
const orderKey = "x-stream-partition-order"

// partition is a queue that is bound to the exchange of a super stream. key is the routing key of the binding; order is
// its orderKey, "" if it has none.
type partition struct{ queue, key, order string }

// superParts are the existing parts of a super stream. The keys of the maps queues and bound are positions in the list
// of wanted partitions.
type superParts struct {
	// exchange is the exchange of the super stream; absent if it does not exist.
	exchange record.Value
	queues   map[int]topology.Queue
	bound    map[int]bool
	// partitions are all bound partitions, wanted or not.
	partitions []partition
}

func (s *superStream) find(ctx context.Context, at Site) (*superParts, error) {
	found := &superParts{queues: map[int]topology.Queue{}, bound: map[int]bool{}}
	exchange, err := at.Broker.Exchange(broker.Believing(ctx), at.VHost, s.name)
	switch {
	case broker.IsNotFound(err):
		if err := at.Broker.EnterVHost(ctx, at.VHost); err != nil {
			return nil, err
		}
	case err != nil:
		return nil, err
	default:
		if found.exchange = exchange; at.Official {
			return found, nil
		}
	}
	read := &boundQueues{at: at}
	for i, key := range s.keys {
		raw, err := read.queue(broker.Believing(ctx), s.partition(key).Name)
		switch {
		case err != nil:
			return nil, err
		case raw.Known():
			found.queues[i] = storedQueue(raw)
		}
	}
	if !found.exchange.Known() {
		return found, nil
	}
	if found.partitions, _, err = partitionsOf(ctx, at, s.name, read.mayBeStream); err != nil {
		return nil, err
	}
	for i, key := range s.keys {
		found.bound[i] = slices.Contains(found.partitions, partition{s.partition(key).Name, key, strconv.Itoa(i)})
	}
	return found, nil
}

// boundQueues reads queues one by one, each once.
type boundQueues struct {
	at   Site
	read map[string]record.Value
}

// queue returns a queue; an absent value if it does not exist.
func (b *boundQueues) queue(ctx context.Context, name string) (record.Value, error) {
	if raw, is := b.read[name]; is {
		return raw, nil
	}
	raw, err := b.at.Broker.Queue(ctx, b.at.VHost, name)
	if err != nil && !broker.IsNotFound(err) {
		return nil, err
	}
	if b.read == nil {
		b.read = map[string]record.Value{}
	}
	b.read[name] = raw
	return raw, nil
}

// mayBeStream reports whether a queue is a stream, or does not exist any more.
func (b *boundQueues) mayBeStream(ctx context.Context, name string) (bool, error) {
	raw, err := b.queue(ctx, name)
	return !raw.Known() || raw.At("type").Text() == "stream", err
}

// first returns the position of the first wanted partition whose queue exists. At least one must exist.
func (f *superParts) first() int {
	for i := 0; ; i++ {
		if _, is := f.queues[i]; is {
			return i
		}
	}
}

// left returns how many of the wanted partitions do not exist, or are not bound.
func (f *superParts) left(s *superStream) (n int) {
	for i := range s.keys {
		if _, is := f.queues[i]; !is || !f.bound[i] {
			n++
		}
	}
	return n
}

// smaller reports whether an earlier command declared the whole super stream with fewer partitions than are wanted now.
// An interrupted run does not look like that: partitions are bound from the last to the first, and deleted from the first
// on, so it leaves the last wanted partition bound, or none.
func (f *superParts) smaller(s *superStream) bool {
	return len(f.partitions) > 0 && !f.bound[len(s.keys)-1]
}

// others reports whether a partition is bound that is not wanted: with another routing key, or in another place of the
// order.
func (f *superParts) others() bool {
	wanted := 0
	for _, is := range f.bound {
		if is {
			wanted++
		}
	}
	return len(f.partitions) > wanted
}

// differences returns the parts that cannot become as wanted, because they exist with other properties.
func (s *superStream) differences(f *superParts) []topology.Difference {
	if !f.exchange.Known() {
		var all []topology.Difference
		for i := range s.keys {
			if q, is := f.queues[i]; is {
				all = append(all, topology.Difference{Property: "queue " + q.Name, Wanted: "(none)",
					Has: "a " + q.Type + " queue", DecidedBy: "argument", Policy: "no"})
			}
		}
		return all
	}
	all := topology.CompareExchanges(topology.Exchange{Type: "direct", Durable: true,
		Arguments: map[string]any{"x-super-stream": true}}, storedExchange(f.exchange), topology.Deciders{})
	if f.others() || f.smaller(s) {
		all = append(all, topology.Difference{Property: "partitions", Wanted: keysShown(s.keys),
			Has: keysShown(f.keys()), DecidedBy: "bindings", Policy: "no"})
	}
	for i, key := range s.keys {
		q, is := f.queues[i]
		if !is {
			continue
		}
		want := s.partition(key)
		want.Arguments = s.arguments.sent()
		const locator = "x-queue-leader-locator" // see superStream.balance
		if has := q.Arguments[locator]; want.Arguments[locator] == nil && has != nil {
			want.Arguments[locator] = has
		}
		for _, d := range topology.Compare(want, q, topology.Deciders{}) {
			d.Property = want.Name + " " + d.Property
			all = append(all, d)
		}
	}
	return all
}

func (f *superParts) keys() (keys []string) {
	for _, p := range f.partitions {
		keys = append(keys, p.key)
	}
	return keys
}

func keysShown(keys []string) string {
	return fmt.Sprintf("%d: %s", len(keys), strings.Join(keys, ","))
}

// shown lists the wanted partitions, and says of each whether it is there, not bound, or missing.
func (f *superParts) shown(s *superStream) record.Document {
	section := record.Section{Name: "partitions", Columns: record.Named("partition", "routing_key", "now")}
	for i, key := range s.keys {
		now := "missing"
		if _, is := f.queues[i]; is {
			now = "not bound"
		}
		if f.bound[i] {
			now = "there"
		}
		section.Rows = append(section.Rows, record.Row{record.Of(s.partition(key).Name), record.Of(key), record.Of(now)})
	}
	return record.Document{section}
}

// partitionsOf returns the partitions of a super stream in their order, and the other queues that are bound to its
// exchange. A partition is a stream, and has a binding with orderKey, or a name that begins with the name of the super
// stream and a hyphen. isStream is asked only about queues with such a binding or name.
func partitionsOf(ctx context.Context, at Site, name string,
	isStream func(ctx context.Context, queue string) (bool, error)) (partitions, others []partition, err error) {
	var named []partition
	type binding struct {
		partition
		kind string
	}
	reader := record.NewReader(func(b *record.Binder, of *binding) {
		b.Text("destination", &of.queue)
		b.Text("destination_type", &of.kind)
		b.Text("routing_key", &of.key)
		b.Text("arguments."+orderKey, &of.order)
	})
	for b, err := range reader.All(at.Broker.ExchangeBindings(ctx, at.VHost, name, reader.Columns())) {
		switch {
		case err != nil:
			return nil, nil, err
		case b.kind != "queue":
		case b.order != "" || strings.HasPrefix(b.queue, name+"-"):
			named = append(named, b.partition)
		default:
			others = append(others, b.partition)
		}
	}
	for _, p := range byOrder(named) {
		switch is, err := isStream(ctx, p.queue); {
		case err != nil:
			return nil, nil, err
		case is:
			partitions = append(partitions, p)
		default:
			others = append(others, p)
		}
	}
	return partitions, others, nil
}

// byOrder sorts partitions by their order. Partitions without an order come last.
func byOrder(all []partition) []partition {
	place := func(p partition) int {
		if n, err := strconv.Atoi(p.order); err == nil {
			return n
		}
		return math.MaxInt
	}
	slices.SortStableFunc(all, func(a, b partition) int {
		return cmp.Or(cmp.Compare(place(a), place(b)), strings.Compare(a.queue, b.queue))
	})
	return all
}
