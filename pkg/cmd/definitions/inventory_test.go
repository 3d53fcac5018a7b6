package definitions

import (
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// If a count is not reported, the result is unknown, even if neither broker reports it: a new broker has no counts yet.
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
