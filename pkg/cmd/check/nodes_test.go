package check_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/cmd/check"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/internal/brokertest"
	"github.com/rabbitctl/rabbitctl/pkg/internal/cmdtest"
	"github.com/rabbitctl/rabbitctl/pkg/internal/golden"
)

// rollNamed and rollUnnamed list the nodes without figures while rabbit@c is frozen: 4.3 marks that node as not
// running, 3.10 does not. glimpse is the overview without figures.
const (
	rollNamed   = `[{"name":"rabbit@a","type":"disc","running":true},{"name":"rabbit@b","type":"disc","running":true},{"name":"rabbit@c","type":"disc","running":false}]`
	rollUnnamed = `[{"name":"rabbit@a","type":"disc","running":true},{"name":"rabbit@b","type":"disc","running":true},{"name":"rabbit@c","type":"disc","running":true}]`
	glimpse     = `{"node":"rabbit@a","cluster_name":"test","rabbitmq_version":"4.3.6","erlang_version":"27"}`
)

// askStates lists queues without counts; the check requests it if a node is stopped. someDown is an answer in which two
// queues cannot be reached.
const (
	askStates = "GET /api/queues?columns=vhost%2Cname%2Ctype%2Cstate%2Cnode&disable_stats=true"
	someDown  = `[{"vhost":"/","name":"here","type":"classic","state":"running","node":"rabbit@a"},{"vhost":"/","name":"mail","type":"classic","state":"down","node":"rabbit@b"},
 {"vhost":"prod","name":"orders","type":"classic","state":"down","node":"rabbit@c"},{"vhost":"/","name":"q3","type":"quorum","state":"down","node":"rabbit@c"}]`
)

func hang(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }

// silent makes a fake broker answer like a node that waits for a frozen one.
func silent(s *brokertest.Server, roll string) {
	s.Handle(askOverview, hang)
	s.Handle(askMembers, hang)
	s.JSON(brokertest.Roll, 200, roll)
	s.JSON(brokertest.Glimpse, 200, glimpse)
	s.JSON(brokertest.AskAlarms, 200, brokertest.NoAlarm)
}

func TestCheckNodes(t *testing.T) {
	t.Parallel()
	split := strings.Replace(allUp, `"partitions":[]`, `"partitions":["rabbit@b"]`, 1)
	for name, members := range map[string]string{"well": allUp, "down": twoDown, "split": split} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := brokertest.New(t)
			s.JSON(askOverview, 200, overview)
			s.JSON(askMembers, 200, members)
			s.JSON(brokertest.AskAlarms, 503, brokertest.DiskAlarmB)
			if name == "down" {
				s.JSON(askStates, 200, someDown)
			}
			run(t, "check_nodes/"+name, cmdtest.Run{}, s, "check_nodes")
		})
	}
	for name, roll := range map[string]string{"silent": rollNamed, "silent and not named": rollUnnamed} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := brokertest.New(t)
			silent(s, roll)
			got := cmdtest.Run{Commands: check.Commands()}.Do(t, s, "check_nodes", "-o", "table", "--timeout", "2s")
			golden.Check(t, "check_nodes/"+name, got.Out)
		})
	}
}

// A node that waits for another node is alive and must not be restarted, so liveness is not CRITICAL for it. But --for
// pager is CRITICAL.
func TestCheckNode_whileAnotherIsSilent(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		words string
		set   func(*brokertest.Server)
		kind  fail.Kind
		says  string
	}{
		{"--for liveness", func(s *brokertest.Server) {
			s.Handle(askOverview, hang)
			s.JSON("GET /api/whoami", 200, `{"name":"monitor"}`)
		}, "", "OK - the API at http://BROKER answers, but other requests wait for another node"},
		{"--for liveness --node rabbit@c", func(s *brokertest.Server) {
			s.JSON(askOverview, 200, overview)
			s.Handle(askMembers, hang)
			s.JSON(brokertest.Roll, 200, rollNamed)
		}, fail.Critical, "CRITICAL - rabbit@c does not answer the other nodes"},
		{"--for liveness --node rabbit@b", func(s *brokertest.Server) {
			s.JSON(askOverview, 200, overview)
			s.Handle(askMembers, hang)
			s.JSON(brokertest.Roll, 200, rollUnnamed)
		}, fail.Unknown, "UNKNOWN - a node of the cluster does not answer"},
		{"--for readiness", func(s *brokertest.Server) {
			s.Handle(askOverview, hang)
			s.JSON("GET /api/whoami", 200, `{"name":"monitor"}`)
			s.JSON(askReady, 200, brokertest.NoAlarm)
		}, "", "OK - http://BROKER says that it is ready"},
		{"--for readiness", func(s *brokertest.Server) {
			s.Handle(askOverview, hang)
			s.JSON("GET /api/whoami", 200, `{"name":"monitor"}`)
			s.JSON(askReady, 503, `{"status":"failed","reason":"too many connections"}`)
		}, fail.Critical, "CRITICAL - http://BROKER says that it is not ready: too many connections"},
		{"--for readiness", func(s *brokertest.Server) {
			s.Handle(askOverview, hang)
			s.JSON("GET /api/whoami", 200, `{"name":"monitor"}`)
			s.JSON(askReady, 404, notOffered)
		}, fail.Unknown, "UNKNOWN - http://BROKER answers, but waits for another node"},
		{"--for pager", func(s *brokertest.Server) { silent(s, rollNamed) }, fail.Critical,
			"CRITICAL - rabbit@c does not answer\n"},
		{"--for pager", func(s *brokertest.Server) { silent(s, rollUnnamed) }, fail.Critical,
			"CRITICAL - one of rabbit@b, rabbit@c does not answer"},
		{"--for upgrade", func(s *brokertest.Server) { silent(s, rollNamed) }, fail.Critical,
			"CRITICAL - rabbit@c does not answer\n"},
	} {
		t.Run(tt.words, func(t *testing.T) {
			t.Parallel()
			s := brokertest.New(t)
			tt.set(s)
			got := cmdtest.Run{Commands: check.Commands()}.Do(t, s, append(slices.Concat([]string{"check_node"},
				strings.Fields(tt.words)), "--timeout", "2s")...)
			if kindOf(got.Error) != tt.kind || !strings.HasPrefix(got.Out, tt.says) {
				t.Errorf("%v\n%s", got.Error, got.Out)
			}
		})
	}
}
