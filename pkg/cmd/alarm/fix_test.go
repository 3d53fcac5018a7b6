package alarm_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/cmd/alarm"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/internal/brokertest"
	"github.com/rabbitctl/rabbitctl/pkg/internal/cmdtest"
	"github.com/rabbitctl/rabbitctl/pkg/internal/nodetest"
	"github.com/rabbitctl/rabbitctl/pkg/steps"
)

// local changes an answer of the API so that it is about the node that runs on this machine.
func local(body string) string {
	return strings.NewReplacer("rabbit@a", "rabbit@localhost", "rabbit@b", "rabbit@localhost").Replace(body)
}

const (
	setDisk   = "rabbit_disk_monitor:set_disk_free_limit/1"
	setMemory = "vm_memory_monitor:set_vm_memory_high_watermark/1"
)

// machine returns a fake node whose disk and memory have these figures, in bytes.
func machine(t *testing.T, free, limit, used, memoryLimit string) *nodetest.Node {
	t.Helper()
	calls := nodetest.Says(map[string]string{"rabbit:is_running/0": "true",
		"rabbit_disk_monitor:get_disk_free/0": free, "rabbit_disk_monitor:get_disk_free_limit/0": limit,
		"vm_memory_monitor:get_process_memory/0": used, "vm_memory_monitor:get_memory_limit/0": memoryLimit,
		"vm_memory_monitor:get_total_memory/0": "10000000000", "vm_memory_monitor:get_vm_memory_high_watermark/0": "0.4"})
	nodetest.Keeps(calls, setDisk, "rabbit_disk_monitor:get_disk_free_limit/0")
	nodetest.Keeps(calls, setMemory, "vm_memory_monitor:get_vm_memory_high_watermark/0")
	return (&nodetest.Node{Calls: calls}).Start(t)
}

// fixed runs the command against the API and the node.
func fixed(t *testing.T, s *brokertest.Server, n *nodetest.Node, env []string, line string) cmdtest.Result {
	t.Helper()
	env = append(append(n.Env(t), "RABBITCTL_NODE=rabbit@another"), env...)
	r := cmdtest.Run{Commands: alarm.Commands(), Env: env}.Do(t, s, strings.Fields(line)...)
	if strings.Contains(fmt.Sprint(r), "secret") {
		t.Errorf("%s: the cookie is shown: %+v", line, r)
	}
	return r
}

// blockedBy returns a fake broker with that alarm. It answers each listing once.
func blockedBy(t *testing.T, alarm, node string) *brokertest.Server {
	t.Helper()
	s := brokertest.New(t)
	s.JSON(brokertest.AskAlarms, 503, local(alarm))
	s.JSON(brokertest.AskNodes, 200, "["+local(node)+"]")
	s.JSON(brokertest.AskStopped, 200, stuck)
	return s
}

