package definitions

import (
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// If one broker or both do not report a count, the result is unknown. Two missing counts are not the same count: a new
// broker reports no counts yet.
func TestFigure(t *testing.T) {
	t.Parallel()
	one, two := record.Value("1"), record.Value("2")
	for _, tt := range []struct {
		a, b record.Value
		want string
	}{
		{one, one, "same"}, {one, two, "changed"}, {nil, nil, "unknown"}, {one, nil, "unknown"}, {nil, two, "unknown"},
		{record.Value("null"), record.Value("null"), "unknown"},
	} {
		if got := figure("count", "messages", tt.a, tt.b)["result"].Text(); got != tt.want {
			t.Errorf("%s and %s: %s, want %s", tt.a, tt.b, got, tt.want)
		}
	}
}
