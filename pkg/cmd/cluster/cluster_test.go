package cluster_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/cmd/cluster"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/internal/brokertest"
	"github.com/rabbitctl/rabbitctl/pkg/internal/cmdtest"
)

const (
	askOverview = "GET /api/overview"
	askNodes    = "GET /api/nodes?columns=name%2Crunning%2Ctype%2Cbeing_drained%2Cpartitions%2Capplications"
	askAlarms   = "GET /api/health/checks/alarms"
)

// account makes a fake broker answer like a node that sees these nodes: + means running and - stopped, as in "rabbit@a+
// rabbit@b-". listeners is a JSON list.
func account(s *brokertest.Server, node, sees, alarms, listeners string) {
	var lines []string
	for _, word := range strings.Fields(sees) {
		name, up := strings.TrimRight(word, "+-"), strings.HasSuffix(word, "+")
		line := fmt.Sprintf(`{"name":%q,"running":%v}`, name, up)
		if up {
			line = fmt.Sprintf(
				`{"name":%q,"running":true,"type":"disc","partitions":[],"being_drained":false,"applications":[{"name":"rabbit","version":"4.3.6"}]}`, name)
		}
		lines = append(lines, line)
	}
	s.JSON(askOverview, 200,
		fmt.Sprintf(`{"node":%q,"cluster_name":"test","rabbitmq_version":"4.3.6","erlang_version":"27.1","listeners":%s}`,
			node, listeners))
	s.JSON(askNodes, 200, "["+strings.Join(lines, ",")+"]")
	status := 200
	if strings.Contains(alarms, "failed") {
		status = 503
	}
	s.JSON(askAlarms, status, alarms)
}

// vhosts adds the answer with the states of a virtual host, as in "rabbit@a+ rabbit@b-": + means running and
// - means stopped. Only the first node is asked for it.
func vhosts(s *brokertest.Server, states string) {
	var words []string
	for _, word := range strings.Fields(states) {
		state := "stopped"
		if strings.HasSuffix(word, "+") {
			state = "running"
		}
		words = append(words, fmt.Sprintf("%q:%q", strings.TrimRight(word, "+-"), state))
	}
	s.JSON("GET /api/vhosts?columns=name%2Ccluster_state", 200, `[{"name":"prod","cluster_state":{`+strings.Join(words,
		",")+`}}]`)
}

const (
	none    = `{"status":"ok"}`
	diskOnB = `{"status":"failed","reason":"There are alarms in effect in the cluster","alarms":[{"node":"rabbit@b","resource":"disk space"}]}`
)

func run(t *testing.T, name string, r cmdtest.Run, s *brokertest.Server, words ...string) cmdtest.Result {
	t.Helper()
	r.Commands = cluster.Commands()
	return r.Check(t, name, s, words...)
}

func TestClusterStatus(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, sees, alarms, format string }{
		{"well", "rabbit@a+ rabbit@b+", none, "table"},
		{"one node", "rabbit@a+", none, "nagios"},
		{"one is down", "rabbit@a+ rabbit@b-", none, "table"},
		{"one is down json", "rabbit@a+ rabbit@b-", none, "json"},
		{"alarm", "rabbit@a+ rabbit@b+", diskOnB, "nagios"},
		{"virtual host stopped", "rabbit@a+ rabbit@b+", none, "table"},
		{"virtual hosts not seen", "rabbit@a+ rabbit@b+", none, "nagios"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := brokertest.New(t)
			account(s, "rabbit@a", tt.sees, tt.alarms, "[]")
			switch tt.name {
			case "virtual host stopped":
				vhosts(s, "rabbit@a+ rabbit@b-")
			case "virtual hosts not seen":
				s.JSON("GET /api/vhosts?columns=name%2Ccluster_state", 500, `{"error":"internal"}`)
			default:
				vhosts(s, "rabbit@a+")
			}
			run(t, tt.name, cmdtest.Run{}, s, "cluster_status", "-o", tt.format)
		})
	}
	t.Run("may not see nodes", func(t *testing.T) {
		t.Parallel()
		s := brokertest.New(t)
		s.JSON(askOverview, 200, `{"node":"rabbit@a"}`)
		s.JSON(askNodes, 401, `{"error":"not_authorised","reason":"Not monitor user"}`)
		run(t, "no nodes seen", cmdtest.Run{}, s, "cluster_status")
	})
}

// at returns a listener of the node. The listener has the address of the fake broker.
func at(node string, s *brokertest.Server) string {
	port := s.URL[strings.LastIndexByte(s.URL, ':')+1:]
	return fmt.Sprintf(`{"node":%q,"protocol":"http","ip_address":"127.0.0.1","port":%s}`, node, port)
}

