package check_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/internal/brokertest"
	"github.com/rabbitctl/rabbitctl/pkg/internal/cmdtest"
)

const (
	askOverview   = "GET /api/overview"
	askReady      = "GET /api/health/checks/ready-to-serve-clients"
	askCritical   = "GET /api/health/checks/node-is-quorum-critical"
	askFlags      = "GET /api/feature-flags?columns=name%2Cstate%2Cstability"
	askDeprecated = "GET /api/deprecated-features/used?columns=name%2Cdeprecation_phase"

	overview = `{"node":"rabbit@a","cluster_name":"test","rabbitmq_version":"4.3.6","erlang_version":"27","listeners":[
 {"node":"rabbit@a","protocol":"amqp","ip_address":"::","port":5672},{"node":"rabbit@a","protocol":"http","ip_address":"::","port":15672},
 {"node":"rabbit@b","protocol":"amqp","ip_address":"::","port":5672}]}`
	notOffered = `{"error":"Object Not Found","reason":"Not Found"}`
	// In wholeQueues all members are online, but one queue has only a single member.
	wholeQueues = `[{"name":"q3","vhost":"/","type":"quorum","leader":"rabbit@a","members":["rabbit@a","rabbit@b","rabbit@c"],"online":["rabbit@a","rabbit@b","rabbit@c"]},
 {"name":"q1","vhost":"/","type":"quorum","leader":"rabbit@a","members":["rabbit@a"],"online":["rabbit@a"]}]`
	flagsOn = `[{"name":"stream_queue","state":"enabled","stability":"stable"}]`
)

func TestCheckNode_liveness(t *testing.T) {
	t.Parallel()
	t.Run("answers", func(t *testing.T) {
		t.Parallel()
		s := brokertest.New(t)
		s.JSON(askOverview, 200, overview)
		run(t, "check_node/liveness", cmdtest.Run{}, s, "check_node", "--for", "liveness")
	})
	t.Run("answers a user who may not know which node it is", func(t *testing.T) {
		t.Parallel()
		s := brokertest.New(t)
		s.JSON(askOverview, 200, `{"rabbitmq_version":"4.3.6"}`)
		run(t, "check_node/liveness untold", cmdtest.Run{}, s, "check_node", "--for", "liveness")
	})
	t.Run("refuses the password", func(t *testing.T) {
		t.Parallel()
		s := brokertest.New(t)
		s.JSON(askOverview, 401, brokertest.Recorded(t, "4.3", "401-login"))
		run(t, "check_node/liveness password", cmdtest.Run{}, s, "check_node", "--for", "liveness")
	})
	t.Run("a proxy refuses", func(t *testing.T) {
		t.Parallel()
		s := brokertest.New(t)
		s.Handle(askOverview, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html")
			w.WriteHeader(401)
		})
		run(t, "check_node/liveness proxy", cmdtest.Run{}, s, "check_node", "--for", "liveness")
	})
	t.Run("hangs up", func(t *testing.T) {
		t.Parallel()
		s := brokertest.New(t)
		s.Handle(askOverview, func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) })
		run(t, "check_node/liveness hangs up", cmdtest.Run{}, s, "check_node", "--for", "liveness")
	})
	t.Run("another node", func(t *testing.T) {
		t.Parallel()
		s := brokertest.New(t)
		s.JSON(askOverview, 200, overview)
		s.JSON(askMembers, 200, twoDown)
		run(t, "check_node/liveness another", cmdtest.Run{}, s, "check_node", "--for", "liveness", "--node", "rabbit@b")
	})
}

