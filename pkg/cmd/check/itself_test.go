package check_test

import (
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/cmd/check"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/internal/brokertest"
	"github.com/rabbitctl/rabbitctl/pkg/internal/cmdtest"
	"github.com/rabbitctl/rabbitctl/pkg/internal/nodetest"
)

// nowhere is an address at which no management API listens.
const nowhere = "RABBITCTL_URL=http://127.0.0.1:1"

// TestItself: if the management API does not answer, the check asks the node itself.
func TestItself(t *testing.T) {
	t.Parallel()
	disk := map[string]string{"rabbit_alarm:get_alarms/0": "[{{resource_limit,disk,rabbit@localhost},[]}]",
		"rabbit_disk_monitor:get_disk_free/0": "1000000000"}
	stopped := map[string]string{"rabbit:is_running/0": "false", "rabbit:is_booting/0": "false"}
	booting := map[string]string{"rabbit:is_running/0": "false", "rabbit:is_booting/0": "true"}
	for _, c := range []struct {
		line string
		says map[string]string
		kind fail.Kind
		out  string
	}{
		{"check_running", nil, "", "OK - RabbitMQ runs on rabbit@localhost\n"},
		{"check_running", stopped, fail.Critical,
			"CRITICAL - node rabbit@localhost runs, but RabbitMQ is stopped on it\n" +
				"next: rabbitctl start_app --node rabbit@localhost starts it\n"},
		{"check_running", booting, fail.Critical,
			"CRITICAL - node rabbit@localhost runs, but RabbitMQ is still starting on it\n" +
				"next: rabbitctl await_ready waits until it accepts clients\n"},
		{"check_alarms", nil, "", "OK - no alarm in effect on the only node |"},
		{"check_alarms", disk, fail.Critical, "CRITICAL - disk alarm on rabbit@localhost; publishers are stopped"},
		{"check_alarms", map[string]string{"rabbit_nodes:all/0": "[rabbit@localhost,rabbit@b]"}, fail.Unknown,
			"UNKNOWN - no alarm is known, but rabbit@b does not run"},
		{"check_alarms", stopped, fail.Unknown, "UNKNOWN - node rabbit@localhost"},
		{"check_disk", nil, "", "OK - rabbit@localhost 8 GB free, alarm at 2 GB (4.00x) |"},
		{"check_disk", map[string]string{"rabbit_nodes:all/0": "[rabbit@localhost,rabbit@b]"}, fail.Unknown,
			"UNKNOWN - rabbit@localhost 8 GB free, alarm at 2 GB (4.00x); 1 other node was not asked |"},
		{"check_disk", disk, fail.Critical, "CRITICAL - disk alarm on rabbit@localhost: 1 GB free, limit 2 GB"},
		{"check_disk", stopped, fail.Unknown, "UNKNOWN - node rabbit@localhost runs, but RabbitMQ is stopped"},
		{"check_disk", map[string]string{"sys:get_state/1": nodetest.DiskWatch(false)}, fail.Unknown,
			"the node does not monitor its disk"},
		{"check_disk", map[string]string{"sys:get_state/1": "{state,other}"}, "", "OK - "},
		{"check_local_alarms", nil, "", "OK - no alarm in effect on rabbit@localhost\n"},
		{"check_local_alarms", disk, fail.Critical, "CRITICAL - disk alarm on rabbit@localhost\nnext: rabbitctl check_disk;"},
		{"check_local_alarms", map[string]string{"rabbit_alarm:get_alarms/0": "[{{resource_limit,disk,rabbit@b},[]}]"}, "",
			"OK - no alarm in effect on rabbit@localhost\n"},
		{"check_local_alarms", stopped, fail.Unknown, "UNKNOWN - node rabbit@localhost"},
		{"check_memory", nil, "", "OK - rabbit@localhost 150 MB used, alarm at 4 GB (3%) |"},
		{"check_memory", map[string]string{"vm_memory_monitor:get_process_memory/0": "3900000000"}, fail.Critical,
			"CRITICAL - rabbit@localhost 3.9 GB used"},
		{"check_memory", map[string]string{"rabbit_nodes:all/0": "[rabbit@localhost,rabbit@b]"}, fail.Unknown,
			"1 other node was not asked |"},
		{"check_memory", stopped, fail.Unknown, "UNKNOWN - node rabbit@localhost"},
	} {
		n := (&nodetest.Node{Calls: nodetest.Itself(c.says)}).Start(t)
		r := cmdtest.Run{Commands: check.Commands(), Env: append(n.Env(t), nowhere)}.Do(t, brokertest.New(t), c.line)
		if fail.KindOf(r.Error) != c.kind || !strings.Contains(r.Out, c.out) || !strings.Contains(r.Out,
			"what node rabbit@localhost reports about itself over Erlang distribution, because nothing listens at") {
			t.Errorf("%s %v: %v\n%s%s", c.line, c.says, r.Error, r.Out, r.Err)
		}
		r = cmdtest.Run{Commands: check.Commands(), Env: append(n.Env(t), nowhere)}.Do(t, brokertest.New(t), c.line, "-o",
			"json")
		if !strings.Contains(r.Out, "\"transports\": [\n    \"erlang\"\n  ]") {
			t.Errorf("%s: %s", c.line, r.Out)
		}
	}
}

