package channel_test

import (
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/cmd/channel"
	"github.com/rabbitctl/rabbitctl/pkg/internal/brokertest"
	"github.com/rabbitctl/rabbitctl/pkg/internal/cmdtest"
)

func TestListings(t *testing.T) {
	t.Parallel()
	cmdtest.Listings(t, channel.Commands,
		cmdtest.Listing{Line: "list_channels name consumer_count",
			Request: "channels?columns=name%2Cconsumer_count" + brokertest.Uncached, Recorded: "channels"},
	)
}
