package cluster

import (
	"github.com/rabbitctl/rabbitctl/pkg/change"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

func setName() verb.Change {
	return verb.Of(change.SetClusterName, verb.About{
		Short: "Give the cluster another name",
		Long: `Give the cluster another name. Clients are told it when they connect. Federation names it in the messages that
it moves, and so do shovels with add-forward-headers.`,
		Example: `  rabbitctl set_cluster_name rabbit@prod
  rabbitctl set_cluster_name rabbit@prod --check`,
	})
}
