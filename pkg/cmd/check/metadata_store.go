package check

import (
	"context"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

func checkMetadataStore(withData bool) verb.Check {
	v := verb.Check{
		Name:  "check_if_metadata_store_is_initialized",
		Short: "Check that the answering node's metadata store is ready",
		Long: `Check that the metadata store of the node that answers has finished its initialization. If it has not, the
check is CRITICAL. Releases before 4.0.6 do not report it: there the check is UNKNOWN.`,
		Example: "  rabbitctl check_if_metadata_store_is_initialized",
		Run: func(ctx context.Context, c *broker.Client, _ verb.Ask) (verb.Report, error) {
			return asked(ctx, c, "the metadata store is initialized", func(a broker.Answer) string { return a.Reason },
				"metadata-store", "initialized")
		},
	}
	if withData {
		v.Name += "_with_data"
		v.Short += ", and holds data"
		v.Long = `Check that the metadata store of the node that answers has finished its initialization and holds at least
one virtual host. If not, the check is CRITICAL. Releases before 4.0.6 do not report it: there the check is
UNKNOWN.`
		v.Example += "_with_data"
		v.Run = func(ctx context.Context, c *broker.Client, _ verb.Ask) (verb.Report, error) {
			return asked(ctx, c, "the metadata store is initialized and holds data", func(a broker.Answer) string {
				return a.Reason
			},
				"metadata-store", "initialized", "with-data")
		}
	}
	return v
}
