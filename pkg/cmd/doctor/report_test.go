package doctor

import (
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/diagnose"
)

// Without findings, JSON has an empty list, and people see no section.
func TestReport_nothingFound(t *testing.T) {
	t.Parallel()
	r := report(diagnose.Facts{}, nil)
	if len(r.Evidence) != 1 || r.Evidence[0].Name != "findings" || len(r.Evidence[0].Rows) != 0 {
		t.Errorf("evidence: %v", r.Evidence)
	}
	if shown := r.Evidence.ForPeople(); len(shown) != 0 {
		t.Errorf("people see %v", shown)
	}
}
