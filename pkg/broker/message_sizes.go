package broker

import (
	"bytes"
	"context"
	"io"
	"maps"
	"slices"
	"strconv"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
)

// SizeBucket counts messages up to a size, those of the smaller buckets not among them.
type SizeBucket struct {
	// Limit is the largest size in bytes, as the broker writes it; "+Inf" for what is larger than all others.
	Limit string
	Count int64
}

// MessageSizes counts the messages that publishers have sent to the running nodes since each was started, by size, the smallest
// first. They are in the metrics of each node only, so every node has to serve those; releases before 4.1 do not count, and for them
// IsNotOffered holds.
func (c *Client) MessageSizes(ctx context.Context) ([]SizeBucket, error) {
	overview, err := c.value(ctx, Path("overview"), scaleColumns(), scaled())
	if err != nil {
		return nil, err
	}
	nodes := c.askStanding(ctx)
	defer nodes.drop()
	<-nodes.done
	s, err := c.readStanding(ctx, nodes)
	if err != nil {
		return nil, err
	}
	at, err := c.metricsOf(overview)
	if err != nil {
		return nil, err
	}
	if s.nodes == 0 {
		return nil, c.Hidden(ctx, "the nodes of the cluster, of which each counts only the messages that it took,")
	}
	if running := s.nodes - len(s.down); len(at) == 0 || len(at) < running {
		return nil, fail.New(fail.Unavailable, "%d of %d running nodes serve metrics, and each counts only the messages that it took", len(at), running).
			Next("rabbitmq-plugins enable rabbitmq_prometheus on all nodes")
	}
	if err := c.verify(ctx, at, overview); err != nil {
		return nil, err
	}
	sums, counting := map[string]int64{}, 0
	for _, node := range slices.Sorted(maps.Keys(at)) {
		counts, err := c.addSizes(ctx, at[node], sums)
		if err != nil {
			return nil, err
		}
		if counts {
			counting++
		}
	}
	switch {
	case counting == 0:
		return nil, c.noEndpoint("the distribution of message sizes")
	case counting < len(at):
		return nil, fail.New(fail.Unavailable, "%d of %d nodes count messages by size", counting, len(at)).Next("rabbitctl cluster_status shows the release of each node")
	}
	return separated(sums), nil
}

// addSizes adds what a node has counted, and tells whether it does count.
func (c *Client) addSizes(ctx context.Context, base string, sums map[string]int64) (counts bool, err error) {
	body, err := c.scrape(ctx, base, "/metrics")
	if err != nil {
		return false, err
	}
	defer body.Close()
	err = eachSize(timely{ctx, body}, func(limit string, n int64) {
		counts = true
		sums[limit] += n
	})
	if err != nil {
		err = c.broken(ctx, nil, err)
	}
	return counts, err
}

// eachSize finds the lines of one histogram in the text format of metrics: rabbitmq_message_size_bytes_bucket{protocol="amqp091",le="100"} 3
func eachSize(r io.Reader, each func(limit string, n int64)) error {
	return eachLine(r, func(line []byte) {
		labels, ok := bytes.CutPrefix(line, []byte("rabbitmq_message_size_bytes_bucket{"))
		if !ok {
			return
		}
		labels, count, ok := bytes.Cut(labels, []byte("} "))
		if !ok {
			return
		}
		_, limit, ok := bytes.Cut(labels, []byte(`le="`))
		if !ok {
			return
		}
		limit, _, _ = bytes.Cut(limit, []byte(`"`))
		if n, err := strconv.ParseInt(string(bytes.TrimSpace(count)), 10, 64); err == nil {
			each(string(limit), n)
		}
	})
}

// separated takes from each bucket what the smaller ones have: in metrics they count all up to their limit.
func separated(sums map[string]int64) []SizeBucket {
	size := func(limit string) float64 {
		f, _ := strconv.ParseFloat(limit, 64)
		return f
	}
	limits := slices.SortedFunc(maps.Keys(sums), func(a, b string) int {
		if size(a) < size(b) {
			return -1
		}
		return 1
	})
	var all []SizeBucket
	below := int64(0)
	for _, limit := range limits {
		all = append(all, SizeBucket{limit, sums[limit] - below})
		below = sums[limit]
	}
	return all
}