func TestCheckNode_readiness(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, members string
		// own is the status and the body of the answer to the health check ready-to-serve-clients; "" means that the command
		// must not request it.
		own   string
		words []string
	}{
		{"ready", allUp, "200 " + brokertest.NoAlarm, nil},
		{"ready, not offered", allUp, "404 " + notOffered, nil},
		{"refuses", allUp, `503 {"status":"failed","reason":"too many connections"}`, nil},
		{"another that is stopped", twoDown, "", []string{"--node", "rabbit@b"}},
		{"a stranger", allUp, "", []string{"--node", "rabbit@x"}},
		{"another protocol", allUp, "", []string{"--protocol", "mqtt"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := brokertest.New(t)
			s.JSON(askOverview, 200, overview)
			s.JSON(askMembers, 200, tt.members)
			if status, body, ok := strings.Cut(tt.own, " "); ok {
				s.JSON(askReady, map[string]int{"200": 200, "404": 404, "503": 503}[status], body)
			}
			run(t, "check_node/readiness "+tt.name, cmdtest.Run{}, s, append([]string{"check_node", "--for", "readiness"},
				tt.words...)...)
		})
	}
	t.Run("with alarms", func(t *testing.T) {
		t.Parallel()
		s := brokertest.New(t)
		s.JSON(askOverview, 200, overview)
		s.JSON(askMembers, 200, allUp)
		s.JSON(brokertest.AskAlarms, 503, brokertest.MemoryAlarmA)
		s.JSON(askReady, 200, brokertest.NoAlarm)
		run(t, "check_node/readiness with alarms", cmdtest.Run{}, s, "check_node", "--for", "readiness", "--with-alarms")
	})
	t.Run("may not see nodes", func(t *testing.T) {
		t.Parallel()
		s := brokertest.New(t)
		s.JSON(askOverview, 200, overview)
		s.JSON(askMembers, 401, brokertest.NotMonitor)
		run(t, "check_node/readiness no nodes seen", cmdtest.Run{}, s, "check_node", "--for", "readiness")
	})
	t.Run("fails while it boots", func(t *testing.T) {
		t.Parallel()
		s := brokertest.New(t)
		s.JSON(askOverview, 500, `{"error":"Internal Server Error","reason":"noproc"}`)
		run(t, "check_node/readiness boots", cmdtest.Run{}, s, "check_node", "--for", "readiness")
	})
}

func TestCheckNode_pager(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, members, alarms string
		status                int
	}{
		{"well", allUp, brokertest.NoAlarm, 200},
		{"alarm", allUp, brokertest.DiskAlarmB, 503},
		{"split", cutOff, brokertest.NoAlarm, 200},
		{"two down", twoDown, brokertest.NoAlarm, 200},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			listed := replicated
			if tt.name != "two down" {
				listed = strings.ReplaceAll(replicated, `"leader":null`, `"leader":"rabbit@a"`)
				listed = strings.ReplaceAll(listed, `"online":["rabbit@a"]},`, `"online":["rabbit@a","rabbit@b"]},`)
			}
			s := brokertest.New(t)
			s.JSON(askOverview, 200, overview)
			s.JSON(askMembers, 200, tt.members)
			s.JSON(brokertest.AskAlarms, tt.status, tt.alarms)
			s.JSON(askVHosts, 200, vhosts)
			s.JSON(askExchanges, 200, sight)
			s.JSON(askReplicated, 200, listed)
			if tt.name == "two down" {
				s.JSON(askStates, 200, someDown)
				withOwnChecks(s)
			}
			run(t, "check_node/pager "+tt.name, cmdtest.Run{}, s, "check_node", "--for", "pager")
		})
	}
}

// Faults are reported also to a user who sees no queues.
func TestCheckNode_pagerSeesNoQueues(t *testing.T) {
	t.Parallel()
	for name, alarms := range map[string]string{"well": brokertest.NoAlarm, "alarm": brokertest.DiskAlarmB} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := brokertest.New(t)
			s.JSON(askOverview, 200, overview)
			s.JSON(askMembers, 200, allUp)
			s.JSON(brokertest.AskAlarms, map[string]int{"well": 200, "alarm": 503}[name], alarms)
			s.JSON(askVHosts, 200, vhosts)
			s.JSON(askExchanges, 200, "[]")
			run(t, "check_node/pager sees no queues "+name, cmdtest.Run{}, s, "check_node", "--for", "pager")
		})
	}
}

