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
	// columns are those asked for, and behind them vhost, name and type where joined, countsApart or figuresApart is true.
	columns []record.Column
	// joined means that the answer lacks figures that are asked for apart: the counts of streams, one by one, and the
	// consumers where consumersApart is true.
	joined bool
	// consumersApart means that consumers are counted from their own listing.
	consumersApart bool
	// figuresApart means that figures are read from the metrics.
	figuresApart bool
	// countsApart means that counts are asked of the queues beside the statistics.
	countsApart bool
	// fromStats means that the answer comes from the statistics.
	fromStats bool
}

// planQueues picks the request. What a queue was declared with the broker reads from its metadata; for counts it asks the
// queues themselves, fresh at once; anything else comes from its statistics, which cost it several times as much, are up
// to ten seconds old (queues tell their figures every five, and they are gathered every five) and know nothing of a queue
// younger than that. consumersApart allows to count consumers from their own listing, which spares the statistics: see
// queueListing.consumersAreCheaperApart.
func planQueues(columns []record.Column, consumersApart bool) queuePlan {
	stats := queuePlan{query: planStats(columns), columns: columns, fromStats: true}
	totals, counts, consumers := false, false, false
	for _, c := range columns {
		switch {
		case c.Missing != "", c.Const != nil, isStateBeside(c):
		case isCount(c.Path()):
			totals, counts = true, true
		case c.Path() == "state":
			totals = true
		case c.Path() == "consumers" && consumersApart:
			consumers = true
		case !isDeclared(root(c.Path())):
			return stats
		}
	}
	p := queuePlan{columns: columns, joined: counts || consumers, consumersApart: consumers}
	if p.joined {
		p.columns = withKeys(columns)
	}
	p.query = withoutTotals(planStats(p.columns))
	if totals {
		p.query = withoutStats(p.query)
	}
	return p
}

// withKeys are the columns, and behind them what figures from elsewhere are found by.
func withKeys(columns []record.Column) []record.Column {
	return append(slices.Clone(columns), record.Column{Name: "vhost"}, record.Column{Name: "name"}, record.Column{Name: "type"})
}

func planStats(columns []record.Column) url.Values {
	return url.Values{"columns": {columnsQuery(columns)}}
}

// withoutStats asks for what queues know of themselves. On the listing the counts are there since 3.9; they are those
// of this moment (quorum queues: some seconds old; streams: none).
func withoutStats(q url.Values) url.Values {
	q.Set("enable_queue_totals", "true")
	return withoutTotals(q)
}

// withoutTotals asks for what queues were declared with, without a word from the queues themselves: half of the broker's
// time of the totals. What 3.10 calls their state then is no state.
func withoutTotals(q url.Values) url.Values {
	q.Set("disable_stats", "true")
	return q
}

func root(path string) string {
	root, _, _ := strings.Cut(path, ".")
	return root
}

func isCount(path string) bool {
	return path == "messages" || path == "messages_ready" || path == "messages_unacknowledged"
}

// isDeclared tells whether the request without totals has the member for every type of queue (measured on 3.10, 4.0 and
// 4.3). It has none of node, leader and policy for some of them.
func isDeclared(path string) bool {
	switch path {
	case "name", "vhost", "type", "arguments", "durable", "auto_delete", "exclusive":
		return true
	}
	return false
}
