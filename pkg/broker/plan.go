package broker

import (
	"net/url"
	"slices"
	"strings"

	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// queuePlan is the request for a listing of queues.
type queuePlan struct {
	query url.Values
	// columns are those asked for, and behind them those that only we need.
	columns []record.Column
	// countsStreams means that the answer lacks the counts of streams, which have to be asked for one by one.
	countsStreams bool
	// fromStats means that the answer comes from the statistics.
	fromStats bool
}

// planQueues picks the request. Counts and what a queue was declared with are cheapest, and fresh at once, where the
// broker asks the queues themselves; anything else comes from its statistics, which are up to five seconds old and
// know nothing of a queue younger than that.
func planQueues(columns []record.Column) queuePlan {
	stats := queuePlan{query: planStats(columns), columns: columns, fromStats: true}
	counts := false
	for _, c := range columns {
		switch {
		case c.Missing != "", c.Const != nil:
		case isCount(c.Path()):
			counts = true
		case !isDeclared(root(c.Path())):
			return stats
		}
	}
	if !counts {
		return queuePlan{query: withoutStats(stats.query), columns: columns}
	}
	p := queuePlan{columns: slices.Clone(columns), countsStreams: true}
	for _, name := range []string{"vhost", "name", "type"} {
		p.columns = append(p.columns, record.Column{Name: name})
	}
	p.query = withoutStats(url.Values{"columns": {columnsQuery(p.columns)}})
	return p
}

func planStats(columns []record.Column) url.Values {
	return url.Values{"columns": {columnsQuery(columns)}}
}

// withoutStats asks for what queues know of themselves. On the listing the counts are there since 3.9; they are those
// of this moment (quorum queues: some seconds old; streams: none).
func withoutStats(q url.Values) url.Values {
	q.Set("disable_stats", "true")
	q.Set("enable_queue_totals", "true")
	return q
}

func root(path string) string {
	root, _, _ := strings.Cut(path, ".")
	return root
}

func isCount(path string) bool {
	return path == "messages" || path == "messages_ready" || path == "messages_unacknowledged"
}

// isDeclared tells whether the request without statistics has the member for every type of queue (measured on 3.10,
// 4.0 and 4.3). It has none of node, leader and policy for some of them.
func isDeclared(path string) bool {
	switch path {
	case "name", "vhost", "type", "state", "arguments", "durable", "auto_delete", "exclusive":
		return true
	}
	return false
}
