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
this cluster move with dest-add-forward-headers.

Links of exchange federation of this cluster restart, because their queue on the upstream is named after the
cluster. A link deletes its old queue with the messages that wait there, so these messages are lost. If the upstream
has resource-cleanup-mode never, or cannot be reached, the old queue stays and keeps filling: delete it there. If
links of exchange federation run, the command says so and asks; without a terminal it needs --yes. It sees these
links only with the plugin rabbitmq_federation_management: without this plugin it does not ask because of them.`,
		Example: `  rabbitctl set_cluster_name rabbit@prod
  rabbitctl set_cluster_name rabbit@prod --check`,
	})
}
