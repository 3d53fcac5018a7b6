package node_test

import (
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/cmd/node"
	"github.com/rabbitctl/rabbitctl/pkg/internal/cmdtest"
)

func TestChanges(t *testing.T) {
	t.Parallel()
	const (
		running  = `GET /api/nodes?columns=name%2Crunning 200 [{"name":"r@a","running":true},{"name":"r@b","running":false}]`
		attempts = `GET /api/auth/attempts/r@a?columns=protocol%2Cauth_attempts%2Cauth_attempts_failed%2Cauth_attempts_succeeded ` +
			`200 [{"protocol":"http","auth_attempts":5,"auth_attempts_failed":2,"auth_attempts_succeeded":3}]`
	)
	c := cmdtest.NewChange
	cmdtest.Changes(t, node.Commands, "change", []cmdtest.ChangeCase{
		c("statistics", "reset_statistics --yes", "", []string{running, "DELETE /api/reset 204"}),
		c("statistics of one node", "reset_statistics r@a --yes", "", []string{running, "DELETE /api/reset/r@a 204"}),
		c("statistics, dry run", "reset_statistics --dry-run", "", []string{running}),
		c("statistics of a stopped node", "reset_statistics r@b --yes", "", []string{running, running}),
		c("statistics without consent", "reset_statistics", "", nil),
		c("attempts", "reset_node_auth_attempt_metrics r@a --yes", "", []string{running, attempts,
			"DELETE /api/auth/attempts/r@a 204"}),
		c("attempts, dry run", "reset_node_auth_attempt_metrics r@a --dry-run", "", []string{running, attempts}),
		c("attempts of nobody", "reset_node_auth_attempt_metrics r@c --yes", "", []string{running, running}),
	})
}
