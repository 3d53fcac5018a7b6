package check_test

import (
	"strings"
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/cmd/check"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/internal/brokertest"
	"github.com/rabbitctl/rabbitctl/pkg/internal/cmdtest"
	"github.com/rabbitctl/rabbitctl/pkg/steps"
)

const checksAt = "GET /api/health/checks/"

// kindOf returns the kind of the error of a check. If the check has a verdict, the kind is this verdict, such as
// fail.Critical; "" is OK.
func kindOf(err error) fail.Kind { return fail.KindOf(err) }

func TestOfficialChecks(t *testing.T) {
	t.Parallel()
	tests := []struct {
		words   string
		request string
		// bad is the body of the broker's answer with status 503, when the check fails.
		bad  string
		says string
	}{
		{"check_local_alarms", "local-alarms",
			`{"status":"failed","reason":"There are alarms","alarms":[{"node":"rabbit@a","resource":"disk space"}]}`,
			"There are alarms: disk alarm on rabbit@a"},
		{"check_port_listener 5672", "port-listener/5672",
			`{"status":"failed","reason":"No active listener","missing":5672,"ports":[25672,15672]}`,
			"the node that answers does not listen on port 5672, but on 15672, 25672"},
		{"check_protocol_listener amqps", "protocol-listener/amqps",
			`{"status":"failed","reason":"No active listener","missing":["amqp/ssl"],"protocols":["amqp","http"]}`,
			"the node that answers does not listen for amqps, but for amqp, http"},
		{"check_certificate_expiration", "certificate-expiration/4/weeks",
			`{"status":"failed","reason":"Certificates expiring","expired":[{"node":"rabbit@a","protocol":"amqp/ssl","interface":"::","port":5671,"certfile":"/c.pem","cacertfile":"/ca.pem","certfile_expires_on":["2026-11-22 4:09:08"],"cacertfile_expires_on":["2021-01-01 0:00:00"]}]}`,
			"/c.pem until 2026-11-22 4:09:08 and /ca.pem until 2021-01-01 0:00:00 (amqp/ssl, port 5671)"},
		{"check_certificate_expiration --within 2 --unit months", "certificate-expiration/2/months",
			`{"status":"failed","reason":"x","expired":[]}`, "CRITICAL - x"},
		{"check_if_metadata_store_is_initialized", "metadata-store/initialized",
			`{"status":"failed","reason":"Metadata store is not initialized"}`, "is not initialized"},
		{"check_if_metadata_store_is_initialized_with_data", "metadata-store/initialized/with-data",
			`{"status":"failed","reason":"no data"}`, "no data"},
		{"check_if_node_is_mirror_sync_critical", "node-is-mirror-sync-critical",
			`{"status":"failed","reason":"There are queues","queues":[{"readable_name":"queue 'q' in vhost '/'"}]}`,
			"There are queues: queue 'q' in vhost '/'"},
		{"check_for_quorum_queues_without_an_elected_leader .*",
			"quorum-queues-without-elected-leaders/all-vhosts/pattern/.%2A",
			`{"status":"failed","reason":"There are quorum queues without an elected leader","queues":[{"name":"q","vhost":"/"}]}`, "leader: q in virtual host /"},
		{"check_for_quorum_queues_without_an_elected_leader ^o -p a/b",
			"quorum-queues-without-elected-leaders/vhost/a%2Fb/pattern/%5Eo", `{"status":"failed","reason":"x"}`, "x"},
	}
	for _, tt := range tests {
		for situation, want := range map[string]fail.Kind{"well": "", "bad": fail.Critical, "not offered": fail.Unknown,
			"login": fail.Unknown, "odd": fail.Unknown} {
			t.Run(tt.words+" "+situation, func(t *testing.T) {
				t.Parallel()
				s := brokertest.New(t)
				says := tt.says
				switch situation {
				case "well":
					s.JSON(checksAt+tt.request, 200, brokertest.NoAlarm)
					says = "OK - "
				case "bad":
					s.JSON(checksAt+tt.request, 503, tt.bad)
				case "not offered":
					s.JSON(checksAt+tt.request, 404, brokertest.Recorded(t, "3.10", "404-endpoint"))
					says = "is not offered by this broker"
				case "login":
					s.JSON(checksAt+tt.request, 401, brokertest.Recorded(t, "4.3", "401-login"))
					says = "wrong password"
				case "odd":
					s.JSON(checksAt+tt.request, 200, `{"status":"yes"}`)
					says = "says neither ok nor failed"
				}
				got := cmdtest.Run{Commands: check.Commands()}.Do(t, s, strings.Fields(tt.words)...)
				if kindOf(got.Error) != want || !strings.Contains(got.Out, says) {
					t.Errorf("%v\n%s", got.Error, got.Out)
				}
			})
		}
	}
}

func TestOfficialChecks_usage(t *testing.T) {
	t.Parallel()
	for _, words := range []string{
		"check_port_listener", "check_port_listener amqp", "check_port_listener 0", "check_port_listener 65536",
		"check_protocol_listener", "check_protocol_listener amqp,mqtt",
		"check_certificate_expiration --unit parsecs", "check_certificate_expiration --within -1",
		"check_for_quorum_queues_without_an_elected_leader",
		"has_reached_target_cluster_size 3", "is_enabled", "check_memory --warning much",
		"check_memory --critical -1%", "check_memory --warning 120%", "check_memory --warning 98% --critical 90%",
		"check_file_descriptors --warning x", "check_connections --warning 1:2:3", "check_connections --limit-warning x",
		"check_unroutable --warning 5:1", "check_unroutable --critical x",
		"check_certificates --connect mq-1", "check_certificates --warning -1", "check_certificates --missing perhaps",
		"check_shovels --missing perhaps", "check_federation --missing perhaps",
		"check", "check --all --file /nonexistent/checks.toml",
	} {
		got := cmdtest.Run{Commands: check.Commands()}.Do(t, brokertest.New(t), strings.Fields(words)...)
		if k := kindOf(got.Error); k != fail.Usage && k != fail.Config || steps.Of(got.Error) == "" && words == "check" ||
			got.Out != "" {
			t.Errorf("%s: %q %v\n%s", words, k, got.Error, got.Out)
		}
	}
}

func TestRefused(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"node_health_check", "aliveness-test", "aliveness_test"} {
		if err := check.Refused(name); kindOf(err) != fail.Usage || !strings.Contains(steps.Of(err), "check_alarms") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := check.Refused("is_booting"); kindOf(err) != fail.Usage || !strings.Contains(steps.Of(err),
		"await_ready") {
		t.Error(err)
	}
	for _, c := range []string{"check_alarms", "list_queues", "is_running"} {
		if err := check.Refused(c); err != nil {
			t.Error(err)
		}
	}
}
