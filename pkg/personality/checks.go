package personality

import (
	"context"
	"slices"
	"strings"

	"github.com/rabbitctl/rabbitctl/pkg/record"
)

// checks returns the official health checks. Most of them run a health check of the API, which answers at once and for
// the node that gets the request. The others read alarms, listeners, queues or deprecated features.
func checks() []command {
	return slices.Concat(alarmChecks(), listenerChecks(), quorumChecks(), clusterChecks())
}

// clusterChecks returns the checks of virtual hosts, deprecated features, the metadata store and the size of the
// cluster.
func clusterChecks() []command {
	return []command{
		{
			name: "check_virtual_hosts", run: checkVirtualHosts,
			banner: say("Checking if all vhosts are running on node %s ..."),
		},
		{
			name: "check_if_any_deprecated_features_are_used", run: checkDeprecated,
			banner: say("Checking if any deprecated features are used ..."),
		},
		{
			name:   "check_if_metadata_store_is_initialized",
			run:    checkMetadataStore("initialized"),
			banner: say("Checking if metadata store on node %s has finished initializing ..."),
		},
		{
			name:   "check_if_metadata_store_is_initialized_with_data",
			run:    checkMetadataStore("initialized", "with-data"),
			banner: say("Checking if metadata store on node %s has finished initializing ..."),
		},
		{
			name: "has_reached_target_cluster_size", run: checkClusterSize,
			banner: say("Checking if target cluster size has been reached on node %s ..."),
		},
	}
}

func checkVirtualHosts(ctx context.Context, c *call) (answer, error) {
	judged, err := c.client.HealthCheck(ctx, "virtual-hosts")
	if err != nil {
		return answer{}, err
	}
	if !judged.OK {
		return answer{}, failed("Some virtual hosts on node %s are down:\n\n%s", c.node,
			strings.Join(textsOf(judged.Body.At("virtual-hosts")), "\n"))
	}
	return well(whenSilent, "Node %s reported all vhosts as running", c.node), nil
}

func checkDeprecated(ctx context.Context, c *call) (answer, error) {
	used, err := record.Texts(c.client.UsedDeprecatedFeatures(ctx, record.Named("name")))
	if err != nil {
		return answer{}, err
	}
	if len(used) > 0 {
		return answer{}, failed("Deprecated features used: %s", strings.Join(used, ", "))
	}
	return well(whenSilent, "Cluster reported no deprecated features in use"), nil
}

func checkMetadataStore(words ...string) func(context.Context, *call) (answer, error) {
	return func(ctx context.Context, c *call) (answer, error) {
		judged, err := c.client.HealthCheck(ctx, append([]string{"metadata-store"}, words...)...)
		switch {
		case err != nil:
			return answer{}, err
		case !judged.OK:
			return answer{}, failed("Metadata store on node %s has not yet completed its initialization", c.node)
		}
		return well(whenSilent, "Metadata store on node %s has completed its initialization", c.node), nil
	}
}

func checkClusterSize(ctx context.Context, c *call) (answer, error) {
	judged, err := c.client.HealthCheck(ctx, "reached-target-cluster-size")
	switch {
	case err != nil:
		return answer{}, err
	case !judged.OK:
		return answer{}, failed("Target cluster size has not been reached on node %s: %s of %s nodes are online", c.node,
			judged.Body.At("online").Text(), judged.Body.At("target").Text())
	}
	return well(whenSilent, "Target cluster size has been reached on node %s", c.node), nil
}
