package broker

import (
	"context"
	"iter"
	"time"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// streamsOneByOne is how many streams are asked for singly before their counts are read from one whole listing: a
// single queue costs the broker a thousandth of a listing of thousands.
const streamsOneByOne = 100

// withStreamCounts fills in the counts of streams, which only the statistics have. columns end with vhost, name and
// type; the rows are cut to the shown ones before them.
func (c *Client) withStreamCounts(ctx context.Context, rows iter.Seq2[record.Row, error], columns []record.Column, shown int) iter.Seq2[record.Row, error] {
	return func(yield func(record.Row, error) bool) {
		asked, silent := 0, 0
		var all map[string]record.Row
		for row, err := range rows {
			if err == nil && row[len(row)-1].Text() == "stream" && lacksCounts(row, columns) {
				switch asked++; {
				case silent > 0:
					// The next would cost as much time, and the rows behind it are worth more.
					silent++
				case asked <= streamsOneByOne:
					if !c.countStream(ctx, row, columns) {
						silent++
					}
				default:
					if all == nil {
						all = c.streamCounts(ctx)
					}
					fill(row, columns, all[streamKey(row[len(row)-3], row[len(row)-2])])
				}
			}
			if err == nil {
				row = row[:shown:shown]
			}
			if !yield(row, err) || err != nil {
				return
			}
		}
		if silent > 0 {
			yield(nil, fail.New(fail.Incomplete, "%d streams of %s did not tell their counts in time", silent, c.base).
				Next("rabbitctl list_nodes shows whether a node is missing"))
		}
	}
}

// countColumns are what fill reads, in its order.
func countColumns() []record.Column {
	return []record.Column{{Name: "messages"}, {Name: "messages_ready"}, {Name: "messages_unacknowledged"}}
}

// streamPatience is how long one stream may take to tell its counts.
const streamPatience = 5 * time.Second

// countStream asks for one stream, and is false when there was no answer in time. What cannot be had stays absent, as for
// a stream that was deleted meanwhile: it costs one cell, not the listing.
func (c *Client) countStream(ctx context.Context, row record.Row, columns []record.Column) bool {
	ctx, cancel := context.WithTimeout(ctx, share(ctx, 0.5, streamPatience))
	defer cancel()
	raw, err := c.Queue(ctx, row[len(row)-3].Text(), row[len(row)-2].Text())
	if err != nil {
		return fail.KindOf(err) != fail.Timeout && fail.KindOf(err) != fail.Incomplete
	}
	counts, err := record.NewPicker(countColumns()).Pick(raw)
	if err == nil {
		fill(row, columns, counts)
	}
	return true
}

// streamCounts asks for all streams at once, by virtual host and name.
func (c *Client) streamCounts(ctx context.Context) map[string]record.Row {
	columns := append(countColumns(), record.Column{Name: "vhost"}, record.Column{Name: "name"}, record.Column{Name: "type"})
	all := map[string]record.Row{}
	for row, err := range c.rows(ctx, Path("queues"), planStats(columns), columns) {
		if err != nil {
			break
		}
		if row[5].Text() == "stream" {
			all[streamKey(row[3], row[4])] = row
		}
	}
	return all
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

// fill puts counts, in the order of countColumns, where the row has none.
func fill(row record.Row, columns []record.Column, counts record.Row) {
	for i, c := range columns {
		for j, count := range countColumns() {
			if j < len(counts) && c.Path() == count.Name && row[i].Absent() {
				row[i] = counts[j]
			}
		}
	}
}
