package binding_test

import (
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/cmd/binding"
	"github.com/rabbitctl/rabbitctl/pkg/internal/cmdtest"
)

func TestListings(t *testing.T) {
	t.Parallel()
	cmdtest.Listings(t, binding.Commands,
		cmdtest.Listing{Line: "list_bindings",
			Request:  "bindings?columns=vhost%2Csource%2Cdestination%2Cdestination_type%2Crouting_key%2Carguments",
			Recorded: "bindings"},
	)
}
