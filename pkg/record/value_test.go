package record_test

import (
	"reflect"
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/record"
)

func TestNative(t *testing.T) {
	t.Parallel()
	tests := map[string]any{
		`null`: "-", `7`: 7, `-7`: -7, `1.5`: 1.5, `1e3`: 1000.0, `99999999999999999999`: 1e20, `1e999`: "-", `true`: true,
		`"x"`:      "x",
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

func TestMembers(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][]string{
		``: nil, `null`: nil, `[]`: nil, `"{}"`: nil, `{}`: nil, `7`: nil,
		// Members keep the order in which they were sent. A member that was sent twice is shown twice.
		`{"b":1,"a":{"c":[2]},"b":null}`: {"b=1", `a={"c":[2]}`, "b=null"},
		`{"\u65e5":"x","a\"b":true}`:     {`日="x"`, `a"b=true`},
		"{\"\xff\":\"\xfe\"}":            {"\xff=\"\xfe\""}, // bytes that are not UTF-8 stay
		`{"a":1,"b":`:                    {"a=1"},
	} {
		var got []string
		for name, value := range record.Value(text).Members() {
			got = append(got, name+"="+string(value))
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
	for name := range record.Value(`{"a":1,"b":2}`).Members() {
		if name == "a" {
			break
		}
		t.Errorf("%s comes after the end", name)
	}
}
