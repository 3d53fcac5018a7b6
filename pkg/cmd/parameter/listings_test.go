package parameter_test

import (
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/cmd/parameter"
	"github.com/rabbitctl/rabbitctl/pkg/internal/cmdtest"
)

func TestListings(t *testing.T) {
	t.Parallel()
	cmdtest.Listings(t, parameter.Commands,
		cmdtest.Listing{Line: "list_parameters",
			Request: "parameters?columns=vhost%2Ccomponent%2Cname%2Cvalue", Recorded: "parameters"},
		cmdtest.Listing{Line: "list_parameters -p / name",
			Request: "parameters?columns=name%2Cvhost", Recorded: "parameters"},
		cmdtest.Listing{Line: "list_global_parameters",
			Request: "global-parameters?columns=name%2Cvalue", Recorded: "global-parameters"},
	)
}
