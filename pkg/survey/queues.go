package survey

import (
	"context"
	"strings"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/health"
	"github.com/rabbitctl/rabbitctl/pkg/queues"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// Queues lists the queues of a virtual host, or of all that this user sees when vhost is "". Without statistics they
// have the counts of this moment (those of quorum queues some seconds old, none of streams), and nothing of consumers, acknowledgements
// and the oldest message. With them every figure is up to 10 s old, and those of a queue younger than that are not known.
//
// While a node is not running, or the cluster is split, only the statistics are to be believed, and only they are sure to
// come: the queues themselves answer with 0, or not at all (measured on 3.10).
func Queues(ctx context.Context, c *broker.Client, vhost string, statistics bool) ([]health.Queue, error) {
	names := []string{"vhost", "name", "type", "state", "exclusive", "messages_ready", "messages_unacknowledged", "messages"}
	if statistics {
		names = append(names, "consumers", "message_stats.ack_details.rate", "message_stats.deliver_no_ack_details.rate",
			"message_stats.get_no_ack_details.rate", "head_message_timestamp")
	}
	var columns []record.Column
	for _, n := range names {
		columns = append(columns, record.Column{Name: n})
	}
	list := queues.Totals
	if statistics {
		list = queues.Read
	}
	var out []health.Queue
	for row, err := range list(ctx, c, vhost, columns) {
		if err != nil {
			return nil, err
		}
		q := health.Queue{
			VHost: row[0].Text(), Name: row[1].Text(), Type: row[2].Text(), State: row[3].Text(),
			Ready: Reading(row[5]), Unacked: Reading(row[6]), Messages: Reading(row[7]),
		}
		exclusive, _ := row[4].Bool()
		q.Temporary = exclusive || strings.HasPrefix(q.Name, "amq.")
		if statistics {
			q.Consumers, q.Head = Reading(row[8]), Reading(row[12])
			for _, rate := range row[9:12] {
				if n, known := rate.Number(); known {
					q.Acked = health.Reading{Value: q.Acked.Value + n, Known: true}
				}
			}
		}
		out = append(out, q)
	}
	return out, nil
}

// Whole says what keeps the figures of a cluster's queues from being believed; nothing when all nodes run and see each
// other.
func Whole(nodes []health.Node) []string {
	var blind []string
	if len(nodes) == 0 {
		return []string{"the broker listed no nodes"}
	}
	for _, n := range nodes {
		if !n.Running {
			blind = append(blind, n.Name+" is not running: the queues on it are not known")
		}
	}
	for _, n := range nodes {
		if len(n.Partitions) > 0 {
			blind = append(blind, "the cluster is split ("+n.Name+" has lost "+strings.Join(n.Partitions, ", ")+"): counts are not to be believed")
			break
		}
	}
	return blind
}

// VHosts counts the virtual hosts, and those of them that this user may look into. The listing of virtual hosts shows
// all of them to the tag monitoring; each has exchanges, which are shown only to those who may look. with are virtual
// hosts that something was seen in already.
func VHosts(ctx context.Context, c *broker.Client, with map[string]bool) (all, seen int, err error) {
	known := map[string]bool{}
	for row, err := range c.VHosts(ctx, []record.Column{{Name: "name"}}) {
		if err != nil {
			return 0, 0, err
		}
		name := row[0].Text()
		all++
		if with[name] {
			seen++
		} else {
			known[name] = true
		}
	}
	if len(known) == 0 {
		return all, seen, nil
	}
	for row, err := range c.Exchanges(ctx, "", []record.Column{{Name: "vhost"}}) {
		if err != nil {
			return 0, 0, err
		}
		if name := row[0].Text(); known[name] {
			delete(known, name)
			seen++
		}
	}
	return all, seen, nil
}
