package queues

import (
	"context"

	"github.com/rabbitctl/rabbitctl/pkg/beside"
	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// sick lists the queues of a cluster if the asked node sees only a part of that cluster.
func (r *run) sick(ctx context.Context, s broker.Standing) rows {
	end := s.Fault("counts of queues that are held or replicated there may be missing")
	// Two answers have the rows: the one from the queues themselves, and the one from the statistics. One of them can be
	// late, or never come, while the other one comes.
	first, from := r.listing, r.plan.from
	if from == totals && !first.Within(ctx, beside.Share(ctx, 0.3, patienceForNodes)) {
		second := r.ask(ctx, statistics.query(r.plan.columns))
		if !first.Within(ctx, beside.Share(ctx, 0.5, patienceForNodes)) {
			first, from = second, statistics
		}
	}
	sight := r.sightOf(s)
	if !first.Within(ctx, beside.Share(ctx, 0.5, patienceForNodes)) {
		return r.named(ctx, first, func() error { return end }, func() rows {
			return sight.mend(first.Rows(ctx, r.plan.columns))
		})
	}
	if err := first.Err(); err != nil {
		return record.Failing(err)
	}
	all := first.Rows(ctx, r.plan.columns)
	if from == totals && r.plan.streams {
		all = withStreamCounts(ctx, r.client, all, r.plan.columns)
	}
	all = sight.mend(all)
	if from == totals {
		all = follow(all, func() rows { return r.leftOut(ctx, sight) })
	}
	return r.wish.endWith(all, end)
}

// leftOut lists the queues that are missing in the listing of totals: 4.3 leaves out classic queues of a node that does
// not run. A listing without totals shows them, with the state down. If this request fails, only these rows are
// missing: the listing ends with an error in any case.
func (r *run) leftOut(ctx context.Context, sight *sight) rows {
	return func(yield func(record.Row, error) bool) {
		ctx, cancel := context.WithTimeout(ctx, beside.Share(ctx, 0.5, patienceForNodes))
		defer cancel()
		all := r.client.Rows(ctx, r.path(), declared.query(r.plan.columns), r.plan.columns)
		for row, err := range sight.mend(all) {
			if err != nil || !yield(row, nil) {
				return
			}
		}
	}
}

// sight is what a node knows of the queues if it sees only a part of its cluster.
type sight struct {
	columns  []record.Column
	standing broker.Standing
	// seen are the queues listed so far.
	seen map[string]bool
}

func (r *run) sightOf(s broker.Standing) *sight {
	return &sight{r.facts.columns, s, map[string]bool{}}
}

// mend takes out of the rows what the answering node cannot know. It skips a queue that it has yielded before. In each
// row of the argument all, the sight columns follow after the columns of s.
func (s *sight) mend(all rows) rows {
	n := len(s.columns)
	return func(yield func(record.Row, error) bool) {
		for row, err := range all {
			if err != nil {
				yield(nil, err)
				return
			}
			key := streamKey(row[n+3], row[n+4])
			if s.seen[key] {
				continue
			}
			s.seen[key] = true
			s.blank(row)
			if !yield(row[:n:n], nil) {
				return
			}
		}
	}
}

// blank empties the cells that the asked node cannot know.
func (s *sight) blank(row record.Row) {
	n := len(s.columns)
	messages, state, place, kind := row[n], row[n+1].Text(), row[n+2].Text(), row[n+5].Text()
	gone := s.standing.Lacks(place) || state == "down"
	// If the other members of a replicated queue are missing, the node reports the count 0, whatever the queue holds.
	nothing := string(messages) == "0" && kind != "classic"
	for i, c := range s.columns {
		path := c.Path()
		if isDeclared(root(path)) || c.Const != nil {
			continue
		}
		// On 3.10 the state live says only that a queue is known, not that it runs.
		live := path == "state" && row[i].Text() == "live"
		if live || nothing && isCount(path) || gone && !isPlace(path) {
			row[i] = nil
		}
	}
}

// isPlace tells whether this property of a queue is known even if the queue's node does not answer.
func isPlace(path string) bool {
	return path == "node" || path == "leader" || path == "members" || path == "state"
}
