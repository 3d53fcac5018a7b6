package personality_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/internal/brokertest"
)

const (
	quorumQueues = "GET /api/queues?columns=vhost%2Cname%2Ctype%2Cmembers&disable_stats=true&enable_queue_totals=true"
	nodesRun     = "GET /api/nodes?columns=name%2Crunning"
	threeNodes   = `[{"name":"rabbit@a","running":true},{"name":"rabbit@b","running":true},{"name":"rabbit@c","running":false}]`
	fourQueues   = `[{"vhost":"/","name":"one","type":"quorum","members":["rabbit@a"]},{"vhost":"/","name":"two","type":"quorum","members":["rabbit@a","rabbit@c"]},
 {"vhost":"v","name":"other","type":"quorum","members":["rabbit@a"]},{"vhost":"/","name":"classic","type":"classic","members":["rabbit@a"]}]`
	adds = "POST /api/queues/quorum/%2F/one/replicas/add"
)

func TestGrowAndShrink(t *testing.T) {
	for _, tt := range []struct {
		words     string
		answers   []string
		out, errs string
		kind      fail.Kind
		sent      string
	}{
		{
			words: "grow rabbit@b all", answers: []string{"204 " + adds, "204 POST /api/queues/quorum/%2F/two/replicas/add",
				"204 POST /api/queues/quorum/v/other/replicas/add"},
			out:  "Growing all queues on rabbit@b...\nvhost\tname\tsize\tresult\n/\tone\t2\tok\n/\ttwo\t3\tok\nv\tother\t2\tok\n",
			sent: adds + ` {"node":"rabbit@b"}`,
		},
		{words: "-q grow rabbit@b even", answers: []string{"204 POST /api/queues/quorum/%2F/two/replicas/add"},
			out: "vhost\tname\tsize\tresult\n/\ttwo\t3\tok\n"},
		{
			words:   "-q grow rabbit@b all --queue-pattern ^one --vhost-pattern / --membership voter --no-table-headers",
			answers: []string{"204 " + adds}, out: "/\tone\t2\tok\n",
			sent: adds + ` {"membership":"voter","node":"rabbit@b"}`,
		},
		{words: "grow rabbit@c all", kind: fail.Usage, errs: "Error: node rabbit@c is not a member of the cluster"},
		{words: "-q grow rabbit@a all --queue-pattern ^one$", out: "\n"},
		{words: "-q grow rabbit@d all", kind: fail.Usage, errs: "Error: node rabbit@d is not a member of the cluster"},
		{words: "grow rabbit@b some", kind: fail.Usage,
			errs: "Error (argument validation): \"strategy 'some' is not recognised.\""},
		{
			words: "-q grow rabbit@b all --errors-only --queue-pattern o",
			out:   "vhost\tname\tsize\tresult\n/\ttwo\t?\terror: the operation timed out and may not have been completed\n",
			answers: []string{"204 " + adds,
				`503 POST /api/queues/quorum/%2F/two/replicas/add {"error":"service_unavailable","reason":"timeout"}`,
				"204 POST /api/queues/quorum/v/other/replicas/add",
				`* GET /api/queues/%2F/two?disable_stats=true&enable_queue_totals=true {"type":"quorum","members":["rabbit@a"]}`},
		},
		{
			// If a request fails, the changes that were made before it are reported.
			words: "-q grow rabbit@b all", kind: fail.Unavailable, out: "vhost\tname\tsize\tresult\n/\tone\t2\tok\n",
			errs: "after 1 of 3 queues",
			answers: []string{"204 " + adds,
				`401 POST /api/queues/quorum/%2F/two/replicas/add {"error":"not_authorised","reason":"Not administrator user"}`},
		},
		{
			words: "-q grow rabbit@b all --queue-pattern one", kind: fail.Unavailable,
			errs:    "Error:\nthe HTTP API of RabbitMQ 4.3.6 does not change members on this broker\n",
			answers: []string{"404 " + adds, "200 GET /api/queues/%2F/one"},
		},
		{words: "-q grow rabbit@b all --queue-pattern one", answers: []string{"404 " + adds, "404 GET /api/queues/%2F/one"},
			out: "\n"},
		{words: "-q grow_to_count 2 all --vhost-pattern /", answers: []string{"204 " + adds},
			out: "vhost\tname\tsize\tresult\n/\tone\t2\tok\n", sent: adds + ` {"node":"rabbit@b"}`},
		{words: "grow_to_count 0 all", kind: fail.Usage,
			errs: "Error (argument validation): \"node count '0' must be greater than 0.\""},
		{
			words: "shrink rabbit@a",
			out:   "Shrinking queues on rabbit@a...\nvhost\tname\tsize\tresult\n/\tone\t1\terror: the last node cannot be removed\n/\ttwo\t1\tok\nv\tother\t1\terror: the last node cannot be removed\n",
			answers: []string{`503 DELETE /api/queues/quorum/%2F/two/replicas/delete {"error":"service_unavailable","reason":"cluster_change_not_permitted"}`,
				"204 DELETE /api/queues/quorum/%2F/two/replicas/delete"},
		},
		{words: "-q shrink rabbit@d", kind: fail.Unavailable, errs: "Error:\n{:node_not_running, :rabbit@d}\n"},
		{words: "-q shrink rabbit@b", out: "\n"},
		{
			// The first new member is not a voter yet when the second is added.
			words: "-q grow_to_count 2 all --queue-pattern one", out: "vhost\tname\tsize\tresult\n/\tone\t2\tok\n",
			answers: []string{`503 ` + adds + ` {"error":"service_unavailable","reason":"{error,non_voters_found}"}`,
				"204 " + adds},
		},
	} {
		t.Run(tt.words, func(t *testing.T) {
			s := brokertest.New(t)
			if !strings.HasPrefix(tt.errs, "Error (arg") {
				s.JSON(whoAnswers, 200, of43)
				s.Always(nodesRun, 200, threeNodes)
				if !strings.HasPrefix(tt.errs, "Error: node") && !strings.Contains(tt.errs, "not_running") {
					s.JSON(quorumQueues, 200, fourQueues)
				}
			}
			for _, a := range tt.answers {
				answer(s, a)
			}
			out, errs, err := as(t, s, "", "rabbitmq-queues", strings.Fields(tt.words)...)
			if out != tt.out || !strings.Contains(errs, tt.errs) || tt.errs == "" && errs != "" || fail.KindOf(err) != tt.kind {
				t.Errorf("%q %q %v", out, errs, err)
			}
			if sent := s.Requests(); tt.sent != "" && !slices.Contains(sent, tt.sent) {
				t.Errorf("%q, want %s", sent, tt.sent)
			}
		})
	}
}

