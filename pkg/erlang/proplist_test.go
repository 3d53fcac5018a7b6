package erlang_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rabbitctl/rabbitctl/pkg/erlang"
)

func TestProplist(t *testing.T) {
	t.Parallel()
	tests := []struct {
		text string
		want []erlang.Element
	}{
		{"[]", nil},
		{" [ ]\n", nil},
		{"[{a,1}]", []erlang.Element{{"a", "1", "{a,1}"}}},
		{"[a,{b,[]},{c,2,3}]", []erlang.Element{{"a", "", "a"}, {"b", "[]", "{b,[]}"}, {"{c,2,3}", "", "{c,2,3}"}}},
		{"[{kernel,\n     [{logger,[{handler,default,#{a => {x,1}}}]},\n      {x,\"]},\\\"\"}]},\n {'my app',[{pass,<<\"a'b\">>}]}]",
			[]erlang.Element{
				{"kernel", "[{logger,[{handler,default,#{a => {x,1}}}]},\n      {x,\"]},\\\"\"}]",
					"{kernel,\n     [{logger,[{handler,default,#{a => {x,1}}}]},\n      {x,\"]},\\\"\"}]}"},
				{"'my app'", "[{pass,<<\"a'b\">>}]", "{'my app',[{pass,<<\"a'b\">>}]}"},
			}},
		{"[{f,#Fun<rabbit.1.2>},{p,<0.1.0>}]", []erlang.Element{{"f", "#Fun<rabbit.1.2>", "{f,#Fun<rabbit.1.2>}"},
			{"p", "<0.1.0>", "{p,<0.1.0>}"}}},
	}
	for _, tt := range tests {
		got, ok := erlang.Proplist(tt.text)
		if diff := cmp.Diff(tt.want, got); !ok || diff != "" {
			t.Errorf("%s: %v\n%s", tt.text, ok, diff)
		}
	}
	for _, text := range []string{"", "[", "a", "{a,1}", "[{a,1]", "[{a,1}}]", "[\"a]", "['a]", "[a,]", "[,a]", "[a, ,b]",
		"[,]", "[)]", "[\"\\\"]", `{"error":"x"}`} {
		if got, ok := erlang.Proplist(text); ok {
			t.Errorf("%q is taken for a list: %q", text, got)
		}
	}
}

// FuzzProplist: for any text, the elements that are found occur in the text, in the same order and without overlap.
func FuzzProplist(f *testing.F) {
	for _, seed := range []string{"[]", "[{a,[{b,\"c\"}]},{d,<<\"e\">>}]", "[{'a,b',#{x => [1,2]}}]", "[\"", "[{a,\\}]"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		pairs, ok := erlang.Proplist(text)
		if !ok && pairs != nil {
			t.Errorf("no list, and %d elements", len(pairs))
		}
		rest := text
		for _, p := range pairs {
			i := strings.Index(rest, p.Text)
			if i < 0 || p.Text == "" || p.Key == "" || !strings.Contains(p.Text, p.Key) || !strings.Contains(p.Text, p.Value) {
				t.Fatalf("%q is no element of %q", p, text)
			}
			rest = rest[i+len(p.Text):]
		}
	})
}