func TestFix_disk(t *testing.T) {
	t.Parallel()
	n := machine(t, "4500000000", "5000000000", "1", "1")
	t.Run("dry run", func(t *testing.T) {
		r := fixed(t, blockedBy(t, brokertest.DiskAlarmB, brokertest.ShortNodeB), n, nil, "explain_blocked --fix --dry-run")
		if r.Error != nil || !strings.Contains(r.Out, "limit_now\t5000000000\nlimit_then\t2000000000\nfree\t4500000000\n") ||
			!strings.Contains(r.Out, "\tblocked\t") || !strings.Contains(r.Err,
			"would set the limit of free disk space of node rabbit@localhost to 2 GB, over Erlang distribution, in the cluster of http://BROKER\n") {
			t.Errorf("%+v", r)
		}
	})
	t.Run("no terminal to ask at", func(t *testing.T) {
		if r := fixed(t, brokertest.New(t), n, nil, "explain_blocked --fix"); fail.KindOf(r.Error) != fail.Usage {
			t.Errorf("%+v", r)
		}
	})
	if slices.Contains(n.Asked(), setDisk) {
		t.Errorf("asked %q", n.Asked())
	}
	t.Run("done", func(t *testing.T) {
		s := blockedBy(t, brokertest.DiskAlarmB, brokertest.ShortNodeB)
		// The alarm ends only after a moment, and the listing of connections shows that another moment later.
		s.JSON(brokertest.AskAlarms, 503, local(brokertest.DiskAlarmB))
		s.JSON(brokertest.AskAlarms, 200, brokertest.NoAlarm)
		s.JSON(brokertest.AskStopped, 200, stuck)
		s.JSON(brokertest.AskStopped, 200, strings.ReplaceAll(stuck, `"blocked"`, `"running"`))
		journal := filepath.Join(t.TempDir(), "journal")
		r := fixed(t, s, n, nil, "explain_blocked --fix --yes -o json --journal "+journal)
		for _, want := range []string{`"outcome": "changed"`, `"limit": 2000000000`, `"before": 5000000000`,
			`"alarm": "cleared"`, `"blocked_before": 1`, `"blocked_now": 0`} {
			if !strings.Contains(r.Out, want) {
				t.Errorf("%s is missing: %+v", want, r)
			}
		}
		if r.Error != nil || !strings.Contains(r.Err, "to keep it, write in rabbitmq.conf: disk_free_limit.absolute = 2GB") {
			t.Errorf("%+v", r)
		}
		text, err := os.ReadFile(journal)
		if err != nil || strings.Count(string(text), `"user":"Erlang cookie"`) != 2 {
			t.Errorf("%v %s", err, text)
		}
	})
}

// TestFix_memory: the command raises the watermark if the node uses clearly less memory than the new limit.
func TestFix_memory(t *testing.T) {
	t.Parallel()
	s := blockedBy(t, brokertest.MemoryAlarmA, brokertest.NodeA)
	s.JSON(brokertest.AskAlarms, 200, brokertest.NoAlarm)
	s.JSON(brokertest.AskStopped, 200, "[]")
	r := fixed(t, s, machine(t, "1", "1", "4100000000", "4000000000"), nil, "explain_blocked --fix --yes")
	if r.Error != nil || !strings.HasPrefix(r.Out, "changed\n") ||
		!strings.Contains(r.Err, "vm_memory_high_watermark.relative = 0.7") {
		t.Errorf("%+v", r)
	}
}

// TestFix_both: with several alarms there is a row for each, and publishers go on when all have ended. What is said about
// all alarms names none of them.
func TestFix_both(t *testing.T) {
	t.Parallel()
	both := strings.Replace(local(brokertest.DiskAlarmB), `"alarms":[`,
		`"alarms":[{"node":"rabbit@localhost","resource":"memory"},`, 1)
	s := blockedBy(t, both, brokertest.ShortNodeB)
	s.JSON(brokertest.AskAlarms, 503, both)
	s.JSON(brokertest.AskAlarms, 200, brokertest.NoAlarm)
	s.JSON(brokertest.AskStopped, 200, "[]")
	r := fixed(t, s, machine(t, "4500000000", "5000000000", "4100000000", "4000000000"), nil,
		"explain_blocked --fix --yes")
	if r.Error != nil || !strings.HasPrefix(r.Out, "done\n") || !strings.Contains(r.Out,
		"memory of rabbit@localhost\tchanged\t\ndisk of rabbit@localhost\tchanged\t\n\n"+
			"alarm\tcleared\nblocked_before\t1\nblocked_now\t0\n") {
		t.Errorf("%v\n%s%s", r.Error, r.Out, r.Err)
	}
	for _, want := range []string{"memory of rabbit@localhost: the limit holds until the node restarts; to keep it, write in " +
		"rabbitmq.conf: vm_memory_high_watermark.relative = 0.7", "disk_free_limit.absolute = 2GB"} {
		if !strings.Contains(r.Err, want) {
			t.Errorf("%s is missing: %s", want, r.Err)
		}
	}
	s = blockedBy(t, both, brokertest.ShortNodeB)
	s.JSON(brokertest.AskAlarms, 200, brokertest.NoAlarm)
	s.JSON(brokertest.AskStopped, 400, `{"error":"bad_request"}`)
	r = fixed(t, s, machine(t, "4500000000", "5000000000", "4100000000", "4000000000"), nil,
		"explain_blocked --fix --yes")
	if r.Error != nil || !strings.Contains(r.Err, "note: the connections could not be listed: ") ||
		!strings.HasSuffix(r.Out, "\nblocked_before\t1\n") {
		t.Errorf("%v\n%s%s", r.Error, r.Out, r.Err)
	}
	s = blockedBy(t, both, brokertest.ShortNodeB)
	s.Always(brokertest.AskAlarms, 503, both)
	r = fixed(t, s, machine(t, "4500000000", "5000000000", "4100000000", "4000000000"), nil,
		"explain_blocked --fix --yes")
	if fail.KindOf(r.Error) != fail.Unavailable || !strings.HasPrefix(r.Error.Error(),
		"the new limit is set, and publishers are still stopped: ") || !strings.Contains(r.Out, "disk of rabbit@localhost\tchanged\t\n") ||
		strings.Contains(steps.Of(r.Error), "rabbitmq.conf") {
		t.Errorf("%v\n%s%s", r.Error, r.Out, r.Err)
	}
	s = blockedBy(t, both, brokertest.ShortNodeB)
	r = fixed(t, s, machine(t, "4500000000", "5000000000", "4100000000", "4000000000"), nil,
		"explain_blocked --fix --dry-run -o json")
	if !strings.Contains(r.Out, `"memory of rabbit@localhost": {`) || !strings.Contains(r.Out,
		`"disk of rabbit@localhost": {`) {
		t.Errorf("%v\n%s%s", r.Error, r.Out, r.Err)
	}
}

