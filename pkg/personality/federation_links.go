package personality

import (
	"context"

	"github.com/rabbitctl/rabbitctl/pkg/change"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
)

// linkChanges returns the commands about federation links.
func linkChanges() []command {
	return []command{
		ofOp(change.RestartFederationLink, command{
			usage:  "restart_federation_link <link_id>",
			banner: func(c *call) string { return "Restarting federation link " + c.args[0] + " on node " + c.node },
		}, linkRestarted),
	}
}

func linkRestarted(_ context.Context, _ *call, _ change.Outcome, err error) (answer, error) {
	if change.MissingOf(err) != nil {
		err = no(fail.Unavailable, "Link with the given ID was not found")
	}
	return answer{}, err
}
