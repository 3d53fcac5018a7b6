package release_test

import (
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/release"
)

func TestAtLeast(t *testing.T) {
	t.Parallel()
	for version, want := range map[string]bool{"4.3.6": true, "4.3.0-rc.1": true, "4.10": true, "5.0.0": true,
		"4.2.9":  false,
		"3.13.7": false, "": false, "4": false, "x.y.z": false, "4.x": false} {
		if got := release.AtLeast(version, 4, 3); got != want {
			t.Errorf("%q: %v", version, got)
		}
	}
}

func TestPatch(t *testing.T) {
	t.Parallel()
	for version, want := range map[string]int{"3.11.19": 19, "4.3.0-rc.1": 0, "3.12.14+2.gabc": 14, "4.3": 0, "": 0,
		"x.y.z": 0} {
		if got := release.Patch(version); got != want {
			t.Errorf("%q: %d", version, got)
		}
	}
}