// TestFix_unset has the cases in which the command sets no limit, with the reason.
func TestFix_unset(t *testing.T) {
	t.Parallel()
	disk, memory := brokertest.DiskAlarmB, brokertest.MemoryAlarmA
	for _, c := range []struct {
		name, alarm, node, free, limit, used, memoryLimit string
		env                                               []string
		kind                                              fail.Kind
		says                                              string
	}{
		{"nearly full", disk, brokertest.ShortNodeB, "150000000", "5000000000", "1", "1", nil, fail.Unavailable,
			"only 150 MB are free on the disk of node rabbit@localhost, too little for any lower limit"},
		{"free space unknown", disk, brokertest.ShortNodeB, "'NaN'", "5000000000", "1", "1", nil, fail.Unavailable,
			"does not know how much disk space is free"},
		{"free again", disk, brokertest.ShortNodeB, "9000000000", "5000000000", "1", "1", nil, "",
			"has 9 GB of disk space free again and a limit of 5 GB: its disk alarm ends within 10 s if the node still watches"},
		{"too much memory", memory, brokertest.NodeA, "1", "1", "6900000000", "4000000000", nil, fail.Unavailable,
			"it uses 6.9 GB of the 10 GB of its machine"},
		{"high watermark", memory, brokertest.NodeA, "1", "1", "7100000000", "7000000000", nil, fail.Unavailable,
			"its limit is already 7 GB"},
		{"other alarm", strings.ReplaceAll(memory, `"memory"`, `"file_descriptors"`), brokertest.NodeA, "1", "1", "1", "1",
			nil, fail.Unavailable, "the file_descriptors alarm of node rabbit@localhost does not depend on a limit"},
		{"no cookie", disk, brokertest.ShortNodeB, "1", "1", "1", "1",
			[]string{"RABBITCTL_ERLANG_COOKIE_FILE=", "RABBITCTL_COOKIE_COMMAND=echo wrong"}, fail.Denied,
			"rabbitctl cannot end the alarm: node rabbit@localhost has another Erlang cookie"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			n := machine(t, c.free, c.limit, c.used, c.memoryLimit)
			r := fixed(t, blockedBy(t, c.alarm, c.node), n, c.env, "explain_blocked --fix --yes")
			said := r.Err
			if r.Error != nil {
				said += r.Error.Error()
			}
			if fail.KindOf(r.Error) != c.kind || !strings.Contains(said, c.says) {
				t.Errorf("%+v", r)
			}
			if slices.Contains(n.Asked(), setDisk) || slices.Contains(n.Asked(), setMemory) {
				t.Errorf("asked %q", n.Asked())
			}
			next := fmt.Sprint(fail.HintOf(r.Error))
			for _, limit := range []string{"rabbitctl set_disk_free_limit 2GB --node rabbit@localhost",
				"disk_free_limit.absolute = 2GB", "set_vm_memory_high_watermark"} {
				want := c.name == "no cookie" && strings.Contains(limit, "disk")
				if strings.Contains(next, limit) != want {
					t.Errorf("%q is advised: %v, want %v: %s", limit, !want, want, next)
				}
			}
		})
	}
}

