package metrics

import (
	"context"
	"io"
	"maps"
	"slices"
	"strconv"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
)

// SizeBucket counts messages up to a size, without those that a smaller bucket counts.
type SizeBucket struct {
	// Limit is the largest size of a message in this bucket in bytes, as the broker writes it. "+Inf" is the bucket of the
	// messages that are larger than all other limits.
	Limit string
	Count int64
}

// MessageSizes returns how many messages publishers have sent to the running nodes since each node was started, by
// size, the smallest size first. The counts exist only in the metrics of each node, so every running node has to serve
// its metrics. Releases before 4.1 do not count sizes; for them, broker.IsNotOffered holds for the error.
func MessageSizes(ctx context.Context, c *broker.Client) ([]SizeBucket, error) {
	at, err := whereRunning(ctx, c)
	if err != nil {
		return nil, err
	}
	sums, counting := map[string]int64{}, 0
	for _, node := range at.nodes() {
		counts := false
		err := c.Scrape(ctx, at[node], "/metrics", func(r io.Reader) error {
			return eachSize(r, func(limit string, n int64) {
				counts = true
				sums[limit] += n
			})
		})
		if err != nil {
			return nil, err
		}
		if counts {
			counting++
		}
	}
	switch {
	case counting == 0:
		return nil, c.NotOffered("the distribution of message sizes")
	case counting < len(at):
		return nil, fail.New(fail.Unavailable, "only %d of %d nodes count messages by size", counting, len(at)).
			Do(fail.SeeReleases)
	}
	return separated(sums), nil
}

// whereRunning returns where all running nodes serve their metrics. The error says why this is not known for all of
// them.
func whereRunning(ctx context.Context, c *broker.Client) (places, error) {
	overview, s, err := glance(ctx, c)
	if err != nil {
		return nil, err
	}
	at, err := listed(c.BaseURL(), overview)
	if err != nil {
		return nil, err
	}
	if running := s.Nodes - len(s.Down); len(at) == 0 || len(at) < running {
		return nil, fail.New(fail.Unavailable,
			"only %d of %d running nodes serve metrics, and each counts only the messages that it took", len(at), running).
			Do(fail.EnableMetrics)
	}
	return at, at.verify(ctx, c, overview)
}

// sizes is the beginning of the lines of one histogram, such as this line:
// rabbitmq_message_size_bytes_bucket{protocol="amqp091",le="100"} 3
const sizes = "rabbitmq_message_size_bytes_bucket{"

// eachSize calls the function each for every line of the histogram.
func eachSize(r io.Reader, each func(limit string, n int64)) error {
	return eachSample(r, sizes, func(s *sample) {
		limit := s.label("le")
		if n, whole := s.whole(); whole && limit != nil {
			each(string(limit), n)
		}
	})
}

// separated returns the buckets without the messages of smaller buckets: in the metrics, a bucket counts all messages
// up to its limit.
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
