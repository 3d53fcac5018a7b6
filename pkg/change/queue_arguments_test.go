package change

import (
	"strings"
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/topology"
)

func TestOptions_areOfKnownArguments(t *testing.T) {
	t.Parallel()
	for _, all := range [][]argumentOption{queueOptions(), streamOptions()} {
		areKnown(t, all)
	}
}

func areKnown(t *testing.T, all []argumentOption) {
	t.Helper()
	seen := map[string]bool{}
	for _, f := range all {
		if _, known := topology.Find(f.key); !known || seen[f.name] || seen[f.key] || f.help == "" ||
			strings.HasSuffix(f.help, ".") {
			t.Errorf("%+v", f)
		}
		seen[f.name], seen[f.key] = true, true
	}
}
