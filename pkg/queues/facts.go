package queues

import (
	"strings"

	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// facts decide which plan is made: the columns that are asked for, and what is known about the broker so far.
type facts struct {
	columns []record.Column
	// alone means that the listing must be a single request, apart from the counts of streams. The function Read sets it.
	alone bool
	// size is the number of queues and consumers.
	size scale
	// sick means that a node does not run, or that the cluster is split.
	sick bool
	// noFigures means that a running node has reported no figures: it has just started, or is configured to collect
	// none.
	noFigures bool
}

// scale is the number of queues and consumers in the whole cluster, even if the listing is of one virtual host.
type scale struct {
	// told is false if the numbers were not read, or the broker did not report them. The broker does not report them to
	// users without the tag monitoring, who see only their own objects.
	told bool
	// statisticsOff means that the broker collects no statistics.
	statisticsOff     bool
	queues, consumers float64
}

const (
	// manyQueues is the number of queues from which on the statistics are expensive. The statistics take a seventh of a
	// millisecond of the broker's time for each queue, the totals only a twentieth (measured on 3.10 and 4.3 with 10,000
	// queues). 3.10 closes the connection before it has the statistics of 100,000 queues. For fewer queues the statistics
	// are better: only they distinguish a queue that is too young to have figures from a queue without consumers.
	manyQueues = 2_000
	// fewConsumers is the number of consumers per queue up to which a listing of the consumers is cheap. That listing
	// takes a twentieth to a fortieth of a millisecond for each consumer (measured with 1,000 to 40,000).
	fewConsumers = 2
)

// consumersAreCheaperApart tells whether to count consumers from the listing of consumers. If there are many queues and
// not too many consumers, that listing is much cheaper than the statistics. It is also fresher: it shows new consumers
// within 5 s and drops lost consumers at once, where the statistics take up to 9 s for both (measured on 3.10 and 4.3).
// Apart from a listing that must be a single request, three cases rule it out: users without the tag monitoring see
// only their own consumers in it; without statistics it lists no consumers; and the consumers of a node that is
// missing, or has not reported yet, would count as none.
func (f facts) consumersAreCheaperApart() bool {
	return !f.alone && !f.sick && !f.noFigures &&
		f.size.told && !f.size.statisticsOff && f.size.queues >= manyQueues && f.size.consumers <= fewConsumers*f.size.queues
}

// wants says which kinds of columns are asked for, besides the columns that the metadata has.
type wants struct {
	// counts means numbers of messages. The queues themselves report these numbers and the state.
	counts, state bool
	// consumers means the number of consumers, which the statistics and the listing of consumers have.
	consumers bool
	// statistics means columns that only the statistics have for queues of every type.
	statistics bool
}

func (f facts) wants() wants {
	var w wants
	for _, c := range f.columns {
		switch path := c.Path(); {
		case c.Missing != "", c.Const != nil, isStateBeside(c):
		case isCount(path):
			w.counts = true
		case path == "state":
			w.state = true
		case path == "consumers":
			w.consumers = true
		case !isDeclared(root(path)):
			w.statistics = true
		}
	}
	return w
}

// sizeMatters tells whether the plan depends on the number of queues and consumers.
func (f facts) sizeMatters() bool {
	w := f.wants()
	return w.consumers && !w.statistics && !f.alone
}

func root(path string) string {
	root, _, _ := strings.Cut(path, ".")
	return root
}

func isCount(path string) bool {
	return path == "messages" || path == "messages_ready" || path == "messages_unacknowledged"
}

// isDeclared tells whether the member with this path is in the answer to a request without totals, for queues of every
// type (measured on 3.10, 4.0 and 4.3). For some types such an answer lacks node, leader and policy.
func isDeclared(path string) bool {
	switch path {
	case "name", "vhost", "type", "arguments", "durable", "auto_delete", "exclusive":
		return true
	}
	return false
}
