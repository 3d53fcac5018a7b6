package connection_test

import (
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/cmd/connection"
	"github.com/rabbitctl/rabbitctl/pkg/internal/brokertest"
	"github.com/rabbitctl/rabbitctl/pkg/internal/cmdtest"
)

func TestListings(t *testing.T) {
	t.Parallel()
	cmdtest.Listings(t, connection.Commands,
		cmdtest.Listing{Line: "list_connections name user state user_provided_name",
			Request:  "connections?columns=name%2Cuser%2Cstate%2Cuser_provided_name%2Cclient_properties" + brokertest.Uncached,
			Recorded: "connections"},
	)
}
