package cluster

import (
	"github.com/rabbitctl/rabbitctl/pkg/change"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

func setName() verb.Change {
	return verb.Of(change.SetClusterName, verb.About{
		Short: "Give the cluster another name",
		Long: `Give the cluster another name. The broker sends the name to each client that connects. The name is also in
a header or an annotation of messages that exchange federation takes from this cluster, and of messages that shovels of
this cluster move with dest-add-forward-headers.`,
		Example: `  rabbitctl set_cluster_name rabbit@prod
  rabbitctl set_cluster_name rabbit@prod --check`,
	})
}
