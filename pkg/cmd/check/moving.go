package check

import (
	"context"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/health"
	"github.com/rabbitctl/rabbitctl/pkg/survey"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

// noneFound adds the advice to use --missing ok, if the check found nothing and its verdict is not OK.
func noneFound(r health.Result, found int) health.Result {
	if found == 0 && r.Status != health.OK {
		r.Details = append(r.Details, "next: --missing ok says that there may be none")
	}
	return r
}

// moving makes a report of a result, and adds which virtual hosts were looked at. It returns an error if the user sees
// no virtual host, since such a user gets an empty listing.
func moving(ctx context.Context, c *broker.Client, vhost string, result health.Result) (verb.Report, error) {
	sight, err := survey.See(ctx, c, vhost)
	if err != nil {
		return verb.Report{}, err
	}
	result.LookedAt = sight.String()
	if vhost != "" {
		result.LookedAt = "virtual host " + vhost
	}
	return verb.Report{Result: result}, nil
}
