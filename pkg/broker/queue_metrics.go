package broker

import (
	"context"
	"iter"
	"net/url"
	"slices"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// QueueSource is where a listing of queues is read from.
type QueueSource string

const (
	// FromAPI is the management API, whose counts are fresh.
	FromAPI QueueSource = "api"
	// FromPrometheus is the prometheus plugin of each node: cheaper by far where there are very many queues, and as old as
	// the statistics.
	FromPrometheus QueueSource = "prometheus"
	// FromAny is the prometheus plugin where it has the columns and every node offers it, else the management API.
	FromAny QueueSource = "auto"
)

// QueueSources are all of them.
func QueueSources() []QueueSource { return []QueueSource{FromAPI, FromPrometheus, FromAny} }

// metric is the metric that has a column of queues, without its prefix, and the family that it is in.
func metric(column string) (name, family string) {
	switch column {
	case "messages":
		return "messages", "queue_coarse_metrics"
	case "messages_ready":
		return "messages_ready", "queue_coarse_metrics"
	case "messages_unacknowledged":
		return "messages_unacked", "queue_coarse_metrics"
	case "consumers":
		return "consumers", "queue_consumer_count"
	}
	return "", ""
}

// metricColumns are the names that a listing from the metrics can have.
const metricColumns = "name vhost messages messages_ready messages_unacknowledged consumers"

// withoutMetric names the first column that no metric has; "" when there is none.
func withoutMetric(columns []record.Column) string {
	for _, c := range columns {
		if name, _ := metric(c.Name); name == "" && c.Name != "name" && c.Name != "vhost" && c.Missing == "" && c.Const == nil {
			return c.Name
		}
	}
	return ""
}

// fromMetrics lists the queues of all nodes out of their metrics. Each node tells only of queues whose leader it has
// (measured on 3.10 and 4.3), so every node is asked. The error says why that cannot be done.
func (l queueListing) fromMetrics(ctx context.Context) (rows iter.Seq2[record.Row, error], err error) {
	if c := withoutMetric(l.columns); c != "" {
		return nil, fail.Usagef("--source prometheus has no column %s", c).Next("columns: %s; --source api has all", metricColumns)
	}
	overview, s, err := l.whereMetrics(ctx)
	if err != nil {
		return nil, err
	}
	api, err := url.Parse(l.base)
	if err != nil {
		return nil, fail.New(fail.Internal, "%w", err)
	}
	at := metricsOf(overview, api)
	if len(at) == 0 {
		return nil, fail.New(fail.Unavailable, "%s lists no listener for metrics: the plugin rabbitmq_prometheus is off", l.base).
			Next("rabbitmq-plugins enable rabbitmq_prometheus on all nodes, or --source api")
	}
	if len(at) < s.nodes || !s.well() {
		return nil, fail.New(fail.Unavailable, "only %d of %d nodes serve metrics now, and each tells of its own queues only", len(at), s.nodes).
			Next("--source api lists what can be had; rabbitctl list_nodes shows how the nodes stand")
	}
	t := newTally(l.columns)
	for _, node := range slices.Sorted(keysOf(at)) {
		t.begin()
		if err := l.metrics(ctx, at[node], t.query(l.vhost), t.add); err != nil {
			return nil, err
		}
	}
	l.say("counts are from the nodes' metrics (rabbitmq_prometheus): 5 s old or more, and without queues younger than that")
	return t.rows(l.columns, l.vhost), nil
}

// whereMetrics asks for the listeners and for the nodes. With a node frozen neither is answered, and the time is better
// spent on what is.
func (l queueListing) whereMetrics(ctx context.Context) (overview record.Value, s standing, err error) {
	ctx, cancel := context.WithTimeout(ctx, share(ctx, 0.3, patienceForNodes))
	defer cancel()
	if overview, err = l.value(ctx, Path("overview"), url.Values{"columns": {"node,listeners"}}); err != nil {
		return nil, s, err
	}
	nodes := l.askStanding(ctx)
	defer nodes.drop()
	<-nodes.done
	s, err = l.readStanding(ctx, nodes)
	return overview, s, err
}

func keysOf(m map[string]string) iter.Seq[string] {
	return func(yield func(string) bool) {
		for k := range m {
			if !yield(k) {
				return
			}
		}
	}
}
