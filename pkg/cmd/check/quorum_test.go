package check_test

import (
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/internal/brokertest"
	"github.com/rabbitctl/rabbitctl/pkg/internal/cmdtest"
)

const (
	askMembers    = "GET /api/nodes?columns=name%2Crunning%2Ctype%2Cbeing_drained%2Cpartitions%2Capplications"
	askReplicated = "GET /api/queues?columns=name%2Cvhost%2Ctype%2Cleader%2Cnode%2Cmembers%2Conline&node_stats_age=60&node_stats_incr=5"

	vhosts = `[{"name":"/"},{"name":"prod"}]`
	sight  = `[{"vhost":"/"},{"vhost":"/"},{"vhost":"prod"}]`
	// replicated is a listing of queues as 3.10 and 4.3 send it. On 3.10, a stream has no leader.
	replicated = `[{"name":"c1","vhost":"/","type":"classic","node":"rabbit@a"},
 {"name":"q3","vhost":"/","type":"quorum","leader":"rabbit@a","members":["rabbit@a","rabbit@b","rabbit@c"],"online":["rabbit@a","rabbit@b","rabbit@c"]},
 {"name":"la","vhost":"prod","type":"quorum","leader":null,"members":["rabbit@a","rabbit@b","rabbit@c"],"online":["rabbit@a"]},
 {"name":"s3","vhost":"/","type":"stream","node":"rabbit@a","members":["rabbit@a","rabbit@b","rabbit@c"],"online":["rabbit@a","rabbit@b"]},
 {"name":"q1","vhost":"/","type":"quorum","leader":"rabbit@a","members":["rabbit@a"],"online":["rabbit@a"]}]`
	twoDown = `[{"name":"rabbit@a","running":true,"type":"disc","partitions":[],"applications":[{"name":"rabbit","version":"4.3.6"},{"name":"rabbitmq_management","version":"4.3.6"}]},
 {"name":"rabbit@b","running":false},{"name":"rabbit@c","running":false}]`
	allUp  = `[{"name":"rabbit@a","running":true,"partitions":[]},{"name":"rabbit@b","running":true,"partitions":[]},{"name":"rabbit@c","running":true,"partitions":[]}]`
	cutOff = `[{"name":"rabbit@a","running":true,"partitions":["rabbit@c"]},{"name":"rabbit@b","running":true,"partitions":[]},{"name":"rabbit@c","running":false,"partitions":["rabbit@a","rabbit@b"]}]`
)

func quorumServer(t *testing.T, listed, nodes string) *brokertest.Server {
	s := brokertest.New(t)
	s.JSON(askVHosts, 200, vhosts)
	s.JSON(askExchanges, 200, sight)
	s.JSON(askReplicated, 200, listed)
	s.JSON(askMembers, 200, nodes)
	return s
}

// withOwnChecks adds the answers of the broker's own checks. The command requests them only if its own verdict is
// CRITICAL.
func withOwnChecks(s *brokertest.Server) *brokertest.Server {
	s.JSON(brokertest.AskAlarms, 200, brokertest.NoAlarm)
	s.JSON("GET /api/health/checks/local-alarms", 200, brokertest.NoAlarm)
	s.JSON("GET /api/health/checks/virtual-hosts", 503,
		`{"status":"failed","reason":"some virtual hosts are down","virtual-hosts":["prod"]}`)
	return s
}

func TestCheckQuorum(t *testing.T) {
	t.Parallel()
	for _, format := range []string{"nagios", "json", "table", "prometheus"} {
		t.Run(format, func(t *testing.T) {
			t.Parallel()
			run(t, "check_quorum/lost "+format, cmdtest.Run{}, withOwnChecks(quorumServer(t, replicated, twoDown)),
				"check_quorum", "-o", format)
		})
	}
	tests := []struct {
		name, replicated, nodes string
		words                   []string
	}{
		{"chosen by name", replicated, allUp, []string{"--match", "^q", "--exclude", "1$"}},
		{"too few members", replicated, allUp, []string{"--match", "^q", "--min-members", "3"}},
		{"no queue", `[{"name":"c1","vhost":"/","type":"classic"}]`, allUp, nil},
		{"no queue is well", `[]`, allUp, []string{"--missing", "OK"}},
		{"split", replicated, cutOff, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			run(t, "check_quorum/"+tt.name, cmdtest.Run{}, quorumServer(t, tt.replicated, tt.nodes),
				append([]string{"check_quorum"}, tt.words...)...)
		})
	}
}

func TestCheckQuorum_cannotJudge(t *testing.T) {
	t.Parallel()
	t.Run("sees no virtual host", func(t *testing.T) {
		t.Parallel()
		s := brokertest.New(t)
		s.JSON(askVHosts, 200, vhosts)
		s.JSON(askExchanges, 200, "[]")
		run(t, "check_quorum/sees nothing", cmdtest.Run{}, s, "check_quorum")
	})
	t.Run("may not see nodes", func(t *testing.T) {
		t.Parallel()
		s := brokertest.New(t)
		s.JSON("GET /api/queues/prod?columns=name%2Cvhost%2Ctype%2Cleader%2Cnode%2Cmembers%2Conline&node_stats_age=60&node_stats_incr=5", 200, replicated)
		s.JSON(askMembers, 401, brokertest.NotMonitor)
		run(t, "check_quorum/no nodes seen", cmdtest.Run{}, s, "check_quorum", "-p", "prod")
	})
	for name, words := range map[string][]string{
		"missing": {"--missing", "perhaps"}, "members": {"--min-members", "-1"}, "match": {"--match", "("},
		"argument": {"q3"},
	} {
		t.Run("usage "+name, func(t *testing.T) {
			t.Parallel()
			run(t, "check_quorum/usage "+name, cmdtest.Run{}, brokertest.New(t), append([]string{"check_quorum"}, words...)...)
		})
	}
}

func TestCheckFeatureFlags(t *testing.T) {
	t.Parallel()
	const ask, flags = "GET /api/feature-flags?columns=name%2Cstate%2Cstability", `[{"name":"stream_queue","state":"enabled","stability":"stable"},
 {"name":"khepri_db","state":"disabled","stability":"stable"},{"name":"toy","state":"disabled","stability":"experimental"}]`
	for name, words := range map[string][]string{"off": nil, "allowed": {"--allow", "khepri_db"}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := brokertest.New(t)
			s.JSON(ask, 200, flags)
			run(t, "check_feature_flags/"+name, cmdtest.Run{}, s, append([]string{"check_feature_flags"}, words...)...)
		})
	}
}
