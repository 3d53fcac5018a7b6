package record_test

import (
	"iter"
	"slices"
	"strings"
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

// A Reader fills each field with the member that was named for it, so no second list has to have the order of the
// columns.
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
	// A row keeps no values of the row before it, and does not change that row.
	odd := read(`{"name":null,"peers":"none","tags":[],"listener":[],"rate":"NaN"}`)
	if diff := cmp.Diff(host{}, odd); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(want, full); diff != "" {
		t.Error(diff)
	}
}

func stream(body string, columns []record.Column) iter.Seq2[record.Row, error] {
	return record.Stream(strings.NewReader(body), columns)
}

func TestReader_All(t *testing.T) {
	t.Parallel()
	r := hosts()
	var names []string
	var end error
	for h, err := range r.All(stream(`[{"name":"a","running":true},{"name":"b"},`, r.Columns())) {
		if err != nil {
			end = err
			continue
		}
		names = append(names, h.Name)
	}
	if diff := cmp.Diff([]string{"a", "b"}, names); diff != "" || end == nil {
		t.Error(diff, end)
	}
	for h := range r.All(stream(`[{"name":"a"},{"name":"b"}]`, r.Columns())) {
		if h.Name != "a" {
			t.Errorf("%s came after the reader had stopped", h.Name)
		}
		break
	}
}

func TestTexts(t *testing.T) {
	t.Parallel()
	for body, want := range map[string][]string{`[]`: nil, `[{"name":"a"},{},{"name":"ü"}]`: {"a", "", "ü"}} {
		if texts, err := record.Texts(stream(body, record.Named("name"))); err != nil || !slices.Equal(texts, want) {
			t.Errorf("%s: %q, %v", body, texts, err)
		}
	}
	if texts, err := record.Texts(stream(`[{"name":"a"},`, record.Named("name"))); err == nil ||
		!slices.Equal(texts, []string{"a"}) {
		t.Errorf("%q, %v", texts, err)
	}
}

func TestFilled(t *testing.T) {
	t.Parallel()
	columns := record.Named("name", "node", "state")
	row := record.Filled(columns, map[string]record.Value{"state": record.Of("down"), "name": record.Of("a"),
		"other": record.Of(1)})
	if diff := cmp.Diff(record.Row{record.Value(`"a"`), nil, record.Value(`"down"`)}, row); diff != "" {
		t.Error(diff)
	}
	if at, none := record.IndexOf(columns, "state"), record.IndexOf(columns, "other"); at != 2 || none != -1 {
		t.Error(at, none)
	}
}
