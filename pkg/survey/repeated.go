package survey

import "github.com/rabbitctl/rabbitctl/pkg/record"

// repeated holds what many rows of a listing say alike (types, nodes, arguments, policies) once for all of them. What it
// returns is shared, and must not be written to.
type repeated struct {
	known   map[string]string
	lists   map[string][]string
	objects map[string]map[string]any
	words   map[string]string
}

func newRepeated() repeated {
	return repeated{known: map[string]string{}, lists: map[string][]string{}, objects: map[string]map[string]any{}, words: map[string]string{}}
}

func (r repeated) text(v record.Value) string {
	text, seen := r.known[string(v)]
	if !seen {
		text = v.Text()
		r.known[string(v)] = text
	}
	return text
}

// texts are the elements of a list.
func (r repeated) texts(v record.Value) []string {
	list, seen := r.lists[string(v)]
	if !seen {
		v.Each(func(e record.Value) { list = append(list, e.Text()) })
		r.lists[string(v)] = list
	}
	return list
}

func (r repeated) object(v record.Value) map[string]any {
	object, seen := r.objects[string(v)]
	if !seen {
		object = v.Map()
		r.objects[string(v)] = object
	}
	return object
}

// word is a text that was made of what a row says.
func (r repeated) word(text string) string {
	if same, seen := r.words[text]; seen {
		return same
	}
	r.words[text] = text
	return text
}
