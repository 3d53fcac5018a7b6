package survey

import (
	"github.com/rabbitctl/rabbitctl/pkg/record"
	"github.com/rabbitctl/rabbitctl/pkg/routing"
)

// repeated stores values that many rows of a listing share (types, nodes, arguments, policies) only once, to save
// memory. The values that it returns are shared and must not be changed.
type repeated struct {
	known map[string]string
	lists map[string][]string
	// queues holds the properties of queues that matter to routing, by the text that the broker sent for them: queues that
	// differ only in their names share one entry.
	queues map[string]*routing.Queue
}

func newRepeated() repeated {
	return repeated{known: map[string]string{}, lists: map[string][]string{}, queues: map[string]*routing.Queue{}}
}

func (r repeated) text(v record.Value) string {
	text, seen := r.known[string(v)]
	if !seen {
		text = v.Text()
		r.known[string(v)] = text
	}
	return text
}

// texts returns the elements of a list.
func (r repeated) texts(v record.Value) []string {
	list, seen := r.lists[string(v)]
	if !seen {
		v.Each(func(e record.Value) { list = append(list, e.Text()) })
		r.lists[string(v)] = list
	}
	return list
}
