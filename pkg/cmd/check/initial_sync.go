package check

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/health"
	"github.com/rabbitctl/rabbitctl/pkg/prose"
	"github.com/rabbitctl/rabbitctl/pkg/queues"
	"github.com/rabbitctl/rabbitctl/pkg/record"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

func checkInitialSync() verb.Check {
	return verb.Check{
		Name:  "check_if_new_quorum_queue_replicas_have_finished_initial_sync",
		Short: "Check that no new member of a quorum queue is still copying messages",
		Long: `Check that no new member of a quorum queue is still copying messages, in all virtual hosts unless -p names
one. Such a member does not vote yet, and is CRITICAL: if the node of another member is stopped before the new
member votes, the queue can lose its majority. The check sends one request for each quorum queue. Releases
before 3.13.7 do not report the members' state: if there is a quorum queue, the check is UNKNOWN there.`,
		Example: "  rabbitctl check_if_new_quorum_queue_replicas_have_finished_initial_sync",
		Scoped:  true,
		Run: func(ctx context.Context, c *broker.Client, ask verb.Ask) (verb.Report, error) {
			type queue struct{ vhost, name, kind string }
			reader := record.NewReader(func(b *record.Binder, q *queue) {
				b.Text("vhost", &q.vhost)
				b.Text("name", &q.name)
				b.Text("type", &q.kind)
			})
			var all [][2]string
			for q, err := range reader.All(queues.Read(ctx, c, ask.VHost, reader.Columns())) {
				if err != nil {
					return verb.Report{}, err
				}
				if q.kind == "quorum" {
					all = append(all, [2]string{q.vhost, q.name})
				}
			}
			syncing, err := unsynced(ctx, c, all, ask)
			if err != nil {
				return verb.Report{}, err
			}
			r := health.Result{Summary: fmt.Sprintf("no member of %d quorum queues is still copying", len(all))}
			if len(syncing) > 0 {
				r.Status, r.Summary = health.Critical, fmt.Sprintf("%s still copying: %s",
					prose.Plural(len(syncing), "member is", "members are"), strings.Join(first(syncing, 5), ", "))
				r.Details = syncing
			}
			r.Figures = []health.Figure{{Label: "copying", Value: float64(len(syncing)), Critical: "0"}}
			return moving(ctx, c, ask.VHost, r)
		},
	}
}

// unsynced returns the members that are still copying. It sends at most four requests at a time, one for each queue,
// since each request makes the broker ask every member of the queue.
func unsynced(ctx context.Context, c *broker.Client, queues [][2]string, ask verb.Ask) ([]string, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var (
		mu     sync.Mutex
		found  []string
		failed error
		next   int
		wait   sync.WaitGroup
	)
	for range 4 {
		wait.Go(func() {
			for {
				mu.Lock()
				if failed != nil || next == len(queues) {
					mu.Unlock()
					return
				}
				q := queues[next]
				next++
				ask.Waiting("asking for quorum queue %d of %d", next, len(queues))
				mu.Unlock()
				members, err := c.QuorumStatus(ctx, q[0], q[1])
				mu.Lock()
				if err != nil && failed == nil {
					failed = err
					cancel()
				}
				for _, m := range members {
					if m.At("Membership").Text() == "promotable" {
						found = append(found, fmt.Sprintf("%s in virtual host %s on %s", q[1], q[0], m.At("Node Name").Text()))
					}
				}
				mu.Unlock()
			}
		})
	}
	wait.Wait()
	slices.Sort(found)
	return found, failed
}

// first returns the first n words, with an ellipsis after them if there are more.
func first(words []string, n int) []string {
	if len(words) <= n {
		return words
	}
	return append(slices.Clone(words[:n]), "…")
}
