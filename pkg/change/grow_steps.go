package change

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/prose"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// telling is a function that takes the number of a queue's members after a change, and the error of the change. If it
// returns an error, the step ends at once with that error.
type telling func(size int, err error) error

func (g *growing) plan(ctx context.Context, at Site, way raft, what string, wanted func(replicated) bool,
	do func(context.Context, replicated, telling) error) (*Plan, error) {
	all, err := way.queues(ctx, wanted)
	if err != nil {
		return nil, err
	}
	if len(all) == 0 && !at.Official {
		return Finished("unchanged"), nil
	}
	s := record.Section{Name: "queues", Columns: []record.Column{{Name: "vhost"}, {Name: "queue"},
		{Name: "members", Kind: record.List}}}
	plan, word := &Plan{Node: byNode(way)}, "grown"
	if g.shrinks {
		word = "shrunk"
	}
	for _, q := range all {
		if g.shrinks && len(q.members) == 1 && !at.Official {
			plan.Steps = append(plan.Steps, Step{Item: q.item(), Settled: &Outcome{Word: "kept",
				Notes: []string{"its only member is on node " + g.node + ", and the only member cannot be deleted"}}})
			continue
		}
		s.Rows = append(s.Rows, record.Row{record.Of(q.vhost), record.Of(q.name), record.Of(q.members)})
		plan.Steps = append(plan.Steps, Step{Item: q.item(),
			Action: strings.TrimSuffix(what, " each of") + " queue " + q.name + " in virtual host " + q.vhost,
			Do:     func(ctx context.Context) (Outcome, error) { return q.attempt(ctx, way, word, do) }})
	}
	plan.Hits = record.Document{s}
	plan.Summary = what + " " + prose.Plural(len(s.Rows), "quorum queue", "quorum queues")
	if !g.shrinks {
		plan.Dangers = []string{"each new member copies all messages of its queue"}
	}
	return plan, nil
}

func (q replicated) item() string { return q.name + " in virtual host " + q.vhost }

// attempt changes one queue. If the broker refuses the change, or the API cannot address the queue's name, the outcome
// is a failed one; if the queue was deleted, it is "absent". If no request gets through, the broker has no such
// request, or the user may not send it, attempt returns an error.
func (q replicated) attempt(ctx context.Context, way raft, word string,
	do func(context.Context, replicated, telling) error) (Outcome, error) {
	o := Outcome{Word: word}
	rows := record.Section{Name: "members", Columns: memberColumns()}
	add := func(size record.Value, result string) {
		rows.Rows = append(rows.Rows, record.Row{record.Of(q.vhost), record.Of(q.name), size, record.Of(result)})
		if result != "ok" {
			o.Word, o.Failed = "failed", fail.New(fail.Unavailable, "%s", strings.TrimPrefix(result, "error: "))
		}
	}
	var err error
	begun := false
	if !way.names(q.vhost, q.name) {
		add(record.Of(len(q.members)), "error: the HTTP API cannot address such a name")
	} else {
		err = do(ctx, q, func(size int, err error) error {
			reason := refusal(err)
			last := errors.Is(err, ErrLastMember)
			switch {
			case broker.IsNotFound(err), reason == "not_found":
				o.Word = "absent" // the queue was deleted meanwhile
			case err == nil:
				begun = true
				add(record.Of(size), "ok")
			case !last && (broker.IsNotOffered(err) || reason == "" || broker.Status(err) == 401 || broker.Status(err) == 403):
				return err
			case reason == "timeout":
				add(nil, "error: the operation timed out and may not have been completed")
			case last, reason == "last_node":
				add(record.Of(size), "error: "+ErrLastMember.Error())
			default:
				add(record.Of(size), "error: "+reason)
				o.Failed = fail.New(fail.Unavailable, "the broker refused: %s", reason)
			}
			return nil
		})
	}
	o.Facts = record.Document{rows}
	if err != nil && begun {
		o.Word = "incomplete"
	}
	return o, err
}

const memberPause = 500 * time.Millisecond

// grown adds a member on a node to a queue that has size members, and returns how many it has then. The broker refuses
// a new member until the previous new member has caught up, so the request is repeated for about 10 s.
func (g *growing) grown(ctx context.Context, at Site, way raft, q replicated, node string, size int) (int, error) {
	for tries := 0; ; tries++ {
		err := way.add(ctx, q.vhost, q.name, node, g.member())
		switch {
		case err == nil:
			return size + 1, nil
		case tries == 20 || !strings.Contains(refusal(err), "non_voters_found") || at.Sleep(ctx, memberPause) != nil:
			return size, err
		}
	}
}

// shrunk removes the member that a queue has on g.node, and returns how many members are left. The only member stays,
// and the error is ErrLastMember.
func (g *growing) shrunk(ctx context.Context, at Site, way raft, q replicated) (int, error) {
	if len(q.members) == 1 {
		return 1, ErrLastMember
	}
	err := way.remove(ctx, q.vhost, q.name, g.node)
	if strings.Contains(refusal(err), "cluster_change_not_permitted") && at.Sleep(ctx, memberPause) == nil {
		// A new leader refuses the change until it has written its first entry. The broker's own request for all queues tries
		// again, too.
		err = way.remove(ctx, q.vhost, q.name, g.node)
	}
	if err != nil {
		return len(q.members), err
	}
	return len(q.members) - 1, nil
}
