package broker

import (
	"context"
	"iter"
	"maps"
	"slices"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// QueueSource is where a listing of queues is read from.
type QueueSource string

const (
	// FromAPI is the management API, whose counts are fresh.
	FromAPI QueueSource = "api"
	// FromPrometheus is the prometheus plugin of each node: cheaper by far where there are very many queues, and some seconds
	// old.
	FromPrometheus QueueSource = "prometheus"
	// FromAny is the management API, which names the queues in any case, and the prometheus plugin for their figures where
	// there are so many that it is cheaper, if it has the columns and every node offers it.
	FromAny QueueSource = "auto"
)

// QueueSources are all of them.
func QueueSources() []QueueSource { return []QueueSource{FromAPI, FromPrometheus, FromAny} }

// metric is the metric that has a column of queues, without its prefix, and the family that it is in. What is left out is
// not the same there (head_message_timestamp of a queue without messages), not a whole number, or not in the API at all.
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
	case "messages_ram", "messages_ready_ram", "messages_persistent", "messages_paged_out":
		return column, "queue_metrics"
	case "messages_unacknowledged_ram":
		return "messages_unacked_ram", "queue_metrics"
	case "message_bytes":
		return "messages_bytes", "queue_metrics"
	case "message_bytes_ready":
		return "messages_ready_bytes", "queue_metrics"
	case "message_bytes_unacknowledged":
		return "messages_unacked_bytes", "queue_metrics"
	case "message_bytes_ram":
		return "messages_ram_bytes", "queue_metrics"
	case "message_bytes_persistent":
		return "messages_persistent_bytes", "queue_metrics"
	case "message_bytes_paged_out":
		return "messages_paged_out_bytes", "queue_metrics"
	case "memory":
		return "process_memory_bytes", "queue_metrics"
	}
	return "", ""
}

// fromNodes is what the reader must know of figures from the metrics. They are five seconds old at most, unless
// collect_statistics_interval is longer; a new classic queue is there at once, and others within that time (measured on
// 3.10, 4.0 and 4.3).
const fromNodes = "figures are some seconds old, from the nodes' metrics; --source api: fresh"

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
		return nil, fail.Usagef("--source prometheus has no column %s", c).Next("it has name, vhost, consumers, memory, and counts and sizes of messages; --source api has all")
	}
	overview, s, err := l.whereMetrics(ctx)
	if err != nil {
		return nil, err
	}
	at, err := l.metricNodes(ctx, overview, s)
	if err != nil {
		return nil, err
	}
	t, err := l.tallied(ctx, at, l.columns)
	if err != nil {
		return nil, err
	}
	l.say(fromNodes)
	return t.rows(l.vhost), nil
}

// tallied are the metrics of all nodes that have figures in these columns.
func (l queueListing) tallied(ctx context.Context, at map[string]string, columns []record.Column) (*tally, error) {
	t := newTally(columns)
	for _, node := range slices.Sorted(maps.Keys(at)) {
		t.begin()
		if err := l.metrics(ctx, at[node], t.query(l.vhost), t.add); err != nil {
			return nil, err
		}
	}
	return t, nil
}

// metricNodes are where the nodes serve their metrics. The error says why not all do.
func (l queueListing) metricNodes(ctx context.Context, overview record.Value, s standing) (map[string]string, error) {
	at, err := l.metricsOf(overview)
	if err != nil {
		return nil, err
	}
	if len(at) == 0 {
		return nil, fail.New(fail.Unavailable, "%s lists no listener for metrics: the plugin rabbitmq_prometheus is off", l.base).
			Next("rabbitmq-plugins enable rabbitmq_prometheus on all nodes, or --source api")
	}
	if len(at) < s.nodes || !s.well() {
		return nil, fail.New(fail.Unavailable, "only %d of %d nodes serve metrics now, and each tells of its own queues only", len(at), s.nodes).
			Next("--source api lists what can be had; rabbitctl list_nodes shows how the nodes stand")
	}
	return at, l.verify(ctx, at, overview)
}

// whereMetrics asks for the listeners and for the nodes. With a node frozen neither is answered, and the time is better
// spent on what is.
func (l queueListing) whereMetrics(ctx context.Context) (overview record.Value, s standing, err error) {
	ctx, cancel := context.WithTimeout(ctx, share(ctx, 0.3, patienceForNodes))
	defer cancel()
	if overview, err = l.value(ctx, Path("overview"), scaleColumns(), scaled()); err != nil {
		return nil, s, err
	}
	nodes := l.askStanding(ctx)
	defer nodes.drop()
	<-nodes.done
	s, err = l.readStanding(ctx, nodes)
	return overview, s, err
}
