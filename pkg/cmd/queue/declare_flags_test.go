package queue

import (
	"strings"
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/topology"
)

func TestArgumentFlags_areOfKnownArguments(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, f := range argumentFlags() {
		if _, known := topology.Find(f.key); !known || seen[f.name] || seen[f.key] || f.help == "" ||
			strings.HasSuffix(f.help, ".") {
			t.Errorf("%+v", f)
		}
		seen[f.name], seen[f.key] = true, true
	}
}