// TestItself_notAsked: without the name of a node (--node), or with a wrong Erlang cookie, the check says why it could
// not ask the node, and what to do.
func TestItself_notAsked(t *testing.T) {
	t.Parallel()
	n := (&nodetest.Node{Calls: nodetest.Itself(nil)}).Start(t)
	for _, c := range []struct {
		env  []string
		says string
	}{
		{[]string{nowhere}, "rabbitctl can ask the node itself, with its name and its Erlang cookie: set RABBITCTL_NODE=NAME@HOST"},
		{append(n.Env(t), nowhere, "RABBITCTL_ERLANG_COOKIE_FILE=", "RABBITCTL_ERLANG_COOKIE=wrong"),
			"asking the node itself, over Erlang distribution, failed: node rabbit@localhost has another Erlang cookie"},
		{append(n.Env(t), nowhere, "RABBITCTL_NODE="), "failed: no node is named, and the management API does not report " +
			"the node's name; give the node's own name with --node NAME@HOST"},
	} {
		r := cmdtest.Run{Commands: check.Commands(), Env: c.env}.Do(t, brokertest.New(t), "check_running")
		if fail.KindOf(r.Error) != fail.Unknown || !strings.HasPrefix(r.Out, "UNKNOWN - nothing listens at ") ||
			!strings.Contains(r.Out, c.says) {
			t.Errorf("%q: %s", c.env, r.Out)
		}
	}
	if len(n.Asked()) > 0 {
		t.Errorf("asked %q", n.Asked())
	}
}

// TestCheckDisk_unwatched: the API does not show whether a node watches its disk, but the node itself does. So the
// check asks the node, and is UNKNOWN if the node does not watch its disk.
func TestCheckDisk_unwatched(t *testing.T) {
	t.Parallel()
	local := strings.ReplaceAll(brokertest.NodeA, "rabbit@a", "rabbit@localhost")
	for _, c := range []struct {
		watches, cookie bool
		kind            fail.Kind
		out             string
	}{
		{true, true, "", "OK - rabbit@localhost 84 GB free, alarm at 50 MB (1680x) |"},
		{false, true, fail.Unknown, "UNKNOWN - rabbit@localhost 84 GB free, alarm at 50 MB (1680x); the free space is not updated"},
		{false, false, "", "OK - "},
	} {
		n := (&nodetest.Node{Calls: nodetest.Itself(map[string]string{"sys:get_state/1": nodetest.DiskWatch(c.watches)})}).
			Start(t)
		s := brokertest.New(t)
		s.JSON(brokertest.AskAlarms, 200, brokertest.NoAlarm)
		s.JSON(brokertest.AskNodes, 200, "["+local+"]")
		env := n.Env(t)
		if !c.cookie {
			env = append(env, "RABBITCTL_ERLANG_COOKIE_FILE=")
		}
		r := cmdtest.Run{Commands: check.Commands(), Env: env}.Do(t, s, "check_disk")
		if fail.KindOf(r.Error) != c.kind || !strings.Contains(r.Out, c.out) || c.kind != "" && !strings.Contains(r.Out,
			"next: rabbitctl activate_free_disk_space_monitoring --node rabbit@localhost") {
			t.Errorf("%+v: %v\n%s%s", c, r.Error, r.Out, r.Err)
		}
		if asked := slices.Contains(n.Asked(), "sys:get_state/1"); asked != c.cookie {
			t.Errorf("%+v: asked %q", c, n.Asked())
		}
	}
	// If the node cannot be asked, the check still uses everything that the API reports.
	n := (&nodetest.Node{Calls: nodetest.Itself(nil)}).Start(t)
	s := brokertest.New(t)
	s.JSON(brokertest.AskAlarms, 200, brokertest.NoAlarm)
	s.JSON(brokertest.AskNodes, 200, "["+local+"]")
	env := append(n.Env(t), "RABBITCTL_ERLANG_COOKIE_FILE=", "RABBITCTL_ERLANG_COOKIE=wrong")
	r := cmdtest.Run{Commands: check.Commands(), Env: env}.Do(t, s, "check_disk")
	if r.Error != nil || !strings.Contains(r.Out, "\nwhether the nodes watch their disks is not known: "+
		"node rabbit@localhost has another Erlang cookie") {
		t.Errorf("%v\n%s", r.Error, r.Out)
	}
}

