package queues

import (
	"context"
	"time"

	"github.com/rabbitctl/rabbitctl/pkg/beside"
	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// streamsOneByOne is the largest number of streams that are requested one by one. If there are more, their counts are
// read from one listing of all streams. A request for one queue costs the broker a thousandth of what a listing of
// thousands of queues costs.
const streamsOneByOne = 100

// withStreamCounts fills in the counts of streams, which only the statistics have. The last three of columns are vhost,
// name and type.
func withStreamCounts(ctx context.Context, c *broker.Client, all rows, columns []record.Column) rows {
	return func(yield func(record.Row, error) bool) {
		s := streams{client: c, columns: columns}
		for row, err := range all {
			if err == nil && row[len(row)-1].Text() == "stream" && lacksCounts(row, columns) {
				s.count(ctx, row)
			}
			if !yield(row, err) || err != nil {
				return
			}
		}
		switch {
		case s.unread > 0:
			yield(nil, fail.New(fail.Incomplete, "the counts of %d of %d streams are not known: %w", s.unread, s.asked,
				s.failed))
		case s.silent > 0:
			yield(nil, fail.New(fail.Incomplete, "%d streams of %s did not report their counts in time", s.silent, c.BaseURL()).
				Do(fail.SeeNodes))
		}
	}
}

// streams asks for the counts of streams.
type streams struct {
	client  *broker.Client
	columns []record.Column
	// asked is how many streams were in the rows so far. silent is how many of these did not answer or were not asked.
	asked, silent int
	// all holds the counts of all streams. It is read when there are too many streams to request them one by one.
	all map[string]record.Row
	// failed is the error that ended the listing of all streams early. unread is the number of streams in the rows that
	// were not in that listing.
	failed error
	unread int
}

// count fills in the counts of one stream.
func (s *streams) count(ctx context.Context, row record.Row) {
	switch s.asked++; {
	case s.silent > 0:
		// A stream was silent. Do not ask further streams: each could take as long, and rows without these values are better
		// than no rows.
		s.silent++
	case s.asked <= streamsOneByOne:
		if !s.countOne(ctx, row) {
			s.silent++
		}
	default:
		if s.all == nil {
			s.all, s.failed = s.countAll(ctx)
		}
		counts, is := s.all[streamKey(row[len(row)-3], row[len(row)-2])]
		if !is && s.failed != nil {
			s.unread++
		}
		fill(row, s.columns, counts)
	}
}

// countColumns are the columns of message counts. The argument counts of fill has this order.
func countColumns() []record.Column {
	return []record.Column{{Name: "messages"}, {Name: "messages_ready"}, {Name: "messages_unacknowledged"}}
}

// streamPatience is how long one stream may take to report its counts.
const streamPatience = 5 * time.Second

// countOne asks for one stream, and returns false if there was no answer in time, or if the error is Incomplete. Counts
// that cannot be read stay absent, for example those of a stream that was deleted meanwhile: only these cells are lost,
// not the listing.
func (s *streams) countOne(ctx context.Context, row record.Row) bool {
	ctx, cancel := context.WithTimeout(ctx, beside.Share(ctx, 0.5, streamPatience))
	defer cancel()
	raw, err := s.client.Queue(ctx, row[len(row)-3].Text(), row[len(row)-2].Text())
	if err != nil {
		return fail.KindOf(err) != fail.Timeout && fail.KindOf(err) != fail.Incomplete
	}
	counts, err := record.NewPicker(countColumns()).Pick(raw)
	if err == nil {
		fill(row, s.columns, counts)
	}
	return true
}

// countAll reads the counts of all streams with one listing, and returns them by virtual host and name. If the listing
// ends with an error, countAll returns the counts that came before the error, too.
func (s *streams) countAll(ctx context.Context) (map[string]record.Row, error) {
	type queue struct {
		counts            record.Row
		vhost, name, kind record.Value
	}
	reader := record.NewReader(func(b *record.Binder, q *queue) {
		for _, count := range countColumns() {
			b.Column(count, func(v record.Value) { q.counts = append(q.counts, v) })
		}
		b.Value("vhost", func(v record.Value) { q.vhost = v })
		b.Value("name", func(v record.Value) { q.name = v })
		b.Value("type", func(v record.Value) { q.kind = v })
	})
	columns := reader.Columns()
	all := map[string]record.Row{}
	for q, err := range reader.All(s.client.Rows(ctx, broker.Path("queues"), statistics.query(columns), columns)) {
		if err != nil {
			return all, err
		}
		if q.kind.Text() == "stream" {
			all[streamKey(q.vhost, q.name)] = q.counts
		}
	}
	return all, nil
}

func streamKey(vhost, name record.Value) string { return string(vhost) + " " + string(name) }

func lacksCounts(row record.Row, columns []record.Column) bool {
	for i, c := range columns {
		if isCount(c.Path()) && row[i].Absent() {
			return true
		}
	}
	return false
}

// fill puts counts, in the order of countColumns, into the absent cells of the row.
func fill(row record.Row, columns []record.Column, counts record.Row) {
	for i, c := range columns {
		for j, count := range countColumns() {
			if j < len(counts) && c.Path() == count.Name && row[i].Absent() {
				row[i] = counts[j]
			}
		}
	}
}
