package verb

import (
	"context"
	"iter"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/record"
	"github.com/rabbitctl/rabbitctl/pkg/steps"
)

// Rows asks the broker for the rows of a listing with exactly these columns.
type Rows func(ctx context.Context, c *broker.Client, ask Ask, columns []record.Column) iter.Seq2[record.Row, error]

// OfVHost makes Rows of a method that lists objects in virtual hosts: (*broker.Client).Exchanges.
func OfVHost(
	list func(c *broker.Client, ctx context.Context, vhost string, columns []record.Column) iter.Seq2[record.Row, error],
) Rows {
	return func(ctx context.Context, c *broker.Client, ask Ask, columns []record.Column) iter.Seq2[record.Row, error] {
		return list(c, ctx, ask.VHost, columns)
	}
}

// OfBroker makes Rows of a method that lists objects outside virtual hosts: (*broker.Client).Nodes.
func OfBroker(
	list func(c *broker.Client, ctx context.Context, columns []record.Column) iter.Seq2[record.Row, error],
) Rows {
	return func(ctx context.Context, c *broker.Client, _ Ask, columns []record.Column) iter.Seq2[record.Row, error] {
		return list(c, ctx, columns)
	}
}

// OfArg makes Rows of a method that lists objects of the owner that the first argument names:
// (*broker.Client).UserPermissions.
func OfArg(
	list func(c *broker.Client, ctx context.Context, owner string, columns []record.Column) iter.Seq2[record.Row, error],
) Rows {
	return func(ctx context.Context, c *broker.Client, ask Ask, columns []record.Column) iter.Seq2[record.Row, error] {
		return list(c, ctx, ask.Args[0], columns)
	}
}

// OfNodes is for Rows that the API may silently leave out while a node does not run or does not answer. So OfNodes
// reads the state of the nodes after the rows. If a node is missing, the rows end as incomplete.
func OfNodes(rows Rows) Rows {
	return func(ctx context.Context, c *broker.Client, ask Ask, columns []record.Column) iter.Seq2[record.Row, error] {
		return func(yield func(record.Row, error) bool) {
			for row, err := range rows(broker.Patiently(ctx), c, ask, columns) {
				if !yield(row, err) || err != nil {
					return
				}
			}
			if _, err := c.Attendance(ctx); err != nil {
				yield(nil, err)
			}
		}
	}
}

// OfFigures is for Rows about the nodes themselves. If a running node has not reported figures yet, OfFigures writes a
// note that says why the figures are empty.
func OfFigures(rows Rows) Rows {
	return func(ctx context.Context, c *broker.Client, ask Ask, columns []record.Column) iter.Seq2[record.Row, error] {
		return func(yield func(record.Row, error) bool) {
			for row, err := range rows(ctx, c, ask, columns) {
				if !yield(row, err) || err != nil {
					return
				}
			}
			SayUntold(ctx, c, ask)
		}
	}
}

// SayUntold writes a note if a running node has no figures. The note says why.
func SayUntold(ctx context.Context, c *broker.Client, ask Ask) {
	if why := c.WhyNoFigures(ctx); why != "" {
		ask.Note("%s", why)
	}
}

// OfClients is OfNodes for connections, channels, consumers or publishers. To a user without the tag monitoring the API
// silently shows only that user's own, so OfClients writes a note about this. what names the rows: "connections".
func OfClients(what string, rows Rows) Rows {
	return func(ctx context.Context, c *broker.Client, ask Ask, columns []record.Column) iter.Seq2[record.Row, error] {
		return func(yield func(record.Row, error) bool) {
			for row, err := range rows(ctx, c, ask, columns) {
				if !yield(row, err) || err != nil {
					return
				}
			}
			told, err := c.Attendance(ctx)
			if err != nil {
				yield(nil, err)
			} else if !told {
				why := c.Hidden(ctx, what+" of other users")
				ask.Note("%s (%s)", why, steps.Words(why.Hint))
			}
		}
	}
}

// WithoutSecrets is for Rows that can contain URIs. Unless Ask.AsSent is set, it masks the passwords in these URIs
// before rows are filtered or printed.
func WithoutSecrets(rows Rows) Rows {
	return func(ctx context.Context, c *broker.Client, ask Ask, columns []record.Column) iter.Seq2[record.Row, error] {
		if ask.AsSent {
			return rows(ctx, c, ask, columns)
		}
		return func(yield func(record.Row, error) bool) {
			for row, err := range rows(ctx, c, ask, columns) {
				for i := range row {
					row[i] = row[i].WithoutSecrets()
				}
				if !yield(row, err) {
					return
				}
			}
		}
	}
}
