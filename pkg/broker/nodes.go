package broker

import (
	"context"
	"iter"

	"github.com/rabbitctl/rabbitctl/pkg/beside"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// Nodes lists the cluster's nodes. Figures can be ten seconds old; those of a node that does not run are absent. While
// a silent node does not count as down yet, the nodes are listed without figures, and the rows end with an Incomplete
// error whose cause is a Silence. An empty list is not a valid answer, because there is always a node.
func (c *Client) Nodes(ctx context.Context, columns []record.Column) iter.Seq2[record.Row, error] {
	return func(yield func(record.Row, error) bool) {
		call := c.rollCall(c.Attempt(ctx, Path("nodes"), OfColumns(columns)))
		defer call.Drop()
		if !call.Within(ctx, beside.Share(ctx, 0.9, patienceForRoll)) {
			if s := call.silence(ctx); s != nil {
				call.roll.rows(columns, s.fault("the figures of all nodes are missing here"))(yield)
				return
			}
		}
		if err := call.whole.Err(); err != nil {
			if fail.KindOf(err) == fail.Timeout {
				err = c.noRoll(err)
			}
			yield(nil, err)
			return
		}
		some := false
		for row, err := range call.whole.Rows(ctx, columns) {
			some = true
			if !yield(row, err) {
				return
			}
		}
		if !some {
			yield(nil, c.noNodes(call.whole))
		}
	}
}

// noNodes is the error for an answer without any node, which no broker sends.
func (c *Client) noNodes(a *Attempt) error {
	answer, err := a.Result()
	if err != nil {
		return err
	}
	return c.noAnswer(answer.Request, "a list of no nodes")
}

// noRoll returns the error for the case that not even the names of the nodes came in time.
func (c *Client) noRoll(err error) error {
	e := fail.New(fail.Timeout, "%s did not list its nodes in time", c.base).
		Next("a node of its cluster may be silent: ").Do(fail.WaitForSilent, "15s")
	e.Err = err
	return e
}
