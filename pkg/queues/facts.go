package queues

import (
	"strings"

	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// facts are what a plan is made of: what is asked for, and what is known of the broker by then.
type facts struct {
	columns []record.Column
	// alone means that the listing must be one request, as for programs that read it.
	alone bool
	// size is how much there is.
	size scale
	// sick means that a node does not run, or that the cluster is split.
	sick bool
	// noFigures means that a running node has reported no figures: it has just started, or is configured to collect
	// none.
	noFigures bool
}

// scale is how much a listing of queues is about.
type scale struct {
	// told is false if the scale was not asked for, or the broker did not report it. It does not report it to users
	// without the tag monitoring, who see only what is their own.
	told bool
	// statisticsOff means that the broker collects no statistics.
	statisticsOff     bool
	queues, consumers float64
}

const (
	// manyQueues is from how many queues on the statistics are dear: they take a seventh of a millisecond of the broker's
	// time for each queue, which the totals take a twentieth for (measured on 3.10 and 4.3 with 10,000), and 3.10 hangs up
	// before it has those of 100,000. Below it they are better, for only they tell a queue that is too young to have
	// figures from one without consumers.
	manyQueues = 2_000
	// fewConsumers is how many consumers a queue there may be for a listing of them to be cheap: it takes a twentieth to a
	// fortieth of a millisecond for each (measured with 1,000 to 40,000).
	fewConsumers = 2
)

// consumersAreCheaperApart tells whether to count consumers from their own listing, which is much cheaper than the
// statistics where there are many queues and not too many consumers, and fresher: it has new consumers within 5 s and
// lost ones at once, where the statistics take up to 9 s for both (measured on 3.10 and 4.3). Users without the tag
// monitoring are shown their own consumers only; without statistics no consumers are listed; and those of a node that
// is missing, or tells nothing yet, would count as none.
func (f facts) consumersAreCheaperApart() bool {
	return !f.alone && !f.sick && !f.noFigures &&
		f.size.told && !f.size.statisticsOff && f.size.queues >= manyQueues && f.size.consumers <= fewConsumers*f.size.queues
}

// wants are the kinds of columns that are asked for, beside those that the metadata has.
type wants struct {
	// counts are numbers of messages; state is told by the queues themselves, as counts are.
	counts, state bool
	// consumers are in the statistics, and in a listing of their own.
	consumers bool
	// statistics is what nothing else has.
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

// sizeMatters tells whether the plan depends on how much there is.
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

// isDeclared tells whether the request without totals has the member for every type of queue (measured on 3.10, 4.0 and
// 4.3). It has none of node, leader and policy for some of them.
func isDeclared(path string) bool {
	switch path {
	case "name", "vhost", "type", "arguments", "durable", "auto_delete", "exclusive":
		return true
	}
	return false
}
