package record_test

import (
	"reflect"
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/record"
)

func TestNative(t *testing.T) {
	t.Parallel()
	tests := map[string]any{
		`null`: "-", `7`: 7, `-7`: -7, `1.5`: 1.5, `1e3`: 1000.0, `99999999999999999999`: 1e20, `1e999`: "-", `true`: true, `"x"`: "x",
		`[1,null]`: []any{1, "-"}, `{"a":{"b":null,"c":2.0}}`: map[string]any{"a": map[string]any{"b": "-", "c": 2.0}},
	}
	for text, want := range tests {
		if got := record.Value(text).Native("-"); !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %#v, want %#v", text, got, want)
		}
	}
	if got := record.Value(nil).Native("-"); got != "-" {
		t.Errorf("absent: %#v", got)
	}
}
