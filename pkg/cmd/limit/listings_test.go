package limit_test

import (
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/cmd/limit"
	"github.com/rabbitctl/rabbitctl/pkg/internal/cmdtest"
)

func TestListings(t *testing.T) {
	t.Parallel()
	cmdtest.Listings(t, limit.Commands,
		cmdtest.Listing{Line: "list_vhost_limits vhost limits.max-queues",
			Request: "vhost-limits?columns=vhost%2Cvalue", Recorded: "vhost-limits"},
		cmdtest.Listing{Line: "list_user_limits",
			Request: "user-limits?columns=user%2Cvalue", Recorded: "user-limits"},
	)
}
