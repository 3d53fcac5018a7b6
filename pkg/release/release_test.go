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