// TestOneMember: no request is sent if the member to add is there already, or the member to delete is not there. The
// last member cannot be removed.
func TestOneMember(t *testing.T) {
	for _, tt := range []struct {
		words, sent, out, errs string
		kind                   fail.Kind
	}{
		{words: "add_member q rabbit@a", out: "Adding a member for queue q on node rabbit@a...\n"},
		{words: "-q add_member q rabbit@b --membership voter",
			sent: `POST /api/queues/quorum/%2F/q/replicas/add {"membership":"voter","node":"rabbit@b"}`},
		{words: "add_member q rabbit@d", kind: fail.Usage, errs: "Error: node rabbit@d is not a member of the cluster"},
		{words: "delete_member q rabbit@b", out: "Removing a replica of queue q on node rabbit@b...\n"},
		{words: "-q delete_member q rabbit@a", kind: fail.Unavailable,
			errs: "Error:\nlast_node: the last node cannot be removed\n"},
	} {
		s := brokertest.New(t)
		s.JSON(whoAnswers, 200, of43)
		if strings.Contains(tt.words, "add_member") {
			s.JSON(nodesRun, 200, threeNodes)
		}
		if tt.kind != fail.Usage {
			s.JSON("GET /api/queues/%2F/q?disable_stats=true&enable_queue_totals=true", 200,
				`{"type":"quorum","members":["rabbit@a"]}`)
		}
		if tt.sent != "" {
			s.Empty("POST /api/queues/quorum/%2F/q/replicas/add", 204)
		}
		out, errs, err := as(t, s, "", "rabbitmq-queues", strings.Fields(tt.words)...)
		if out != tt.out || errs != tt.errs && errs != tt.errs+"\n" || fail.KindOf(err) != tt.kind {
			t.Errorf("%s: %q %q %v", tt.words, out, errs, err)
		}
		if sent := s.Requests(); tt.sent != "" && !slices.Contains(sent, tt.sent) {
			t.Errorf("%s: %q", tt.words, sent)
		}
	}
}

// TestMembership_older: the tools before 3.13 do not have --membership, and the API of 3.11 and 3.12 ignores it.
func TestMembership_older(t *testing.T) {
	for _, words := range []string{"add_member q rabbit@b --membership voter", "grow rabbit@b all --membership voter",
		"grow_to_count 2 all --membership voter"} {
		s := brokertest.New(t)
		s.JSON(whoAnswers, 200, strings.ReplaceAll(of43, "4.3.6", "3.12.14"))
		_, errs, err := as(t, s, "", "rabbitmq-queues", strings.Fields(words)...)
		if !strings.Contains(errs, "Invalid options for this command:\n--membership : ") || fail.KindOf(err) != fail.Usage {
			t.Errorf("%s: %q %v", words, errs, err)
		}
	}
}
