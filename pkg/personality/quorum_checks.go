package personality

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/rabbitctl/rabbitctl/pkg/erlang"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/queues"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// quorumChecks returns the checks of the majorities and the leaders of quorum queues.
func quorumChecks() []command {
	return []command{
		{
			name: "check_if_node_is_quorum_critical", run: checkQuorumCritical,
			banner: func(c *call) string {
				if !c.since(3, 11) {
					return "Checking if node " + c.node + " is critical for quorum of any quorum queues ..."
				}
				return "Checking if node " + c.node + " is critical for quorum of any queues/streams ..."
			},
		},
		{
			name: "check_if_new_quorum_queue_replicas_have_finished_initial_sync",
			run:  checkPromotable, banner: say("Checking if node %s runs promotable replicas of any queues ..."),
		},
		{
			name: "check_for_quorum_queues_without_an_elected_leader", min: 1, max: 1, run: checkLeaders,
			switches: switches{"across-all-vhosts": truth},
			usage:    "check_for_quorum_queues_without_an_elected_leader [--vhost <vhost>] [--across-all-vhosts] <pattern>",
			banner: func(c *call) string {
				where := "vhost " + c.vhost()
				if c.line.on("across-all-vhosts") {
					where = "all vhosts"
				}
				return "Checking leader replicas of quorum queues matching '" + c.args[0] + "' in " + where + " ..."
			},
		},
	}
}

func checkQuorumCritical(ctx context.Context, c *call) (answer, error) {
	judged, err := c.client.HealthCheck(ctx, "node-is-quorum-critical")
	if err != nil {
		return answer{}, err
	}
	switch {
	case !judged.OK:
		var queues []string
		judged.Body.At("queues").Each(func(v record.Value) { queues = append(queues, v.At("readable_name").Text()) })
		return answer{}, no(fail.Unavailable,
			"Some quorum queues, streams or Raft components on node %s do not have an online majority without it:\n\n%s",
			c.node, strings.Join(queues, "\n"))
	case judged.Body.At("reason").Text() == "single node cluster":
		const alone = " seems to be the only one in a single node cluster, the check does not apply"
		return answer{text: "Node " + c.node + alone, data: object("result", erlang.Atom("ok"), "message",
			erlang.Binary("Target node"+alone))}, nil
	}
	text := fmt.Sprintf("Node %s reported no quorum queues with minimum quorum", c.node)
	if c.since(3, 11) {
		text = fmt.Sprintf("Node %s reported no queues/streams with minimum quorum", c.node)
	}
	return well(whenSilent, "%s", text), nil
}

// checkPromotable reads the members of each quorum queue, because the API has no such check. It sends one request for
// each quorum queue that has a member on the node.
func checkPromotable(ctx context.Context, c *call) (answer, error) {
	if !c.since(3, 13) {
		return answer{}, no(fail.Unavailable, "RabbitMQ %s has no replicas that wait to be promoted",
			c.overview.At("rabbitmq_version").Text())
	}
	var waiting []string
	reader := record.NewReader(bindMembers)
	for q, err := range reader.All(queues.Read(ctx, c.client, "", reader.Columns())) {
		if err != nil {
			return answer{}, err
		}
		if q.kind != "quorum" || !slices.Contains(q.members, c.node) {
			continue
		}
		status, err := c.client.QuorumStatus(ctx, q.vhost, q.name)
		if err != nil {
			return answer{}, err
		}
		for _, member := range status {
			if member.At("Node Name").Text() == c.node && member.At("Membership").Text() == "promotable" {
				waiting = append(waiting, fmt.Sprintf("queue '%s' in vhost '%s'", q.name, q.vhost))
			}
		}
	}
	if len(waiting) > 0 {
		return answer{}, failed("Node %s runs promotable replicas of the following queues:\n\n%s", c.node,
			strings.Join(waiting, "\n"))
	}
	return well(whenSilent, "Node %s reported no queues with promotable replicas", c.node), nil
}

// queueMembers is a queue, with the nodes that have a member of it.
type queueMembers struct {
	vhost, name, kind string
	members           []string
}

func bindMembers(b *record.Binder, q *queueMembers) {
	b.Text("vhost", &q.vhost)
	b.Text("name", &q.name)
	b.Text("type", &q.kind)
	b.Texts("members", &q.members)
}

func checkLeaders(ctx context.Context, c *call) (answer, error) {
	words := []string{"quorum-queues-without-elected-leaders", "vhost", c.vhost(), "pattern", c.args[0]}
	if c.line.on("across-all-vhosts") {
		words = []string{"quorum-queues-without-elected-leaders", "all-vhosts", "pattern", c.args[0]}
	}
	if err := addressable(c.vhost(), c.args[0]); err != nil {
		return answer{}, err
	}
	judged, err := c.client.HealthCheck(ctx, words...)
	if err != nil {
		return answer{}, err
	}
	if !judged.OK {
		var queues []string
		judged.Body.At("queues").Each(func(v record.Value) { queues = append(queues, v.At("readable_name").Text()) })
		return answer{}, failed("Quorum queues without an elected leader:\n\n%s", strings.Join(queues, "\n"))
	}
	text := "Node " + c.node + " reported all quorum queue as having responsive leader replicas"
	return answer{text: text, hush: whenQuiet, data: object("result", erlang.Atom("ok"), "message", erlang.Binary(text))},
		nil
}
