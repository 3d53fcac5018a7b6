package verb

import (
	"context"
	"iter"
	"slices"
	"time"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/change"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/prose"
	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// AllGone makes the Look of a Bulk that deletes objects outside virtual hosts: one listing shows whether all are gone.
func AllGone[T Chosen](noun string, names func(context.Context, *broker.Client, string) ([]string, error)) func(
	context.Context, change.Site, []T) error {
	return func(ctx context.Context, at change.Site, done []T) error {
		left, err := names(ctx, at.Broker, "")
		var still []string
		for _, one := range done {
			if _, name := one.Names(); slices.Contains(left, name) {
				still = append(still, name)
			}
		}
		return gone(noun, still, err, "run the same command again, unless somebody added the same name again on purpose")
	}
}

// AllGoneFrom makes the Look of a Bulk that deletes objects in virtual hosts. It lists the names once, and lists them
// again for some seconds while a deleted object still exists.
func AllGoneFrom[T Chosen](noun string, list func(ctx context.Context, c *broker.Client, vhost string,
	columns []record.Column) iter.Seq2[record.Row, error]) func(context.Context, change.Site, []T) error {
	type named struct{ vhost, name string }
	reader := record.NewReader(func(b *record.Binder, n *named) {
		b.Text("vhost", &n.vhost)
		b.Text("name", &n.name)
	})
	return func(ctx context.Context, at change.Site, done []T) error {
		var still []string
		_, err := at.Until(ctx, 5*time.Second, 100*time.Millisecond, time.Second, func() (bool, error) {
			still = nil
			there := map[named]bool{}
			for n, err := range reader.All(list(ctx, at.Broker, at.VHost, reader.Columns())) {
				if err != nil {
					return false, err
				}
				there[n] = true
			}
			for _, one := range done {
				vhost, name := one.Names()
				if there[named{vhost, name}] {
					still = append(still, Label(one, at.VHost))
				}
			}
			return len(still) == 0, nil
		})
		return gone(noun, still, err, "does a client declare again what was deleted?")
	}
}

// gone returns an error if some of the deleted objects still exist, or if this is not known.
func gone(noun string, still []string, unknown error, next string) error {
	switch {
	case unknown != nil:
		return fail.New(fail.Incomplete, "the broker accepted the deletions, but it is not known whether the %ss are "+
			"gone: %w", noun, unknown)
	case len(still) > 0:
		return fail.New(fail.Incomplete, "%s %s",
			prose.Plural(len(still), "deleted "+noun+" still exists or exists again:",
				"deleted "+noun+"s still exist or exist again, such as"), still[0]).Next("%s", next)
	}
	return nil
}