func TestClusterStatus_everyNode(t *testing.T) {
	t.Parallel()
	t.Run("each calls the other stopped", func(t *testing.T) {
		t.Parallel()
		a, b := brokertest.New(t), brokertest.New(t)
		// The overview has no listeners of a node that counts as stopped, so the command line gives its address.
		account(a, "rabbit@a", "rabbit@a+ rabbit@b-", none, "["+at("rabbit@a", a)+"]")
		account(b, "rabbit@b", "rabbit@a- rabbit@b+", none, "[]")
		vhosts(a, "rabbit@a+")
		got := cmdtest.Run{Commands: cluster.Commands()}.Do(t, a, "cluster_status", "--ask-every-node", "--node-url",
			"rabbit@b="+b.URL)
		want := "CRITICAL  rabbit@a and rabbit@b disagree: both answer, and each says that the other is not running"
		if fail.KindOf(got.Error) != fail.Critical || !strings.HasPrefix(got.Out, want) {
			t.Errorf("%v\n%s", got.Error, got.Out)
		}
		for _, line := range []string{"looked at: the reports of 2 of 2 nodes",
			"rabbit@a says that rabbit@b is not running, but that node answers itself"} {
			if !strings.Contains(got.Out, line) {
				t.Errorf("it does not say %q:\n%s", line, got.Out)
			}
		}
	})
	t.Run("addresses from the listeners", func(t *testing.T) {
		t.Parallel()
		a, b := brokertest.New(t), brokertest.New(t)
		account(a, "rabbit@a", "rabbit@a+ rabbit@b+", none, "["+at("rabbit@a", a)+","+at("rabbit@b", b)+"]")
		account(b, "rabbit@b", "rabbit@a+ rabbit@b+", none, "[]")
		vhosts(a, "rabbit@a+ rabbit@b+")
		got := cmdtest.Run{Commands: cluster.Commands()}.Do(t, a, "cluster_status", "--ask-every-node")
		if got.Error != nil || !strings.HasPrefix(got.Out,
			"OK  2 of 2 nodes running, as each of them reports; no partition, no alarm") {
			t.Errorf("%v\n%s", got.Error, got.Out)
		}
	})
	t.Run("another broker at the address", func(t *testing.T) {
		t.Parallel()
		a, b := brokertest.New(t), brokertest.New(t)
		account(a, "rabbit@a", "rabbit@a+ rabbit@b+", none, "[]")
		account(b, "rabbit@x", "rabbit@x+", none, "[]")
		vhosts(a, "rabbit@a+")
		got := cmdtest.Run{Commands: cluster.Commands()}.Do(t, a, "cluster_status", "--ask-every-node", "--node-url",
			"rabbit@b="+b.URL)
		if fail.KindOf(got.Error) != fail.Warning || !strings.Contains(got.Out, "is the API of rabbit@x") {
			t.Errorf("%v\n%s", got.Error, got.Out)
		}
	})
	// Without the flag, the command asks no other node and sends the password to none.
	t.Run("not asked for", func(t *testing.T) {
		t.Parallel()
		a, b := brokertest.New(t), brokertest.New(t)
		account(a, "rabbit@a", "rabbit@a+ rabbit@b+", none, "["+at("rabbit@b", b)+"]")
		vhosts(a, "rabbit@a+ rabbit@b+")
		got := cmdtest.Run{Commands: cluster.Commands()}.Do(t, a, "cluster_status")
		if got.Error != nil || len(b.Requests()) != 0 {
			t.Errorf("%v %q", got.Error, b.Requests())
		}
	})
	t.Run("a stranger's address", func(t *testing.T) {
		t.Parallel()
		a, b := brokertest.New(t), brokertest.New(t)
		account(a, "rabbit@a", "rabbit@a+ rabbit@b+", none, "["+at("rabbit@b", b)+"]")
		vhosts(a, "rabbit@a+ rabbit@b+")
		got := cmdtest.Run{Commands: cluster.Commands()}.Do(t, a, "cluster_status", "--ask-every-node", "--node-url",
			"rabbit@bb="+b.URL)
		if fail.KindOf(got.Error) != fail.Unknown || !strings.Contains(got.Out,
			`rabbit@bb is not a node of the cluster at http://BROKER, did you mean "rabbit@b"?`) || len(b.Requests()) != 0 {
			t.Errorf("%v %q\n%s", got.Error, b.Requests(), got.Out)
		}
	})
}

func TestClusterStatus_usage(t *testing.T) {
	t.Parallel()
	for name, words := range map[string][]string{
		"url alone": {"--node-url", "rabbit@b=http://b"}, "no url": {"--ask-every-node", "--node-url", "http://b:15672"},
		"password": {"--ask-every-node", "--node-url", "rabbit@b=http://u:p@b:15672"}, "twice": {"--ask-every-node",
			"--node-url", "rabbit@b=http://b", "--node-url", "rabbit@b=http://c"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := run(t, "usage "+name, cmdtest.Run{}, brokertest.New(t), append([]string{"cluster_status"}, words...)...)
			if fail.KindOf(got.Error) != fail.Usage {
				t.Error(got.Error)
			}
		})
	}
}
