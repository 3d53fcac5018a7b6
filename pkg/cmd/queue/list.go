package queue

import (
	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

func list() verb.List {
	return verb.List{
		Name:  "list_queues",
		Short: "List queues and their counts",
		Long: `List queues, of all virtual hosts unless -p says one.

Counts, types and arguments are read from the queues themselves and are fresh at once (quorum queues: after some
seconds). Any other column comes from the broker's statistics, which are up to 5 seconds old; a queue younger than
that has no figures there yet, and the cell stays empty rather than 0.`,
		Example: `  rabbitctl list_queues
  rabbitctl list_queues name messages consumers -p /
  rabbitctl list_queues --where 'messages > 1000 && consumers == 0' --sort -messages --limit 10
  rabbitctl list_queues name message_stats.publish_details.rate --watch 5s
  rabbitctl list_queues -o json | jq '.[].name'`,
		Table:  table(),
		Scoped: true,
		Rows:   verb.OfVHost((*broker.Client).ListQueues),
	}
}
