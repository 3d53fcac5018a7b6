package render

import (
	"fmt"
	"strings"
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// A listing of any length is one Markdown table. Rows after the first chunk are written as they come, and no text in
// them is cut.
func TestMarkdown_manyRows(t *testing.T) {
	var many []record.Row
	for i := range 2*chunk + 10 {
		many = append(many, record.Row{record.Of("/"), record.Of(fmt.Sprintf("queue-%0*d", 1+i/100, i)), record.Of(i)})
	}
	lines := strings.Split(strings.TrimSpace(string(listing(t, Markdown, Options{}, columns()[:3], many))), "\n")
	if len(lines) != len(many)+2 || !strings.HasPrefix(lines[1], "|:---") || !strings.HasSuffix(lines[1], "---:|") {
		t.Fatalf("%d lines for %d rows, the second %q", len(lines), len(many), lines[1])
	}
	for i, line := range lines[2:] {
		if f := strings.Fields(line); len(f) != 7 || f[3] != fmt.Sprintf("queue-%0*d", 1+i/100, i) || f[5] != fmt.Sprint(i) {
			t.Fatalf("row %d is %q", i, line)
		}
	}
}
