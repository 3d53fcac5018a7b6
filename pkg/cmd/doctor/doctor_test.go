package doctor_test

import (
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rabbitctl/rabbitctl/pkg/cmd/doctor"
	"github.com/rabbitctl/rabbitctl/pkg/diagnose"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/internal/brokertest"
	"github.com/rabbitctl/rabbitctl/pkg/internal/cmdtest"
	"github.com/rabbitctl/rabbitctl/pkg/internal/golden"
)

const (
	askNodes  = brokertest.AskNodes + "%2Ctype%2Cbeing_drained%2Capplications"
	askQueues = "GET /api/queues?columns=name%2Cvhost%2Ctype%2Cleader%2Cnode%2Cmembers%2Conline" +
		"%2Carguments%2Cpolicy%2Coperator_policy%2Ceffective_policy_definition" +
		"%2Cconsumers%2Cmessages_ready%2Cmessages_unacknowledged%2Cmessage_stats.publish_details.rate" +
		"%2Cmessage_stats.ack_details.rate%2Cmessage_stats.redeliver_details.rate%2Cmessage_bytes_ready%2Cstate&node_stats_age=60&node_stats_incr=5"
)

const someQueues = `[{"vhost":"/","name":"orders","consumers":0,"messages_ready":12,"messages_unacknowledged":0,"message_stats":{"publish_details":{"rate":1.5}},
		"type":"classic","arguments":{"x-dead-letter-exchange":"dlx"}},
		{"vhost":"/","name":"young"},
		{"vhost":"/","name":"gone","type":"classic","state":"down","node":"rabbit@b","arguments":{}},
		{"name":"q2","vhost":"/","type":"quorum","leader":"rabbit@a","members":["rabbit@a","rabbit@b","rabbit@c"],"online":["rabbit@a","rabbit@b","rabbit@c"],
		"consumers":0,"messages_ready":0}]`

// sick returns a fake broker with many faults, such as an alarm, a stopped node and a stopped virtual host. Its user
// may list neither users nor policies. It answers each request once. queues is its answer to the listing of queues:
// JSON, after a status and a space if the status is not 200.
func sick(t *testing.T, release, queues string) *brokertest.Server {
	t.Helper()
	s := brokertest.New(t)
	s.Handle("GET /api/whoami", whoami)
	s.Handle("GET /api/whoami", refuseGuest)
	s.JSON("GET /api/health/checks/alarms", 503, brokertest.Recorded(t, release, "alarms-disk"))
	s.JSON(askNodes, 200,
		`[{"name":"rabbit@a","running":true,"disk_free":4000000000,"disk_free_limit":5000000000,"mem_used":160000000,"mem_limit":4000000000},{"name":"rabbit@b","running":false}]`)
	s.JSON(brokertest.AskStopped, 200,
		`[{"name":"c1","user":"shop","peer_host":"10.0.0.7","peer_port":4,"state":"blocked","vhost":"/","client_properties":{"connection_name":"billing\u001b[31m"}},{"name":"c2","state":"running"}]`)
	s.JSON("GET /api/overview", 200, brokertest.Recorded(t, release, "overview"))
	status, body := brokertest.StatusOf(queues)
	s.JSON(askQueues, status, body)
	s.JSON("GET /api/feature-flags?columns=name%2Cstate%2Cstability", 200,
		`[{"name":"f","state":"disabled","stability":"stable"}]`)
	if release == "3.10" {
		s.JSON("GET /api/deprecated-features/used?columns=name%2Cdeprecation_phase", 404, brokertest.Recorded(t, release,
			"404-endpoint"))
	} else {
		s.JSON("GET /api/deprecated-features/used?columns=name%2Cdeprecation_phase", 200, `[]`)
	}
	s.JSON("GET /api/users?columns=name%2Ctags", 401, `{"error":"not_authorised","reason":"Not administrator user"}`)
	s.JSON("GET /api/policies?columns=vhost%2Cname%2Cpattern%2Capply-to%2Cpriority%2Cdefinition", 401,
		`{"error":"not_authorised","reason":"Not policymaker user"}`)
	s.JSON("GET /api/exchanges?columns=vhost%2Cname%2Ctype%2Cinternal%2Carguments%2Cpolicy%2Cmessage_stats.publish_in%2Cmessage_stats.publish_out%2Cmessage_stats.publish_in_details.rate", 200,
		`[{"vhost":"/","name":"","type":"direct"},{"vhost":"/","name":"shop","type":"topic","arguments":{"alternate-exchange":"gone"}},{"vhost":"/","name":"off","type":"x-delayed-message"}]`)
	s.JSON("GET /api/bindings?columns=destination%2Cdestination_type%2Crouting_key%2Carguments%2Csource%2Cvhost", 200,
		`[]`)
	s.JSON("GET /api/vhosts?columns=name%2Cmessage_stats.drop_unroutable%2Cmessage_stats.drop_unroutable_details.rate%2Cmessage_stats.return_unroutable%2Cmessage_stats.return_unroutable_details.rate", 200, `[{"name":"/"}]`)
	s.JSON("GET /api/vhosts?columns=name%2Ccluster_state", 200,
		`[{"name":"/","cluster_state":{"rabbit@a":"running"}},{"name":"v 1","cluster_state":{"rabbit@a":"stopped"}}]`)
	s.JSON(brokertest.AskHistory, 200, brokertest.DiskHistory("rabbit@a", brokertest.Falling(4e9, 0.1e9)...))
	s.JSON(brokertest.AskPublished, 200, brokertest.Published(1, 2, 3))
	s.JSON("GET /api/parameters?columns=component%2Cvhost%2Cname", 200, `[]`)
	s.JSON("GET /api/shovels?columns=vhost%2Cname%2Cstate%2Cblocked_status%2Creason", 200,
		`[{"vhost":"/","name":"s","state":"terminated","reason":"refused"}]`)
	s.JSON("GET /api/federation-links?columns=vhost%2Cupstream%2Ctype%2Cexchange%2Cqueue%2Cstatus%2Cerror", 404,
		brokertest.Recorded(t, release, "404-endpoint"))
	s.JSON("GET /api/health/checks/certificate-expiration/30/days", 200, `{"status":"ok"}`)
	return s
}

