package policy_test

import (
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/cmd/policy"
	"github.com/rabbitctl/rabbitctl/pkg/internal/cmdtest"
)

func TestListings(t *testing.T) {
	t.Parallel()
	cmdtest.Listings(t, policy.Commands,
		cmdtest.Listing{Line: "list_policies",
			Request: "policies?columns=vhost%2Cname%2Cpattern%2Capply-to%2Cdefinition%2Cpriority", Recorded: "policies"},
		cmdtest.Listing{Line: "list_operator_policies -p /",
			Request:  "operator-policies/%2F?columns=vhost%2Cname%2Cpattern%2Capply-to%2Cdefinition%2Cpriority",
			Recorded: "operator-policies"},
	)
}
