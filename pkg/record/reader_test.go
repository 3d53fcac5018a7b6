package record_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rabbitctl/rabbitctl/pkg/record"
)

type host struct {
	Name    string
	Running bool
	Port    int64
	Peers   []string
	Tags    map[string]any
	Rate    float64
}

func hosts() *record.Reader[host] {
	return record.NewReader(func(b *record.Binder, h *host) {
		b.Text("name", &h.Name)
		b.Flag("running", &h.Running)
		b.Int("listener.port", &h.Port)
		b.Texts("peers", &h.Peers)
		b.Map("tags", &h.Tags)
		b.Column(record.Column{Name: "rate", Else: "old_rate"}, func(v record.Value) { h.Rate, _ = v.Number() })
	})
}

// What a member is called stands beside where it goes, so that no order of columns has to be kept in two places.
func TestReader(t *testing.T) {
	t.Parallel()
	r := hosts()
	picker := record.NewPicker(r.Columns())
	read := func(object string) host {
		row, err := picker.Pick([]byte(object))
		if err != nil {
			t.Fatal(err)
		}
		return r.Read(row)
	}
	full := read(`{"peers":["b","c"],"name":"a","tags":{"x":"y"},"listener":{"port":5672},"running":true,"old_rate":1.5}`)
	want := host{Name: "a", Running: true, Port: 5672, Peers: []string{"b", "c"}, Tags: map[string]any{"x": "y"},
		Rate: 1.5}
	if diff := cmp.Diff(want, full); diff != "" {
		t.Error(diff)
	}
	// Nothing of one row is left in the next, and nothing of the next is written into the one before.
	odd := read(`{"name":null,"peers":"none","tags":[],"listener":[],"rate":"NaN"}`)
	if diff := cmp.Diff(host{}, odd); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(want, full); diff != "" {
		t.Error(diff)
	}
}
