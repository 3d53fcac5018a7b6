package verb

import (
	"context"
	"slices"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/change"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/prose"
)

// AllGone is the Look of a Bulk that deletes what is in no virtual host: one listing shows whether all are gone.
func AllGone[T Chosen](noun string, names func(context.Context, *broker.Client, string) ([]string, error)) func(
	context.Context, change.Site, []T) error {
	return func(ctx context.Context, at change.Site, done []T) error {
		left, err := names(ctx, at.Broker, "")
		if err != nil {
			return fail.New(fail.Incomplete, "the deletions were taken, but it is not known whether the %ss are gone: %w", noun, err)
		}
		var still []string
		for _, one := range done {
			if _, name := one.Names(); slices.Contains(left, name) {
				still = append(still, name)
			}
		}
		if len(still) == 0 {
			return nil
		}
		return fail.New(fail.Incomplete, "%s there again or still, the first is %s",
			prose.Plural(len(still), "deleted "+noun+" is", "deleted "+noun+"s are"), still[0]).
			Next("did somebody else add it in the meantime?")
	}
}
