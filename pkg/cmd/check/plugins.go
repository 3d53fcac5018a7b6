package check

import (
	"context"
	"slices"
	"time"

	"github.com/rabbitctl/rabbitctl/pkg/broker"
	"github.com/rabbitctl/rabbitctl/pkg/fail"
	"github.com/rabbitctl/rabbitctl/pkg/health"
	"github.com/rabbitctl/rabbitctl/pkg/survey"
	"github.com/rabbitctl/rabbitctl/pkg/verb"
)

// settled is how long a node that has just started may take until the listing of nodes shows the plugins that run on
// it.
const settled = 10 * time.Second

func checkPlugins() verb.Check {
	return verb.Check{
		Name:  "is_enabled",
		Short: "Check that plugins are enabled and run on every node",
		Long: `Check that plugins are enabled and run on every node of the cluster. A plugin that runs because another one
needs it counts as enabled. CRITICAL: a plugin is not enabled on a running node, or is enabled there and does not
run. UNKNOWN, if nothing is CRITICAL: a node does not run, so its plugins are not known; or a running node has
not reported its plugins yet. For a node that has just started the check waits up to ten
seconds, and judges then. The check needs the tag monitoring.`,
		Example: `  rabbitctl is_enabled rabbitmq_shovel
  rabbitctl is_enabled rabbitmq_stream rabbitmq_stream_management
  rabbitctl list_plugins --where '!running'`,
		Args: []verb.Arg{{Name: "PLUGIN", Many: true, Free: true, Complete: pluginNames}},
		Run: func(ctx context.Context, c *broker.Client, ask verb.Ask) (verb.Report, error) {
			hosts, err := survey.Plugins(ctx, c)
			// For a node that has just started, the listing can show no plugins, or the enabled plugins without the running
			// ones.
			for waited := time.Duration(0); err == nil && waited < settled && health.PluginsUnsettled(hosts,
				ask.Args); waited += health.StatisticsInterval {
				ask.Waiting("waiting until nodes that have just started say what runs")
				if err := ask.Sleep(ctx, health.StatisticsInterval); err != nil {
					return verb.Report{}, err
				}
				hosts, err = survey.Plugins(ctx, c)
			}
			if err != nil {
				return verb.Report{}, err
			}
			r := verb.Report{Result: health.EnabledPlugins(hosts, ask.Args)}
			if r.Status == health.Critical {
				known := enabledAnywhere(hosts)
				for _, p := range ask.Args {
					if near := fail.Nearest(p, known); near != "" && !slices.Contains(known, p) {
						r.Details = append(r.Details, p+" is enabled nowhere: did you mean "+near+"?")
					}
				}
			}
			return r, nil
		},
	}
}

// enabledAnywhere returns the names of the plugins that are enabled on at least one node.
func enabledAnywhere(hosts []health.PluginHost) []string {
	var names []string
	for _, h := range hosts {
		names = append(names, h.Enabled...)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

func pluginNames(ctx context.Context, c *broker.Client, _ string) ([]string, error) {
	hosts, err := survey.Plugins(ctx, c)
	return enabledAnywhere(hosts), err
}
