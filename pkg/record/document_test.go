package record_test

import (
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// TestForPeople: ForPeople leaves out only empty sections that are optional. The document itself keeps them.
func TestForPeople(t *testing.T) {
	row := []record.Row{{record.Of("x")}}
	d := record.Document{{Name: "empty"}, {Name: "full", Optional: true, Rows: row}, {Name: "left out", Optional: true},
		{Name: "last"}}
	var names []string
	for _, s := range d.ForPeople() {
		names = append(names, s.Name)
	}
	if len(names) != 3 || names[0] != "empty" || names[1] != "full" || names[2] != "last" || len(d) != 4 ||
		d[2].Name != "left out" {
		t.Errorf("%q of %v", names, d)
	}
}
