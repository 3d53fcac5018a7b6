package change

import (
	"maps"
	"reflect"
	"slices"

	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// compared returns the wanted value beside the present one, without the passwords in URIs. For two JSON objects it
// returns only the keys that differ.
func (p *parameter) compared(has record.Value, there bool) (record.Document, []string) {
	wanted := record.Value(p.value)
	if !there {
		return record.Document{record.Fields("", append(p.named(),
			record.Field{Column: record.Column{Name: "wanted"}, Value: wanted.WithoutSecrets()})...)}, nil
	}
	s := record.Section{Name: "differences", Columns: record.Named("key", "wanted", "has")}
	var notes []string
	row := func(key string, wanted, has record.Value) {
		if sameJSON(wanted, has) {
			return
		}
		wanted, has = wanted.WithoutSecrets(), has.WithoutSecrets()
		if sameJSON(wanted, has) {
			notes = []string{"where wanted and has look the same, they differ in a secret, which is shown as " +
				record.Masked}
		}
		s.Rows = append(s.Rows, record.Row{record.Of(key), wanted, has})
	}
	want, have := wanted.Map(), has.Map()
	if len(want) == 0 || len(have) == 0 {
		row("", wanted, has)
	} else {
		keys := slices.Sorted(maps.Keys(want))
		for _, key := range slices.Sorted(maps.Keys(have)) {
			if _, wants := want[key]; !wants {
				keys = append(keys, key)
			}
		}
		wants, has := membersOf(wanted), membersOf(has)
		for _, key := range keys {
			row(key, wants[key], has[key])
		}
	}
	return record.Document{record.Fields("", p.named()...), s}, notes
}

func membersOf(v record.Value) map[string]record.Value { return maps.Collect(v.Members()) }

// sameJSON reports whether two values are equal. An empty list equals an empty object: brokers can send one for the
// other.
func sameJSON(a, b record.Value) bool {
	return reflect.DeepEqual(alike(a.Decode()), alike(b.Decode()))
}

func alike(v any) any {
	switch v := v.(type) {
	case map[string]any:
		if len(v) == 0 {
			return []any{}
		}
		same := make(map[string]any, len(v))
		for key, value := range v {
			same[key] = alike(value)
		}
		return same
	case []any:
		same := make([]any, len(v))
		for i, value := range v {
			same[i] = alike(value)
		}
		return same
	}
	return v
}
