package diagnose_test

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/rabbitctl/rabbitctl/pkg/diagnose"
	"github.com/rabbitctl/rabbitctl/pkg/health"
)

func known(n float64) health.Reading { return health.Reading{Value: n, Known: true} }

func connection(name, state string) diagnose.Connection {
	return diagnose.Connection{Name: name, App: "app-" + name, User: "u", VHost: "/", Peer: "10.0.0.1:4000", State: state,
		Connected: time.UnixMilli(1700000000000)}
}

const (
	noProof    = "publishing over HTTP or from the web UI still works, and the aliveness test says ok: neither proves that clients can publish"
	noError    = "clients get no error: without publisher confirms their messages wait unseen, with confirms they time out"
	readersRun = "on connections that do not publish, consumers still get messages, and declaring queues works"
	nobodyYet  = "no connection is listed as blocked: the listing can be 5 s old, and a client is blocked only once it publishes"
)

func TestBlocked_diskAlarm(t *testing.T) {
	writer, idle, slow, fine := connection("w", "blocked"), connection("i", "blocking"), connection("s", "flow"),
		connection("f", "running")
	disk := health.DiskNode{Name: "rabbit@a", Running: true, Free: known(84e9), Limit: known(1e12)}
	got := diagnose.Blocked(diagnose.BlockedFacts{
		Alarms:      []health.Alarm{{Node: "rabbit@a", Resource: "disk"}},
		Disks:       []health.DiskNode{disk},
		Connections: []diagnose.Connection{writer, idle, slow, fine},
	})
	want := diagnose.BlockedAnswer{
		Stopped: true,
		Verdict: "publishers are stopped on all nodes: disk alarm on rabbit@a",
		Disks: []health.DiskVerdict{{DiskNode: disk, Status: health.Critical, Alarmed: true,
			Text: "disk alarm on rabbit@a: 84 GB free, limit 1 TB"}},
		Blocked: []diagnose.Connection{writer}, Blocking: []diagnose.Connection{idle}, Throttled: []diagnose.Connection{slow},
		Misleading: []string{noProof, noError, readersRun},
		Fixes: []diagnose.Fix{
			{Node: "rabbit@a", What: "see where the broker's volume is (db_dir, not /) and what is free there",
				Text: "rabbitctl list_nodes name db_dir disk_free"},
			{Node: "rabbit@a", What: "lower the limit at once, on the node's machine with its Erlang cookie " +
				"(until the node restarts; freeing space is better)", Sets: true,
				Text: "rabbitctl set_disk_free_limit 20GB --node rabbit@a"},
			{Node: "rabbit@a", What: "lower the limit for good, in rabbitmq.conf", Keeps: true,
				Text: "disk_free_limit.absolute = 20GB"},
		},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestBlocked_diskAndMemoryOnTwoNodes(t *testing.T) {
	got := diagnose.Blocked(diagnose.BlockedFacts{
		Alarms: []health.Alarm{{Node: "rabbit@a", Resource: "disk"}, {Node: "rabbit@b", Resource: "memory"},
			{Node: "rabbit@c", Resource: "file descriptors"}},
		Disks:  []health.DiskNode{{Name: "rabbit@a", Running: true, Free: known(3e9), Limit: known(5e9)}},
		Memory: []health.MemoryNode{{Name: "rabbit@b", Used: known(4e9), Limit: known(3e9)}},
		Blind:  "user u may not list connections",
	})
	if got.Verdict != "publishers are stopped on all nodes: disk alarm on rabbit@a, memory alarm on rabbit@b, file descriptors alarm on rabbit@c" {
		t.Errorf("verdict %q", got.Verdict)
	}
	// The user cannot list connections, so the report does not claim that none is blocked.
	if diff := cmp.Diff([]string{noProof, noError, readersRun}, got.Misleading); diff != "" {
		t.Error(diff)
	}
	var fixes []string
	for _, f := range got.Fixes {
		fixes = append(fixes, f.Node+": "+f.Text)
	}
	want := []string{
		"rabbit@a: rabbitctl list_nodes name db_dir disk_free",
		"rabbit@a: rabbitctl set_disk_free_limit 1GB --node rabbit@a",
		"rabbit@a: disk_free_limit.absolute = 1GB",
		"rabbit@b: rabbitctl memory_breakdown rabbit@b",
		"rabbit@b: rabbitctl set_vm_memory_high_watermark 0.7 --node rabbit@b",
		"rabbit@b: vm_memory_high_watermark.relative = 0.7",
		"rabbit@c: rabbitctl show_node rabbit@c",
	}
	if diff := cmp.Diff(want, fixes); diff != "" {
		t.Error(diff)
	}
}

func TestBlocked_staleListing(t *testing.T) {
	got := diagnose.Blocked(diagnose.BlockedFacts{
		Alarms: []health.Alarm{{Node: "rabbit@a", Resource: "disk"}},
		Disks:  []health.DiskNode{{Name: "rabbit@a", Running: true, Free: known(84e9), Limit: known(50e6)}},
	})
	want := []string{noProof, noError, readersRun,
		"the node listing shows rabbit@a with 84 GB free and a limit of 50 MB: it is older than the alarm", nobodyYet}
	if diff := cmp.Diff(want, got.Misleading); diff != "" {
		t.Error(diff)
	}
}

func TestBlocked_noAlarm(t *testing.T) {
	healthy := health.DiskNode{Name: "rabbit@a", Running: true, Free: known(84e9), Limit: known(50e6)}
	tests := []struct {
		name        string
		disks       []health.DiskNode
		connections []diagnose.Connection
		misleading  []string
	}{
		{"all well", []health.DiskNode{healthy}, []diagnose.Connection{connection("a", "running"), connection("b", "")}, nil},
		{"one still listed as blocked", []health.DiskNode{healthy}, []diagnose.Connection{connection("a", "blocked")},
			[]string{"1 connection is still listed as blocked or blocking: that listing can be 5 s older than the end of the alarm"}},
		{"two still listed", []health.DiskNode{healthy}, []diagnose.Connection{connection("a", "blocked"),
			connection("b", "blocking")},
			[]string{"2 connections are still listed as blocked or blocking: that listing can be 5 s older than the end of the alarm"}},
		{"flow control", []health.DiskNode{healthy}, []diagnose.Connection{connection("a", "flow")},
			[]string{"1 connection is in flow control: slowed down because queues or disks cannot keep up, not stopped by an alarm"}},
		{"a disk nobody watches", []health.DiskNode{{Name: "rabbit@a", Running: true, Free: health.Reading{Raw: "NaN"},
			Limit: known(1)}}, nil,
			[]string{`rabbit@a does not know its free space (it reports "NaN" free, limit 1 B), so it cannot raise a disk alarm either`}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := diagnose.Blocked(diagnose.BlockedFacts{Disks: tt.disks, Connections: tt.connections})
			if got.Stopped || got.Fixes != nil || got.Verdict != "no alarm is in effect, so none stops publishers" {
				t.Errorf("stopped %v, verdict %q, fixes %v", got.Stopped, got.Verdict, got.Fixes)
			}
			if diff := cmp.Diff(tt.misleading, got.Misleading); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestBlocked_silentNode: if a node does not answer, nobody knows whether it has an alarm. So the verdict is that it is
// not known whether publishers are stopped. If another node has an alarm, they are stopped in any case.
func TestBlocked_silentNode(t *testing.T) {
	disks := []health.DiskNode{{Name: "rabbit@a", Running: true, Free: known(84e9), Limit: known(50e6)},
		{Name: "rabbit@b"}}
	got := diagnose.Blocked(diagnose.BlockedFacts{Disks: disks})
	const verdict = "no alarm is known, but rabbit@b does not run or does not answer; whether publishers are stopped is not known"
	if diff := cmp.Diff([]string{"rabbit@b"}, got.Silent); diff != "" || got.Stopped || got.Verdict != verdict ||
		got.Misleading != nil {
		t.Errorf("%+v", got)
	}
	got = diagnose.Blocked(diagnose.BlockedFacts{Disks: disks,
		Alarms: []health.Alarm{{Node: "rabbit@a", Resource: "disk"}}})
	if got.Silent != nil || !got.Stopped {
		t.Errorf("%+v", got)
	}
}

func TestFresh(t *testing.T) {
	alarm := []health.Alarm{{Node: "rabbit@a", Resource: "disk"}}
	stale := []health.DiskNode{{Name: "rabbit@a", Running: true, Free: known(84e9), Limit: known(50e6)}}
	agreeing := []health.DiskNode{{Name: "rabbit@a", Running: true, Free: known(84e9), Limit: known(1e12)}}
	tests := []struct {
		name  string
		facts diagnose.BlockedFacts
		want  bool
	}{
		{"no alarm", diagnose.BlockedFacts{Disks: stale}, false},
		{"figures older than the alarm", diagnose.BlockedFacts{Alarms: alarm, Disks: stale}, true},
		{"somebody is listed as blocked", diagnose.BlockedFacts{Alarms: alarm, Disks: stale,
			Connections: []diagnose.Connection{connection("a", "blocked")}}, false},
		{"somebody would be", diagnose.BlockedFacts{Alarms: alarm, Disks: stale,
			Connections: []diagnose.Connection{connection("a", "blocking")}}, true},
		{"somebody is still listed as running", diagnose.BlockedFacts{Alarms: alarm, Disks: agreeing, Running: 1,
			Connections: []diagnose.Connection{connection("a", "blocked")}}, true},
		{"running without an alarm", diagnose.BlockedFacts{Disks: agreeing, Running: 1}, false},
		{"figures agree", diagnose.BlockedFacts{Alarms: alarm, Disks: agreeing}, false},
		{"memory alarm", diagnose.BlockedFacts{Alarms: []health.Alarm{{Node: "rabbit@a", Resource: "memory"}}, Disks: stale},
			false},
	}
	for _, tt := range tests {
		if got := tt.facts.Fresh(); got != tt.want {
			t.Errorf("%s: %v", tt.name, got)
		}
	}
}

// sizeOf returns the size in a suggested command, in bytes: 2e10 for set_disk_free_limit 20GB.
func sizeOf(t *testing.T, text string) float64 {
	t.Helper()
	m := regexp.MustCompile(`([0-9]+)([GM])B( |$)`).FindStringSubmatch(text)
	if m == nil {
		t.Fatalf("no size in %q", text)
	}
	n, err := strconv.ParseFloat(m[1], 64)
	if err != nil {
		t.Fatal(err)
	}
	return n * map[string]float64{"G": 1e9, "M": 1e6}[m[2]]
}

func TestBlocked_suggestedLimitIsNeverAboveHalfOfTheFreeSpace(t *testing.T) {
	frees := []float64{0, 1, 50e6, 60e6, 99e6, 100e6, 199e6, 200e6, 500e6, 999e6, 1e9, 2e9, 2e9 - 1, 5e9, 10e9, 39e9, 40e9,
		100e9, 1e12, 1e15}
	for _, free := range frees {
		t.Run(fmt.Sprint(free), func(t *testing.T) {
			got := diagnose.Blocked(diagnose.BlockedFacts{
				Alarms: []health.Alarm{{Node: "rabbit@a", Resource: "disk"}},
				Disks:  []health.DiskNode{{Name: "rabbit@a", Running: true, Free: known(free), Limit: known(1e16)}},
			})
			if len(got.Fixes) == 0 {
				t.Fatal("nothing to do is suggested")
			}
			suggested := 0
			for _, f := range got.Fixes {
				if !strings.Contains(f.Text, "disk_free_limit") {
					continue
				}
				suggested++
				if limit := sizeOf(t, f.Text); limit > free/2 {
					t.Errorf("%s, with %v bytes free", f.Text, free)
				}
			}
			if free >= 200e6 && suggested != 2 {
				t.Errorf("%d limits suggested: %v", suggested, got.Fixes)
			}
		})
	}
}

func TestBlocked_freeSpaceUnknown(t *testing.T) {
	got := diagnose.Blocked(diagnose.BlockedFacts{Alarms: []health.Alarm{{Node: "rabbit@a", Resource: "disk"}}})
	want := []health.DiskVerdict{{DiskNode: health.DiskNode{Name: "rabbit@a"}, Status: health.Critical, Alarmed: true,
		Text: "disk alarm on rabbit@a, which the node listing does not name"}}
	if diff := cmp.Diff(want, got.Disks); diff != "" {
		t.Error(diff)
	}
	if len(got.Fixes) == 0 || got.Fixes[0].Node != "rabbit@a" {
		t.Errorf("fixes %v", got.Fixes)
	}
}

func TestAppName(t *testing.T) {
	tests := []struct {
		properties map[string]any
		want       string
	}{
		{map[string]any{"connection_name": "billing", "product": "RabbitMQ"}, "billing"},
		{map[string]any{"connection_name": "  ", "product": "RabbitMQ"}, "RabbitMQ"},
		{map[string]any{"connection_name": 7.0, "product": "pika"}, "pika"},
		{map[string]any{"version": "1"}, ""},
		{nil, ""},
	}
	for _, tt := range tests {
		if got := diagnose.AppName(tt.properties); got != tt.want {
			t.Errorf("%v: %q, want %q", tt.properties, got, tt.want)
		}
	}
}
