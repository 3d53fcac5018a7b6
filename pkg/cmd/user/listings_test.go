package user_test

import (
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/cmd/user"
	"github.com/rabbitctl/rabbitctl/pkg/internal/cmdtest"
)

func TestListings(t *testing.T) {
	t.Parallel()
	cmdtest.Listings(t, user.Commands,
		cmdtest.Listing{Line: "list_users",
			Request: "users?columns=name%2Ctags", Recorded: "users"},
		cmdtest.Listing{Line: "list_permissions",
			Request: "permissions?columns=vhost%2Cuser%2Cconfigure%2Cwrite%2Cread", Recorded: "permissions"},
		cmdtest.Listing{Line: "list_permissions -p /",
			Request: "vhosts/%2F/permissions?columns=vhost%2Cuser%2Cconfigure%2Cwrite%2Cread", Recorded: "vhost-permissions"},
		cmdtest.Listing{Line: "list_user_permissions app",
			Request: "users/app/permissions?columns=vhost%2Cconfigure%2Cwrite%2Cread", Recorded: "user-permissions"},
		cmdtest.Listing{Line: "list_topic_permissions",
			Request: "topic-permissions?columns=vhost%2Cuser%2Cexchange%2Cwrite%2Cread", Recorded: "topic-permissions"},
		cmdtest.Listing{Line: "list_user_topic_permissions app",
			Request: "users/app/topic-permissions?columns=vhost%2Cexchange%2Cwrite%2Cread", Recorded: "user-topic-permissions"},
	)
}