// grows answers two more looks at the queue orders, of two requests each. The second look finds more messages.
func grows(s *brokertest.Server) {
	for _, held := range []string{"12", "21"} {
		s.JSON(askOrders, 200, `{"vhost":"/","name":"orders","type":"classic","messages":12,"message_stats":{"publish":90}}`)
		s.JSON(askOrdersNow, 200, `{"vhost":"/","name":"orders","messages_ready":`+held+`,"messages":`+held+`}`)
	}
}

const (
	askOrders    = "GET /api/queues/%2F/orders"
	askOrdersNow = "GET /api/queues/%2F/orders?disable_stats=true&enable_queue_totals=true"
)

func refuseGuest(w http.ResponseWriter, r *http.Request) {
	if user, _, _ := r.BasicAuth(); user != "guest" {
		http.Error(w, "as "+user, http.StatusTeapot)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(http.StatusUnauthorized)
	w.Write([]byte(`{"error":"not_authorised","reason":"Login failed"}`))
}

// whoami is an answer from a machine whose clock is an hour ahead.
func whoami(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Date", time.Now().Add(time.Hour).UTC().Format(http.TimeFormat))
	w.Header().Set("Content-Type", "application/json")
	w.Write([]byte(`{"name":"monitor","tags":["monitoring"]}`))
}

func TestDoctor_findsAndOrders(t *testing.T) {
	t.Parallel()
	for _, release := range brokertest.Releases() {
		for _, format := range []string{"table", "json", "markdown", "nagios", "prometheus"} {
			t.Run(release+" "+format, func(t *testing.T) {
				t.Parallel()
				s := sick(t, release, someQueues)
				grows(s)
				got := cmdtest.Run{Commands: doctor.Commands()}.Do(t, s, "doctor", "-o", format)
				// The requests are sent at the same time, so their order varies.
				slices.Sort(got.Requests)
				// The Date header of an answer has whole seconds, and a busy machine adds some delay.
				skew := regexp.MustCompile(`59m5\ds|1h0m\ds`)
				golden.Check(t, release+" "+format, skew.ReplaceAllString(got.Golden(s), "1h0m0s"))
				if strings.Contains(got.Out, "\x1b") {
					t.Error("a name's escape reached the output")
				}
			})
		}
	}
}

// If the broker refuses the login, doctor sends no other request.
func TestDoctor_cannotLook(t *testing.T) {
	t.Parallel()
	s := brokertest.New(t)
	s.JSON("GET /api/whoami", 401, brokertest.Recorded(t, "4.3", "401-login"))
	got := cmdtest.Run{Commands: doctor.Commands()}.Do(t, s, "doctor")
	if fail.KindOf(got.Error) != fail.Unknown || !strings.HasPrefix(got.Out, "UNKNOWN") || len(got.Requests) != 1 {
		t.Errorf("%v\n%s", got.Error, got.Out)
	}
}

// If the listing of all queues fails, doctor names the parts that need it as not examined, and examines the rest.
func TestDoctor_queuesNotSeen(t *testing.T) {
	t.Parallel()
	s := sick(t, "4.3", `500 {"error":"internal","reason":"no"}`)
	got := cmdtest.Run{Commands: doctor.Commands()}.Do(t, s, "doctor", "-o", "table")
	for _, text := range []string{"could not look at members of quorum queues, queues, routing, users",
		"disk alarm on rabbit@", fmt.Sprintf("by %d rules", len(diagnose.Rules()))} {
		if !strings.Contains(got.Out, text) {
			t.Errorf("it does not say %q:\n%s", text, got.Out)
		}
	}
}

// Even if many messages are published to a queue without a consumer, the queue need not grow. So doctor compares two
// current counts. Releases before 3.13 report current counts only in the listing.
func TestDoctor_twoCounts(t *testing.T) {
	t.Parallel()
	const totals = "GET /api/queues/%2F?disable_stats=true&enable_queue_totals=true&name=%5Eorders%24&page=1&page_size=500&use_regex=true"
	queues := `[{"vhost":"/","name":"orders","consumers":0,"messages_ready":1,"message_stats":{"publish":4000,"publish_details":{"rate":3336}},"type":"classic","arguments":{"x-max-length":1,"x-overflow":"reject-publish"}}]`
	look := func(t *testing.T, s *brokertest.Server, words ...string) string {
		return cmdtest.Run{Commands: doctor.Commands()}.Do(t, s, append([]string{"doctor", "-o", "table"}, words...)...).Out
	}
	for _, release := range []string{"3.10", "4.3"} {
		t.Run(release, func(t *testing.T) {
			s := sick(t, release, queues)
			for range 2 {
				s.JSON(askOrders, 200,
					`{"vhost":"/","name":"orders","type":"classic","messages":1,"message_stats":{"publish":4000}}`)
				if release == "3.10" {
					s.JSON(askOrdersNow, 200, `{"name":"orders"}`)
					s.JSON(totals, 200, `{"items":[{"name":"orders","messages_ready":1,"messages":1}]}`)
				} else {
					s.JSON(askOrdersNow, 200, `{"name":"orders","messages_ready":1,"messages":1}`)
				}
			}
			out := look(t, s)
			if strings.Contains(out, "queue-not-read") || !strings.Contains(out,
				"orders in / is full: 1 ready, max-length 1 (argument), overflow reject-publish; 3336 messages a second are published") {
				t.Error(out)
			}
		})
	}
	t.Run("not in time", func(t *testing.T) {
		out := look(t, sick(t, "4.3", queues), "--timeout", "5")
		if !strings.Contains(out, "growth of queues: looking at a queue twice takes 6s, and less time than that is left") {
			t.Error(out)
		}
	})
	t.Run("gone meanwhile", func(t *testing.T) {
		s := sick(t, "4.3", queues)
		s.Always(askOrders, 404, brokertest.Recorded(t, "4.3", "404-queue"))
		if out := look(t, s); strings.Contains(out, "queue-not-read") || strings.Contains(out, "growth of queues") {
			t.Error(out)
		}
	})
	t.Run("messages go round", func(t *testing.T) {
		s := sick(t, "4.3",
			`[{"vhost":"/","name":"orders","consumers":1,"messages_ready":0,"message_stats":{"redeliver_details":{"rate":2700}},"type":"classic"}]`)
		for _, redelivered := range []string{"100", "16300"} {
			s.JSON(askOrders, 200, `{"vhost":"/","name":"orders","type":"classic","message_stats":{"redeliver":`+redelivered+
				`,"ack":7}}`)
			s.JSON(askOrdersNow, 200, `{"name":"orders","messages_ready":5,"messages":5}`)
		}
		if out := look(t, s); !strings.Contains(out,
			"orders in /: 16200 redelivered and 0 acknowledged in 6s, by 1 consumer") {
			t.Error(out)
		}
	})
}
