package consumer_test

import (
	"testing"

	"github.com/rabbitctl/rabbitctl/pkg/cmd/consumer"
	"github.com/rabbitctl/rabbitctl/pkg/internal/cmdtest"
)

func TestListings(t *testing.T) {
	t.Parallel()
	cmdtest.Listings(t, consumer.Commands,
		cmdtest.Listing{Line: "list_consumers queue_name consumer_tag active",
			Request: "consumers?columns=queue.name%2Cconsumer_tag%2Cactive", Recorded: "consumers"},
	)
}
