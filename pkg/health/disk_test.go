package health_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rabbitctl/rabbitctl/pkg/health"
)

func bytesOf(n float64) health.Reading  { return health.Reading{Value: n, Known: true, Raw: "number"} }
func strange(raw string) health.Reading { return health.Reading{Raw: raw} }
func margin(t *testing.T, text string) health.Margin {
	t.Helper()
	m, err := health.ParseMargin(text)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// diskView has the parts of the verdict on a node that the tests compare.
type diskView struct {
	Status         health.Status
	Alarmed, Stale bool
	Text           string
}

func TestDisk_oneNode(t *testing.T) {
	const gb = 1e9
	running := func(free, limit health.Reading) health.DiskNode {
		return health.DiskNode{Name: "rabbit@a", Running: true, Free: free, Limit: limit}
	}
	flagged := running(bytesOf(40*gb), bytesOf(10*gb))
	flagged.Flagged = true
	stopped := health.DiskNode{Name: "rabbit@a"}
	alarm := []health.Alarm{{Node: "rabbit@a", Resource: "disk"}}
	tests := []struct {
		name   string
		node   health.DiskNode
		alarms []health.Alarm
		want   diskView
	}{
		{"plenty", running(bytesOf(83.6*gb), bytesOf(50e6)), nil,
			diskView{health.OK, false, false, "rabbit@a 83.6 GB free, alarm at 50 MB (1672x)"}},
		{"just above the warning margin", running(bytesOf(20*gb), bytesOf(10*gb)), nil,
			diskView{health.OK, false, false, "rabbit@a 20 GB free, alarm at 10 GB (2.00x)"}},
		{"a byte below the warning margin", running(bytesOf(20*gb-1), bytesOf(10*gb)), nil,
			diskView{health.Warning, false, false, "rabbit@a 20 GB free, alarm at 10 GB (1.99x)"}},
		{"on the critical margin", running(bytesOf(12*gb), bytesOf(10*gb)), nil,
			diskView{health.Warning, false, false, "rabbit@a 12 GB free, alarm at 10 GB (1.20x)"}},
		{"a byte below the critical margin", running(bytesOf(12*gb-1), bytesOf(10*gb)), nil,
			diskView{health.Critical, false, false, "rabbit@a 12 GB free, alarm at 10 GB (1.19x)"}},
		{"exactly at the limit without an alarm", running(bytesOf(10*gb), bytesOf(10*gb)), nil,
			diskView{health.Critical, false, false, "rabbit@a 10 GB free, alarm at 10 GB (1.00x)"}},
		{"a ratio without an exact binary form", running(bytesOf(57.5e6), bytesOf(50e6)), nil,
			diskView{health.Critical, false, false, "rabbit@a 57.5 MB free, alarm at 50 MB (1.15x)"}},
		{"a byte below that ratio", running(bytesOf(57.5e6-1), bytesOf(50e6)), nil,
			diskView{health.Critical, false, false, "rabbit@a 57.5 MB free, alarm at 50 MB (1.14x)"}},
		{"a byte below the warning margin of a large disk", running(bytesOf(20e12-1), bytesOf(10e12)), nil,
			diskView{health.Warning, false, false, "rabbit@a 20 TB free, alarm at 10 TB (1.99x)"}},
		{"a limit of 0", running(bytesOf(3*gb), bytesOf(0)), nil,
			diskView{health.OK, false, false, "rabbit@a 3 GB free, alarm at 0 B"}},
		{"alarm, figures agree", running(bytesOf(9*gb), bytesOf(10*gb)), alarm,
			diskView{health.Critical, true, false, "disk alarm on rabbit@a: 9 GB free, limit 10 GB"}},
		{"alarm, figures are older", running(bytesOf(84*gb), bytesOf(50e6)), alarm,
			diskView{health.Critical, true, true,
				"disk alarm on rabbit@a: 84 GB free, limit 50 MB (these figures are older than the alarm)"}},
		{"alarm, figures unknown", running(strange("NaN"), bytesOf(50e6)), alarm,
			diskView{health.Critical, true, false, `disk alarm on rabbit@a: "NaN" free, limit 50 MB`}},
		{"alarm of a node that is listed as not running", stopped, alarm,
			diskView{health.Critical, true, false, "disk alarm on rabbit@a: nothing free, limit nothing"}},
		{"memory alarm only", running(bytesOf(84*gb), bytesOf(50e6)), []health.Alarm{{Node: "rabbit@a", Resource: "memory"}},
			diskView{health.OK, false, false, "rabbit@a 84 GB free, alarm at 50 MB (1680x)"}},
		{"no alarm, flag is older", flagged, nil,
			diskView{health.OK, false, true,
				"rabbit@a has no disk alarm; its figures (40 GB free, limit 10 GB) are older than the state of the alarm"}},
		{"no alarm, figures are older", running(bytesOf(9*gb), bytesOf(10*gb)), nil,
			diskView{health.OK, false, true,
				"rabbit@a has no disk alarm; its figures (9 GB free, limit 10 GB) are older than the state of the alarm"}},
		{"not running", stopped, nil,
			diskView{health.Unknown, false, false, "rabbit@a is not running: its disk is not known"}},
		{"NaN", running(strange("NaN"), bytesOf(50e6)), nil,
			diskView{health.Unknown, false, false,
				`rabbit@a does not know its free space (it reports "NaN" free, limit 50 MB), so it cannot raise a disk alarm either`}},
		{"monitoring disabled", running(strange("disk_free_monitoring_disabled"), strange("disk_free_monitoring_disabled")),
			nil,
			diskView{health.Unknown, false, false,
				`rabbit@a does not know its free space (it reports "disk_free_monitoring_disabled" free, limit "disk_free_monitoring_disabled"), so it cannot raise a disk alarm either`}},
		{"absent", running(health.Reading{}, health.Reading{}), nil,
			diskView{health.Unknown, false, false,
				"rabbit@a reports no disk figures: it has just started, or its statistics are off"}},
		{"limit absent", running(bytesOf(3*gb), health.Reading{}), nil,
			diskView{health.Unknown, false, false,
				"rabbit@a does not know its free space (it reports 3 GB free, limit nothing), so it cannot raise a disk alarm either"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			limits := health.DiskLimits{Warning: margin(t, "2x"), Critical: margin(t, "1.2x")}
			result, verdicts := health.Disk(health.DiskFacts{Alarms: tt.alarms, Nodes: []health.DiskNode{tt.node}}, limits)
			if len(verdicts) != 1 {
				t.Fatalf("%d verdicts", len(verdicts))
			}
			v := verdicts[0]
			if diff := cmp.Diff(tt.want, diskView{v.Status, v.Alarmed, v.Stale, v.Text}); diff != "" {
				t.Error(diff)
			}
			if result.Status != tt.want.Status || result.Summary != tt.want.Text || result.Details != nil {
				t.Errorf("the result of one node is its verdict, got %v %q %q", result.Status, result.Summary, result.Details)
			}
		})
	}
}

// TestDisk_unwatched: if the node does not monitor its disk, its figure is old. So the status is UNKNOWN, or worse if
// the figure alone is worse.
func TestDisk_unwatched(t *testing.T) {
	for free, want := range map[float64]health.Status{80e9: health.Unknown, 11e9: health.Critical} {
		n := health.DiskNode{Name: "rabbit@a", Running: true, Free: bytesOf(free), Limit: bytesOf(10e9), Unwatched: true}
		r, _ := health.Disk(health.DiskFacts{Nodes: []health.DiskNode{n}}, health.DiskLimits{Critical: margin(t, "1.2x")})
		if r.Status != want || !strings.Contains(r.Summary, "the node does not monitor its disk") {
			t.Errorf("%v free: %v %s", free, r.Status, r.Summary)
		}
	}
}

func TestDisk_margins(t *testing.T) {
	node := health.DiskNode{Name: "rabbit@a", Running: true, Free: bytesOf(15e9), Limit: bytesOf(10e9)}
	tests := []struct {
		warning, critical string
		want              health.Status
	}{
		{"", "", health.OK},
		{"1.5x", "", health.OK},
		{"1.51x", "", health.Warning},
		{"15GB", "", health.OK},
		{"15GiB", "", health.Warning},
		{"", "16GB", health.Critical},
		{"16GB", "15GB", health.Warning},
		{"1x", "2x", health.Critical},
	}
	for _, tt := range tests {
		var limits health.DiskLimits
		if tt.warning != "" {
			limits.Warning = margin(t, tt.warning)
		}
		if tt.critical != "" {
			limits.Critical = margin(t, tt.critical)
		}
		if got, _ := health.Disk(health.DiskFacts{Nodes: []health.DiskNode{node}}, limits); got.Status != tt.want {
			t.Errorf("warning %q, critical %q: %v, want %v", tt.warning, tt.critical, got.Status, tt.want)
		}
	}
}

func TestDisk_cluster(t *testing.T) {
	facts := health.DiskFacts{
		Alarms: []health.Alarm{{Node: "rabbit@gone", Resource: "disk"}, {Node: "rabbit@c", Resource: "disk"},
			{Node: "rabbit@b", Resource: "memory"}},
		Nodes: []health.DiskNode{
			{Name: "rabbit@a", Running: true, Free: bytesOf(80e9), Limit: bytesOf(1e9)},
			{Name: "rabbit@b"},
			{Name: "rabbit@c", Running: true, Free: bytesOf(80e9), Limit: bytesOf(1e9)},
			{Name: "rabbit@d", Running: true, Free: bytesOf(1.5e9), Limit: bytesOf(1e9)},
		},
	}
	got, verdicts := health.Disk(facts, health.DiskLimits{Warning: margin(t, "2x"), Critical: margin(t, "1.1GB")})
	want := health.Result{
		Status: health.Critical,
		Summary: "disk alarm on rabbit@c: 80 GB free, limit 1 GB (these figures are older than the alarm); " +
			"disk alarm on rabbit@gone, which the node listing does not name; " +
			"rabbit@d 1.5 GB free, alarm at 1 GB (1.50x); rabbit@b is not running: its disk is not known",
		Figures: []health.Figure{
			{Label: "rabbit@a_free", Value: 80e9, Unit: "B", Warning: "2000000000:", Critical: "1100000000:"},
			{Label: "rabbit@a_limit", Value: 1e9, Unit: "B"},
			{Label: "rabbit@c_free", Value: 80e9, Unit: "B", Warning: "2000000000:", Critical: "1100000000:"},
			{Label: "rabbit@c_limit", Value: 1e9, Unit: "B"},
			{Label: "rabbit@d_free", Value: 1.5e9, Unit: "B", Warning: "2000000000:", Critical: "1100000000:"},
			{Label: "rabbit@d_limit", Value: 1e9, Unit: "B"},
		},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	var order []string
	for _, v := range verdicts {
		order = append(order, v.Name+" "+v.Status.String())
	}
	if diff := cmp.Diff([]string{"rabbit@a OK", "rabbit@b UNKNOWN", "rabbit@c CRITICAL", "rabbit@d WARNING",
		"rabbit@gone CRITICAL"}, order); diff != "" {
		t.Error(diff)
	}
}

func TestDisk_allWell(t *testing.T) {
	got, _ := health.Disk(health.DiskFacts{Nodes: []health.DiskNode{
		{Name: "rabbit@a", Running: true, Free: bytesOf(80e9), Limit: bytesOf(1e9)},
		{Name: "rabbit@b", Running: true, Free: bytesOf(8e9), Limit: bytesOf(1e9)},
	}}, health.DiskLimits{Warning: margin(t, "2x")})
	want := health.Result{Summary: "rabbit@a 80 GB free, alarm at 1 GB (80.0x); rabbit@b 8 GB free, alarm at 1 GB (8.00x)",
		Figures: []health.Figure{
			{Label: "rabbit@a_free", Value: 80e9, Unit: "B", Warning: "2000000000:"},
			{Label: "rabbit@a_limit", Value: 1e9, Unit: "B"},
			{Label: "rabbit@b_free", Value: 8e9, Unit: "B", Warning: "2000000000:"},
			{Label: "rabbit@b_limit", Value: 1e9, Unit: "B"},
		}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestDisk_noNodesIsUnknown(t *testing.T) {
	got, verdicts := health.Disk(health.DiskFacts{}, health.DiskLimits{})
	want := health.Result{Status: health.Unknown, Summary: "the broker listed no nodes"}
	if diff := cmp.Diff(want, got); diff != "" || verdicts != nil {
		t.Errorf("%s%v", diff, verdicts)
	}
}

// An alarm that the check names is CRITICAL, whatever the listing says.
func FuzzDisk_alarmDecides(f *testing.F) {
	f.Add(84e9, 50e6, true, true, true, true)
	f.Add(0.0, 0.0, false, false, false, false)
	f.Fuzz(func(t *testing.T, free, limit float64, freeKnown, limitKnown, running, alarmed bool) {
		n := health.DiskNode{Name: "n", Running: running, Free: health.Reading{Value: free, Known: freeKnown},
			Limit: health.Reading{Value: limit, Known: limitKnown}}
		facts := health.DiskFacts{Nodes: []health.DiskNode{n}}
		if alarmed {
			facts.Alarms = []health.Alarm{{Node: "n", Resource: "disk"}}
		}
		got, _ := health.Disk(facts, health.DiskLimits{})
		switch {
		case alarmed && got.Status != health.Critical:
			t.Errorf("alarmed, and %v", got.Status)
		case !alarmed && got.Status == health.Critical:
			t.Error("CRITICAL without alarm and margins")
		case got.Status == health.OK && !(running && freeKnown && limitKnown):
			t.Error("OK without having seen it")
		}
	})
}
