package diagnose_test

import (
	"regexp"
	"slices"
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/diagnose"
	"github.com/rabbitctl/rabbitctl/pkg/health"
)

// limits returns each disk_free_limit that the report advises, in the order of its findings.
func limits(f diagnose.Facts) []string {
	var out []string
	for _, finding := range diagnose.Examine(f) {
		for _, do := range finding.Do {
			for _, m := range regexp.MustCompile(`set_disk_free_limit (\S+)`).FindAllStringSubmatch(do, -1) {
				out = append(out, m[1])
			}
		}
	}
	return out
}

// TestExamine_oneLimit has nodes for which several rules can advise a limit. The report must advise only one limit, at
// most half of the free space.
func TestExamine_oneLimit(t *testing.T) {
	t.Parallel()
	n := func(v float64) health.Reading { return health.Reading{Value: v, Known: true} }
	for _, tt := range []struct {
		name                    string
		free, limit, whole, mem float64
		alarm                   bool
		want                    []string
	}{
		{"alarm, and a limit above the volume", 84e9, 1000e9, 250e9, 2e9, true, []string{"20GB"}},
		{"a low limit and much space", 84e9, 50e6, 250e9, 2e9, false, []string{"2GB"}},
		{"a low limit and little space", 1.3e9, 50e6, 250e9, 2e9, false, []string{"500MB"}},
		{"a low limit, reached", 40e6, 50e6, 250e9, 2e9, true, nil},
		{"a low limit and a high watermark", 84e9, 50e6, 250e9, 13e9, false, []string{"20GB"}},
		{"a low limit, a high watermark and little space", 30e9, 50e6, 250e9, 13e9, false, []string{"10GB"}},
		{"a low limit and a very high watermark", 840e9, 50e6, 2500e9, 130e9, false, []string{"50GB"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			f := diagnose.Facts{Nodes: []health.Node{{Name: "rabbit@a", Running: true, DiskFree: n(tt.free),
				DiskLimit: n(tt.limit), MemoryLimit: n(tt.mem)}},
				Volumes: map[string]float64{"rabbit@a": tt.whole}}
			if tt.alarm {
				f.Alarms = []health.Alarm{{Node: "rabbit@a", Resource: "disk"}}
			}
			if got := slices.Compact(limits(f)); !slices.Equal(got, tt.want) {
				t.Errorf("%v, want %v", got, tt.want)
			}
		})
	}
}
