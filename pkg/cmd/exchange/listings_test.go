package exchange_test

import (
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/cmd/exchange"
	"github.com/rabbitctl/rabbitctl/pkg/internal/cmdtest"
)

func TestListings(t *testing.T) {
	t.Parallel()
	cmdtest.Listings(t, exchange.Commands,
		cmdtest.Listing{Line: "list_exchanges",
			Request: "exchanges?columns=vhost%2Cname%2Ctype", Recorded: "exchanges"},
		cmdtest.Listing{Line: "list_exchanges name durable -p a/b",
			Request: "exchanges/a%2Fb?columns=name%2Cdurable", Recorded: "exchanges"},
	)
}