func TestCheckNode_upgrade(t *testing.T) {
	t.Parallel()
	const single = `{"status":"failed","reason":"There are quorum queues that would lose their quorum if the target node is shut down","queues":[
 {"name":"q1","readable_name":"queue 'q1' in vhost '/'","type":"quorum","virtual_host":"/"}]}`
	const metadata = `{"status":"failed","reason":"x","queues":[{"name":"rabbitmq_metadata","readable_name":"rabbitmq_metadata","type":"process","virtual_host":"(not applicable)"}]}`
	tests := []struct {
		name, members, critical, flags, deprecated string
		// mirrors is the answer of the check for mirrored queues; "" means that the broker does not offer it.
		mirrors string
	}{
		{"may go", allUp, "503 " + single, flagsOn, "200 []", ""},
		{"3.10", allUp, "503 " + single, flagsOn, "404 " + notOffered, "200 " + brokertest.NoAlarm},
		{"3.10, a mirror behind", allUp, "503 " + single, flagsOn, "404 " + notOffered,
			"503 " + `{"status":"failed","reason":"x","queues":[{"name":"m","readable_name":"queue 'm' in vhost '/'"}]}`},
		{"not offered", allUp, "404 " + notOffered, flagsOn, "404 " + notOffered, ""},
		{"must stay", allUp, "503 " + metadata, strings.Replace(flagsOn, "enabled", "disabled", 1),
			`200 [{"name":"transient_nonexcl_queues"}]`, ""},
		{"one is down", strings.Replace(allUp, `"rabbit@c","running":true`, `"rabbit@c","running":false`, 1), "503 " + single,
			flagsOn, "200 []", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := brokertest.New(t)
			status := map[string]int{"200": 200, "404": 404, "503": 503}
			answer := func(request, text string) {
				code, body, _ := strings.Cut(text, " ")
				s.JSON(request, status[code], body)
			}
			s.JSON(askOverview, 200, overview)
			s.JSON(askMembers, 200, tt.members)
			s.JSON(brokertest.AskAlarms, 503, brokertest.DiskAlarmB)
			s.JSON(askVHosts, 200, vhosts)
			s.JSON(askExchanges, 200, sight)
			s.JSON(askReplicated, 200, wholeQueues)
			answer(askCritical, tt.critical)
			if tt.mirrors == "" {
				tt.mirrors = "404 " + notOffered
			}
			answer("GET /api/health/checks/node-is-mirror-sync-critical", tt.mirrors)
			s.JSON(askFlags, 200, tt.flags)
			answer(askDeprecated, tt.deprecated)
			run(t, "check_node/upgrade "+tt.name, cmdtest.Run{}, s, "check_node", "--for", "upgrade")
		})
	}
}

func TestCheckQuorumCritical(t *testing.T) {
	t.Parallel()
	const single = `{"status":"failed","reason":"x","queues":[{"name":"q1","type":"quorum","virtual_host":"/"}]}`
	for name, members := range map[string]string{"single members": allUp, "two down": twoDown} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := brokertest.New(t)
			s.JSON(askOverview, 200, overview)
			s.JSON(askCritical, 503, single)
			s.JSON(askMembers, 200, members)
			s.JSON(askVHosts, 200, vhosts)
			s.JSON(askExchanges, 200, sight)
			s.JSON(askReplicated, 200, wholeQueues)
			run(t, "check_if_node_is_quorum_critical/"+name, cmdtest.Run{}, s, "check_if_node_is_quorum_critical")
		})
	}
	t.Run("not offered", func(t *testing.T) {
		t.Parallel()
		s := brokertest.New(t)
		s.JSON(askOverview, 200, overview)
		s.JSON(askCritical, 404, notOffered)
		run(t, "check_if_node_is_quorum_critical/not offered", cmdtest.Run{}, s, "check_if_node_is_quorum_critical")
	})
}

func TestCheckNode_usage(t *testing.T) {
	t.Parallel()
	for name, words := range map[string][]string{
		"no purpose": nil, "unknown": {"--for", "livenes"}, "pager of a node": {"--for", "pager", "--node", "rabbit@a"},
		"alarms": {"--for", "pager", "--with-alarms"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			run(t, "check_node/usage "+name, cmdtest.Run{}, brokertest.New(t), append([]string{"check_node"}, words...)...)
		})
	}
}
