package survey

import (
	"context"
	"iter"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/health"
	"github.com/rabbitctl/rabbitctl/pkg/queues"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// listing is a method of the client that lists objects.
type listing func(*broker.Client, context.Context, []record.Column) iter.Seq2[record.Row, error]

// within makes a listing out of a method that takes an owner: a virtual host ("" means all of them) or a user. The
// listing has only the objects of this owner, which the argument vhost names.
func within(vhost string,
	rows func(*broker.Client, context.Context, string, []record.Column) iter.Seq2[record.Row, error]) listing {
	return func(c *broker.Client, ctx context.Context, columns []record.Column) iter.Seq2[record.Row, error] {
		return rows(c, ctx, vhost, columns)
	}
}

// queuesIn makes a listing of the queues of one virtual host, or of all if vhost is "".
func queuesIn(vhost string) listing {
	return func(c *broker.Client, ctx context.Context, columns []record.Column) iter.Seq2[record.Row, error] {
		return queues.Read(ctx, c, vhost, columns)
	}
}

// listed reads the rows of a listing, each as a T. If the listing breaks off, it returns the rows before the error
// together with the error.
func listed[T any](ctx context.Context, c *broker.Client, rows listing, bind func(*record.Binder, *T)) ([]T, error) {
	reader := record.NewReader(bind)
	var out []T
	err := each(reader.All(rows(c, ctx, reader.Columns())), func(one T) { out = append(out, one) })
	return out, err
}

// reading binds a figure, which may be something other than a number.
func reading(b *record.Binder, name string, into *health.Reading) {
	b.Value(name, func(v record.Value) { *into = Reading(v) })
}

// each calls f with each row of a listing until the listing ends or has an error.
func each[T any](rows iter.Seq2[T, error], f func(T)) error {
	for row, err := range rows {
		if err != nil {
			return err
		}
		f(row)
	}
	return nil
}
