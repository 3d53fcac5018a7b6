package broker

import (
	"context"
	"iter"

	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// streamsOneByOne is how many streams are asked for singly before their counts are read from one whole listing: a
// single queue costs the broker a thousandth of a listing of thousands.
const streamsOneByOne = 100

// withStreamCounts fills in the counts of streams, which only the statistics have. columns end with vhost, name and
// type; the rows are cut to the shown ones before them.
func (c *Client) withStreamCounts(ctx context.Context, rows iter.Seq2[record.Row, error], columns []record.Column, shown int) iter.Seq2[record.Row, error] {
	return func(yield func(record.Row, error) bool) {
		asked := 0
		var all map[string]record.Row
		for row, err := range rows {
			if err == nil && row[len(row)-1].Text() == "stream" && lacksCounts(row, columns) {
				if asked++; asked <= streamsOneByOne {
					c.countStream(ctx, row, columns)
				} else {
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
	}
}

// countColumns are what fill reads, in its order.
func countColumns() []record.Column {
	return []record.Column{{Name: "messages"}, {Name: "messages_ready"}, {Name: "messages_unacknowledged"}}
}

// countStream asks for one stream. What cannot be had stays absent: it costs one cell, not the listing.
func (c *Client) countStream(ctx context.Context, row record.Row, columns []record.Column) {
	raw, err := c.Queue(ctx, row[len(row)-3].Text(), row[len(row)-2].Text())
	if err != nil {
		return
	}
	counts, err := record.NewPicker(countColumns()).Pick(raw)
	if err == nil {
		fill(row, columns, counts)
	}
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
