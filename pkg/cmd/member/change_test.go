package member_test

import (
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/cmd/member"
	"github.com/rabbitctl/rabbitctl/pkg/internal/cmdtest"
)

const (
	running = `GET /api/nodes?columns=name%2Crunning 200 [{"name":"r@a","running":true},{"name":"r@b","running":true}]`
)

func TestRebalance(t *testing.T) {
	t.Parallel()
	const ask = "GET /api/queues?columns=vhost%2Cname%2Ctype%2Cleader%2Cnode%2Cmembers "
	queue := func(name, leader string) string {
		return `{"vhost":"/","name":"` + name + `","type":"quorum","leader":"` + leader + `","members":["r@a","r@b"]}`
	}
	uneven := ask + "200 [" + queue("q1", "r@a") + "," + queue("q2", "r@a") + `,{"vhost":"/","name":"c","type":"classic","node":"r@a"}]`
	even := ask + "200 [" + queue("q1", "r@b") + "," + queue("q2", "r@a") + "]"
	c := cmdtest.NewChange
	cmdtest.Changes(t, member.Commands, "rebalance", []cmdtest.ChangeCase{
		c("done", "rebalance --yes", "", []string{running, uneven, "POST /api/rebalance/queues 204", running, even}),
		c("slowly", "rebalance --yes -o json", "", []string{running, uneven, "POST /api/rebalance/queues 204", running, uneven, running, even}),
		c("again", "rebalance", "", []string{running, even}),
		c("compared", "rebalance --check", "", []string{running, uneven}),
		c("dry run", "rebalance --dry-run", "", []string{running, uneven}),
		c("without consent", "rebalance", "", []string{running, uneven}),
	})
}