// TestAway: a check that needs the management API says what the node itself reports, and what to do. It must not advise
// starting a node that runs already.
func TestAway(t *testing.T) {
	t.Parallel()
	const runs, stopped = "; RabbitMQ runs on node rabbit@localhost, without its management API at this address",
		"; node rabbit@localhost runs, but RabbitMQ is stopped on it"
	for _, c := range []struct {
		line    string
		running bool
		kind    fail.Kind
		out     []string
	}{
		{"check_quorum", true, fail.Unknown, []string{"UNKNOWN - nothing listens", runs,
			"rabbitctl enable_plugins rabbitmq_management --node rabbit@localhost"}},
		{"check_quorum", false, fail.Unknown, []string{stopped, "next: rabbitctl start_app --node rabbit@localhost"}},
		{"check_node --for liveness", true, "", []string{"OK - RabbitMQ runs on rabbit@localhost, although nothing listens"}},
		{"check_node --for liveness", false, fail.Critical, []string{stopped, "rabbitctl start_app --node rabbit@localhost"}},
		{"check_node --for readiness", true, fail.Unknown, []string{runs + ": maintenance and listeners"}},
		{"check_node --for readiness", false, fail.Critical, []string{stopped}},
		{"check_node --for pager", true, fail.Unknown, []string{runs + ": queues could not be looked at"}},
		{"check_node --for upgrade", true, fail.Critical, []string{runs + ": the node cannot be judged"}},
		{"check_node --for upgrade --node rabbit@b", true, fail.Critical, []string{
			"CRITICAL - nothing listens at http://127.0.0.1:1 (connection refused): the node cannot be judged"}},
		{"check --all", true, fail.Unknown, []string{"OK check_alarms: no alarm in effect", "OK check_memory:",
			"next: rabbitctl enable_plugins rabbitmq_management --node rabbit@localhost",
			"what node rabbit@localhost says of itself by Erlang distribution"}},
		{"check --all", false, fail.Critical, []string{"CRITICAL check_running: node rabbit@localhost runs, but RabbitMQ is stopped",
			"next: rabbitctl start_app --node rabbit@localhost"}},
	} {
		n := (&nodetest.Node{Calls: nodetest.Itself(map[string]string{"rabbit:is_running/0": map[bool]string{true: "true",
			false: "false"}[c.running]})}).Start(t)
		r := cmdtest.Run{Commands: check.Commands(), Env: append(n.Env(t), nowhere)}.Do(t, brokertest.New(t),
			strings.Fields(c.line)...)
		for _, want := range c.out {
			if fail.KindOf(r.Error) != c.kind || !strings.Contains(r.Out, want) {
				t.Errorf("%s, running %v: no %q: %v\n%s%s", c.line, c.running, want, r.Error, r.Out, r.Err)
			}
		}
	}
}

// TestAway_bundle: if one check of a bundle is not offered and another one gets no answer, the report says both.
func TestAway_bundle(t *testing.T) {
	t.Parallel()
	n := (&nodetest.Node{Calls: nodetest.Itself(nil)}).Start(t)
	none := brokertest.Recorded(t, "3.10", "404-endpoint")
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !strings.HasPrefix(r.URL.Path, "/api/health/checks/metadata-store/") {
			panic(http.ErrAbortHandler)
		}
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusNotFound)
		io.WriteString(w, none)
	}))
	defer s.Close()
	r := cmdtest.Run{Commands: check.Commands(), Env: n.Env(t)}.Do(t, &brokertest.Server{Server: s}, "check", "--all")
	for _, want := range []string{"; not offered by this broker: check_if_metadata_store_is_initialized, ",
		"what node rabbit@localhost says of itself by Erlang distribution"} {
		if !strings.Contains(r.Out, want) {
			t.Errorf("no %q: %v\n%s%s", want, r.Error, r.Out, r.Err)
		}
	}
}

// TestAway_cannotBeAsked: if neither the API nor the node can be asked, the check fails, and says what to do next.
func TestAway_cannotBeAsked(t *testing.T) {
	t.Parallel()
	n := (&nodetest.Node{Calls: nodetest.Itself(nil)}).Start(t)
	for _, line := range []string{"check_quorum", "check_node --for liveness"} {
		r := cmdtest.Run{Commands: check.Commands(), Env: append(n.Env(t), nowhere, "RABBITCTL_ERLANG_COOKIE_FILE=",
			"RABBITCTL_ERLANG_COOKIE=wrong")}.Do(t, brokertest.New(t), strings.Fields(line)...)
		if !strings.Contains(r.Out, "nothing listens at ") || !strings.Contains(r.Out, "next: ") || r.Error == nil {
			t.Errorf("%s: %v %s", line, r.Error, r.Out)
		}
	}
}

// TestAway_silent: if the node hangs, the check does not wait for it until the time is over.
func TestAway_silent(t *testing.T) {
	t.Parallel()
	n := (&nodetest.Node{Instead: func(net.Conn) { <-t.Context().Done() }}).Start(t)
	r := cmdtest.Run{Commands: check.Commands(), Env: append(n.Env(t), nowhere)}.Do(t, brokertest.New(t), "check_quorum")
	if fail.KindOf(r.Error) != fail.Unknown || !strings.Contains(r.Out, "failed: it did not answer within 3s") {
		t.Errorf("%v %s", r.Error, r.Out)
	}
}
