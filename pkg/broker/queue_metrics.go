package broker

import (
	"context"
	"encoding/binary"
	"iter"
	"net/url"
	"slices"
	"strconv"
	"strings"

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

// tally joins metrics to queues. The metrics come one after the other, each with all queues, so all queues must be held:
// names and counts stand in pieces of memory that never move, since growing by copying would take twice as much.
type tally struct {
	metrics  []string
	families []string
	// names are vhost and name of each queue, each behind its length; a queue's are in one piece.
	names [][]byte
	// at is where each queue begins: the piece of names, and the byte in it.
	at pile[uint32]
	// counts are len(metrics) for each queue; -1 is none.
	counts pile[int64]
	// first is the first queue of the node that is being read, and next the one that is expected next: as a rule each
	// metric names the queues in the same order. Where it does not, index finds them.
	first, next int
	current     string
	index       map[string]int
	// again means that the node has told another metric before, so that its queues are known.
	again bool
}

// namesPiece is how long a piece of names is. Names are 255 bytes at most.
const namesPiece = 64 << 10

// pile is a list that grows without moving what it has.
type pile[T any] struct {
	pieces [][]T
	n      int
}

const pilePiece = 4096

func (p *pile[T]) push(v T) {
	if p.n%pilePiece == 0 {
		p.pieces = append(p.pieces, make([]T, pilePiece))
	}
	p.n++
	*p.at(p.n - 1) = v
}

func (p *pile[T]) at(i int) *T { return &p.pieces[i/pilePiece][i%pilePiece] }

func newTally(columns []record.Column) *tally {
	t := &tally{}
	for _, c := range columns {
		if name, family := metric(c.Name); name != "" {
			t.metrics = append(t.metrics, name)
			if !slices.Contains(t.families, family) {
				t.families = append(t.families, family)
			}
		}
	}
	if len(t.families) == 0 {
		// Names alone: the smallest family has them too.
		t.families, t.metrics = []string{"queue_consumer_count"}, []string{"consumers"}
	}
	return t
}

func (t *tally) query(vhost string) url.Values {
	q := url.Values{"family": t.families}
	if vhost != "" {
		q.Set("vhost", vhost)
	}
	return q
}

// begin starts a node.
func (t *tally) begin() {
	t.first, t.next, t.current, t.index, t.again = t.at.n, t.at.n, "", nil, false
}

func (t *tally) add(s sample) {
	m := slices.Index(t.metrics, string(s.metric))
	if m < 0 {
		return
	}
	if string(s.metric) != t.current {
		t.again = t.current != ""
		t.current, t.next = string(s.metric), t.first
	}
	i := t.find(s)
	*t.counts.at(i*len(t.metrics) + m) = s.value
	t.next = i + 1
}

// find is the queue's number; a new queue gets the next.
func (t *tally) find(s sample) int {
	if t.again {
		if t.next < t.at.n {
			if vhost, name := t.name(t.next); vhost == string(s.vhost) && name == string(s.queue) {
				return t.next
			}
		}
		if t.index == nil {
			t.index = map[string]int{}
			for i := t.first; i < t.at.n; i++ {
				vhost, name := t.name(i)
				t.index[vhost+"\x00"+name] = i
			}
		}
		if i, ok := t.index[string(s.vhost)+"\x00"+string(s.queue)]; ok {
			return i
		}
	}
	last := len(t.names) - 1
	if need := len(s.vhost) + len(s.queue) + 2*binary.MaxVarintLen32; last < 0 || cap(t.names[last])-len(t.names[last]) < need {
		t.names = append(t.names, make([]byte, 0, max(namesPiece, need)))
		last++
	}
	t.at.push(uint32(last)*namesPiece + uint32(len(t.names[last])))
	for _, part := range [][]byte{s.vhost, s.queue} {
		t.names[last] = binary.AppendUvarint(t.names[last], uint64(len(part)))
		t.names[last] = append(t.names[last], part...)
	}
	for range t.metrics {
		t.counts.push(-1)
	}
	if t.index != nil {
		t.index[string(s.vhost)+"\x00"+string(s.queue)] = t.at.n - 1
	}
	return t.at.n - 1
}

func (t *tally) name(i int) (vhost, name string) {
	at := *t.at.at(i)
	rest := t.names[at/namesPiece][at%namesPiece:]
	var parts [2]string
	for p := range parts {
		n, w := binary.Uvarint(rest)
		parts[p] = string(rest[w : w+int(n)])
		rest = rest[w+int(n):]
	}
	return parts[0], parts[1]
}

// rows are the queues of a virtual host, or of all.
func (t *tally) rows(columns []record.Column, vhost string) iter.Seq2[record.Row, error] {
	return func(yield func(record.Row, error) bool) {
		for i := range t.at.n {
			in, name := t.name(i)
			if vhost != "" && in != vhost {
				continue
			}
			row := make(record.Row, len(columns))
			for j, c := range columns {
				switch m, _ := metric(c.Name); {
				case c.Const != nil:
					row[j] = c.Const
				case c.Name == "name":
					row[j] = quoted(name)
				case c.Name == "vhost":
					row[j] = quoted(in)
				case m != "":
					if n := *t.counts.at(i*len(t.metrics) + slices.Index(t.metrics, m)); n >= 0 {
						row[j] = strconv.AppendInt(nil, n, 10)
					}
				}
			}
			if !yield(row, nil) {
				return
			}
		}
	}
}

// quoted is a name as JSON. Bytes that are not UTF-8 stay, as in the API's answers.
func quoted(name string) record.Value {
	if !strings.ContainsFunc(name, func(r rune) bool { return r < ' ' || r == '"' || r == '\\' }) {
		return record.Value(`"` + name + `"`)
	}
	return record.Of(name)
}
