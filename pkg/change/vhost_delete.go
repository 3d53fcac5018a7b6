package change

import (
	"context"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/prose"
	"github.com/rabbitctl/rabbitctl/pkg/queues"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// RemoveVHost deletes a virtual host. held is the number of its queues. A broker closes a connection on which nothing
// was sent for 60 s, and then stops the deletion (4.3): of 20,000 queues on a busy machine, 5,000 were gone by then,
// and the virtual host still existed. So RemoveVHost sends the request again as long as the number of queues falls. It
// calls waiting to show how many queues are left.
func RemoveVHost(ctx context.Context, c *broker.Client, name string, held int64,
	waiting func(format string, args ...any)) error {
	for before := held; ; {
		err := c.DeleteVHost(ctx, name)
		if kind := fail.KindOf(err); kind != fail.Lost && kind != fail.Timeout {
			return err
		}
		if ctx.Err() != nil {
			return fail.New(fail.KindOf(err), "%w", err).
				Next("the virtual host had %s: run the same command again with --timeout 30m to delete the rest",
					prose.Plural(int(held), "queue", "queues"))
		}
		left, unseen := countOfQueues(ctx, c, name)
		switch {
		case unseen != nil:
			return err
		case left >= before && before < held:
			return fail.New(fail.KindOf(err), "virtual host %s is deleted in part, %d of %s are left: %w", name, left,
				prose.Plural(int(held), "queue", "queues"), err).Next("run the same command again to continue")
		case left >= before:
			return err
		}
		waiting("virtual host %s: %d of %d queues are left", name, left, held)
		before = left
	}
}

func countOfQueues(ctx context.Context, c *broker.Client, vhost string) (n int64, err error) {
	for _, err := range queues.Read(ctx, c, vhost, record.Named("name")) {
		if err != nil {
			return 0, err
		}
		n++
	}
	return n, nil
}
