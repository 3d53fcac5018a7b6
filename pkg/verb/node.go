package verb

import (
	"context"
	"iter"

	"github.com/spf13/pflag"

	"github.com/rabbitctl/rabbitctl/pkg/app"
	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/config"
	"github.com/rabbitctl/rabbitctl/pkg/erlang"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/inside"
	"github.com/rabbitctl/rabbitctl/pkg/record"
	"github.com/rabbitctl/rabbitctl/pkg/render"
)

// OverErlang is added to the help of every command that HTTP cannot do.
const OverErlang = `

The management API has no such request, so the command talks to the node of --node over Erlang distribution, as
rabbitmqctl does, and needs the Erlang cookie (see rabbitctl help transports).`

// NodeFlags adds the flags of a command that asks a node over Erlang distribution. Then it calls the function own,
// which adds further flags; own may be nil.
func NodeFlags(own func(*pflag.FlagSet)) func(*pflag.FlagSet) {
	return func(fs *pflag.FlagSet) {
		config.BindDistributionFlags(fs)
		if own != nil {
			own(fs)
		}
	}
}

// FromNode makes the Read or the Text of a Show that asks a node over Erlang distribution.
func FromNode[T any](
	read func(ctx context.Context, n inside.Node, ask Ask) (T, error),
) func(context.Context, *broker.Client, Ask) (T, error) {
	return func(ctx context.Context, _ *broker.Client, ask Ask) (T, error) {
		node, err := ask.app.Node("")
		if err != nil {
			var none T
			return none, err
		}
		defer node.Close()
		got, err := read(ctx, node, ask)
		if d, ok := any(got).(record.Document); ok {
			got, _ = any(ByErlang(ask, d)).(T)
		}
		return got, err
	}
}

// ByErlang adds to a node's answer the transport over which it came, if a program reads the answer.
func ByErlang(ask Ask, d record.Document) record.Document {
	if len(d) == 0 || !forPrograms(ask.app) {
		return d
	}
	return append(record.Document{record.Fields("", transports(Erlang))}, d...)
}

// NodeInstead asks the node itself for facts that its management API does not have, or cannot report because it does
// not answer. It does so only if an option, a variable or the context gives the Erlang cookie. If it does not ask, its
// error is the reason; if the node cannot be asked either, the error says that, too.
func NodeInstead[T any](ctx context.Context, ask Ask, reason error,
	read func(ctx context.Context, n inside.Node) (T, error)) (got T, err error) {
	switch {
	case ask.app.TellsCookie():
	case unanswered(reason):
		next := fail.HintOf(reason).Say("--erlang-cookie-file FILE, with --node NAME@HOST, asks the node itself: " +
			"rabbitctl help transports")
		return got, fail.New(fail.KindOf(reason), "%w", &looked{reason}).Advise(next)
	default:
		return got, reason
	}
	connect := ask.app.Node
	if unanswered(reason) {
		connect = ask.app.SilentNode
	}
	node, err := connect("")
	if err != nil {
		return got, reason
	}
	defer node.Close()
	if got, err = read(ctx, node); err != nil {
		return got, unasked(ask.app, reason, err)
	}
	return got, nil
}

// forPrograms tells whether the format of the answer is for programs. If so, the answer names its transport.
func forPrograms(a *app.App) bool {
	f, err := format(a)
	return err == nil && (f == render.JSON || f == render.YAML)
}

// RowsFromNode makes the Rows of a List that asks a node over Erlang distribution. read calls add for each row, with
// values by column name. add returns an error when no more rows are wanted.
func RowsFromNode(read func(ctx context.Context, n inside.Node, ask Ask,
	add func(map[string]record.Value) error) error) Rows {
	return func(ctx context.Context, c *broker.Client, ask Ask, columns []record.Column) iter.Seq2[record.Row, error] {
		return WholeRowsFromNode(func(ctx context.Context, n inside.Node, ask Ask, add func(record.Row) error) error {
			return read(ctx, n, ask, func(values map[string]record.Value) error {
				return add(record.Filled(columns, values))
			})
		})(ctx, c, ask, columns)
	}
}

// WholeRowsFromNode is RowsFromNode for very many rows: read makes the rows itself, with a value for each column.
func WholeRowsFromNode(read func(ctx context.Context, n inside.Node, ask Ask, add func(record.Row) error) error) Rows {
	return func(ctx context.Context, c *broker.Client, ask Ask, _ []record.Column) iter.Seq2[record.Row, error] {
		return func(yield func(record.Row, error) bool) {
			_, err := FromNode(func(ctx context.Context, n inside.Node, ask Ask) (struct{}, error) {
				return struct{}{}, read(ctx, n, ask, func(row record.Row) error {
					if !yield(row, nil) {
						return errEnough
					}
					return nil
				})
			})(ctx, c, ask)
			if err != nil && err != errEnough { //nolint:errorlint // it is ours, as it is
				yield(nil, err)
			}
		}
	}
}

// OwnCookie makes the Read of a Show that prints where the Erlang cookie of the settings comes from, and its hash, but
// not the cookie.
func OwnCookie() func(context.Context, *broker.Client, Ask) (record.Document, error) {
	return func(ctx context.Context, _ *broker.Client, ask Ask) (record.Document, error) {
		hash, from, err := ask.app.CookieHash(ctx)
		if err != nil {
			return nil, err
		}
		return record.Document{record.Fields("",
			record.Field{Column: record.Column{Name: "source"}, Value: record.Of(from)},
			record.Field{Column: record.Column{Name: "cookie_hash"}, Value: record.Of(hash)})}, nil
	}
}

// RowOfPairs makes a row of a listing from the pairs that a node sent. names maps the node's names to column names; nil
// means that both are the same. The atom undefined becomes no value.
func RowOfPairs(row erlang.Term, names map[string]string) map[string]record.Value {
	out := map[string]record.Value{}
	for _, p := range inside.Terms(row) {
		name := p.Name
		if names != nil {
			name = names[p.Name]
		}
		switch v := p.Value.(type) {
		case erlang.Number:
			out[name] = record.Value(v)
		case erlang.Atom:
			switch v {
			case "true", "false":
				out[name] = record.Of(v == "true")
			case "", "undefined":
			default:
				out[name] = record.Of(string(v))
			}
		default:
			out[name] = record.Of(erlang.Cell(v))
		}
	}
	return out
}
