package node_test

import (
	"strings"
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/internal/brokertest"
	"github.com/rabbitctl/rabbitctl/pkg/internal/cmdtest"
)

func TestListNodeAuthAttemptStats(t *testing.T) {
	t.Parallel()
	const (
		nodes   = "GET /api/nodes?columns=name%2Crunning"
		columns = "?columns=protocol%2Cauth_attempts%2Cauth_attempts_failed%2Cauth_attempts_succeeded"
	)
	t.Run("of every running node", func(t *testing.T) {
		t.Parallel()
		s := brokertest.New(t)
		s.JSON(nodes, 200,
			`[{"name":"rabbit@a","running":true},{"name":"rabbit@b","running":false},{"name":"rabbit@c","running":true}]`)
		s.JSON("GET /api/auth/attempts/rabbit@a"+columns, 200, `[
 {"protocol":"http","auth_attempts":95,"auth_attempts_failed":6,"auth_attempts_succeeded":89},
 {"protocol":"amqp091","auth_attempts":3,"auth_attempts_failed":0,"auth_attempts_succeeded":3}]`)
		s.JSON("GET /api/auth/attempts/rabbit@c"+columns, 200, `[]`)
		run(t, "attempts/protocols", cmdtest.Run{}, s, "list_node_auth_attempt_stats")
	})
	t.Run("by source", func(t *testing.T) {
		t.Parallel()
		s := brokertest.New(t)
		s.JSON(nodes, 200, `[{"name":"rabbit@a","running":true}]`)
		s.JSON("GET /api/auth/attempts/rabbit@a/source?columns=username%2Cauth_attempts_failed%2Cremote_address", 200,
			`[{"remote_address":"10.0.0.7","username":"app","protocol":"amqp091","auth_attempts_failed":40}]`)
		run(t, "attempts/sources", cmdtest.Run{}, s,
			strings.Split("list_node_auth_attempt_stats|username,auth_attempts_failed,node|--where|remote_address != ''|-o|json",
				"|")...)
	})
	t.Run("by source, without tracking", func(t *testing.T) {
		t.Parallel()
		s := brokertest.New(t)
		s.JSON(nodes, 200, `[{"name":"rabbit@a","running":true}]`)
		s.JSON("GET /api/auth/attempts/rabbit@a/source"+columns+"%2Cremote_address", 200, `[]`)
		run(t, "attempts/no_sources", cmdtest.Run{}, s, "list_node_auth_attempt_stats", "--match", "amqp091")
	})
	t.Run("a node went away meanwhile", func(t *testing.T) {
		t.Parallel()
		s := brokertest.New(t)
		s.JSON(nodes, 200, `[{"name":"rabbit@a","running":true},{"name":"rabbit@b","running":true}]`)
		s.JSON("GET /api/auth/attempts/rabbit@a"+columns, 200, `[{"protocol":"http","auth_attempts":95}]`)
		s.JSON("GET /api/auth/attempts/rabbit@b"+columns, 404, `{"error":"Object Not Found","reason":"Not Found"}`)
		run(t, "attempts/gone", cmdtest.Run{}, s, "list_node_auth_attempt_stats")
	})
}
