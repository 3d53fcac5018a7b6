// Package metrics reads figures out of the metrics that the plugin rabbitmq_prometheus of each node serves. These
// figures are five seconds old at most, unless collect_statistics_interval is longer (measured on 3.10, 4.0 and 4.3).
// Even with very many queues, they cost the broker little. Some figures exist only in the metrics.
package metrics

import (
	"context"
	"errors"
	"io"
	"iter"
	"time"

	"github.com/rabbitctl/rabbitctl/pkg/beside"
	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// Figures holds the metrics of the queues of all nodes.
type Figures struct {
	tally *tally
	vhost string
}

// Rows returns the queues of the requested virtual host, or of all virtual hosts, with the requested columns.
func (f *Figures) Rows() iter.Seq2[record.Row, error] { return f.tally.rows(f.vhost) }

// OfQueues reads the figures of the queues of a virtual host, or of all virtual hosts if vhost is "". Each node reports
// only the queues whose leader it has (measured on 3.10 and 4.3). So every node is asked, and all figures are held
// until every node has answered. The error says why this is not possible. There must be a metric for each of the
// columns: see Lacks.
func OfQueues(ctx context.Context, c *broker.Client, vhost string, columns []record.Column) (*Figures, error) {
	at, err := whereAll(ctx, c)
	if err != nil {
		return nil, err
	}
	t := newTally(columns)
	for _, node := range at.nodes() {
		t.begin()
		if err := scrape(ctx, c, at[node], t, vhost); err != nil {
			return nil, err
		}
	}
	return &Figures{t, vhost}, nil
}

// patience is the longest time to wait for the list of nodes; whereAll waits for at most 0.3 of the time that is left.
// While a node is frozen, the broker does not answer the request for that list. The time is better spent on requests
// that the broker answers.
const patience = 10 * time.Second

// whereAll returns where all nodes serve their metrics. The error says why this is not known for all of them.
func whereAll(ctx context.Context, c *broker.Client) (places, error) {
	asking, cancel := context.WithTimeout(ctx, beside.Share(ctx, 0.3, patience))
	defer cancel()
	overview, s, err := glance(asking, c)
	if err != nil {
		return nil, err
	}
	at, err := listed(c.BaseURL(), overview)
	if err != nil {
		return nil, err
	}
	if len(at) == 0 {
		return nil, fail.New(fail.Unavailable, "%s lists no listener for metrics: the plugin rabbitmq_prometheus is off",
			c.BaseURL()).
			Do(fail.EnableMetrics).Do(fail.AskAPIAlone)
	}
	if len(at) < s.Nodes || !s.Well() {
		return nil, fail.New(fail.Unavailable, "only %d of %d nodes serve metrics now, and each has the figures of its own queues only",
			len(at), s.Nodes).
			Do(fail.SeeNodes).Do(fail.AskAPIAlone)
	}
	return at, orAPI(at.verify(ctx, c, overview))
}

// orAPI adds to an error about metrics, as a next step, that the API has the figures, too.
func orAPI(err error) error {
	if f := (*fail.Error)(nil); errors.As(err, &f) && (f.Kind == fail.Unreachable || f.Kind == fail.Unavailable) {
		return f.Do(fail.AskAPIAlone)
	}
	return err
}

// ofQueues begins the names of all metrics of queues: rabbitmq_detailed_queue_messages{vhost="/",queue="orders"} 7
const ofQueues = "rabbitmq_detailed_queue_"

// scrape reads from one node the families of metrics that the tally needs, and adds their figures to the tally.
func scrape(ctx context.Context, c *broker.Client, base string, t *tally, vhost string) error {
	err := c.Scrape(ctx, base, "/metrics/detailed?"+t.query(vhost).Encode(), func(r io.Reader) error {
		return eachOfQueues(r, t.add)
	})
	if f := (*fail.Error)(nil); errors.As(err, &f) && (f.Kind == fail.Unreachable || f.Kind == fail.Unavailable) {
		err = f.Next("is that port open to this machine, and is the broker's release new enough? ")
	}
	return orAPI(err)
}

// ofQueue is one figure of a queue. Its byte slices are valid only until the next figure is read.
type ofQueue struct {
	metric, vhost, queue []byte
	value                int64
}

// eachOfQueues calls the function each for every line whose labels are the virtual host and the name of a queue, and no
// others. Lines with a value that is not a whole number are skipped.
func eachOfQueues(r io.Reader, each func(ofQueue)) error {
	return eachSample(r, ofQueues, func(s *sample) {
		q := ofQueue{metric: s.name[len(ofQueues):], vhost: s.label("vhost"), queue: s.label("queue")}
		var whole bool
		if q.value, whole = s.whole(); whole && s.n == 2 && q.vhost != nil && q.queue != nil {
			each(q)
		}
	})
}
