package vhost

import (
	"github.com/rabbitctl/rabbitctl/pkg/change"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

func reconcile() verb.Change {
	return verb.Of(change.ReconcileVHosts, verb.About{
		Short: "Start virtual hosts on the nodes where they do not run",
		Long: `Start all virtual hosts on all nodes of the cluster where they do not run, as the broker does by itself from
time to time. It needs release 3.13.4 or later. restart_vhost starts one virtual host, on all releases.

The management API has no such request, so the command talks to the node of --node over Erlang distribution, as
rabbitmqctl does, and needs the Erlang cookie (see rabbitctl help transports).`,
		Example: `  rabbitctl reconcile_vhosts
  rabbitctl check_virtual_hosts`,
	})
}