// TestFix_unwatched: a node that does not watch its disk keeps its alarm and takes no limit, so the command sets none.
func TestFix_unwatched(t *testing.T) {
	t.Parallel()
	for _, free := range []string{"4500000000", "9000000000"} {
		n := machine(t, free, "5000000000", "1", "1")
		n.Calls["sys:get_state/1"] = nodetest.Says(map[string]string{"x": nodetest.DiskWatch(false)})["x"]
		r := fixed(t, blockedBy(t, brokertest.DiskAlarmB, brokertest.ShortNodeB), n, nil, "explain_blocked --fix --yes")
		if fail.KindOf(r.Error) != fail.Unavailable || !strings.Contains(fmt.Sprint(r.Error),
			"node rabbit@localhost does not watch its free disk space") || slices.Contains(n.Asked(), setDisk) ||
			!strings.Contains(steps.Of(r.Error), "activate_free_disk_space_monitoring --node rabbit@localhost") {
			t.Errorf("%s: %+v, asked %q", free, r, n.Asked())
		}
		n.Calls["sys:get_state/1"] = nodetest.Says(map[string]string{"x": nodetest.DiskWatch(true)})["x"]
		r = fixed(t, blockedBy(t, brokertest.DiskAlarmB, brokertest.ShortNodeB), n, nil,
			"explain_blocked --fix --dry-run")
		if r.Error != nil || strings.Contains(r.Err, "still watches") {
			t.Errorf("%s: %+v", free, r)
		}
	}
}

// TestFix_inVain: if publishers are still blocked, the command does not report success. Without an alarm, it changes
// nothing.
func TestFix_inVain(t *testing.T) {
	t.Parallel()
	s := blockedBy(t, brokertest.DiskAlarmB, brokertest.ShortNodeB)
	s.Always(brokertest.AskAlarms, 503, local(brokertest.DiskAlarmB))
	r := fixed(t, s, machine(t, "4500000000", "5000000000", "1", "1"), nil, "explain_blocked --fix --yes")
	if fail.KindOf(r.Error) != fail.Unavailable || !strings.Contains(fmt.Sprint(r.Error),
		"the new limit is set, and publishers are still stopped: disk alarm on rabbit@localhost") ||
		!strings.Contains(steps.Of(r.Error), "disk_free_limit.absolute = ") {
		t.Errorf("%+v", r)
	}
	s = brokertest.New(t)
	s.JSON(brokertest.AskAlarms, 200, brokertest.NoAlarm)
	s.JSON(brokertest.AskNodes, 200, "["+brokertest.NodeA+"]")
	s.JSON(brokertest.AskHistory, 500, `{"error":"internal"}`)
	s.JSON(brokertest.AskStopped, 200, "[]")
	r = fixed(t, s, machine(t, "1", "1", "1", "1"), nil, "explain_blocked --fix --yes")
	if r.Error != nil || r.Out != "unchanged\n" {
		t.Errorf("%+v", r)
	}
}

// TestFix_flags: flags for a change need --fix, and flags for a verdict are refused with it.
func TestFix_flags(t *testing.T) {
	t.Parallel()
	n := machine(t, "1", "1", "1", "1")
	for _, line := range []string{"explain_blocked --dry-run", "explain_blocked --yes", "explain_blocked --journal j",
		"explain_blocked --fix --yes --output f", "explain_blocked --fix --yes --contexts a"} {
		if r := fixed(t, brokertest.New(t), n, nil, line); fail.KindOf(r.Error) != fail.Usage {
			t.Errorf("%s: %+v", line, r)
		}
	}
}
