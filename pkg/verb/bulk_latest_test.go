package verb

import (
	"context"
	"iter"
	"strings"
	"testing"
	"time"

	"github.com/rabbitctl/rabbitctl/pkg/app"
	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/change"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/iostreams"
	"github.com/rabbitctl/rabbitctl/pkg/query"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

type crateOf struct {
	name string
	size record.Value
}

func (c crateOf) Names() (vhost, name string) { return "", c.name }

// sizes is a listing of objects with a size, whose rows a test changes between two looks.
type sizes map[string]int

func (s sizes) bulk(where string) *Bulk[crateOf] {
	columns := []record.Column{{Name: "name"}, {Name: "size", Kind: record.Count}}
	return &Bulk[crateOf]{Does: "drop", Did: "dropped", Noun: "crate", Global: true,
		Table: func() record.Table { return record.Table{Noun: "crates", Columns: columns} },
		Rows: func(_ context.Context, _ *broker.Client, _ Ask, columns []record.Column) iter.Seq2[record.Row, error] {
			return func(yield func(record.Row, error) bool) {
				for name, size := range s {
					row := record.Row{record.Of(name), record.Of(size)}
					if !yield(row[:len(columns):len(columns)], nil) {
						return
					}
				}
			}
		},
		Bind: func(b *record.Binder, one *crateOf) {
			b.Text("name", &one.name)
			b.Value("size", func(v record.Value) { one.size = v })
		},
		Cells: func(crateOf) record.Row { return nil },
		Do: func(_ context.Context, _ *broker.Client, one crateOf) (change.Outcome, error) {
			delete(s, one.name)
			return change.Outcome{}, nil
		},
		spec: query.Spec{Where: where}}
}

// TestBulk_laterLook: an object that the flags no longer choose some seconds after the first look is kept. If Refuse
// refuses at the later look, no object is changed.
func TestBulk_laterLook(t *testing.T) {
	t.Parallel()
	empty := func(all []crateOf) error {
		for _, one := range all {
			if one.size.Text() != "0" {
				return fail.New(fail.Data, "refused: crate %s is not empty", one.name)
			}
		}
		return nil
	}
	for name, tt := range map[string]struct {
		where  string
		after  time.Duration
		refuse func([]crateOf) error
		want   string
	}{
		"at once":            {"size == 0", time.Second, nil, "dropped dropped"},
		"later":              {"size == 0", time.Minute, nil, "dropped kept"},
		"refused":            {"size < 9", time.Minute, empty, "refused: crate b is not empty refused: crate b is not empty"},
		"refused only later": {"size < 9", time.Second, empty, "dropped dropped"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			now := time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)
			streams, _, _ := iostreams.Test("")
			a := app.New(streams, nil, "test")
			a.Now = func() time.Time { return now }
			all := sizes{"a": 0, "b": 0}
			b := all.bulk(tt.where)
			b.Refuse = tt.refuse
			plan, err := b.plan(t.Context(), nil, Ask{Host: Silent(a)})
			if err != nil || len(plan.Steps) != 2 {
				t.Fatalf("%+v %v", plan, err)
			}
			all["b"], now = 3, now.Add(tt.after)
			var got []string
			for _, s := range plan.Steps {
				o, err := s.Do(t.Context())
				if err != nil {
					o.Word = err.Error()
				}
				got = append(got, o.Word)
			}
			if words := strings.Join(got, " "); words != tt.want {
				t.Errorf("%s, want %s", words, tt.want)
			}
		})
	}
}
