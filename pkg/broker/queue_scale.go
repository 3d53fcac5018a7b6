package broker

import (
	"context"
	"net/url"
	"time"

	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// overviewPatience is how long the broker may take to say how many there are: 20 ms as a rule, and a quarter of a second
// for 100,000 queues.
const overviewPatience = 2 * time.Second

// scale is how much a listing of queues is about. It decides where figures are cheapest.
type scale struct {
	// told is false where the broker did not say, as to users without the tag monitoring: they are shown what is their own
	// only, and an overview that leaves out which node answers.
	told bool
	// statsOff means that no statistics are collected.
	statsOff          bool
	queues, consumers float64
	// overview has the listeners and the names of node and cluster.
	overview record.Value
}

// askScale sends the question of readScale.
func (l queueListing) askScale(ctx context.Context) *attempt {
	return l.attempt(ctx, Path("overview"), scaleColumns())
}

// scaleColumns are what the overview is asked for by whoever counts what there is, or wants the metrics.
func scaleColumns() url.Values {
	return url.Values{"columns": {"node,cluster_name,listeners,disable_stats,object_totals"}}
}

// scaled is that answer: whatever the user may see, and whether there are statistics or not, it has this.
func scaled() wanted { return objectWith("disable_stats") }

// readScale waits for the answer. That there is none costs a quicker way to list, and is no error.
func (l queueListing) readScale(ctx context.Context, a *attempt) scale {
	if !a.within(ctx, share(ctx, 0.1, overviewPatience)) || a.err != nil {
		return scale{}
	}
	overview, err := l.read(ctx, a.value, scaled())
	if err != nil || overview.At("node").Absent() {
		return scale{}
	}
	s := scale{overview: overview}
	s.statsOff, _ = overview.At("disable_stats").Bool()
	var queues, consumers bool
	s.queues, queues = overview.At("object_totals.queues").Number()
	s.consumers, consumers = overview.At("object_totals.consumers").Number()
	s.told = queues && consumers
	return s
}
