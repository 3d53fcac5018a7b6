package change

import (
	"context"
	"fmt"
	"time"

	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/prose"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// PurgeQueue drops the ready messages of a queue. Its Op has Removes, as for a deletion, so rabbitctl has a flag with
// which a missing queue is not a failure.
func PurgeQueue() Op {
	g := &guard{}
	var name string
	return Op{
		Name: "purge_queue", Noun: "queue", Scoped: true, Loses: true, Removes: true, Each: true,
		Params: []Param{Arg("queue", &name, QueueNames), g.expect.Param("each queue holds")},
		Plan: func(ctx context.Context, at Site) (*Plan, error) {
			if at.Official {
				return Once("purge queue "+name+" in virtual host "+at.VHost, "purged", func(ctx context.Context) error {
					return missingQueue(at, name, at.Broker.PurgeQueue(ctx, at.VHost, name))
				}), nil
			}
			return g.purge(ctx, at, name)
		},
	}
}

func (g *guard) purge(ctx context.Context, at Site, name string) (*Plan, error) {
	q, err := g.look(ctx, at, name)
	switch {
	case err != nil:
		return nil, err
	case q.kind.Text() == "stream":
		return nil, fail.New(fail.Data, "refused: queue %s is a stream, and streams cannot be purged", name).
			Next("a policy with max-age or max-length-bytes drops its oldest segments")
	case q.stopped():
		return nil, fail.New(fail.Incomplete,
			"queue %s exists, but cannot be purged: it does not run (state %s, node %s)", name, q.state.Text(),
			q.node.Text()).
			Next("rabbitctl list_nodes shows whether the node runs, rabbitctl list_vhosts name cluster_state whether the " +
				"virtual host runs there; if both do, look in the node's log")
	}
	apply := func(ctx context.Context) (Outcome, error) {
		before, err := g.lookOnce(ctx, at, name)
		if err != nil {
			return Outcome{}, err
		}
		return purged(ctx, at, name, before)
	}
	return &Plan{Hits: q.hits(), Notes: q.ages(),
		Steps: []Step{{Action: "purge queue " + name + " in virtual host " + at.VHost, Do: apply}}}, nil
}

// purged purges the queue, and counts its messages again. The count of a quorum queue is some seconds late.
func purged(ctx context.Context, at Site, name string, before countedQueue) (Outcome, error) {
	if err := at.Broker.PurgeQueue(ctx, at.VHost, name); err != nil {
		return Outcome{}, wentAway("purged", name, err)
	}
	var after countedQueue
	if _, err := settle(ctx, at, 8*time.Second, func() (bool, error) {
		var err error
		after, err = countQueue(ctx, at, name)
		return after.countsKnown && after.readyCount == 0, err
	}); err != nil {
		return Outcome{}, unseen("purge", name, err)
	}
	figure := func(name string, v record.Value) record.Field {
		return record.Field{Column: record.Column{Name: name, Kind: record.Count}, Value: v}
	}
	o := Outcome{Word: "purged", Facts: record.Document{record.Fields("",
		figure("ready_before", before.ready), figure("ready_after", after.ready),
		figure("unacknowledged_stay", after.unacked))}}
	if before.lags() {
		o.Notes = append(o.Notes, "the counts of a "+before.kind.Text()+
			" queue can be up to 5 s old, so more may have been dropped")
	}
	if after.unackedCount > 0 {
		o.Notes = append(o.Notes, fmt.Sprintf("unacknowledged messages: %d; a purge does not drop them",
			after.unackedCount))
	}
	if after.readyCount > 0 {
		o.Notes = append(o.Notes, prose.Plural(int(after.readyCount), "message is", "messages are")+
			" counted as ready after the purge: published or requeued since then, or the count is not up to date")
	}
	return o, nil
}
