package query_test

import (
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/query"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

func TestJudge_tellsFalseFromUnknown(t *testing.T) {
	table := record.Table{Noun: "things", Columns: []record.Column{{Name: "name"}, {Name: "size", Kind: record.Count}}}
	tests := []struct {
		spec        query.Spec
		size        record.Value
		pass, known bool
	}{
		{query.Spec{}, nil, true, true},
		{query.Spec{Where: "size > 3"}, record.Of(4), true, true},
		{query.Spec{Where: "size > 3"}, record.Of(3), false, true},
		{query.Spec{Where: "size > 3"}, nil, false, false},
		{query.Spec{Where: "size > 3"}, record.Value("null"), false, false},
		{query.Spec{Where: `size > 3 && name == "b"`}, nil, false, true},
		{query.Spec{Where: `size > 3 || name == "a"`}, nil, true, true},
		{query.Spec{Where: "(size ?? 0) == 0"}, nil, true, true},
		{query.Spec{Where: "size > 3", Match: []string{"b"}}, nil, false, true},
	}
	for _, tt := range tests {
		q, err := query.Compile(tt.spec, table, table.Columns)
		if err != nil {
			t.Fatal(err)
		}
		if pass, known := q.Judge()(record.Row{record.Of("a"), tt.size}); pass != tt.pass || known != tt.known {
			t.Errorf("%+v of %q: passes %v, known %v", tt.spec, tt.size, pass, known)
		}
	}
}
